import { dangerousMarkup, HOSTILE, openDeskWorld, signedIn, type DeskWorld, type Person, type Visitor } from './deskWorld';
import { seedPipelines } from './learntWorld';

jest.setTimeout(120_000);

const textOf = (page: string): string => page.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
const NEW = { tab: 'pipeline', workspace: 'acme', pipeline: 'sales', stage: 'new' };
const place = (stage: string, pipeline = 'sales'): string => JSON.stringify([pipeline, stage]);
const moveOf = (contact: string, from: string, to: string): Record<string, string> => ({ action: 'move', of: contact, contact, from: place(from), to: place(to) });

describe('the tab Pipeline', () => {
	let world: DeskWorld;
	beforeEach(async () => {
		world = await openDeskWorld();
		await seedPipelines(world.store, world.clock);
	});
	afterEach(async () => await world.close());
	const person = async (email: Person): Promise<Visitor> => await signedIn(world, email);
	const where = async (id: string, workspace = 'acme') => {
		const [contact] = await world.store.contacts.find(workspace, [id]);
		return contact && [contact.pipelineId, contact.stageId, contact.stageSetBy, contact.status];
	};

	it('shows the stages with who stands in them and for how long, what moved them, and nothing of another workspace', async () => {
		const page = (await (await person('vera@agency.example')).get({ tab: 'pipeline' })).body;
		const text = textOf(page);
		// 28 of 30 stand there for five days; two left after three.
		expect(text).toMatch(/Sales New 28 contacts median 5 days so far 2 left, after a median of 3 days In conversation 1 contact median 2 days so far 1 left, after a median of 24 hours Offer sent 0 contacts Signed won 1 contact /);
		expect(text).toMatch(/Moves 34 in the period Held back for a person 1 in the period Protected from moving down 1 in the period Stage reviews open 1 0 decided in the period · Go to the reviews/);
		expect(text).toMatch(/score in the range of the stage autopilot 32 .*recommended by the model autopilot 1 .*status of the lead autopilot 1 /);
		expect(text).not.toContain('beta');
		expect([dangerousMarkup(page), world.faults]).toEqual([[], []]);
	});

	it('opens a stage page by page, each contact with the reason in one sentence, and lets a viewer only read', async () => {
		const vera = await person('vera@agency.example');
		const first = (await vera.get(NEW)).body;
		expect(textOf(first)).toMatch(/Aylin Yılmaz 11 Firm 11 61 2 Mar 2026 In &#39;New&#39; since 2026-03-02 12:00 UTC: Moved to &#39;new&#39;: score 61 lies in its range 40–70\./);
		expect(first).toContain('href="?tab=contacts&amp;contact=lead-10"');
		expect(first.match(/tab=contacts&amp;contact=/g)).toHaveLength(25);
		expect(first).not.toContain('name="action" value="move"');
		const next = /href="\?([^"]*after=[^"]*)"/.exec(first)?.[1].replaceAll('&amp;', '&') ?? '';
		const second = (await vera.get(next)).body;
		// Three of 28 are left, those with the highest ids.
		expect([...second.matchAll(/tab=contacts&amp;contact=([\w-]+)/g)].map(([, id]) => id)).toEqual(['lead-27', 'lead-28', 'lead-29']);
		expect(second).toContain('Back to the first page');
	});

	it('keeps hostile names and addresses harmless', async () => {
		const eva = await person('eva@agency.example');
		const odd = (await eva.get({ tab: 'pipeline', workspace: 'acme', pipeline: `p ${HOSTILE}`.replaceAll('\0', '�'), stage: `s ${HOSTILE}`.replaceAll('\0', '�') })).body;
		expect(odd).toContain('acme &quot;&gt;&lt;img');
		expect(odd).toContain('Why &quot;&gt;&lt;img');
		expect(dangerousMarkup(odd)).toEqual([]);
		const odds: readonly Record<string, string>[] = [{ after: 'x' }, { after: HOSTILE }, { period: HOSTILE }, { period: '__proto__' }, { stage: HOSTILE }, { pipeline: HOSTILE }];
		for (const query of odds) {
			const answer = await eva.get({ ...NEW, ...query });
			expect([answer.status, dangerousMarkup(answer.body), answer.body.includes('Offer sent')]).toEqual([200, [], true]);
		}
		expect(world.faults).toEqual([]);
	});

	it('moves a contact by a person’s word, with the status of the stage, and tells the workflow', async () => {
		const ben = await person('ben@agency.example');
		const answer = await ben.post(NEW, moveOf('lead-05', 'new', 'signed'));
		expect([answer.status, await where('lead-05')]).toEqual([303, ['sales', 'signed', 'person', 'WON']]);
		expect(answer.decided).toEqual([{ kind: 'stage_moved', workspace: 'acme', facts: { contactId: 'lead-05', pipelineId: 'sales', stageId: 'signed', previousStageId: 'new', activityId: expect.any(String) }, sentence: 'Put into stage Signed by ben@agency.example.' }]);
		expect((await ben.follow()).body).toContain('Farid Haddad 6 is in Signed now.');
		expect(textOf((await ben.get({ ...NEW, stage: 'signed' })).body)).toContain('Put into stage Signed by ben@agency.example.');
		// Pressed twice: it is there already, nothing is written again.
		const again = await ben.post(NEW, moveOf('lead-05', 'new', 'signed'));
		expect([again.status, again.decided]).toEqual([303, []]);
		expect((await ben.follow()).body).toContain('Farid Haddad 6 is in Signed already.');
		await ben.post(NEW, { ...moveOf('lead-05', 'signed', ''), to: place('new', 'default') });
		expect(await where('lead-05')).toEqual(['default', 'new', 'person', 'CONTACTED']);
	});

	it('tells the second of two who moved the same contact, one after the other or at once', async () => {
		const [ben, eva] = [await person('ben@agency.example'), await person('eva@agency.example')];
		await ben.post(NEW, moveOf('lead-06', 'new', 'offer'));
		const late = await eva.post(NEW, moveOf('lead-06', 'new', 'talking'));
		expect([late.status, late.decided, await where('lead-06')]).toEqual([422, [], ['sales', 'offer', 'person', undefined]]);
		expect(late.body).toContain('Somebody was quicker: Greta Lindqvist 7 is in Offer sent now. Nothing was changed.');
		await Promise.all([ben.get(NEW), eva.get(NEW)]);
		const answers = await Promise.all([ben, eva].map(async (who, at) => await who.post(NEW, { ...moveOf('lead-07', 'new', ['offer', 'talking'][at]), csrf: who.csrf ?? '' })));
		expect(answers.map(({ status }) => status).sort()).toEqual([303, 422]);
		expect((await where('lead-07'))?.[1]).toBe(answers[0].status === 303 ? 'offer' : 'talking');
	});

	it.each([
		['a stage there is not', { ...moveOf('lead-08', 'new', 'other') }],
		['a stage of a pipeline there is not', { ...moveOf('lead-08', 'new', 'new'), to: place('new', 'other') }],
		['a place that is none', { ...moveOf('lead-08', 'new', 'offer'), to: '{"a":' }],
		['a place of another shape', { ...moveOf('lead-08', 'new', 'offer'), to: '["sales"]' }],
		['hostile text', { ...moveOf('lead-08', 'new', 'offer'), to: HOSTILE, from: HOSTILE }],
		['no place', { action: 'move', contact: 'lead-08' }],
		['an address in place of an id', { ...moveOf('lead-08@x.example', 'new', 'offer') }],
		['nobody', { ...moveOf('', 'new', 'offer') }],
		['another workspace’s contact', { ...moveOf('theirs', 'new', 'offer') }],
	])('changes nothing for %s', async (_, fields) => {
		const answer = await (await person('eva@agency.example')).post(NEW, fields);
		expect([answer.status, answer.decided, dangerousMarkup(answer.body)]).toEqual([422, [], []]);
		expect([await where('lead-08'), await where('theirs', 'beta'), await where('theirs'), world.faults]).toEqual([['sales', 'new', 'model', undefined], ['sales', 'new', 'model', undefined], undefined, []]);
	});

	it('lets a viewer move nobody', async () => {
		const vera = await person('vera@agency.example');
		await vera.get({ tab: 'pipeline' });
		expect([(await vera.post(NEW, moveOf('lead-08', 'new', 'offer'))).status, (await where('lead-08'))?.[1]]).toEqual([403, 'new']);
	});

	it('says what to do where nobody is placed', async () => {
		const empty = await openDeskWorld({ seed: async () => undefined });
		try {
			expect((await (await signedIn(empty, 'eva@agency.example')).get({ tab: 'pipeline' })).body).toContain('Stage Assign places contacts as soon as they are classified.');
		} finally {
			await empty.close();
		}
	});
});
