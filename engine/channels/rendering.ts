import { z } from 'zod';
import { ChannelSchema, type Channel } from './channel';
import data from './rendering.json';

const RenderingSchema = z.object({
	/** Most of `unit` the channel takes; null when there is no limit. */
	longest: z.number().int().positive().nullable(),
	unit: z.enum(['characters', 'bytes']),
	/** Whether the channel shows Markdown as formatting rather than as signs. */
	markdown: z.boolean(),
	emoji: z.boolean(),
	/** Whether a message opens and closes like a letter. */
	greetingAndClosing: z.boolean(),
	subject: z.boolean(),
});
export type Rendering = z.infer<typeof RenderingSchema>;

const TABLE: Readonly<Record<Channel, Rendering>> = z.object({ collected: z.iso.date(), channels: z.record(ChannelSchema, RenderingSchema) }).parse(data).channels;

/** What a channel can show and how much of it. */
export function renderingOf(channel: Channel): Rendering {
	return TABLE[channel];
}

/** The length of a text in a channel's own unit: UTF-16 characters, as the providers count, or bytes of UTF-8. */
export function lengthIn(unit: Rendering['unit'], text: string): number {
	return unit === 'bytes' ? Buffer.byteLength(text, 'utf8') : text.length;
}
