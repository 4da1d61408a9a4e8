import type { Classification } from '../../engine/classify/classification';
import type { Contact, Status } from '../../engine/message/contact';
import type { Conversation } from '../../engine/message/message';
import type { EpochMs } from '../../engine/time';

/** A contact to create or complete. Needs an id or at least one address; only the fields given are written. */
export type ContactInput = Partial<Omit<Contact, 'score' | 'stageId' | 'stageEnteredAt' | 'stageSetBy' | 'takenOverUntil' | 'takenOverBy' | 'takenOverAt' | 'optOutChannels'>>;

export interface ContactFilter {
	/** A part of the name, company, id or any address, upper and lower case aside; of a phone number its digits, four at least. */
	text?: string;
	status?: Status;
	/** `pipelineId` says whose stage it is. */
	stageId?: string;
	pipelineId?: string;
}
/** A contact, and when they last wrote and were last written to. */
export interface ListedContact {
	contact: Contact;
	lastFrom?: EpochMs;
	lastTo?: EpochMs;
}
export interface ContactPage {
	/** Who became known last comes first. */
	contacts: ListedContact[];
	/** Cursor for the page that follows; absent when there is none. */
	next?: string;
}

export interface Contacts {
	/** Finds each by id, else by any address (phone, e-mail, handle), else creates it with an id derived from its first address. Idempotent. */
	upsert(workspace: string, contacts: ContactInput[]): Promise<Contact[]>;
	/** Each reference is an id or any address. Undefined where nobody is known by it. */
	find(workspace: string, references: string[]): Promise<(Contact | undefined)[]>;
	/**
	 * Contacts, a page at a time, at most 200. The same few statements however many there are; a text is looked for in one
	 * contact after the other until the page is full.
	 */
	search(workspace: string, query: ContactFilter & { limit: number; after?: string }): Promise<ContactPage>;
	/** A person takes the conversation (until given), or hands it back (until null). */
	setTakeOver(workspace: string, changes: { contactId: string; until: EpochMs | null; by: string }[]): Promise<void>;
	/**
	 * Keeps what a classification said: score, status, summary. `readUntil` is the time of the newest message that was read, now
	 * when absent: what came in while the model thought is newer than the summary.
	 */
	saveClassification(workspace: string, results: { contactId: string; messageId?: string; readUntil?: EpochMs; classification: Classification }[]): Promise<void>;
	conversations(workspace: string, contactIds: string[]): Promise<Conversation[]>;
}
