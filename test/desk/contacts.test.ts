import { HOUR, iso, later, MINUTE } from '../../engine/time';
import type { Contact } from '../../engine/message/contact';
import { CLAIM, dueJob, inbound, sendNow, START } from '../store/fixtures';
import { dangerousMarkup, HOSTILE, openDeskWorld, signedIn, type DeskWorld } from './deskWorld';
import { messageId, seedPeople } from './peopleWorld';

let world: DeskWorld;
beforeEach(async () => (world = await openDeskWorld({ seed: seedPeople })), 60_000);
afterEach(async () => {
	expect(world.faults).toEqual([]);
	await world.close();
});
jest.setTimeout(60_000);

const anna = { tab: 'contacts', contact: 'anna' };
const inAcme = { ...anna, workspace: 'acme' };
const contactOf = async (id: string, workspace = 'acme'): Promise<Contact | undefined> => (await world.store.contacts.find(workspace, [id]))[0];

describe('the Contacts tab', () => {
	it('finds people by name, company, e-mail and phone, and filters by status and stage', async () => {
		const vera = await signedIn(world, 'vera@agency.example');
		const found = async (query: Record<string, string>): Promise<string[]> => [...(await vera.get({ tab: 'contacts', ...query })).body.matchAll(/contact=(\w+)/g)].map(([, id]) => id);
		expect((await found({})).toSorted()).toEqual(['anna', 'carlo', 'lena', 'mallory']);
		expect(await found({ q: 'berger bau' })).toEqual(['anna']);
		expect(await found({ q: 'LENA@acme' })).toEqual(['lena']);
		expect(await found({ q: '0039 02-123' })).toEqual(['carlo']);
		expect(await found({ q: 'of beta' })).toEqual([]);
		expect(await found({ status: 'QUALIFIED' })).toEqual(['anna']);
		expect(await found({ stage: '["default","engaged"]' })).toEqual(['anna']);
		expect(await found({ stage: '["default","won"]' })).toEqual([]);
		expect((await found({ stage: HOSTILE, status: HOSTILE, after: HOSTILE })).length).toBe(4);
		expect((await vera.get({ tab: 'contacts', q: 'nobody at all' })).body).toContain('Nobody fits');
	});

	it('prints hostile text harmlessly wherever somebody else may write, and nothing of another workspace', async () => {
		const eva = await signedIn(world, 'eva@agency.example');
		const queries: Record<string, string>[] = [{}, { contact: 'mallory' }, { contact: 'anna' }, { contact: HOSTILE }, { contact: 'mallory', before: HOSTILE, until: '5' }, { q: HOSTILE }];
		for (const query of queries) {
			const { body, status } = await eva.get({ tab: 'contacts', workspace: 'acme', ...query });
			expect([status, dangerousMarkup(body)]).toEqual([200, []]);
			expect(body).not.toMatch(/says beta|of beta|From beta|from beta/);
		}
		expect((await (await signedIn(world, 'carl@beta.example')).get(anna)).body).not.toContain('acme.example');
	});

	it('shows all about one contact: facts, consent, why the stage, the timeline newest first', async () => {
		const { body } = await (await signedIn(world, 'vera@agency.example')).get(anna);
		for (const part of ['Wants a quote for 12 workplaces', 'Berger Bau GmbH', '12 people', 'web form', 'Score 72 · Hot', 'Score 72 is in Engaged, says acme.', 'it is planned for 2026-03-02 12:00 UTC', 'delivered']) expect(body).toContain(part);
		const order = ['Corrected by eva@agency.example: score 50 → 72.', 'It is 20 euros a head', 'what does it cost for twelve'].map((text) => body.lastIndexOf(text));
		expect([order.every((at) => at > 0), order]).toEqual([true, order.toSorted((a, b) => a - b)]);
		// A viewer sees no button but those of the frame.
		expect(body).not.toMatch(/name="action" value="(?:correct|moveStage|takeOver|optOut|optIn|setMode|exportData|erase)"/);
	});

	it('pages back through the timeline: every message and event once, in order', async () => {
		await world.store.messages.record('acme', Array.from({ length: 70 }, (_, at) => inbound({ channel: 'email', threadId: 'lena-1', text: `Number ${at}.`, timestamp: iso(later(START, (at - 200) * MINUTE)), contact: { id: 'lena' } })));
		await world.store.contacts.setTakeOver('acme', [{ contactId: 'lena', until: null, by: 'Somebody' }]);
		const vera = await signedIn(world, 'vera@agency.example');
		const seen: number[] = [];
		let handbacks = 0;
		let { body } = await vera.get({ tab: 'contacts', contact: 'lena' });
		for (;;) {
			seen.push(...[...body.matchAll(/Number (\d+)\./g)].map(([, at]) => Number(at)));
			handbacks += [...body.matchAll(/Handed back/g)].length;
			const earlier = /href="(\?[^"]*before=[^"]*)"/.exec(body)?.[1].replaceAll('&amp;', '&');
			if (earlier === undefined) break;
			({ body } = await vera.get(earlier.slice(1)));
		}
		expect([seen, handbacks]).toEqual([Array.from({ length: 70 }, (_, at) => 69 - at), 1]);
	});
});

describe('what a person decides about a contact', () => {
	it('needs the role: viewers decide nothing, reviewers neither settings nor personal data', async () => {
		const fields: Record<string, Record<string, string>> = {
			correct: { intent: 'cold' }, moveStage: { stage: '["default","won"]', expected: 'engaged' }, takeOver: { hours: '24' }, handBack: {}, optOut: { channel: 'all', reason: 'x' }, optIn: { channel: 'all', reason: 'x' },
			setMode: { mode: 'off' }, exportData: {}, erase: { scope: 'everything', confirm: 'Anna Berger of acme' },
		};
		const before = await world.store.personalData.export('acme', ['anna']);
		for (const [person, actions] of [['vera@agency.example', Object.keys(fields)], ['ben@agency.example', ['setMode', 'exportData', 'erase']]] as const) {
			const visitor = await signedIn(world, person);
			for (const action of actions) {
				const answer = await visitor.post(anna, { action, contact: 'anna', ...fields[action] });
				expect([action, answer.status, answer.decided, answer.headers['Content-Disposition']]).toEqual([action, 403, [], undefined]);
			}
		}
		// Nor does anything reach a contact of another workspace, or one nobody knows.
		const ben = await signedIn(world, 'ben@agency.example');
		await world.store.contacts.upsert('beta', [{ id: 'only-beta', name: 'Only beta' }]);
		for (const contact of ['only-beta', 'anna@acme.example', HOSTILE]) {
			for (const action of ['correct', 'takeOver', 'handBack', 'optOut', 'optIn']) {
				const answer = await ben.post(anna, { action, contact, ...fields[action] });
				expect([answer.status, answer.decided, dangerousMarkup(answer.body)]).toEqual([422, [], []]);
			}
		}
		expect(await world.store.personalData.export('acme', ['anna'])).toEqual(before);
	});

	it('puts intent, score and status right, and learns from it', async () => {
		const ben = await signedIn(world, 'ben@agency.example');
		const correct = async (fields: Record<string, string>) => await ben.post(anna, { action: 'correct', contact: 'anna', ...fields });
		expect((await correct({ intent: 'cold' })).decided).toEqual([{ kind: 'contact_corrected', workspace: 'acme', facts: { contactId: 'anna', intent: 'cold' }, sentence: 'Corrected by ben@agency.example: intent hot → cold, score 72 → 15.' }]);
		expect((await contactOf('anna'))?.score).toBe(15);
		await correct({ score: '100' });
		await correct({ status: 'WON' });
		expect([(await contactOf('anna'))?.score, (await contactOf('anna'))?.status, (await contactOf('anna', 'beta'))?.score]).toEqual([100, 'WON', 72]);
		expect((await world.store.labels.list('acme', { contactIds: ['anna'], field: 'score', limit: 9 })).map(({ to, actor }) => [to, actor])).toEqual(expect.arrayContaining([['15', 'ben@agency.example'], ['100', 'ben@agency.example']]));
		const wrongs: Record<string, string>[] = [{ score: '101' }, { score: '-1' }, { score: '7.5' }, { score: '' }, { intent: HOSTILE }, { status: 'won' }, {}];
		for (const wrong of wrongs) {
			const answer = await correct(wrong);
			expect([answer.status, answer.decided]).toEqual([422, []]);
		}
		const again = await correct({ score: '100' });
		expect([again.status, again.decided]).toEqual([303, []]);
		expect((await ben.follow()).body).toContain('Nothing changed: that is what stood there already.');
	});

	it('moves the stage, and only from the stage that was looked at', async () => {
		const ben = await signedIn(world, 'ben@agency.example');
		const move = async (expected: string, stage: string) => await ben.post(anna, { action: 'moveStage', contact: 'anna', expected, stage });
		expect((await move('engaged', '["default","nowhere"]')).status).toBe(422);
		expect((await move('new', '["default","won"]')).body).toContain('Somebody else moved the contact meanwhile.');
		const answer = await move('engaged', '["default","won"]');
		expect([answer.status, answer.decided.map(({ kind, facts }) => [kind, facts])]).toEqual([303, [['stage_set', { contactId: 'anna', pipelineId: 'default', stageId: 'won' }]]]);
		expect(await contactOf('anna')).toMatchObject({ stageId: 'won', stageSetBy: 'person', status: 'WON' });
		expect((await ben.follow()).body).toContain('Put into stage Won by ben@agency.example.');
		expect((await move('engaged', '["default","lost"]')).status).toBe(422);
		// Two at once: one of them wins, the other is told.
		const both = await Promise.all([move('won', '["default","lost"]'), (await signedIn(world, 'eva@agency.example')).post(inAcme, { action: 'moveStage', contact: 'anna', expected: 'won', stage: '["default","qualified"]' })]);
		expect(both.map(({ status }) => status).toSorted()).toEqual([303, 422]);
	});

	it('takes over for as long as was said, and hands back', async () => {
		const ben = await signedIn(world, 'ben@agency.example');
		expect((await ben.post(anna, { action: 'takeOver', contact: 'anna', hours: '9999' })).status).toBe(422);
		await ben.post(anna, { action: 'takeOver', contact: 'anna', hours: '72' });
		expect(await contactOf('anna')).toMatchObject({ takenOverUntil: iso(later(START, 72 * HOUR)), takenOverBy: 'ben@agency.example' });
		expect((await ben.follow()).body).toContain('Hand back');
		await ben.post(anna, { action: 'handBack', contact: 'anna' });
		expect((await contactOf('anna'))?.takenOverUntil).toBeUndefined();
	});

	it('opts out of one channel or all, with what was planned, and in again', async () => {
		const ben = await signedIn(world, 'ben@agency.example');
		const act = async (action: string, channel: string, reason = 'By phone') => await ben.post(anna, { action, contact: 'anna', channel, reason });
		expect([(await act('optOut', 'whatsapp', '  ')).status, (await act('optOut', 'pigeon')).status, (await act('optOut', 'whatsapp', 'x'.repeat(301))).status]).toEqual([422, 422, 422]);
		const out = await act('optOut', 'whatsapp');
		expect(out.decided.map(({ kind, facts }) => [kind, facts])).toEqual([['opted_out', { contactId: 'anna', channel: 'whatsapp', cancelled: 1 }]]);
		expect((await contactOf('anna'))?.optOutChannels).toEqual(['whatsapp']);
		expect((await world.store.outbound.find('acme', [messageId('acme', 'soon', 'anna')]))[0]?.status).toBe('cancelled');
		await act('optOut', 'all');
		expect((await contactOf('anna'))?.optOutChannels.length).toBe(6);
		await act('optIn', 'email');
		expect((await contactOf('anna'))?.optOutChannels.toSorted()).toEqual(['instagram', 'linkedin', 'messenger', 'sms', 'whatsapp']);
		await act('optIn', 'all');
		expect([(await contactOf('anna'))?.optOutChannels, (await contactOf('anna', 'beta'))?.optOutChannels]).toEqual([[], []]);
	});

	it('sets the mode of the contact, and lets it go with the workspace again', async () => {
		const eva = await signedIn(world, 'eva@agency.example');
		const inForce = async (): Promise<string> => (await world.store.settings.effective([{ workspace: 'acme', contactId: 'anna' }]))[0].mode;
		await eva.post(inAcme, { action: 'setMode', contact: 'anna', mode: 'off' });
		expect(await inForce()).toBe('off');
		await eva.post(inAcme, { action: 'setMode', contact: 'anna', mode: 'inherit' });
		expect(await inForce()).toBe('assist');
	});
});

describe('a person’s data', () => {
	it('is exported as a file, which changes nothing and holds nothing of anybody else', async () => {
		const eva = await signedIn(world, 'eva@agency.example');
		const answer = await eva.post(inAcme, { action: 'exportData', contact: 'anna' });
		expect([answer.status, answer.headers['Content-Type'], answer.headers['Content-Disposition'], answer.headers['Cache-Control'], answer.decided]).toEqual([200, 'application/json; charset=utf-8', 'attachment; filename="personal-data-anna.json"', 'no-store', []]);
		const [held] = await world.store.personalData.export('acme', ['anna']);
		expect(JSON.parse(answer.body)).toEqual(JSON.parse(JSON.stringify(held)));
		expect(answer.body).not.toMatch(/mallory|beta\.example/);
		await world.store.contacts.upsert('acme', [{ id: `x"; filename=../../evil\n${HOSTILE}`, name: 'Odd' }]);
		const odd = await eva.post(inAcme, { action: 'exportData', contact: `x"; filename=../../evil\n${HOSTILE.replace('\0', '\uFFFD')}` });
		expect(odd.headers['Content-Disposition']).toMatch(/^attachment; filename="[\w.-]+"$/);
	});

	it('is erased only with the name typed, wholly or what was concluded, and the workflow hears no name', async () => {
		const eva = await signedIn(world, 'eva@agency.example');
		const erase = async (fields: Record<string, string>) => await eva.post(inAcme, { action: 'erase', contact: 'anna', ...fields });
		for (const wrong of [{ scope: 'everything', confirm: '' }, { scope: 'everything', confirm: 'anna berger of acme' }, { scope: 'everything', confirm: 'Anna Berger of beta' }, { scope: 'all', confirm: 'Anna Berger of acme' }]) {
			const answer = await erase(wrong);
			expect([answer.status, answer.decided]).toEqual([422, []]);
		}
		const ai = await erase({ scope: 'ai', confirm: ' Anna  Berger of acme ' });
		expect([ai.status, (await contactOf('anna'))?.score, (await contactOf('anna'))?.profiling, (await contactOf('anna'))?.name]).toEqual([303, undefined, false, 'Anna Berger of acme']);
		const all = await erase({ scope: 'everything', suppress: 'yes', confirm: 'Anna Berger of acme' });
		expect([all.status, all.headers.Location, await contactOf('anna')]).toEqual([303, '?workspace=acme&tab=contacts', undefined]);
		expect(JSON.stringify(all.decided)).not.toMatch(/anna/i);
		expect(all.decided[0].facts).toMatchObject({ scope: 'everything', pseudonym: expect.any(String) });
		expect((await eva.get(inAcme)).body).toContain('There is no such contact here.');
		expect(await world.store.suppressions.check('acme', [{ channel: 'email', address: 'anna@acme.example' }])).toEqual([expect.stringContaining('Opted out')]);
		expect([(await erase({ scope: 'everything', confirm: 'Anna Berger of acme' })).status, (await contactOf('anna', 'beta'))?.name]).toEqual([422, 'Anna Berger of beta']);
	});

	it('waits while a message to the person is being sent', async () => {
		await dueJob(world.store, { contactId: 'anna' });
		const { claimed } = await world.store.outbound.claimDue({ workspaces: ['acme'], ...CLAIM }, sendNow);
		await world.store.outbound.beginSend('acme', claimed.map(({ id }) => id));
		const answer = await (await signedIn(world, 'eva@agency.example')).post(inAcme, { action: 'erase', contact: 'anna', scope: 'everything', confirm: 'Anna Berger of acme' });
		expect([answer.status, answer.body.includes('is being sent at this moment'), (await contactOf('anna'))?.name]).toEqual([422, true, 'Anna Berger of acme']);
	});
});
