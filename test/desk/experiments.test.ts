import { later } from '../../engine/time';
import { dangerousMarkup, HOSTILE, openDeskWorld, signedIn, type DeskWorld } from './deskWorld';
import { NOW, seedExperiments } from './learntWorld';

jest.setTimeout(120_000);

const TAB = { tab: 'experiments', workspace: 'acme' };
/** What is read, without tags, as one line. */
const textOf = (page: string): string => page.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');

describe('the tab Experiments', () => {
	let world: DeskWorld;
	beforeEach(async () => {
		world = await openDeskWorld();
		await seedExperiments(world.store, world.clock);
	});
	afterEach(async () => await world.close());
	const statusOf = async (id: string, workspace = 'acme') => {
		const [found] = await world.store.experiments.find(workspace, [id]);
		return found && [found.status, found.winner];
	};

	it('shows of each experiment its verdict and what it rests on, and nothing of another workspace', async () => {
		const vera = await signedIn(world, 'vera@agency.example');
		const page = (await vera.get({ tab: 'experiments' })).body;
		const text = textOf(page);
		// 6 and 24 of 60 at the second of four weekly looks; the next one is three weeks after the store heard of the first message.
		expect(text).toMatch(/Subject line Running There is a winner .*wins: 40\.0 % against 10\.0 % [^:]* at look 2 of 4\. Decided by clicks Look 2 of 4 Next look 26 Mar 2026 Contacts so far 120/);
		expect(text).toMatch(/Short control 60 6 10% [\d.]+% to [\d.]+% [\d.]+% [\d.]+ 50% \(planned 50%\) 0 of 60 0 of 60/);
		expect(text).toMatch(/A question winner 60 24 40% /);
		expect(text).toMatch(/Opening line Running Split is broken Do not trust this comparison/);
		expect(text).toMatch(/Closing line Running Guardrail broken A variant breaks a guardrail.*Last chance 40 0 .* 9 of 40 0 of 40/);
		expect(text).toContain('Allowed at most 2% opt-outs, 0.3% complaints');
		expect(text).toMatch(/fresh .* Look 0 of 4/);
		expect(text).not.toContain('Secret of beta');
		expect(page).not.toMatch(/name="action" value="(pause|resume|complete)"/);
		expect([dangerousMarkup(page), world.faults]).toEqual([[], []]);
		expect(page).toContain('odd &quot;&gt;&lt;img');
	});

	it('says in German what it says in English', async () => {
		const eva = await signedIn(world, 'eva@agency.example');
		const text = textOf((await eva.send({ query: new URLSearchParams(TAB), headers: { host: 'desk.example', 'accept-language': 'de', cookie: [...eva.cookies].map(([name, value]) => `${name}=${value}`).join('; ') } })).body);
		expect(text).toMatch(/Subject line Läuft Es gibt einen Sieger .*Auswertung 2 von 4/);
		expect(text).toContain('Mit diesem Sieger abschließen');
	});

	it('says how to make one where there is none', async () => {
		const empty = await openDeskWorld();
		try {
			const eva = await signedIn(empty, 'eva@agency.example');
			expect((await eva.get(TAB)).body).toContain('Add an A/B Variant node with the operation Create');
		} finally {
			await empty.close();
		}
	});

	it('pauses and goes on by a reviewer’s word, and tells the workflow', async () => {
		const ben = await signedIn(world, 'ben@agency.example');
		const paused = await ben.post({ tab: 'experiments' }, { action: 'pause', of: 'harm', id: 'harm' });
		expect([paused.status, paused.decided, await statusOf('harm')]).toEqual([303, [{ kind: 'experiment_paused', workspace: 'acme', facts: { experimentId: 'harm', winner: undefined }, sentence: "ben@agency.example paused experiment 'Closing line'." }], ['paused', undefined]]);
		expect((await ben.follow()).body).toContain('Closing line is paused: everybody gets the control.');
		world.clock.time = later(NOW, 1_000);
		const resumed = await ben.post({ tab: 'experiments' }, { action: 'resume', of: 'harm', id: 'harm' });
		expect([resumed.status, (await world.store.experiments.find('acme', ['harm']))[0]]).toMatchObject([303, { status: 'running', resumedAt: later(NOW, 1_000) }]);
		// Guardrails count from there: nothing of before breaks them.
		expect(textOf((await ben.follow()).body)).not.toContain('Guardrail broken');
	});

	it('completes with a winner once: the second reviewer is told what became of it', async () => {
		const [ben, eva] = [await signedIn(world, 'ben@agency.example'), await signedIn(world, 'eva@agency.example')];
		const complete = { action: 'complete', of: 'subject', id: 'subject', from: 'running' };
		await eva.get(TAB);
		const csrf = eva.csrf ?? '';
		const done = await ben.post({ tab: 'experiments' }, { ...complete, winner: 'question' });
		expect([done.status, done.decided[0]?.facts, await statusOf('subject')]).toEqual([303, { experimentId: 'subject', winner: 'question' }, ['completed', 'question']]);
		const second = await eva.post(TAB, { ...complete, winner: 'short', csrf });
		expect([second.status, second.decided, await statusOf('subject')]).toEqual([422, [], ['completed', 'question']]);
		expect(second.body).toContain('Somebody was quicker: Subject line is completed now. Nothing was changed.');
		for (const action of ['pause', 'resume']) expect([(await eva.post(TAB, { action, id: 'subject' })).status, await statusOf('subject')]).toEqual([422, ['completed', 'question']]);
		expect(textOf((await eva.get(TAB)).body)).toMatch(/Completed \(1\) Subject line Completed .*Settled on A question/);
	});

	it('of two at the same moment one completes', async () => {
		const people = await Promise.all([signedIn(world, 'ben@agency.example'), signedIn(world, 'eva@agency.example')]);
		await Promise.all(people.map(async (person) => await person.get(TAB)));
		const answers = await Promise.all(people.map(async (person, at) => await person.post(TAB, { action: 'complete', id: 'subject', from: 'running', winner: ['short', 'question'][at], csrf: person.csrf ?? '' })));
		expect(answers.map(({ status }) => status).sort()).toEqual([303, 422]);
		expect(await statusOf('subject')).toEqual(['completed', answers[0].status === 303 ? 'short' : 'question']);
	});

	it.each([
		['a variant it does not have', { action: 'complete', id: 'subject', from: 'running', winner: 'other' }],
		['no variant', { action: 'complete', id: 'subject', from: 'running' }],
		['a standing it was not in', { action: 'complete', id: 'subject', from: 'paused', winner: 'short' }],
		['a standing there is not', { action: 'complete', id: 'subject', from: 'completed', winner: 'short' }],
		['a name in place of an id', { action: 'pause', id: 'Subject line' }],
		['hostile text', { action: 'pause', id: HOSTILE }],
		['nothing at all', { action: 'pause' }],
		['another workspace’s experiment', { action: 'pause', id: 'theirs' }],
	])('changes nothing for %s', async (_, fields) => {
		const eva = await signedIn(world, 'eva@agency.example');
		const answer = await eva.post(TAB, fields);
		expect([answer.status, answer.decided, dangerousMarkup(answer.body)]).toEqual([422, [], []]);
		expect([await statusOf('subject'), await statusOf('theirs', 'beta'), world.faults]).toEqual([['running', undefined], ['running', undefined], []]);
	});

	it('lets a viewer change nothing', async () => {
		const vera = await signedIn(world, 'vera@agency.example');
		const forms: readonly Record<string, string>[] = [{ action: 'pause', id: 'subject' }, { action: 'resume', id: 'subject' }, { action: 'complete', id: 'subject', from: 'running', winner: 'short' }];
		for (const fields of forms) {
			await vera.get({ tab: 'experiments' });
			expect([(await vera.post({ tab: 'experiments' }, fields)).status, await statusOf('subject')]).toEqual([403, ['running', undefined]]);
		}
	});
});
