import type { Channel } from '../../engine/channels/channel';
import type { SenderHold } from '../../engine/message/senderHold';
import type { DecideRoute, OutboundRow } from './outbound';

export type { SenderHold };

/** Senders and campaigns that are held back because a provider said so. */
export interface SenderHolds {
	/** Those that still hold, and refused tokens until a send works again, the newest first. */
	list(workspace: string): Promise<SenderHold[]>;
	/** A provider refused an account's access token: as if a send of it had met the refusal. */
	reportToken(workspace: string, sender: { channel: Channel; accountId: string; code: string }): Promise<void>;
	/**
	 * Ends what holds a sender back, of one kind or of every kind. Messages that waited for nothing else, and that no person
	 * has taken, are decided on again: `back` are those that are planned anew. A report of what happened before holds the
	 * sender no more. Asked for again it does what an earlier call could not finish.
	 */
	lift(workspace: string, sender: Pick<SenderHold, 'channel' | 'accountId'> & Partial<Pick<SenderHold, 'kind'>>, decide: DecideRoute): Promise<{ ended: SenderHold[]; back: OutboundRow[] }>;
}
