import PgBoss from 'pg-boss';
import { decideRoute } from '../engine/message/route';
import { draftId } from '../engine/message/spine';
import { iso } from '../engine/time';
import { openStore } from '../store/openStore';
import type { PlanRequest, Store } from '../store/store';
import { startPostgres } from '../test/services/postgres';
import { draftOf, inbound, newDraft, PASS } from '../test/store/fixtures';
import { secondsOf } from './concurrently';
import { median } from './memory';
import type { Figure } from './table';

const JOBS = 2_000;
const BATCH = 500;
const RUNS = 3;
const QUEUE = 'sends';

interface Rates {
	insert: number;
	finish: number;
	/** From the first insert to the last job finished. */
	whole: number;
	done: number;
}

function ratesOf(inserting: number, finishing: number, done: number): Rates {
	return { insert: JOBS / inserting, finish: JOBS / finishing, whole: JOBS / (inserting + finishing), done };
}

const batches = <T>(all: readonly T[]): T[][] => Array.from({ length: Math.ceil(all.length / BATCH) }, (_, place) => all.slice(place * BATCH, (place + 1) * BATCH));

/** Planned, claimed, begun and marked as sent, with the routing decision taken anew on stored facts at plan, claim and begin. */
async function outboxRates(store: Store, workspace: string): Promise<Rates> {
	await store.settings.set(workspace, { kind: 'workspace' }, { mode: 'auto', replyDelaySeconds: 0 }, 'bench');
	const timestamp = iso(await store.clock.now());
	const requests: PlanRequest[] = [];
	for (const numbers of batches(Array.from({ length: JOBS }, (_, number) => number))) {
		const phone = (number: number): string => `+49151${String(number).padStart(8, '0')}`;
		const recorded = await store.messages.record(workspace, numbers.map((number) => inbound({ threadId: phone(number), timestamp, providerId: `${workspace}-${number}`, contact: { phone: phone(number), name: 'Lead' } })));
		requests.push(
			...recorded.map(({ message, contact }, place): PlanRequest => {
				const id = draftId(workspace, message.id, contact.id);
				const draft = newDraft({ workspace, id, contactId: contact.id, to: phone(numbers[place]), threadId: message.threadId, inboundIds: [message.id], draft: { ...draftOf(id), confidence: 0.95 } });
				return { workspace, draftId: id, draft, gate: PASS };
			}),
		);
	}
	const inserting = await secondsOf(async () => {
		for (const part of batches(requests)) await store.outbound.plan(part, decideRoute);
	});
	let done = 0;
	const finishing = await secondsOf(async () => {
		for (;;) {
			const { claimed } = await store.outbound.claimDue({ workspaces: [workspace], limit: BATCH, leaseMs: 300_000 }, decideRoute);
			if (claimed.length === 0) return;
			const begun = (await store.outbound.beginSend(workspace, claimed.map(({ id }) => id), decideRoute)).filter(({ ok }) => ok);
			await store.outbound.markSent(begun.map(({ id }) => ({ workspace, id, attempt: 1, providerId: `p-${id}` })));
			done += begun.length;
		}
	});
	return ratesOf(inserting, finishing, done);
}

/** Inserted, fetched and completed, as many at a time. */
async function peerRates(boss: PgBoss): Promise<Rates> {
	const jobs = Array.from({ length: JOBS }, (_, number) => ({ name: QUEUE, data: { id: number, to: `+49151${String(number).padStart(8, '0')}`, text: draftOf('x').text } }));
	const inserting = await secondsOf(async () => {
		for (const part of batches(jobs)) await boss.insert(part);
	});
	let done = 0;
	const finishing = await secondsOf(async () => {
		for (;;) {
			const fetched = await boss.fetch(QUEUE, { batchSize: BATCH });
			if (fetched.length === 0) return;
			await boss.complete(QUEUE, fetched.map(({ id }) => id));
			done += fetched.length;
		}
	});
	return ratesOf(inserting, finishing, done);
}

/** The Outbox beside `pg-boss` on the same private Postgres, in turns. */
export async function outboxFigures(): Promise<Figure[]> {
	const postgres = await startPostgres();
	const boss = new PgBoss({ connectionString: postgres.url, schema: 'bench_boss', supervise: false, schedule: false });
	boss.on('error', () => undefined);
	const store = await openStore({ kind: 'postgres', connectionString: postgres.url, schema: 'bench_outbox' }, { idleCloseMs: 0 });
	try {
		await boss.start();
		await boss.createQueue(QUEUE);
		await peerRates(boss);
		await outboxRates(store, 'warm');
		const rates: { ours: Rates; peer: Rates }[] = [];
		for (let run = 1; run <= RUNS; run++) {
			const peer = await peerRates(boss);
			rates.push({ ours: await outboxRates(store, `run${run}`), peer });
		}
		const side = (name: 'ours' | 'peer', what: 'insert' | 'finish' | 'whole'): string => `${Math.round(median(rates.map((each) => each[name][what])))}/s`;
		const ratio = median(rates.map(({ ours, peer }) => ours.whole / peer.whole));
		return [
			{ name: `Outbox on Postgres, ${JOBS} jobs in batches of ${BATCH}: plan / claim, begin, mark sent / whole`, value: `${side('ours', 'insert')} / ${side('ours', 'finish')} / ${side('ours', 'whole')}` },
			{ name: '  pg-boss: insert / fetch, complete / whole', value: `${side('peer', 'insert')} / ${side('peer', 'finish')} / ${side('peer', 'whole')}` },
			{ name: '  ratio of the whole', value: `${ratio.toFixed(2)}×`, target: '≥ 1×', met: ratio >= 1 },
			{ name: '  jobs finished, ours / peer', value: `${rates[0].ours.done} / ${rates[0].peer.done}`, target: `${JOBS} / ${JOBS}`, met: rates.every(({ ours, peer }) => ours.done === JOBS && peer.done === JOBS) },
		];
	} finally {
		await store.close();
		await boss.stop({ graceful: false, wait: true });
		await postgres.stop();
	}
}
