import type { Channel } from '../channels/channel';
import { CONVERSATION_LENGTH, TurnSchema, type Attachment, type Conversation } from './message';
import { iso, type EpochMs } from '../time';

/** The turns of a value that should be a conversation; what does not fit is left out. The last 50. */
export function readConversation(value: unknown): Conversation {
	if (!Array.isArray(value)) return [];
	const turns = value.slice(-CONVERSATION_LENGTH).map((turn) => TurnSchema.safeParse(turn));
	return turns.flatMap((turn) => (turn.success ? [turn.data] : []));
}

/** The message that has just arrived, for a conversation that may not hold it yet. */
export interface NewestMessage {
	text: string;
	timestamp: EpochMs;
	channel?: Channel;
}

/** The conversation with the lead's newest message at its end, unless it holds it already. */
export function withNewest(conversation: Conversation, newest: NewestMessage | undefined): Conversation {
	if (!newest || newest.text.trim() === '') return conversation;
	const held = conversation.some(({ from, text, timestamp }) => from === 'lead' && (text === newest.text || new Date(timestamp).getTime() >= newest.timestamp));
	if (held) return conversation;
	const { text, channel } = newest;
	return [...conversation, { from: 'lead' as const, text, timestamp: iso(newest.timestamp), ...(channel && { channel }) }].slice(-CONVERSATION_LENGTH);
}

const NEEDS_EYES_OR_EARS: readonly Attachment['kind'][] = ['audio', 'image', 'video', 'document'];

/** Attachments whose content nobody has put into words: a text-only reader has not read them. */
export function unreadAttachments(attachments: readonly Attachment[]): Attachment[] {
	return attachments.filter(({ kind, transcript }) => NEEDS_EYES_OR_EARS.includes(kind) && (transcript ?? '').trim() === '');
}
