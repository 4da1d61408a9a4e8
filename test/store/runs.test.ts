import type { RunItem, RunRequest } from '../../store/store';
import { later, MINUTE } from '../../engine/time';
import { openStore } from '../../store/openStore';
import { DIALECTS, openTestStore, stopServers, type TestStore } from './fixtures';

afterAll(stopServers);

const LEASE = 10 * MINUTE;
const CLAIM = { leaseMs: LEASE, limit: 10 };
const SYNC: RunRequest = { workspace: 'acme', kind: 'sync', accountId: 'page-1', options: { limit: 50 }, requestedBy: 'mia@agency.example' };
const done = (...ids: string[]): RunItem[] => ids.map((itemId) => ({ itemId, platform: 'instagram', result: 'done' }));

describe.each(DIALECTS)('runs on %s', (dialect) => {
	let test: TestStore;
	beforeEach(async () => (test = await openTestStore(dialect)));
	afterEach(async () => await test.close());
	const runs = () => test.store.runs;

	it('are asked for, handed out once, watched and finished', async () => {
		const [{ run, created }] = await runs().request([SYNC]);
		expect(created).toBe(true);
		expect(run).toMatchObject({ state: 'requested', accountId: 'page-1', options: { limit: 50 }, requestedBy: 'mia@agency.example', cancelRequested: false, counts: { done: 0, skipped: 0, failed: 0 } });
		expect(await runs().claimRequested(CLAIM)).toMatchObject([{ id: run.id, state: 'running', startedAt: '2026-03-02T12:00:00.000Z' }]);
		expect(await runs().claimRequested(CLAIM)).toEqual([]);
		test.clock.advance(MINUTE);
		const items: RunItem[] = [...done('a', 'b', 'c'), { itemId: 'd', platform: 'messenger', result: 'failed', error: 'No permission', code: '200' }, { itemId: 'e', result: 'skipped' }];
		expect(await runs().advance('acme', run.id, { items, total: 12, cursor: 'page=2', leaseMs: LEASE })).toMatchObject({
			counts: { done: 3, skipped: 1, failed: 1, total: 12 },
			cursor: 'page=2',
			sentence: 'Conversation sync under way: 5 of 12 seen, 1 skipped, 1 failed, 5 a minute.',
		});
		expect(await runs().errors('acme', run.id, 10)).toEqual([{ id: 'd', platform: 'messenger', error: 'No permission', code: '200', at: test.clock.time }]);
		expect(await runs().finish('acme', run.id)).toMatchObject({ state: 'done', finishedAt: '2026-03-02T12:01:00.000Z', counts: { total: 12 } });
		expect(await runs().finish('acme', run.id, 'too late')).toMatchObject({ state: 'done' });
		expect(await runs().advance('acme', run.id, { items: done('z'), leaseMs: LEASE })).toMatchObject({ state: 'done', counts: { done: 3 } });
		expect(await runs().list('acme', { open: false, limit: 5 })).toHaveLength(1);
		expect(await runs().list('acme', { open: true, limit: 5 })).toEqual([]);
	});

	it('wait for their provider without anybody at them, and are handed out again at the time', async () => {
		const [{ run }] = await runs().request([SYNC]);
		await runs().claimRequested(CLAIM);
		const until = later(test.clock.time, 42 * MINUTE);
		expect(await runs().pause('acme', run.id, { until, reason: "Meta's hourly limit", cursor: 'page=3' })).toMatchObject({
			state: 'waiting', cursor: 'page=3', waitsUntil: '2026-03-02T12:42:00.000Z', waitsFor: "Meta's hourly limit", sentence: "Conversation sync waits until 12:42 UTC for Meta's hourly limit, then goes on by itself: 0 seen.",
		});
		expect((await runs().request([SYNC]))[0]).toMatchObject({ created: false, run: { id: run.id, state: 'waiting' } });
		test.clock.advance(42 * MINUTE - 1);
		expect(await runs().claimRequested(CLAIM)).toEqual([]);
		test.clock.advance(1);
		const [again] = await runs().claimRequested(CLAIM);
		expect(again).toMatchObject({ id: run.id, state: 'running', cursor: 'page=3' });
		expect([again.waitsUntil, again.waitsFor]).toEqual([undefined, undefined]);
		// However often it waits, it never counts as stopped without a word.
		for (let wait = 0; wait < 5; wait++) {
			await runs().pause('acme', run.id, { until: later(test.clock.time, MINUTE), reason: 'x' });
			test.clock.advance(MINUTE);
			expect(await runs().claimRequested(CLAIM)).toMatchObject([{ state: 'running' }]);
		}
		await runs().pause('acme', run.id, { until: later(test.clock.time, MINUTE), reason: 'x' });
		expect(await runs().cancel('acme', run.id, 'mia')).toMatchObject({ state: 'cancelled', sentence: 'Conversation sync stopped by mia: 0 seen.' });
		expect(await runs().pause('acme', run.id, { until, reason: 'x' })).toMatchObject({ state: 'cancelled' });
	});

	it('that are to be stopped end instead of waiting', async () => {
		const [{ run }] = await runs().request([SYNC]);
		await runs().begin('acme', run.id, LEASE);
		await runs().cancel('acme', run.id, 'mia');
		expect(await runs().pause('acme', run.id, { until: later(test.clock.time, MINUTE), reason: 'x' })).toMatchObject({ state: 'cancelled' });
	});

	it('are found by state and account, the newest first', async () => {
		for (const accountId of ['page-1', 'page-2', 'page-1']) {
			const [{ run }] = await runs().request([{ ...SYNC, accountId }]);
			await runs().finish('acme', run.id);
			test.clock.advance(MINUTE);
		}
		expect(await runs().list('acme', { kinds: ['sync'], states: ['done'], accountId: 'page-1', limit: 9 })).toMatchObject([{ requestedAt: '2026-03-02T12:02:00.000Z' }, { requestedAt: '2026-03-02T12:00:00.000Z' }]);
		expect(await runs().list('acme', { states: ['failed'], limit: 9 })).toEqual([]);
	});

	it('are one at a time for a kind and account', async () => {
		const asked = await runs().request([SYNC, SYNC, { ...SYNC, accountId: 'page-2' }, { ...SYNC, kind: 'reanalysis' }, { ...SYNC, workspace: 'other' }]);
		expect(asked.map(({ created }) => created)).toEqual([true, false, true, true, true]);
		expect(asked[1].run.id).toBe(asked[0].run.id);
		await runs().claimRequested(CLAIM);
		expect((await runs().request([SYNC]))[0]).toMatchObject({ created: false, run: { id: asked[0].run.id, state: 'running' } });
		await runs().finish('acme', asked[0].run.id);
		const [again] = await runs().request([SYNC]);
		expect(again).toMatchObject({ created: true, run: { state: 'requested' } });
		expect(again.run.id).not.toBe(asked[0].run.id);
		expect(await runs().list('other', { limit: 9 })).toHaveLength(1);
	});

	it('count an item once, however often it is said, and keep the last word on it', async () => {
		const [{ run }] = await runs().request([SYNC]);
		await runs().begin('acme', run.id, LEASE);
		const failed: RunItem = { itemId: 'a', result: 'failed', error: 'timed out' };
		await runs().advance('acme', run.id, { items: [failed, ...done('a'), ...done('b')], leaseMs: LEASE });
		expect(await runs().advance('acme', run.id, { items: [...done('b'), { ...failed, itemId: 'c', error: 'x'.repeat(9_000) }], leaseMs: LEASE })).toMatchObject({ counts: { done: 2, failed: 1, skipped: 0 } });
		expect((await runs().errors('acme', run.id, 5))[0].error).toHaveLength(500);
		expect((await runs().seen('acme', run.id, ['a', 'c', 'nobody', '\u0000'])).sort()).toEqual(['a', 'c']);
	});

	it('stop at once when nobody began them, and after the item at hand when somebody did', async () => {
		const [{ run: waiting }, { run: running }] = await runs().request([SYNC, { ...SYNC, accountId: 'page-2' }]);
		await runs().begin('acme', running.id, LEASE);
		expect(await runs().cancel('acme', waiting.id, 'tom')).toMatchObject({ state: 'cancelled', sentence: 'Conversation sync stopped by tom: 0 seen.' });
		expect(await runs().cancel('acme', running.id, 'tom')).toMatchObject({ state: 'running', cancelRequested: true });
		expect(await runs().cancel('acme', running.id, 'ann')).toMatchObject({ sentence: 'Conversation sync is being stopped, as tom asked: 0 seen.' });
		expect(await runs().advance('acme', running.id, { items: done('a'), leaseMs: LEASE })).toMatchObject({ state: 'running', cancelRequested: true });
		expect(await runs().finish('acme', running.id)).toMatchObject({ state: 'cancelled', counts: { done: 1 } });
		expect(await runs().claimRequested(CLAIM)).toEqual([]);
	});

	it('are handed out again when their worker is not heard of, and given up after the third time', async () => {
		const [{ run }] = await runs().request([SYNC]);
		await runs().claimRequested(CLAIM);
		await runs().advance('acme', run.id, { items: done('a'), cursor: 'next', leaseMs: LEASE });
		test.clock.advance(LEASE - 1);
		expect(await runs().claimRequested(CLAIM)).toEqual([]);
		test.clock.advance(1);
		expect(await runs().claimRequested(CLAIM)).toMatchObject([{ id: run.id, cursor: 'next', counts: { done: 1 } }]);
		test.clock.advance(LEASE);
		expect(await runs().claimRequested(CLAIM)).toHaveLength(1);
		test.clock.advance(LEASE);
		expect(await runs().claimRequested(CLAIM)).toEqual([]);
		expect(await runs().find('acme', [run.id, 'none'])).toMatchObject([{ state: 'failed', sentence: 'Conversation sync failed: It stopped without a word 3 times. 1 seen.' }, undefined]);
	});

	it('that were claimed and could not be handed on are claimed again, and one that was cancelled meanwhile ends', async () => {
		const [{ run }, { run: other }] = await runs().request([SYNC, { ...SYNC, accountId: 'page-2' }]);
		await runs().release(await runs().claimRequested(CLAIM));
		expect(await runs().claimRequested(CLAIM)).toHaveLength(2);
		await runs().cancel('acme', other.id, 'tom');
		test.clock.advance(LEASE);
		expect(await runs().claimRequested(CLAIM)).toMatchObject([{ id: run.id }]);
		expect(await runs().find('acme', [other.id])).toMatchObject([{ state: 'cancelled' }]);
	});

	it('are of some kinds and workspaces only when that is asked for', async () => {
		await runs().request([SYNC, { ...SYNC, kind: 'reanalysis' }, { ...SYNC, workspace: 'other' }]);
		expect(await runs().claimRequested({ ...CLAIM, workspaces: ['other'], kinds: ['reanalysis'] })).toEqual([]);
		expect(await runs().claimRequested({ ...CLAIM, workspaces: ['acme'], kinds: ['reanalysis'] })).toMatchObject([{ workspace: 'acme', kind: 'reanalysis' }]);
		expect(await runs().begin('other', 'none', LEASE)).toBeUndefined();
		expect(await runs().cancel('acme', '\u0000', 'x')).toBeUndefined();
	});

	it('over contacts hand each out until it is noted, after what is skipped and up to the limit', async () => {
		await test.store.contacts.upsert('acme', ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => ({ id })));
		await test.store.contacts.upsert('other', [{ id: 'z' }]);
		const [{ run }] = await runs().request([{ ...SYNC, kind: 'reanalysis', options: { skip: 1, limit: 4 } }]);
		const next = async (size = 3) => (await runs().nextContacts('acme', run.id, { size, leaseMs: LEASE })).contactIds;
		expect(await next()).toEqual([]);
		await runs().begin('acme', run.id, LEASE);
		expect(await next()).toEqual(['b', 'c', 'd']);
		await runs().advance('acme', run.id, { items: done('b', 'd'), leaseMs: LEASE });
		expect(await next()).toEqual(['c', 'e']);
		expect((await runs().find('acme', [run.id]))[0]?.counts).toEqual({ done: 2, skipped: 0, failed: 0, total: 4 });
		await runs().cancel('acme', run.id, 'tom');
		expect(await next()).toEqual([]);
		expect(await runs().nextContacts('acme', 'none', { size: 3, leaseMs: LEASE })).toEqual({ contactIds: [] });
	});

	it('are handed to one of many that ask at once', async () => {
		await runs().request(Array.from({ length: 12 }, (_, number) => ({ ...SYNC, accountId: `page-${number}` })));
		const second = await openStore(test.place.config, { clock: test.clock });
		const claims = await Promise.all(Array.from({ length: 16 }, async (_, number) => await (number % 2 === 0 ? test.store : second).runs.claimRequested({ leaseMs: LEASE, limit: 2 })));
		const ids = claims.flat().map(({ id }) => id);
		expect(ids).toHaveLength(12);
		expect(new Set(ids).size).toBe(12);
		await second.close();
	});
});
