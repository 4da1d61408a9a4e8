import { sql } from 'kysely';
import { mayMove, OUTBOUND_STATUSES, OUTBOUND_TRANSITIONS, type OutboundStatus } from '../../engine/message/outbound';
import { Database } from '../../store/database';
import { TransitionRefusedError } from '../../store/errors';
import { moveRows } from '../../store/outboundMoves';
import { DIALECTS, newDraft, openTestStore, query, stopServers, type TestStore } from './fixtures';

afterAll(stopServers);

/** A legal way to each status, found from the table itself. */
function wayTo(target: OutboundStatus): OutboundStatus[] {
	const ways = new Map<OutboundStatus, OutboundStatus[]>([['drafted', []]]);
	const queue: OutboundStatus[] = ['drafted'];
	for (const from of queue) {
		for (const to of OUTBOUND_TRANSITIONS[from]) {
			if (ways.has(to)) continue;
			ways.set(to, [...(ways.get(from) ?? []), to]);
			queue.push(to);
		}
	}
	return ways.get(target) ?? [];
}
const PAIRS = OUTBOUND_STATUSES.flatMap((from) => OUTBOUND_STATUSES.map((to) => ({ from, to })));

describe.each(DIALECTS)('the transition table on %s', (dialect) => {
	let test: TestStore;
	let database: Database;
	beforeAll(async () => {
		test = await openTestStore(dialect);
		database = new Database(test.place.config, test.clock);
		const drafts = PAIRS.map(({ from, to }) => newDraft({ id: `${from} ${to}` }));
		await test.store.outbound.saveDrafts(drafts);
		await database.write(async (session) => {
			const rows = await session.matching('outbound', ['workspace', 'id'], drafts);
			const byId = new Map(rows.map((row) => [row.id, row]));
			const moves = PAIRS.flatMap(({ from, to }) => {
				const row = byId.get(`${from} ${to}`);
				return row ? wayTo(from).map((step) => ({ row, to: step, actor: 'engine' as const, sentence: 'On the way.' })) : [];
			});
			await moveRows(session, moves);
		});
	});
	afterAll(async () => {
		await database.close();
		await test.close();
	});

	const move = async (id: string, to: OutboundStatus) =>
		await database.write(async (session) => {
			const rows = await session.matching('outbound', ['workspace', 'id'], [{ workspace: 'acme', id }], true);
			return await moveRows(session, rows.map((row) => ({ row, to, actor: 'person' as const, sentence: 'Tried.' })));
		});
	const forbidden = PAIRS.filter(({ from, to }) => !mayMove(from, to));
	const allowed = PAIRS.filter(({ from, to }) => mayMove(from, to));

	it('the rows stand where the pairs begin', async () => {
		const rows = await query<{ id: string; status: string }>(test.place.config, 'select id, status from {outbound}');
		expect(rows).toHaveLength(100);
		for (const { id, status } of rows) expect(id.split(' ')[0]).toBe(status);
	});

	it.each(forbidden)('refuses $from → $to, and writes nothing', async ({ from, to }) => {
		const id = `${from} ${to}`;
		const before = await test.store.outbound.transitions('acme', id);
		await expect(move(id, to)).rejects.toThrow(TransitionRefusedError);
		expect(await test.store.outbound.find('acme', [id])).toMatchObject([{ status: from }]);
		expect(await test.store.outbound.transitions('acme', id)).toEqual(before);
	});

	it('the database itself refuses every forbidden change, whoever writes it', async () => {
		for (const { from, to } of forbidden) {
			const write = database.write(async ({ q }) => await q.updateTable('outbound').set({ status: to }).where('id', '=', `${from} ${to}`).execute());
			await expect(write).rejects.toThrow(/transition table/);
		}
	});

	it.each(allowed)('makes $from → $to and logs it', async ({ from, to }) => {
		const id = `${from} ${to}`;
		await move(id, to);
		expect((await test.store.outbound.transitions('acme', id)).at(-1)).toEqual({ from, to, actor: 'person', reason: 'Tried.', at: test.clock.time });
	});

	it('two who decide on the same reading: the second is turned away', async () => {
		await test.store.outbound.saveDrafts([newDraft({ id: 'race' })]);
		const stale = await database.read(async (session) => await session.matching('outbound', ['workspace', 'id'], [{ workspace: 'acme', id: 'race' }]));
		await database.write(async (session) => await moveRows(session, stale.map((row) => ({ row, to: 'scheduled', actor: 'engine', sentence: 'First.' }))));
		const second = database.write(async (session) => await moveRows(session, stale.map((row) => ({ row, to: 'cancelled', actor: 'engine', sentence: 'Second.' }))));
		await expect(second).rejects.toThrow(/changed/);
		expect(await test.store.outbound.find('acme', ['race'])).toMatchObject([{ status: 'scheduled' }]);
	});

	it('a failure in the middle of a transaction leaves nothing of it', async () => {
		await test.store.outbound.saveDrafts([newDraft({ id: 'half' })]);
		const broken = database.write(async (session) => {
			const rows = await session.matching('outbound', ['workspace', 'id'], [{ workspace: 'acme', id: 'half' }], true);
			await moveRows(session, rows.map((row) => ({ row, to: 'in_review', actor: 'engine', sentence: 'Half.' })));
			await sql`select * from no_such_table`.execute(session.q);
		});
		await expect(broken).rejects.toThrow();
		expect(await test.store.outbound.find('acme', ['half'])).toMatchObject([{ status: 'drafted' }]);
		expect(await query(test.place.config, "select id from {reviews} where outbound_id = 'half'")).toEqual([]);
	});
});
