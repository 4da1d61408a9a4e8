import type { Echo, IncomingMessage } from '../../engine/message/intake/parsed';
import type { Store } from '../../store/store';
import { workspacesOfAccounts } from './recordMessages';

/** Longer ones are no Message-ID of ours. */
const ID = /^<?([0-9a-f-]{36})@/i;

interface Located {
	workspace: string;
	accountId?: string;
	thing: IncomingMessage;
}

/**
 * Mails that no mailbox of ours received and one of ours sent, as the folder Sent holds them, belong to the sender's
 * workspace. The others stay as they are.
 */
export async function bySender<T extends Located>(store: Store, found: T[]): Promise<T[]> {
	const unplaced = found.filter(({ thing, accountId }) => thing.channel === 'email' && accountId === undefined && thing.address !== undefined);
	const owners = await workspacesOfAccounts(store, unplaced.map(({ thing }) => ({ channel: 'email', account: thing.address?.value })));
	const placed = new Map(unplaced.flatMap((entry, at) => (owners[at] === undefined ? [] : [[entry, { ...entry, workspace: owners[at], accountId: entry.thing.address?.value }]])));
	return found.map((entry) => placed.get(entry) ?? entry);
}

/**
 * Of the mails that came from mailboxes of ours, those that went to a contact we know, as what our side wrote to it; in the
 * order given, undefined for the others. Automatic answers were written by nobody. `metadata` is the draft's id where the
 * Message-ID names one.
 */
export async function mailsToContacts<T extends Located>(store: Store, workspace: string, own: T[]): Promise<((T & { thing: Echo }) | undefined)[]> {
	const recipients = own.map(({ thing }) => (thing.automatic ? [] : (thing.recipients ?? [])));
	const contacts = await store.contacts.find(workspace, recipients.flat().map(({ address }) => address));
	return own.map((entry, place) => {
		const known = contacts.splice(0, recipients[place].length);
		const to = recipients[place].find((_, at) => known[at] !== undefined);
		if (!to) return undefined;
		const metadata = ID.exec(entry.thing.providerId ?? '')?.[1];
		return { ...entry, thing: { ...entry.thing, name: to.name, address: { kind: 'email', value: to.address }, ...(metadata === undefined ? {} : { metadata }) } };
	});
}
