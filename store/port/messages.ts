import type { Channel } from '../../engine/channels/channel';
import type { Contact } from '../../engine/message/contact';
import type { Conversation, Message } from '../../engine/message/message';
import type { Mode } from '../../engine/message/mode';
import type { Actor } from '../../engine/message/outbound';
import type { Reply } from '../../engine/reply/reply';
import type { EpochMs } from '../../engine/time';
import type { ContactInput } from './contacts';

export interface InboundInput {
	/** Without an id one is derived from channel and provider id; without both it is random and cannot be deduplicated. */
	message: Omit<Message, 'id' | 'workspace'> & { id?: string };
	contact: ContactInput;
}
export interface RecordedMessage {
	message: Message;
	contact: Contact;
	conversation: Conversation;
	/** new: first seen. open: seen before and still undecided (goes on as normal). decided: was answered or settled. */
	repeat: 'new' | 'open' | 'decided';
}
export interface ReadyConversation {
	workspace: string;
	/** The newest undecided inbound; `text` merges the burst, `mergedIds` names the earlier ones. */
	message: Message;
	contact: Contact;
	conversation: Conversation;
	mode: Mode;
	/** The reading stored with the message, when somebody made one. */
	reply?: Reply;
	leaseUntil: EpochMs;
	/** 1 for the first lease. */
	leaseCount: number;
}
/** One message of a contact, whoever wrote it. */
export interface ThreadMessage {
	id: string;
	/** `us` is the autopilot, `person` a colleague. */
	from: 'lead' | 'us' | 'person';
	channel: Channel;
	threadId?: string;
	text: string;
	subject?: string;
	attachments: Message['attachments'];
	at: EpochMs;
}
export interface MessagePage {
	/** Oldest first. */
	messages: ThreadMessage[];
	/** Cursor for the page of earlier ones; absent when there are none. */
	before?: string;
}
/** A conversation of the past with one person. */
export interface HistoryInput {
	contact: ContactInput;
	/** Written only where the contact has none. */
	name: string;
	pipelineId?: string;
	/** `fromUs` stands for whoever of our side wrote it. Each needs a provider id. */
	messages: { message: InboundInput['message']; fromUs: boolean }[];
}
export interface HistoryRecorded {
	contactId: string;
	/** Messages that were not known, or came into the store after `since`. */
	news: number;
	/** Of these, what the person wrote. */
	inbound: Message[];
}
/** Inbound rows, received → decided. */
export interface Messages {
	/** Contact and message in one transaction. A repeat changes nothing. */
	record(workspace: string, inputs: InboundInput[]): Promise<RecordedMessage[]>;
	/** What a colleague wrote by hand in a channel: kept in the conversation, takes the thread over for `takeOverMs`, cancels what is planned there. In mode shadow it stands beside what is decided: no takeover, and the lead's message is still decided. */
	recordFromPerson(workspace: string, inputs: (InboundInput & { takeOverMs: number })[]): Promise<RecordedMessage[]>;
	/**
	 * What was written in the past, by both sides: kept as decided, so that nothing is ever answered because of it, and nothing is
	 * taken over or cancelled. What the store knows already, also as a send of our own, stays as it is.
	 * `since`: when the reading began, so that one begun again finds its own news once more. One result an input.
	 */
	recordHistory(workspace: string, inputs: HistoryInput[], since: EpochMs): Promise<HistoryRecorded[]>;
	/**
	 * Threads whose newest message is an undecided inbound older than `quietMs` and not leased: leased for `leaseMs` and
	 * returned, oldest first. Threads that used up `maxLeases` become reviews instead. Workspaces in mode off are left alone, and
	 * what a colleague has taken over waits until that ends. In mode shadow the conversation ends with the message, whatever a
	 * colleague answered meanwhile.
	 */
	claimReady(options: { workspaces?: string[]; quietMs: number; leaseMs: number; maxLeases: number; limit: number }): Promise<ReadyConversation[]>;
	/** Ends the lease of conversations whose execution failed before anything was decided. */
	release(workspace: string, messageIds: string[]): Promise<void>;
	/** Keeps the reading of each message; what is stored first stays, unless the new one refines it; what a person put right stays. */
	saveReadings(workspace: string, readings: { messageId: string; reply: Reply; refined?: boolean }[]): Promise<void>;
	readings(workspace: string, messageIds: string[]): Promise<(Reply | undefined)[]>;
	/** Settles messages without an answer (opt-out, out of office, no reply needed). By the engine in mode shadow, or about a replay: kept as a shadow decision. */
	decide(workspace: string, decisions: { messageId: string; reason: string; actor: Actor }[]): Promise<void>;
	/** A contact's messages on every channel, theirs, colleagues' and ours that were sent: the newest ones, or those before a cursor. At most 200 a page. */
	list(workspace: string, contactId: string, page: { limit: number; before?: string }): Promise<MessagePage>;
	/** When each contact last wrote on the channel itself (source `channel`): what opens a provider's reply window. */
	lastInboundAt(workspace: string, keys: { contactId: string; channel: Channel }[]): Promise<(EpochMs | undefined)[]>;
}
