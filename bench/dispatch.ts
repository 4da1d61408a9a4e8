import type { Sandbox } from '../sandbox/sandbox';
import { waitFor } from '../sandbox/waitFor';
import type { Store } from '../store/store';
import { planDueReplies } from '../test/e2e/support/dueJobs';
import { fatesOf } from '../test/e2e/support/fates';
import { watchMemory } from './memory';
import { megabytes, perSecond, seconds, type Figure } from './table';

const JOBS = 1_000;
const TARGET_SECONDS = 60;
const PATIENCE_MS = 240_000;
const FLAT_SHARE = 0.1;
/** Jobs of a workspace of their own, so that what other measurements left behind does not mix. */
export const DISPATCH_WORKSPACE = 'dispatch';

/** Due jobs from the store to the WhatsApp stand-in. Workflow 04, set to the workspace above, must not be published yet. */
export async function dispatchFigures(sandbox: Sandbox, store: Store): Promise<Figure[]> {
	const ids = await planDueReplies(store, { count: JOBS, workspace: DISPATCH_WORKSPACE });
	const received = sandbox.standIns.inbox;
	received.clear();
	const memory = watchMemory(sandbox.n8n.pid);
	const begun = performance.now();
	await sandbox.api.publishWorkflow(sandbox.workflows.get('04')?.id ?? '');
	// Out of patience: the table then shows how far it came, as missed.
	await waitFor(async () => received.list().length >= JOBS && (await fatesOf(store, DISPATCH_WORKSPACE, ids, received)).silent.length === 0, { what: `${JOBS} jobs to be sent`, timeoutMs: PATIENCE_MS, everyMs: 250 }).catch(() => undefined);
	const took = (performance.now() - begun) / 1000;
	const { start, peak, end, early, late } = memory();
	const fates = await fatesOf(store, DISPATCH_WORKSPACE, ids, received);
	return [
		{ name: `${JOBS} due jobs to the stand-in`, value: seconds(took), target: `< ${TARGET_SECONDS} s`, met: took < TARGET_SECONDS && fates.sent === JOBS },
		{ name: '  a second', value: perSecond(JOBS / took) },
		{ name: '  sent / uncertain / silent / twice', value: `${fates.sent} / ${fates.uncertain} / ${fates.silent.length} / ${fates.twice.length}`, target: `${JOBS} / 0 / 0 / 0`, met: fates.sent === JOBS && fates.twice.length === 0 },
		{ name: '  n8n memory start / peak / end', value: `${megabytes(start)} / ${megabytes(peak)} / ${megabytes(end)}` },
		{ name: '  second quarter → last quarter', value: `${megabytes(early)} → ${megabytes(late)}`, target: `flat (≤ +${FLAT_SHARE * 100} %)`, met: late <= early * (1 + FLAT_SHARE) },
	];
}
