import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { CHANNELS } from '../../engine/channels/channel';
import { decideRoute } from '../../engine/message/route';
import { OUTBOUND_STATUSES } from '../../engine/message/outbound';
import { whyNotSent } from '../../engine/message/whyNotSent';
import { epochMs, iso, MINUTE, type EpochMs } from '../../engine/time';
import type { SenderHold } from '../../store/store';
import { ItemInputError } from '../shared/errors';
import { claimedKeys, jobOf } from '../shared/jobKeys';
import { makeItems } from '../shared/makeItems';
import { readNumber, readOptionalText, readText } from '../shared/readParameter';

/** More at once would hold them longer than a lease. */
const LARGEST_LIMIT = 1000;

/** Names separated by commas; undefined when there are none, which means all. */
export function nameList(text: string | undefined): string[] | undefined {
	const names = (text ?? '').split(',').map((name) => name.trim()).filter((name) => name !== '');
	return names.length > 0 ? names : undefined;
}

function chosen<T extends string>(context: IExecuteFunctions, name: string, known: readonly T[]): T[] | undefined {
	const value: unknown = context.getNodeParameter(name, 0, []);
	const picked = known.filter((entry) => Array.isArray(value) && value.includes(entry));
	return picked.length > 0 ? picked : undefined;
}

function readLimit(context: IExecuteFunctions): number {
	const limit = readNumber(context, 'limit', 0, 'Limit');
	if (limit < 1) throw new ItemInputError(`'Limit' must be 1 or more, but is ${limit}`);
	return Math.min(Math.floor(limit), LARGEST_LIMIT);
}

/** Claim Due: one item a claimed message. What could not be sent any more was moved and is only logged. */
export async function claimDue(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await makeItems(context, async (store) => {
		const leaseMs = Math.max(1, readNumber(context, 'leaseMinutes', 0, 'Lease (Minutes)')) * MINUTE;
		const workspaces = nameList(readOptionalText(context, 'workspaces', 0));
		const channels = chosen(context, 'channels', CHANNELS);
		const { claimed, moved } = await store.outbound.claimDue({ ...(workspaces ? { workspaces } : {}), ...(channels ? { channels } : {}), limit: readLimit(context), leaseMs }, decideRoute);
		for (const row of moved) context.logger.info('autopilot_send_moved', { id: row.id, workspace: row.workspace, status: row.status });
		return claimed.map(claimedKeys);
	});
}

/** List: one item a message. */
export async function listJobs(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await makeItems(context, async (store) => {
		const workspace = readText(context, 'workspace', 0, 'Workspace');
		const reference = readOptionalText(context, 'contact', 0);
		const contactId = reference === undefined ? undefined : ((await store.contacts.find(workspace, [reference]))[0]?.id ?? reference);
		const statuses = chosen(context, 'statuses', OUTBOUND_STATUSES);
		const rows = await store.outbound.list(workspace, { ...(statuses ? { statuses } : {}), ...(contactId === undefined ? {} : { contactId }), limit: readLimit(context) });
		const now = await store.clock.now();
		return rows.map((row) => ({ job: jobOf(row), draft: row.draft, contactId: row.contactId, ...(row.gate ? { gate: row.gate } : {}), why: { notSent: whyNotSent(row, now) } }));
	});
}

/** Tidy Up: leases that ran out are ended; the first item sums up, each further one is an alert. */
export async function tidyUp(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await makeItems(context, async (store) => {
		const workspace = readText(context, 'workspace', 0, 'Workspace');
		const { returned, uncertain } = await store.outbound.expireLeases([workspace]);
		const now = await store.clock.now();
		const unclear = await store.outbound.list(workspace, { statuses: ['uncertain'], limit: LARGEST_LIMIT });
		const open = await store.reviews.list(workspace, { open: true, limit: LARGEST_LIMIT });
		const overdue = open.filter(({ dueAt }) => epochMs(dueAt) < now);
		const sentence = `${count(returned.length, 'message')} became due again after a stopped worker; ${count(uncertain.length, 'send')} cannot be told sent or not.`;
		const holds = await store.senderHolds.list(workspace);
		return [{ tidyUp: { returned, uncertain, sentence } }, ...holds.map(holdAlert), ...alerts(workspace, unclear.map(({ id }) => id), overdue.map(({ id }) => id), now)];
	});
}

function alerts(workspace: string, uncertain: string[], overdue: string[], now: EpochMs): object[] {
	const at = new Date(now).toISOString();
	return [
		...(uncertain.length > 0 ? [{ alert: { kind: 'uncertain_sends', workspace, ids: uncertain, at, sentence: `${count(uncertain.length, 'send')} of workspace '${workspace}' may or may not have left: look at the channel and settle each by hand.` } }] : []),
		...(overdue.length > 0 ? [{ alert: { kind: 'overdue_reviews', workspace, ids: overdue, at, sentence: `${count(overdue.length, 'review')} of workspace '${workspace}' should have been looked at by now.` } }] : []),
	];
}

const HOLD_ALERTS = { pause: 'paused_sender', campaign: 'stopped_campaign', token: 'reconnect_token' } as const;
const WHAT_NOW = {
	pause: (until: string | undefined) => (until === undefined ? 'Its messages wait for a person: mend the cause, then use Lead Autopilot → Settings → Resume Sender.' : `Its messages are moved to ${until} or later.`),
	campaign: () => 'Outreach of this kind waits for a person: mend the cause, then use Lead Autopilot → Settings → Resume Sender.',
	token: () => 'Renew the credential; the hold ends by itself with the first message that leaves.',
} as const;

/** A sender that a provider's error holds back. The same hold is one alert a day. */
function holdAlert({ workspace, kind, channel, accountId, template, code, until, at, sentence }: SenderHold): object {
	const who = [channel, accountId ?? 'no account named', ...(template === undefined ? [] : [`template ${template}`])].join(' ');
	const now = WHAT_NOW[kind](until === undefined ? undefined : iso(until));
	return { alert: { kind: HOLD_ALERTS[kind], workspace, ids: [who, iso(at).slice(0, 10)], at: iso(at), ...(code === undefined ? {} : { code }), sentence: `${who}: ${sentence} ${now}` } };
}

function count(number: number, noun: string): string {
	return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
