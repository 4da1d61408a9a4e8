import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { sql } from 'kysely';
import { FIRST_SENT, OUTCOMES_A_MESSAGE, runAt, seedTraining, sentAt, TRAINING_WORKSPACE } from '../../bench/trainingWorld';
import { epochMs } from '../../engine/time';
import { openTrainingFiles, writeTrainingSet } from '../../nodes/ModelTrainer/writeTrainingSet';
import { openStore } from '../../store/openStore';
import { Session } from '../../store/session';
import type { Store } from '../../store/store';
import { DIALECTS, emptyPlace, stopServers, type DialectName, type Place } from './fixtures';

afterAll(stopServers);
jest.setTimeout(240_000);

const WINDOW = { since: FIRST_SENT, until: epochMs('2030-01-01T00:00:00Z') };

/** The statements a piece of work makes, each looked at once. */
async function watched(work: () => Promise<unknown>, look: (session: Session, statement: Parameters<Session['rows']>[0]) => Promise<void> = async () => undefined): Promise<number> {
	const original = Session.prototype.rows;
	let count = 0;
	let looking = false;
	const spy = jest.spyOn(Session.prototype, 'rows').mockImplementation(async function (this: Session, statement) {
		if (!looking) {
			count += 1;
			looking = true;
			await look(this, statement);
			looking = false;
		}
		return await original.call(this, statement);
	});
	try {
		await work();
	} finally {
		spy.mockRestore();
	}
	return count;
}

async function filled(dialect: DialectName, outcomes: number): Promise<{ place: Place; store: Store }> {
	const place = await emptyPlace(dialect);
	await seedTraining(place.config, outcomes);
	const now = epochMs(runAt(outcomes));
	return { place, store: await openStore(place.config, { clock: { now: async () => now } }) };
}

describe.each(DIALECTS)('reading examples on %s', (dialect) => {
	it('takes as many statements for a page of hundreds as for one of few', async () => {
		const counts: number[] = [];
		for (const outcomes of [20, 1_200]) {
			const { place, store } = await filled(dialect, outcomes);
			counts.push(await watched(async () => expect((await store.training.examples(TRAINING_WORKSPACE, { ...WINDOW, limit: 300 })).candidates).toHaveLength(outcomes / OUTCOMES_A_MESSAGE)));
			await store.close();
			await place.remove();
		}
		expect(counts[0]).toBe(counts[1]);
		expect(counts[0]).toBeLessThanOrEqual(14);
	});
});

describe('reading examples on sqlite', () => {
	it.each([
		['a page', async (store: Store) => await store.training.examples(TRAINING_WORKSPACE, { ...WINDOW, limit: 50 })],
		['rejected drafts', async (store: Store) => await store.training.rejections(TRAINING_WORKSPACE, { ...WINDOW, limit: 50 })],
		['the counts', async (store: Store) => await store.training.counts(TRAINING_WORKSPACE, WINDOW)],
	])('finds everything about a message by the message or its contact, never by the time: %s', async (_, read) => {
		const { place, store } = await filled('sqlite', 400);
		const plans: string[] = [];
		await watched(async () => await read(store), async (session, statement) => {
			plans.push(...(await session.rows(sql<{ detail: string }>`explain query plan ${statement}`)).map(({ detail }) => detail));
		});
		expect(plans.length).toBeGreaterThan(0);
		// These letters stand for the tables that grow; the one list of messages in order of time is the page itself.
		expect(plans.filter((detail) => /^(?:SCAN [ocimrx]|SEARCH [cimrx] USING (?:COVERING )?INDEX (?:outbound_sent|reviews_decided|outbound_status|messages_seq))\b/.test(detail))).toEqual([]);
		await store.close();
		await place.remove();
	});
});

describe('an export of 20,000 outcomes', () => {
	it('holds no more in memory at its end than after its first tenth', async () => {
		const { place, store } = await filled('sqlite', 20_000);
		setFlagsFromString('--expose-gc');
		const collect = runInNewContext('gc') as () => void;
		const heap: number[] = [];
		let [largest, pages] = [0, 0];
		const training = {
			...store.training,
			examples: async (...request: Parameters<Store['training']['examples']>) => {
				const page = await store.training.examples(...request);
				largest = Math.max(largest, page.candidates.length);
				pages += 1;
				if (pages === 3 || pages === 21) {
					collect();
					heap.push(process.memoryUsage().heapUsed / 1_000_000);
				}
				return page;
			},
		};
		const { id, createdAt } = await store.training.beginExport(TRAINING_WORKSPACE);
		const files = openTrainingFiles();
		for (const { stream } of Object.values(files)) stream.resume();
		const plan = { id, createdAt, workspace: TRAINING_WORKSPACE, salt: 'salt', since: FIRST_SENT, until: sentAt(5_000), leastQuality: 0.6, consent: 'not_objected' as const, packVersion: '0' };
		const manifest = await writeTrainingSet({ training }, plan, files);
		expect(manifest).toMatchObject({ read: 5_000, written: 5_000 });
		expect([pages, largest]).toEqual([21, 250]);
		// MB on a heap of some hundreds: what 18 further pages would add if they were kept is 60.
		expect(heap[1] - heap[0]).toBeLessThan(10);
		await store.close();
		await place.remove();
	});
});
