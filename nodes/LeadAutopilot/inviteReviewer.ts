import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { invitationLink, makeInvitation, type Invitation } from '../../desk/access/invitation';
import { HOUR, iso } from '../../engine/time';
import { executeBatch, settled, type Settled } from '../shared/batch';
import { readDeskCredential } from '../shared/deskCredential';
import { ItemInputError } from '../shared/errors';
import { withStore } from '../shared/openNodeStore';
import { readNumber, readText } from '../shared/readParameter';

interface Invite {
	email: string;
	deskUrl: string;
	hours: number;
}
type Invited = Invitation & { deskUrl: string };

function readDeskUrl(context: IExecuteFunctions, index: number): string {
	const text = readText(context, 'deskAddress', index, 'Desk Address');
	const url = URL.canParse(text) ? new URL(text) : undefined;
	if (url === undefined || !/^https?:$/.test(url.protocol)) throw new ItemInputError("'Desk Address' is no web address", 'Copy the production URL of the Review Desk Trigger.');
	return url.toString();
}

/** Desk → Invite: the link by which a reviewer chooses a password, once. Whoever has the link can use it. */
export async function inviteReviewer(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await executeBatch<Invite, Invited>(context, {
		outputs: 1,
		failedOutput: 0,
		read: (index) => ({ email: readText(context, 'reviewerEmail', index, 'Reviewer Email'), deskUrl: readDeskUrl(context, index), hours: readNumber(context, 'validHours', index, 'Valid for (Hours)') }),
		decide: async (items) => {
			const access = readDeskCredential(await context.getCredentials('leadAutopilotDeskApi'));
			return await withStore(context, async (store) => {
				const now = await store.clock.now();
				return await Promise.all(items.map(async ({ params: { email, deskUrl, hours } }): Promise<Settled<Invited>> => {
					const invitation = await makeInvitation(access, store.reviewers, now, email, hours * HOUR);
					if (invitation) return settled.ok({ ...invitation, deskUrl });
					return settled.failed(new ItemInputError("No reviewer of the desk credential has this 'Reviewer Email'", 'Add the person under Reviewers in the Lead Autopilot Desk credential, then invite again.'));
				}));
			});
		},
		write: (invited) => ({
			output: 0,
			json: { invitation: { email: invited.email, link: invitationLink(invited.deskUrl, invited), expiresAt: iso(invited.expiresAt), sentence: `${invited.email} can choose a password with this link, once, until ${iso(invited.expiresAt)}.` } },
		}),
	});
}
