import { dangerousMarkup, HOSTILE, openDeskWorld, signedIn, type DeskWorld } from './deskWorld';
import { seedRollout } from './versionsWorld';

jest.setTimeout(120_000);

const TAB = { tab: 'models', workspace: 'acme' };
const textOf = (page: string): string => page.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
const tokenIn = (page: string): string => /name="token" value="([0-9a-f]{16})"/.exec(page)?.[1] ?? '';

describe('versions on the tab Models', () => {
	let world: DeskWorld;
	beforeEach(async () => {
		world = await openDeskWorld();
		await seedRollout(world.store, world.clock);
	});
	afterEach(async () => await world.close());
	const statuses = async (workspace = 'acme') => (await world.store.models.list(workspace, 9)).map(({ version, status }) => `${version} ${status}`);

	it('show what writes, what is tried beside it, and what either brought', async () => {
		const eva = await signedIn(world, 'eva@agency.example');
		const page = (await eva.get(TAB)).body;
		const text = textOf(page);
		expect(text).toMatch(/Writes for everybody else v1\.0\.0 .*Candidate v1\.1\.0 .*Share of contacts 10%/);
		expect(text).toMatch(/Compared by meetings Look 7 of 26 .*Contacts so far 400 Candidate 30% of 40 contacts Deployed 20% of 360 contacts Difference \+50%, above/);
		expect(text).toMatch(/Leaderboard .*v1\.1\.0 Candidate .*1,200 EUR , 12 deals .*0\.40 USD/);
		expect(text).not.toContain('in beta');
		expect([dangerousMarkup(page), world.faults]).toEqual([[], []]);
		// Reading writes nothing down.
		expect(await world.store.models.looks('acme', 'v1.1.0', 9)).toEqual([]);
	});

	it('say in German what they say in English, and how to begin where nothing was trained', async () => {
		const eva = await signedIn(world, 'eva@agency.example');
		const german = textOf((await eva.send({ query: new URLSearchParams(TAB), headers: { host: 'desk.example', 'accept-language': 'de', cookie: [...eva.cookies].map(([name, value]) => `${name}=${value}`).join('; ') } })).body);
		expect(german).toMatch(/Schreibt für alle anderen v1\.0\.0 .*Verglichen nach Termine Auswertung 7 von 26/);
		const empty = await openDeskWorld();
		try {
			const other = await signedIn(empty, 'eva@agency.example');
			expect((await other.get(TAB)).body).toContain('Model Trainer makes a version of what was learnt');
		} finally {
			await empty.close();
		}
	});

	it('are promoted by an admin on the figures that were shown, once', async () => {
		const eva = await signedIn(world, 'eva@agency.example');
		const token = tokenIn((await eva.get(TAB)).body);
		const answer = await eva.post(TAB, { action: 'promote', of: 'v1.1.0', version: 'v1.1.0', token });
		expect([answer.status, answer.decided[0]?.kind, answer.decided[0]?.sentence]).toEqual([303, 'model_promoted', 'eva@agency.example promoted v1.1.0 to everybody.']);
		expect(await statuses()).toEqual(['v1.1.0 deployed', 'v1.0.0 retired']);
		expect((await eva.follow()).body).toContain('v1.1.0 writes for everybody now.');
		expect(await world.store.models.looks('acme', 'v1.1.0', 9)).toMatchObject([{ token, look: 7 }]);
		expect((await eva.post(TAB, { action: 'promote', of: 'v1.1.0', version: 'v1.1.0', token })).status).toBe(422);
		expect((await eva.post(TAB, { action: 'rollBack', of: 'v1.1.0', version: 'v1.1.0', from: 'deployed', reason: `It lies. ${HOSTILE}` })).status).toBe(303);
		expect(await statuses()).toEqual(['v1.1.0 rolled_back', 'v1.0.0 deployed']);
		const page = (await eva.get(TAB)).body;
		expect([dangerousMarkup(page), textOf(page).includes('It lies.')]).toEqual([[], true]);
		expect(await statuses('beta')).toEqual(['v1.1.0 canary', 'v1.0.0 deployed']);
	});

	it('are not promoted on figures that have changed meanwhile', async () => {
		const eva = await signedIn(world, 'eva@agency.example');
		const token = tokenIn((await eva.get(TAB)).body);
		await world.store.models.setShare({ workspace: 'acme', version: 'v1.1.0', from: 0.1, to: 0.25, by: 'Model Trainer', sentence: 'More.' });
		const answer = await eva.post(TAB, { action: 'promote', of: 'v1.1.0', version: 'v1.1.0', token });
		expect([answer.status, answer.decided, await statuses()]).toEqual([422, [], ['v1.1.0 canary', 'v1.0.0 deployed']]);
		expect(answer.body).toContain('The figures have changed since you saw them');
	});

	it('go to the first of two who decide at the same moment', async () => {
		const [eva, other] = [await signedIn(world, 'eva@agency.example'), await signedIn(world, 'eva@agency.example')];
		const token = tokenIn((await eva.get(TAB)).body);
		await other.get(TAB);
		const answers = await Promise.all([
			eva.post(TAB, { action: 'promote', of: 'v1.1.0', version: 'v1.1.0', token, csrf: eva.csrf ?? '' }),
			other.post(TAB, { action: 'rollBack', of: 'v1.1.0', version: 'v1.1.0', from: 'canary', csrf: other.csrf ?? '' }),
		]);
		expect(answers.map(({ status }) => status).sort()).toEqual([303, 422]);
		expect((await statuses()).filter((one) => one.endsWith('deployed'))).toHaveLength(1);
	});

	it.each([
		['a version there is not', { action: 'promote', version: 'v9.0.0', token: '0'.repeat(16) }],
		['a made-up token', { action: 'promote', version: 'v1.1.0', token: '0'.repeat(16) }],
		['no token', { action: 'promote', version: 'v1.1.0' }],
		['hostile text', { action: 'rollBack', version: HOSTILE, from: 'canary' }],
		['a standing it has not', { action: 'rollBack', version: 'v1.1.0', from: 'deployed' }],
		['a standing there is not', { action: 'rollBack', version: 'v1.1.0', from: 'failed' }],
		['the only version there is', { action: 'rollBack', version: 'v1.0.0', from: 'deployed' }],
		['nothing at all', { action: 'rollBack' }],
	])('change nothing for %s', async (_, fields) => {
		const eva = await signedIn(world, 'eva@agency.example');
		await eva.get(TAB);
		const answer = await eva.post(TAB, fields);
		expect([answer.status, answer.decided, dangerousMarkup(answer.body), await statuses()]).toEqual([422, [], [], ['v1.1.0 canary', 'v1.0.0 deployed']]);
	});

	it('let nobody but an admin decide', async () => {
		for (const person of ['ben@agency.example', 'vera@agency.example'] as const) {
			const visitor = await signedIn(world, person);
			const page = (await visitor.get(TAB)).body;
			expect([tokenIn(page), page.includes('name="action" value="rollBack"')]).toEqual(['', false]);
			expect((await visitor.post(TAB, { action: 'rollBack', version: 'v1.1.0', from: 'canary' })).status).toBe(403);
		}
		expect(await statuses()).toEqual(['v1.1.0 canary', 'v1.0.0 deployed']);
	});
});
