import { SANDBOX } from '../sandbox/standins';
import { startSyncWorld, type SyncWorld } from '../test/e2e/support/syncWorld';
import { watchMemory } from './memory';
import { megabytes, seconds, type Figure } from './table';

const CONVERSATIONS = 600;
const MESSAGES = 12;
/** What a model of today takes for a classification. */
const MODEL_MS = 1_500;
/** What Meta takes for a page with many messages. */
const GRAPH_MS = 800;
const TARGET_A_MINUTE = 300;

async function sync({ world, conversations, first }: { world: SyncWorld; conversations: number; first: number }): Promise<{ minutes: number; done: number; state: string }> {
	world.sandbox.standIns.meta.conversations.seed({ platform: 'messenger', count: conversations, messages: MESSAGES, first });
	const begun = performance.now();
	const run = await world.over(await world.request('sync', SANDBOX.pageId));
	return { minutes: (performance.now() - begun) / 60_000, done: run.counts.done, state: run.state };
}

/** Conversations read, classified and placed a minute by the shipped workflow 08, and whether Meta's limits held. */
export async function syncFigures(): Promise<Figure[]> {
	const world = await startSyncWorld({ modelMs: MODEL_MS });
	try {
		const { standIns, n8n } = world.sandbox;
		standIns.meta.conversations.latency(GRAPH_MS);
		const memory = watchMemory(n8n.pid);
		const first = await sync({ world, conversations: CONVERSATIONS, first: 0 });
		const read = memory();
		const calls = standIns.meta.conversations.calls();
		const changed = await world.over(await world.request('sync', SANDBOX.pageId));
		const perMinute = first.done / first.minutes;
		return [
			{ name: `${CONVERSATIONS} conversations of ${MESSAGES} messages, model ${MODEL_MS / 1000} s, Meta ${GRAPH_MS / 1000} s: read, classified, placed`, value: `${first.done} in ${seconds(first.minutes * 60)}`, target: 'all of them', met: first.done === CONVERSATIONS && first.state === 'done' },
			{ name: '  contacts a minute', value: perMinute.toFixed(0), target: `≥ ${TARGET_A_MINUTE}`, met: perMinute >= TARGET_A_MINUTE },
			{ name: '  calls to Meta, refused by its limits', value: `${calls.calls}, ${calls.violations}`, target: 'none refused', met: calls.violations === 0 },
			{ name: '  most calls in a second, in an hour', value: `${calls.mostASecond}, ${calls.mostAnHour}`, target: '≤ 2, ≤ 200', met: calls.mostASecond <= 2 && calls.mostAnHour <= 200 },
			{ name: '  a second sync with nothing new: contacts, calls', value: `${changed.counts.done + changed.counts.skipped}, ${standIns.meta.conversations.calls().calls - calls.calls}`, target: '0, 2', met: changed.counts.done + changed.counts.skipped === 0 },
			{ name: '  n8n memory start / peak / end', value: `${megabytes(read.start)} / ${megabytes(read.peak)} / ${megabytes(read.end)}` },
		];
	} finally {
		await world.stop();
	}
}
