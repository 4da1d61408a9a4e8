import type { Channel } from '../../engine/channels/channel';

export interface Account {
	channel: Channel;
	/** The provider's id: phone number id, page id, mailbox address, Twilio number. */
	externalId: string;
	workspace: string;
	name?: string;
	pipelineId?: string;
	enabled: boolean;
}
/** Which workspace a channel account belongs to. */
export interface Accounts {
	upsert(accounts: Account[]): Promise<void>;
	/** The accounts with these provider ids, whatever their workspace: this look-up is what finds the workspace. */
	byExternalId(keys: { channel: Channel; externalId: string }[]): Promise<(Account | undefined)[]>;
	list(workspace: string): Promise<Account[]>;
}
