import { later, MINUTE } from '../../engine/time';
import { dangerousMarkup, HOSTILE, openDeskWorld, signedIn, type DeskWorld } from './deskWorld';

let world: DeskWorld;
beforeEach(async () => {
	world = await openDeskWorld();
	await world.store.accounts.upsert(['acme', 'beta'].map((workspace) => ({ workspace, channel: 'messenger' as const, externalId: `2000-${workspace}`, name: `Page of ${workspace}`, enabled: true })));
});
afterEach(async () => await world.close());

const ask = { action: 'startSync', account: 'messenger 2000-acme', limit: '500', skip: '20' };
const runs = async (workspace = 'acme') => await world.store.runs.list(workspace, { limit: 99 });

describe('asking for a run', () => {
	it('of one account keeps its limit and what to leave out, and tells the workflow', async () => {
		const ben = await signedIn(world, 'ben@agency.example');
		const answer = await ben.post({ tab: 'sync' }, ask);
		const [run] = await runs();
		expect(run).toMatchObject({ kind: 'sync', state: 'requested', accountId: '2000-acme', options: { channel: 'messenger', limit: 500, skip: 20 }, requestedBy: 'ben@agency.example' });
		expect(answer).toMatchObject({ status: 303, decided: [{ kind: 'run_requested', workspace: 'acme', facts: { runId: run.id, run: 'sync', accountId: '2000-acme' } }] });
		expect((await ben.follow()).body).toContain('Conversation sync is asked for.');
		expect(await runs('beta')).toEqual([]);
	});

	it.each(['reanalysis', 'reassignment'])('of a %s is for the whole workspace; empty fields bound nothing', async (kind) => {
		const ben = await signedIn(world, 'ben@agency.example');
		expect((await ben.post({ tab: 'sync' }, { action: 'startAgain', kind, limit: '', skip: '' })).status).toBe(303);
		expect(await runs()).toMatchObject([{ kind, options: {} }]);
		expect(await runs()).not.toMatchObject([{ accountId: expect.anything() }]);
	});

	it('twice makes one, and says so', async () => {
		const ben = await signedIn(world, 'ben@agency.example');
		await ben.post({ tab: 'sync' }, ask);
		const answer = await ben.post({ tab: 'sync' }, ask);
		expect([answer.status, answer.decided, (await runs()).length]).toEqual([303, [], 1]);
		expect((await ben.follow()).body).toContain('nothing new was asked for');
	});

	it.each([
		['an account of another workspace', { account: 'messenger 2000-beta' }],
		['an account whose conversations nobody can read', { account: 'whatsapp 1000-acme' }],
		['no account', { account: '' }],
		['a hostile account', { account: HOSTILE }],
		['a limit of nought', { limit: '0' }],
		['a broken limit', { limit: '1.5' }],
		['a negative skip', { skip: '-1' }],
		['words for a number', { skip: HOSTILE }],
		['more than there can be', { limit: '99999999999999999999' }],
	])('with %s is refused', async (_, wrong) => {
		const ben = await signedIn(world, 'ben@agency.example');
		const answer = await ben.post({ tab: 'sync' }, { ...ask, ...wrong });
		expect([answer.status, answer.decided, await runs(), await runs('beta'), dangerousMarkup(answer.body)]).toEqual([422, [], [], [], []]);
	});

	it('and stopping one are not for viewers', async () => {
		const [{ run }] = await world.store.runs.request([{ workspace: 'acme', kind: 'reanalysis', options: {}, requestedBy: 'eva' }]);
		const vera = await signedIn(world, 'vera@agency.example');
		expect((await vera.get({ tab: 'sync' })).body).not.toMatch(/value="(startSync|startAgain|cancelRun)"/);
		const forms: readonly Record<string, string>[] = [ask, { action: 'startAgain', kind: 'reanalysis' }, { action: 'cancelRun', run: run.id }];
		for (const form of forms) expect((await vera.post({ tab: 'sync' }, form)).status).toBe(403);
		expect(await runs()).toMatchObject([{ state: 'requested', cancelRequested: false }]);
	});
});

describe('a run', () => {
	const begun = async () => {
		const [{ run }] = await world.store.runs.request([{ workspace: 'acme', kind: 'sync', accountId: HOSTILE.replace('\u0000', ''), options: {}, requestedBy: HOSTILE.replace('\u0000', '') }]);
		await world.store.runs.begin('acme', run.id, MINUTE);
		return run.id;
	};

	it('shows how far it is and its errors, whatever a provider wrote into them', async () => {
		const id = await begun();
		const failed = { platform: HOSTILE, result: 'failed', error: HOSTILE, code: HOSTILE } as const;
		await world.store.runs.advance('acme', id, { items: [{ itemId: 'a', result: 'done' }, { itemId: 'b', result: 'skipped' }, { itemId: HOSTILE, ...failed }], total: 12, leaseMs: MINUTE });
		const vera = await signedIn(world, 'vera@agency.example');
		const list = (await vera.get({ tab: 'sync' })).body;
		expect(list).toContain('3 of 12 · 1 done, 1 skipped, 1 failed');
		expect(list).toContain('class="progress-done" width="75"');
		const opened = (await vera.get({ tab: 'sync', run: id })).body;
		expect(opened).toContain('Errors: Conversation sync');
		expect([...dangerousMarkup(list), ...dangerousMarkup(opened)]).toEqual([]);
		for (const other of [HOSTILE, 'nothing', '']) expect((await vera.get({ tab: 'sync', run: other })).body).not.toContain('Errors: ');
		expect((await (await signedIn(world, 'carl@beta.example')).get({ tab: 'sync', run: id })).body).not.toContain('Errors: ');
	});

	it('that waits is stopped at once; one under way after what it is at; one that has ended not at all', async () => {
		const ben = await signedIn(world, 'ben@agency.example');
		const [{ run: waiting }] = await world.store.runs.request([{ workspace: 'acme', kind: 'reanalysis', options: {}, requestedBy: 'eva' }]);
		const stop = async (run: string, who = ben) => await who.post({ tab: 'sync' }, { action: 'cancelRun', run });
		expect((await stop(waiting.id)).decided).toMatchObject([{ kind: 'run_cancelled', facts: { runId: waiting.id, run: 'reanalysis' } }]);
		expect(await world.store.runs.find('acme', [waiting.id])).toMatchObject([{ state: 'cancelled' }]);

		const running = await begun();
		expect((await stop(running, await signedIn(world, 'carl@beta.example'))).status).toBe(422);
		expect(await world.store.runs.find('acme', [running])).toMatchObject([{ cancelRequested: false }]);
		expect((await stop(running)).status).toBe(303);
		expect((await ben.follow()).body).toContain('ends after what it is at now');
		expect((await ben.get({ tab: 'sync' })).body).toContain('Being stopped');
		await world.store.runs.finish('acme', running);
		for (const id of [running, waiting.id, 'nothing', HOSTILE]) expect(await stop(id)).toMatchObject({ status: 422, decided: [] });
	});

	it('that waits for its provider says until when; one that is done, when its account was last read', async () => {
		const [{ run }] = await world.store.runs.request([{ workspace: 'acme', kind: 'sync', accountId: '2000-acme', options: { channel: 'messenger' }, requestedBy: 'eva' }]);
		const vera = await signedIn(world, 'ben@agency.example');
		expect((await vera.get({ tab: 'sync' })).body).toContain('not read yet');
		await world.store.runs.begin('acme', run.id, MINUTE);
		await world.store.runs.pause('acme', run.id, { until: later(world.clock.time, 42 * MINUTE), reason: "Meta's hourly limit" });
		const waiting = (await vera.get({ tab: 'sync' })).body;
		expect(waiting).toContain('Waits for its provider');
		expect(waiting).toContain('It goes on by itself');
		expect(waiting).toMatch(/waits until \d\d:\d\d UTC for Meta&#39;s hourly limit/);
		await world.store.runs.finish('acme', run.id);
		expect((await vera.get({ tab: 'sync' })).body).not.toContain('not read yet');
	});

	it('nobody takes up asks whether its workflow is published', async () => {
		const vera = await signedIn(world, 'vera@agency.example');
		expect((await vera.get({ tab: 'sync' })).body).toContain('Autopilot Trigger, event Requested');
		await world.store.runs.request([{ workspace: 'acme', kind: 'reanalysis', options: {}, requestedBy: 'eva' }]);
		expect((await vera.get({ tab: 'sync' })).body).not.toContain('for more than ten minutes');
		world.clock.advance(10 * MINUTE + 1);
		expect((await vera.get({ tab: 'sync' })).body).toContain('for more than ten minutes');
	});
});
