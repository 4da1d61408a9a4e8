import { HOUR, later, MINUTE } from '../../engine/time';
import { DIALECTS, openTestStore, START, stopServers, type TestStore } from './fixtures';

afterAll(stopServers);

describe.each(DIALECTS)('reviewers of a desk, on %s', (dialect) => {
	let test: TestStore;
	beforeEach(async () => {
		test = await openTestStore(dialect);
	});
	afterEach(async () => await test.close());

	it('keeps a password once for each version: of two who bring the same invitation one is through', async () => {
		expect(await test.store.reviewers.find('desk', 'eva@x.example')).toEqual({ version: 0 });
		const results = await Promise.all(['a', 'b', 'c'].map(async (hash) => await test.store.reviewers.setPassword('desk', 'eva@x.example', hash, 0)));
		expect(results.map(({ kept }) => kept).filter(Boolean)).toHaveLength(1);
		const winner = ['a', 'b', 'c'][results.findIndex(({ kept }) => kept)];
		expect(await test.store.reviewers.find('desk', 'eva@x.example')).toEqual({ version: 1, passwordHash: winner });
		expect(await test.store.reviewers.setPassword('desk', 'eva@x.example', 'late', 0)).toEqual({ kept: false, version: 1 });
		expect(await test.store.reviewers.find('other desk', 'eva@x.example')).toEqual({ version: 0 });
	});

	it('ends sessions by moving the version on, and leaves the password', async () => {
		await test.store.reviewers.setPassword('desk', 'eva@x.example', 'a', 0);
		expect(await test.store.reviewers.endSessions('desk', 'eva@x.example')).toBe(2);
		expect(await test.store.reviewers.find('desk', 'eva@x.example')).toEqual({ version: 2, passwordHash: 'a' });
		expect(await test.store.reviewers.endSessions('desk', 'new@x.example')).toBe(1);
		expect(await test.store.reviewers.find('desk', 'new@x.example')).toEqual({ version: 1 });
	});

	it('counts every try of many at once, begins anew after the window, and forgives', async () => {
		const count = async () => await test.store.reviewers.countTries('desk', [{ subject: 'mail', windowMs: MINUTE }, { subject: 'address', windowMs: HOUR }]);
		const many = await Promise.all(Array.from({ length: 6 }, count));
		expect(many.map(([{ tries }]) => tries).toSorted()).toEqual([1, 2, 3, 4, 5, 6]);
		expect(many[0][1].until).toBe(later(START, HOUR));
		test.clock.advance(MINUTE);
		expect((await count()).map(({ tries }) => tries)).toEqual([1, 7]);
		await test.store.reviewers.forgive('desk', 'mail', 'address');
		expect((await count()).map(({ tries }) => tries)).toEqual([1, 7]);
		test.clock.advance(25 * HOUR);
		expect((await count()).map(({ tries }) => tries)).toEqual([1, 1]);
	});

	it('says what each scope of a workspace set, and who did', async () => {
		await test.store.settings.set('acme', { kind: 'account', id: '4915' }, { mode: 'off' }, 'ben@x.example');
		await test.store.settings.set('acme', { kind: 'workspace' }, { mode: 'auto', killSwitch: true, killSwitchReason: 'wrong price' }, 'eva@x.example');
		await test.store.settings.set('other', { kind: 'workspace' }, { mode: 'off' }, 'eva@x.example');
		const eva = { at: START, by: 'eva@x.example' };
		expect(await test.store.settings.scopes('acme', 10)).toEqual([
			{ kind: 'workspace', id: '', patch: { mode: 'auto', killSwitch: true, killSwitchReason: 'wrong price' }, updatedAt: START, updatedBy: 'eva@x.example', modeSet: eva, killSwitchSet: eva },
			{ kind: 'account', id: '4915', patch: { mode: 'off' }, updatedAt: START, updatedBy: 'ben@x.example', modeSet: { at: START, by: 'ben@x.example' } },
		]);
		expect(await test.store.settings.scopes('acme', 1)).toHaveLength(1);
	});

	it('says of mode and kill switch who changed them last, whoever changed something else since', async () => {
		const { settings } = test.store;
		const workspace = { kind: 'workspace' } as const;
		const stamps = async () => (await settings.scopes('acme', 1)).map(({ updatedBy, modeSet, killSwitchSet }) => [updatedBy, modeSet, killSwitchSet]);
		await settings.set('acme', workspace, { killSwitch: true, killSwitchReason: 'wrong price' }, 'eva');
		test.clock.advance(MINUTE);
		await settings.set('acme', workspace, { mode: 'auto' }, 'ben');
		test.clock.advance(MINUTE);
		await settings.set('acme', workspace, { timezone: 'Europe/Berlin', mode: 'auto', killSwitch: true }, 'workflow');
		const [eva, ben] = [{ at: START, by: 'eva' }, { at: later(START, MINUTE), by: 'ben' }];
		expect(await stamps()).toEqual([['workflow', ben, eva]]);
		await settings.set('acme', workspace, { killSwitch: false, killSwitchReason: undefined, mode: undefined }, 'carl');
		expect(await stamps()).toEqual([['carl', undefined, { at: later(START, 2 * MINUTE), by: 'carl' }]]);
	});
});
