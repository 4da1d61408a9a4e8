import type { Channel } from '../../engine/channels/channel';
import type { Actor } from '../../engine/message/outbound';

export interface OptOutRequest {
	workspace: string;
	contactId?: string;
	channel: Channel;
	/** The address as known; kept only as a keyed hash. */
	address?: string;
	/** The store's own keyed hash of an address, where the address itself is not known any more. */
	addressHash?: string;
	/** Only this address is bad (it does not exist): whoever has it may be written to at another one. */
	addressOnly?: boolean;
	allChannels: boolean;
	reason: string;
	actor: Actor;
	messageId?: string;
}
export interface Suppressions {
	/** Suppressed, planned sends cancelled, inbound decided, proof logged: one transaction. */
	optOut(requests: OptOutRequest[]): Promise<{ cancelled: string[] }[]>;
	optIn(workspace: string, requests: { contactId?: string; channel: Channel; address?: string; actor: string; reason: string }[]): Promise<void>;
	/** Why each address or contact may not be written to on the channel, or undefined. */
	check(workspace: string, keys: { contactId?: string; channel: Channel; address?: string; addressHash?: string }[]): Promise<(string | undefined)[]>;
}
