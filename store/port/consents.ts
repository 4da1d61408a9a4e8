import type { Channel } from '../../engine/channels/channel';
import type { Consent } from '../../engine/message/contact';

export interface ConsentRecord {
	/** A contact id or any address; nobody known by it is created. */
	contactId: string;
	channel: Channel;
	consent: Omit<Consent, 'withdrawnAt'>;
	/** Who recorded it. */
	by: string;
}
export interface ConsentWithdrawal {
	contactId: string;
	channel: Channel;
	reason: string;
	by: string;
}
/** The grounds on which each person may be written to. */
export interface Consents {
	/** Kept with the contact and in the audit trail. One older than a withdrawal does not undo it. An opt-out stays: that is ended by Opt In alone. */
	record(workspace: string, records: ConsentRecord[]): Promise<{ contactId: string; holds: boolean }[]>;
	/** From now on nothing is sent on the channel: also an opt-out, in the same transaction, which holds when a message is claimed. */
	withdraw(workspace: string, withdrawals: ConsentWithdrawal[]): Promise<{ contactId: string; cancelled: string[] }[]>;
}
