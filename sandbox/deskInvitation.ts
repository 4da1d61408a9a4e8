import { invitationLink, makeInvitation } from '../desk/access/invitation';
import { readAccess } from '../desk/access/reviewer';
import type { Store } from '../store/store';
import { deskData, FIRST_CLIENT, type ClientAccounts } from './credentials';
import { SANDBOX } from './standins';

/** The link by which the sandbox's reviewer chooses a password for the desk at `deskUrl`, once. */
export async function deskInvitation(store: Store, deskUrl: string, client: Pick<ClientAccounts, 'suffix' | 'workspace'> = FIRST_CLIENT): Promise<string> {
	const { signingSecret, reviewers } = deskData(client);
	const access = readAccess({ secret: signingSecret, reviewers: reviewers.reviewer });
	const invitation = await makeInvitation(access, store.reviewers, await store.clock.now(), SANDBOX.deskReviewer);
	if (!invitation) throw new Error(`The sandbox's desk does not name ${SANDBOX.deskReviewer}`);
	return invitationLink(deskUrl, invitation);
}
