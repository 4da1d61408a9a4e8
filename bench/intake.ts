import type { Sandbox } from '../sandbox/sandbox';
import { waitFor } from '../sandbox/waitFor';
import type { Store } from '../store/store';
import { question } from '../test/e2e/support/agreeableModel';
import { concurrently, secondsOf } from './concurrently';
import { watchMemory } from './memory';
import { megabytes, seconds, type Figure } from './table';

const MESSAGES = 1_000;
/** Webhook calls open at once, as when a provider delivers a backlog. */
const WIDTH = 10;
const TARGET_SECONDS = 60;
/** Growth of resident memory between the second and the last quarter that still counts as flat. */
const FLAT_SHARE = 0.1;
const PATIENCE_MS = 240_000;

/** Messages through the real WhatsApp webhook until each has a job or a review. Workflows 02 and 03 must be published. */
export async function intakeFigures(sandbox: Sandbox, store: Store): Promise<Figure[]> {
	const { standIns, n8n } = sandbox;
	const memory = watchMemory(n8n.pid);
	let answered = 0;
	const begun = performance.now();
	const allAnswered = secondsOf(async () => {
		await concurrently(MESSAGES, WIDTH, async (number) => {
			const statuses = await standIns.meta.inboundWhatsApp({ from: phone(number), name: `Lead ${number}`, text: question(`m-${number}`) });
			if (statuses.every((status) => status === 200)) answered += 1;
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
	return [
		{ name: `${MESSAGES} messages: webhook to job or review`, value: seconds(took), target: `< ${TARGET_SECONDS} s`, met: took < TARGET_SECONDS && decided.decided >= MESSAGES },
		{ name: '  all webhooks answered after', value: seconds(webhooks) },
		{ name: '  answered / jobs / reviews', value: `${answered} / ${decided.jobs} / ${decided.reviews}`, target: 'none lost, none twice', met: answered === MESSAGES && decided.jobs + decided.reviews === MESSAGES },
		{ name: '  n8n memory start / peak / end', value: `${megabytes(start)} / ${megabytes(peak)} / ${megabytes(end)}` },
		{ name: '  second quarter → last quarter', value: `${megabytes(early)} → ${megabytes(late)}`, target: `flat (≤ +${FLAT_SHARE * 100} %)`, met: late <= early * (1 + FLAT_SHARE) },
	];
}

const phone = (number: number): string => `49170${String(number).padStart(8, '0')}`;

/** What became of the messages of the leads in `phone`. */
async function fatesOf(store: Store): Promise<{ decided: number; jobs: number; reviews: number }> {
	const rows = (await store.outbound.list('default', { limit: 10 * MESSAGES })).filter(({ to }) => to.includes('49170'));
	const jobs = rows.filter(({ status }) => status === 'scheduled').length;
	const reviews = rows.filter(({ status }) => status === 'in_review').length;
	return { decided: new Set(rows.filter(({ status }) => status === 'scheduled' || status === 'in_review').map(({ contactId }) => contactId)).size, jobs, reviews };
}
