import type { Channel } from '../../engine/channels/channel';
import type { SenderHold } from '../../engine/message/senderHold';

export type { SenderHold };

/** Senders and campaigns that are held back because a provider said so. */
export interface SenderHolds {
	/** Those that still hold, and refused tokens until a send works again, the newest first. */
	list(workspace: string): Promise<SenderHold[]>;
	/** A provider refused an account's access token: as if a send of it had met the refusal. */
	reportToken(workspace: string, sender: { channel: Channel; accountId: string; code: string }): Promise<void>;
	/** Ends what holds a sender back, of one kind or of every kind; returns what was ended. Its messages are looked at again as they fall due. */
	lift(workspace: string, sender: Pick<SenderHold, 'channel' | 'accountId'> & Partial<Pick<SenderHold, 'kind'>>): Promise<SenderHold[]>;
}
