import type { NodeJson, WorkflowJson } from '../sandbox/n8n/importing';
import type { Sandbox } from '../sandbox/sandbox';
import { waitFor } from '../sandbox/waitFor';
import type { OutboundRow, Store } from '../store/store';
import { question } from '../test/e2e/support/agreeableModel';
import { concurrently, secondsOf } from './concurrently';
import { watchMemory } from './memory';
import { megabytes, perSecond, seconds, type Figure } from './table';

const MESSAGES = 1_000;
/** Webhook calls open at once, as when a provider delivers a backlog. */
const WIDTH = 10;
const TARGET_SECONDS = 60;
/** Growth of resident memory between the second and the last quarter that still counts as flat. */
const FLAT_SHARE = 0.1;
const PATIENCE_MS = 240_000;
const FLOOR_MESSAGES = 150;
/** Reads of the log at once: each is short. */
const READS = 20;

/** Messages through the real WhatsApp webhook until each has a job or a review. Workflows 02 and 03 must be published. */
export async function intakeFigures(sandbox: Sandbox, store: Store): Promise<Figure[]> {
	const { n8n } = sandbox;
	const memory = watchMemory(n8n.pid);
	const answeredAt = new Map<string, number>();
	const begun = performance.now();
	const allAnswered = secondsOf(async () => {
		await concurrently(MESSAGES, WIDTH, async (number) => {
			const statuses = await write(sandbox, phone(number), number);
			if (statuses.every((status) => status === 200)) answeredAt.set(`+${phone(number)}`, Date.now());
		});
	});
	const decided = await waitFor(
		async () => {
			const fates = await fatesOf(store);
			return fates.decided >= MESSAGES ? fates : undefined;
		},
		{ what: `${MESSAGES} messages to have a job or a review`, timeoutMs: PATIENCE_MS, everyMs: 250 },
	).catch(async () => await fatesOf(store));
	const took = (performance.now() - begun) / 1000;
	const webhooks = await allAnswered;
	const { start, peak, end, early, late } = memory();
	const wait = await longestWait(store, answeredAt);
	return [
		{ name: `${MESSAGES} messages: first webhook to last job or review`, value: seconds(took), target: `< ${TARGET_SECONDS} s`, met: took < TARGET_SECONDS && decided.decided >= MESSAGES },
		{ name: '  all webhooks answered after', value: seconds(webhooks) },
		{ name: '  longest from webhook answer to job or review', value: seconds(wait), target: `< ${TARGET_SECONDS} s`, met: wait < TARGET_SECONDS },
		{ name: '  answered / jobs / reviews', value: `${answeredAt.size} / ${decided.jobs} / ${decided.reviews}`, target: 'none lost, none twice', met: answeredAt.size === MESSAGES && decided.jobs + decided.reviews === MESSAGES },
		{ name: '  n8n memory start / peak / end', value: `${megabytes(start)} / ${megabytes(peak)} / ${megabytes(end)}` },
		{ name: '  second quarter → last quarter', value: `${megabytes(early)} → ${megabytes(late)}`, target: `flat (≤ +${FLAT_SHARE * 100} %)`, met: late <= early * (1 + FLAT_SHARE) },
	];
}

async function write({ standIns }: Sandbox, from: string, number: number): Promise<number[]> {
	return await standIns.meta.inboundWhatsApp({ from, name: `Lead ${number}`, text: question(`m-${number}`) });
}

/** Seconds between the webhook's answer and the moment the message had a job or a review, for the one that waited longest. */
async function longestWait(store: Store, answeredAt: ReadonlyMap<string, number>): Promise<number> {
	const rows = await rowsOf(store);
	let longest = 0;
	await concurrently(rows.length, READS, async (place) => {
		const { id, to } = rows[place];
		const planned = (await store.outbound.transitions('default', id)).find((move) => move.to === 'scheduled' || move.to === 'in_review');
		if (planned) longest = Math.max(longest, planned.at - (answeredAt.get(to) ?? planned.at));
	});
	return longest / 1000;
}

/** What n8n alone takes: its WhatsApp Trigger and a node that does nothing. Workflow 02 must not be published: one webhook an app. */
export async function intakeFloor(sandbox: Sandbox): Promise<Figure[]> {
	const trigger = sandbox.workflows.get('02')?.nodes.find(({ type }) => type === 'n8n-nodes-base.whatsAppTrigger');
	if (!trigger) throw new Error('Workflow 02 has no WhatsApp Trigger');
	const rest: NodeJson = { id: 'rest', name: 'Rest', type: 'n8n-nodes-base.noOp', typeVersion: 1, position: [200, 0], parameters: {} };
	const id = 'bench-intake-floor';
	const floor: WorkflowJson = { id, name: id, nodes: [{ ...trigger, webhookId: id }, rest], connections: { [trigger.name]: { main: [[{ node: rest.name, type: 'main', index: 0 }]] } }, settings: { executionOrder: 'v1', saveDataSuccessExecution: 'none' } };
	await sandbox.api.importWorkflows([floor]);
	await sandbox.api.publishWorkflow(id);
	const took = await secondsOf(async () => await concurrently(FLOOR_MESSAGES, WIDTH, async (number) => await write(sandbox, `49180${String(number).padStart(8, '0')}`, number)));
	await sandbox.api.unpublishWorkflow(id);
	await waitFor(() => sandbox.standIns.meta.subscriptions.list().length === 0, { what: 'the webhook to be given back' });
	return [{ name: "n8n's WhatsApp Trigger alone, messages", value: perSecond(FLOOR_MESSAGES / took) }];
}

const phone = (number: number): string => `49170${String(number).padStart(8, '0')}`;

/** What became of the messages of the leads in `phone`. */
async function fatesOf(store: Store): Promise<{ decided: number; jobs: number; reviews: number }> {
	const rows = await rowsOf(store);
	const jobs = rows.filter(({ status }) => status === 'scheduled').length;
	const reviews = rows.filter(({ status }) => status === 'in_review').length;
	return { decided: new Set(rows.filter(({ status }) => status === 'scheduled' || status === 'in_review').map(({ contactId }) => contactId)).size, jobs, reviews };
}

const rowsOf = async (store: Store): Promise<OutboundRow[]> => (await store.outbound.list('default', { limit: 10 * MESSAGES })).filter(({ to }) => to.includes('49170'));
