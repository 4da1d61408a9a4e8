import type { SenderTally } from '../../engine/outcome/deliverability';
import type { EpochMs } from '../../engine/time';

export interface MailRecords {
	/**
	 * Message-IDs of the mails exchanged with each contact, ours and theirs, oldest first, in the order of the keys. With an
	 * account only mails of that mailbox and those that name none.
	 */
	threads(workspace: string, keys: { contactId: string; accountId?: string }[]): Promise<string[][]>;
	/**
	 * What became of each sender's mails that left since then. A mail refused at once with one of `deadMailboxCodes` counts as
	 * sent and bounced.
	 */
	tallies(workspace: string, options: { since: EpochMs; deadMailboxCodes: readonly string[] }): Promise<SenderTally[]>;
}
