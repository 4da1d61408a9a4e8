import type { Channel } from '../../engine/channels/channel';
import type { KnownEvent } from '../../engine/sendTime/answerHistory';
import type { EpochMs } from '../../engine/time';

/** A contact that was written to on a channel, with what tells its zone and its likes. */
export interface RecentContact {
	contactId: string;
	/** The newest message sent to it on the channel. */
	sentAt: EpochMs;
	timezone?: string;
	phone?: string;
	country?: string;
	attributes: Record<string, unknown>;
}

/** When messages went out and when contacts answered: what send times are learnt from. */
export interface AnswerTimes {
	/**
	 * The contacts among the newest `sends` messages of a workspace on a channel since `since`, newest first, in the
	 * order of the keys. Contacts that object to profiling are left out.
	 */
	recentContacts(keys: { workspace: string; channel: Channel }[], bounds: { since: EpochMs; sends: number }): Promise<RecentContact[][]>;
	/**
	 * Each contact's sends and answers on a channel as they are on record, in the order of the keys: messages that left
	 * and did not bounce, what the contact wrote (automatic answers apart), and the replies, clicks and opens providers
	 * told of. Not in order of time; `answerHistory` makes a history of them.
	 * The newest `perContact` of each source since `since`; nothing of contacts that object to profiling.
	 */
	events(keys: { workspace: string; channel: Channel; contactId: string }[], bounds: { since: EpochMs; perContact: number }): Promise<KnownEvent[][]>;
}
