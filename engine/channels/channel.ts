import { z } from 'zod';
import { ownEntry } from '../ownEntry';

/** The channels the pack knows. LinkedIn has no official message API: its sends are manual tasks. */
export const CHANNELS = ['whatsapp', 'email', 'instagram', 'messenger', 'linkedin', 'sms'] as const;
export const ChannelSchema = z.enum(CHANNELS);
export type Channel = z.infer<typeof ChannelSchema>;

/** Which of a contact's addresses a channel uses. */
export type HandleKind = 'phone' | 'email' | 'instagram' | 'messenger' | 'linkedin';
export const HANDLE_KIND: Readonly<Record<Channel, HandleKind>> = {
	whatsapp: 'phone',
	sms: 'phone',
	email: 'email',
	instagram: 'instagram',
	messenger: 'messenger',
	linkedin: 'linkedin',
};

const ALIASES: Readonly<Record<string, Channel>> = {
	wa: 'whatsapp',
	mail: 'email',
	'e-mail': 'email',
	ig: 'instagram',
	facebook: 'messenger',
	fb: 'messenger',
	text: 'sms',
};

/** The channel a free text names (case and common aliases forgiven), or undefined. */
export function parseChannel(text: unknown): Channel | undefined {
	if (typeof text !== 'string') return undefined;
	const name = text.trim().toLowerCase();
	return CHANNELS.find((channel) => channel === name) ?? ownEntry(ALIASES, name);
}
