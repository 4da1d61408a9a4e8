import type { Store } from '../../store/store';

export const OWN_MAIL = "The sender is a mailbox of this workspace's own, so it is no lead; nothing changed.";

/**
 * Tells which senders are mailboxes of the workspace's own (enabled accounts on e-mail). Mail from one is an echo of what
 * was sent from here: taken for a lead it would be answered, and the answer answered again, without end.
 */
export async function ownMailboxes(store: Store, workspace: string): Promise<(sender: string | undefined) => boolean> {
	const accounts = await store.accounts.list(workspace);
	const own = new Set(accounts.filter(({ channel, enabled }) => channel === 'email' && enabled).map(({ externalId }) => externalId.trim().toLowerCase()));
	return (sender) => sender !== undefined && own.has(sender.trim().toLowerCase());
}
