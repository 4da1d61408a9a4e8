import { z } from 'zod';
import { ChannelSchema } from '../channels/channel';

export const IsoTimeSchema = z.iso.datetime({ offset: true });

export const AttachmentSchema = z.object({
	kind: z.enum(['image', 'audio', 'video', 'document', 'sticker', 'location', 'other']),
	mime: z.string().optional(),
	url: z.string().optional(),
	transcript: z.string().optional(),
});
export type Attachment = z.infer<typeof AttachmentSchema>;

/** How a message reached us. Only `channel` opens a provider's reply window; a form or an import does not. */
export const MESSAGE_SOURCES = ['channel', 'form', 'import'] as const;

export const MessageSchema = z.object({
	id: z.string().min(1),
	workspace: z.string().min(1),
	accountId: z.string().optional(),
	channel: ChannelSchema,
	direction: z.enum(['inbound', 'outbound']),
	source: z.enum(MESSAGE_SOURCES).default('channel'),
	threadId: z.string().min(1),
	text: z.string(),
	subject: z.string().optional(),
	language: z.string().optional(),
	attachments: z.array(AttachmentSchema).default([]),
	timestamp: IsoTimeSchema,
	providerId: z.string().optional(),
	/** Ids of the earlier messages of the same burst that `text` already contains. */
	mergedIds: z.array(z.string()).optional(),
	/** For a message of the past that is run through the settings again: the id of the real one. Nothing is kept or sent for it. */
	replayOf: z.string().optional(),
	raw: z.unknown().optional(),
});
export type Message = z.infer<typeof MessageSchema>;

/** One turn of a conversation. `us` is the autopilot, `person` a colleague. */
export const TurnSchema = z.object({
	from: z.enum(['lead', 'us', 'person']),
	text: z.string(),
	timestamp: IsoTimeSchema,
	channel: ChannelSchema.optional(),
});
export type Turn = z.infer<typeof TurnSchema>;
/** Oldest first, the last 50 turns. */
export const ConversationSchema = z.array(TurnSchema);
export type Conversation = z.infer<typeof ConversationSchema>;
export const CONVERSATION_LENGTH = 50;
