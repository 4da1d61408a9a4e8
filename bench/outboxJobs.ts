import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import PgBoss from 'pg-boss';
import { decideRoute } from '../engine/message/route';
import { draftId } from '../engine/message/spine';
import { iso } from '../engine/time';
import { openStore } from '../store/openStore';
import type { NewDraft, PlanRequest, Store } from '../store/store';
import { startPostgres } from '../test/services/postgres';
import { draftOf, inbound, newDraft, PASS } from '../test/store/fixtures';
import { secondsOf } from './concurrently';
import { median } from './memory';
import type { Figure } from './table';

const JOBS = 2_000;
const BATCH = 500;
const RUNS = 5;
const QUEUE = 'sends';
/** Far away, but set: only under a cap is counted what was sent today. */
const CAPS = { contactDailyCap: 1_000, workspaceDailyCap: 1_000_000 };

// What makes the comparison fair. Both work in one process on one server, batch by batch, one batch at a time, each call
// one transaction committed as the server is set; both are given the same work: the draft with its addressee. Both keep
// what is done, and the tables of both are vacuumed and analyzed before each turn, as autovacuum would in its time; who
// begins changes with each run. Ours is timed from the drafts' coming in, so it writes them too, as the peer does its jobs.
// What is not alike is what ours is for: it reads settings, opt-outs, takeovers, later messages, open replies, reviews,
// caps and windows three times, logs each of the five statuses, decides the lead's message and records the outcome.

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

function draftFor(workspace: string, messageId: string, contactId: string, phone: string): NewDraft {
	const id = draftId(workspace, messageId, contactId);
	return newDraft({ workspace, id, contactId, to: phone, threadId: phone, inboundIds: [messageId], draft: { ...draftOf(id), confidence: 0.95 } });
}

/** Planned, claimed, begun and marked as sent, with the routing decision taken anew on stored facts at plan, claim and begin. */
async function outboxRates(store: Store, run: number): Promise<Rates> {
	const workspace = `run${run}`;
	await store.settings.set(workspace, { kind: 'workspace' }, { mode: 'auto', replyDelaySeconds: 0, ...CAPS }, 'bench');
	const timestamp = iso(await store.clock.now());
	const requests: PlanRequest[] = [];
	for (const numbers of batches(Array.from({ length: JOBS }, (_, number) => number))) {
		// Numbers of its own: what is remembered of a phone number must not help the next run.
		const phone = (number: number): string => `+4915${run}${String(number).padStart(8, '0')}`;
		const recorded = await store.messages.record(workspace, numbers.map((number) => inbound({ threadId: phone(number), timestamp, providerId: `${workspace}-${number}`, contact: { phone: phone(number), name: 'Lead' } })));
		requests.push(
			...recorded.map(({ message, contact }, place): PlanRequest => {
				const draft = draftFor(workspace, message.id, contact.id, phone(numbers[place]));
				return { workspace, draftId: draft.id, draft, gate: PASS };
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
	const jobs = Array.from({ length: JOBS }, (_, number) => ({ name: QUEUE, data: draftFor('bench', `message-${number}`, `contact-${number}`, `+49151${String(number).padStart(8, '0')}`) }));
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

/** The Outbox on the embedded store, which has no peer. */
async function embeddedRates(): Promise<Rates[]> {
	const folder = mkdtempSync(join(tmpdir(), 'lead-autopilot-bench-'));
	const store = await openStore({ kind: 'sqlite', file: join(folder, 'store.sqlite') }, { idleCloseMs: 0 });
	try {
		await outboxRates(store, 0);
		const rates: Rates[] = [];
		for (let run = 1; run <= RUNS; run++) rates.push(await outboxRates(store, run));
		return rates;
	} finally {
		await store.close();
		rmSync(folder, { recursive: true, force: true });
	}
}

/** The Outbox beside `pg-boss` on the same private Postgres, in turns. */
async function pairedRates(): Promise<{ ours: Rates; peer: Rates }[]> {
	const postgres = await startPostgres();
	const boss = new PgBoss({ connectionString: postgres.url, schema: 'bench_boss', supervise: false, schedule: false });
	boss.on('error', () => undefined);
	const store = await openStore({ kind: 'postgres', connectionString: postgres.url, schema: 'bench_outbox' }, { idleCloseMs: 0 });
	const keeper = new Client({ connectionString: postgres.url });
	try {
		await keeper.connect();
		await boss.start();
		await boss.createQueue(QUEUE);
		await peerRates(boss);
		await outboxRates(store, 0);
		const pairs: { ours: Rates; peer: Rates }[] = [];
		for (let run = 1; run <= RUNS; run++) {
			const turns = {
				ours: async () => await outboxRates(store, run),
				peer: async () => await peerRates(boss),
			};
			const taken = new Map<keyof typeof turns, Rates>();
			for (const who of run % 2 === 0 ? (['ours', 'peer'] as const) : (['peer', 'ours'] as const)) {
				await keeper.query('vacuum analyze');
				taken.set(who, await turns[who]());
			}
			const [ours, peer] = [taken.get('ours'), taken.get('peer')];
			if (ours && peer) pairs.push({ ours, peer });
		}
		return pairs;
	} finally {
		await keeper.end();
		await store.close();
		await boss.stop({ graceful: false, wait: true });
		await postgres.stop();
	}
}

const parts = (rates: readonly Rates[]): string => (['insert', 'finish', 'whole'] as const).map((what) => `${Math.round(median(rates.map((each) => each[what])))}/s`).join(' / ');

export async function outboxFigures(): Promise<Figure[]> {
	const pairs = await pairedRates();
	const embedded = await embeddedRates();
	const ratios = pairs.map(({ ours, peer }) => ours.whole / peer.whole);
	const ratio = median(ratios);
	const done = [...pairs.flatMap(({ ours, peer }) => [ours.done, peer.done]), ...embedded.map((each) => each.done)];
	return [
		{ name: `Outbox on Postgres, ${JOBS} jobs in batches of ${BATCH}: plan / claim, begin, mark sent / whole`, value: parts(pairs.map(({ ours }) => ours)) },
		{ name: '  pg-boss: insert / fetch, complete / whole', value: parts(pairs.map(({ peer }) => peer)) },
		{ name: `  ratio of the whole, median of ${pairs.length} (lowest to highest)`, value: `${ratio.toFixed(3)}× (${Math.min(...ratios).toFixed(3)} to ${Math.max(...ratios).toFixed(3)})`, target: '≥ 1×', met: ratio >= 1 },
		{ name: 'Outbox on SQLite, the same: plan / claim, begin, mark sent / whole', value: parts(embedded) },
		{ name: '  jobs finished in every run', value: `${Math.min(...done)} to ${Math.max(...done)}`, target: `${JOBS}`, met: done.every((count) => count === JOBS) },
	];
}
