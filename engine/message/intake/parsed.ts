import type { Channel, HandleKind } from '../../channels/channel';
import type { EpochMs } from '../../time';
import type { Attachment } from '../message';

/** A message as a provider's payload tells it, before contact and workspace are known. */
export interface IncomingMessage {
	channel: Channel;
	/** Accounts of ours it may have come in on (phone number id, page id, mailbox), the likeliest first. */
	accountCandidates: string[];
	providerId?: string;
	text: string;
	subject?: string;
	attachments: Attachment[];
	timestamp: EpochMs;
	/** The lead's name as the provider gives it. */
	name?: string;
	/** The lead's address; undefined when the provider hides it. */
	address?: { kind: HandleKind; value: string };
	/** To whom else a mail was written. */
	recipients?: { address: string; name?: string }[];
	/** A machine wrote it, by its own headers (RFC 3834). */
	automatic?: boolean;
}

/** What our own side wrote, as the provider reports it back. */
export interface Echo extends IncomingMessage {
	/** The app that sent it, when the provider names one. */
	appId?: string;
	/** Our own mark on the message, when it was sent with one. */
	metadata?: string;
}

/** A person switched messages from us off or on in the channel's own settings. */
export interface Preference {
	channel: Channel;
	accountCandidates: string[];
	address: { kind: HandleKind; value: string };
	value: 'stop' | 'resume';
}

/** A provider's payload taken apart. */
export interface ParsedPayload {
	messages: IncomingMessage[];
	echoes: Echo[];
	preferences: Preference[];
	/** The same payload with its receipts only (sent, delivered, read, failed, bounced), when it has any. */
	statuses?: Fields;
}

export type Fields = Readonly<Record<string, unknown>>;

export const nothingParsed = (): ParsedPayload => ({ messages: [], echoes: [], preferences: [] });

/** The value as an object with fields; empty when it is none. */
export function fieldsOf(value: unknown): Fields {
	return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {};
}

/** The objects of a list; empty when it is none. */
export function listOf(value: unknown): Fields[] {
	return Array.isArray(value) ? value.filter((entry) => typeof entry === 'object' && entry !== null).map(fieldsOf) : [];
}

/** A text or number as text, undefined when empty or anything else. */
export function textOf(value: unknown): string | undefined {
	if (typeof value === 'number' && Number.isFinite(value)) return String(value);
	if (typeof value !== 'string') return undefined;
	const text = value.trim();
	return text === '' ? undefined : text;
}
