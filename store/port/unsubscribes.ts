import type { Channel } from '../../engine/channels/channel';

export interface UnsubscribeSubject {
	workspace: string;
	channel: Channel;
	/** Whom the message goes to; only its keyed hash gets into the token. */
	address: string;
	/** draft.id of the message that carries the link. */
	outboundId: string;
}
export interface Unsubscribes {
	/** A signed token for each link, without personal data. The key never leaves the store. */
	tokens(subjects: UnsubscribeSubject[]): Promise<string[]>;
	/** Whether a token is one of this store's, and whether it was honoured before; changes nothing. */
	look(token: string): Promise<'unknown' | 'open' | 'honoured'>;
	/**
	 * Suppresses the address (and the contact the message went to) on the channel, cancels what is planned, keeps the proof
	 * and the outcome. The same token again changes nothing; after the person opted in again it counts anew.
	 */
	honour(token: string): Promise<{ result: 'unknown' | 'honoured' | 'already'; cancelled: string[] }>;
}
