import { CLAIM, dueJob, sendNow } from '../store/fixtures';
import { dangerousMarkup, HOSTILE, openDeskWorld, signedIn, type DeskWorld } from './deskWorld';
import { messageId, seedPeople } from './peopleWorld';

let world: DeskWorld;
beforeAll(async () => (world = await openDeskWorld({ seed: seedPeople })), 60_000);
afterAll(async () => await world.close());
afterEach(() => expect(world.faults).toEqual([]));
jest.setTimeout(60_000);

const STATES = ['planned', 'waiting', 'sent', 'not_sent', 'uncertain'] as const;
const statusOf = async (name: string, contact: string, workspace = 'acme'): Promise<string | undefined> => (await world.store.outbound.find(workspace, [messageId(workspace, name, contact)]))[0]?.status;

describe('the Outbox tab', () => {
	it('shows each message under where it stands, with the one sentence that says why', async () => {
		const vera = await signedIn(world, 'vera@agency.example');
		const page = async (state: string): Promise<string> => (await vera.get({ tab: 'outbox', state })).body;
		// What leaves within minutes is on every page.
		for (const state of STATES) expect(await page(state)).toContain('Soon from acme: shall we talk');
		expect(await page('planned')).toContain('it is planned for 2026-03-02 17:00 UTC. Sent when due.');
		expect(await page('waiting')).toContain('A person should look, says acme.');
		expect(await page('sent')).toContain('It was sent at 2026-03-02 10:00 UTC.');
		expect(await page('not_sent')).toContain('Not sent. Failed for good: No such mailbox');
		expect(await page('uncertain')).toContain('Did this arrive?');
		expect(await page('sent')).not.toContain('Did this arrive?');
	});

	it('prints hostile text harmlessly, and nothing of another workspace, in every state and language', async () => {
		const eva = await signedIn(world, 'eva@agency.example');
		for (const language of ['en', 'de']) {
			for (const state of STATES) {
				const { body, status } = await eva.send({ query: new URLSearchParams({ tab: 'outbox', workspace: 'acme', state }), headers: { host: 'desk.example', 'accept-language': language, cookie: [...eva.cookies].map(([name, value]) => `${name}=${value}`).join('; ') } });
				expect([status, dangerousMarkup(body)]).toEqual([200, []]);
				expect(body).toContain(language === 'de' ? '<h1>Postausgang</h1>' : '<h1>Outbox</h1>');
				expect(body).not.toMatch(/says beta|of beta|from beta/);
			}
		}
	});

	it('takes what makes no sense in an address for nothing', async () => {
		const vera = await signedIn(world, 'vera@agency.example');
		const { body, status } = await vera.get({ tab: 'outbox', state: HOSTILE, channel: HOSTILE, after: HOSTILE, q: '' });
		expect([status, dangerousMarkup(body), body.includes('Later from acme')]).toEqual([200, [], true]);
		const searched = await vera.get({ tab: 'outbox', q: HOSTILE.repeat(9) });
		expect([searched.status, dangerousMarkup(searched.body), searched.body.includes('Nothing here fits the filter')]).toEqual([200, [], true]);
	});

	it('filters by channel and contact', async () => {
		const vera = await signedIn(world, 'vera@agency.example');
		const byContact = (await vera.get({ tab: 'outbox', q: 'conti', state: 'planned' })).body;
		expect([byContact.includes('Later from acme'), byContact.includes('Planned &quot;')]).toEqual([true, false]);
		const byChannel = (await vera.get({ tab: 'outbox', channel: 'email', state: 'planned' })).body;
		expect([byChannel.includes('Later from acme'), byChannel.includes('Planned &quot;')]).toEqual([false, true]);
	});

	it('pages through more than fits, each message once', async () => {
		const eva = await signedIn(world, 'eva@agency.example');
		const ids = new Set<string>();
		for (let at = 0; at < 120; at++) ids.add(await dueJob(world.store, { workspace: 'beta', contactId: `many-${at}`, to: `4915${at}` }));
		const seen: string[] = [];
		let { body } = await eva.get({ tab: 'outbox', workspace: 'beta' });
		for (;;) {
			seen.push(...[...body.matchAll(/name="of" value="row ([^"]+)"/g)].map(([, id]) => id));
			const next = /href="(\?[^"]*after=[^"]*)"/.exec(body)?.[1].replaceAll('&amp;', '&');
			if (next === undefined) break;
			({ body } = await eva.get(next.slice(1)));
		}
		expect(seen.length).toBe(new Set(seen).size);
		expect(seen.filter((id) => ids.has(id)).length).toBe(120);
	});

	it('shows what is used of the limits and what is free', async () => {
		await world.store.settings.set('acme', { kind: 'workspace' }, { workspaceDailyCap: 40, contactDailyCap: 1 }, 'test');
		const { body } = await (await signedIn(world, 'vera@agency.example')).get({ tab: 'outbox' });
		const row = /The whole workspace, this UTC day.*?<\/tr>/s.exec(body)?.[0] ?? '';
		const [used, limit, free] = [...row.matchAll(/<td[^>]*><div>([^<]*)/g)].map(([, text]) => Number(text));
		expect([limit, used + free, used > 0]).toEqual([40, 40, true]);
	});
});

describe('stopping a message', () => {
	const stop = (id: string, reason = 'wrong_time') => ({ action: 'cancelSend', id, reason, of: `row ${id}` });

	it('is for reviewers, of this workspace, of what has not left', async () => {
		const query = { tab: 'outbox', workspace: 'acme' };
		const id = messageId('acme', 'later', 'carlo');
		const vera = await signedIn(world, 'vera@agency.example');
		expect((await vera.post({ tab: 'outbox' }, stop(id))).status).toBe(403);
		expect((await vera.get({ tab: 'outbox' })).body).not.toContain('value="cancelSend"');
		const carl = await signedIn(world, 'carl@beta.example');
		expect((await carl.post({ tab: 'outbox' }, stop(id))).body).toContain('There is no such message here any more.');
		const eva = await signedIn(world, 'eva@agency.example');
		for (const [wrong, said] of [[stop(messageId('acme', 'answered', 'anna')), 'too late'], [stop(messageId('acme', 'unclear', 'carlo')), 'too late'], [stop(messageId('acme', 'asked', 'carlo')), 'too late'], [stop(HOSTILE), 'no such message'], [stop(id, HOSTILE), 'Choose a reason'], [stop('x'.repeat(9_999)), 'no such message']] as const) {
			const answer = await eva.post(query, wrong);
			expect([answer.status, answer.body.includes(said), answer.decided, dangerousMarkup(answer.body)]).toEqual([422, true, [], []]);
		}
		expect([await statusOf('later', 'carlo'), await statusOf('answered', 'anna'), await statusOf('unclear', 'carlo'), await statusOf('asked', 'carlo')]).toEqual(['scheduled', 'sent', 'uncertain', 'in_review']);
	});

	it('cancels it once, says so to the workflow, and the reason stands with it', async () => {
		const query = { tab: 'outbox', state: 'planned' };
		const id = messageId('acme', 'later', 'carlo');
		const ben = await signedIn(world, 'ben@agency.example');
		const answer = await ben.post(query, stop(id));
		const sentence = 'Cancelled by ben@agency.example: not at this time.';
		expect([answer.status, answer.decided]).toEqual([303, [{ kind: 'send_cancelled', workspace: 'acme', facts: { draftId: id, contactId: 'carlo', channel: 'whatsapp', reason: 'wrong_time' }, sentence }]]);
		expect((await ben.follow()).body).toContain('The message to Carlo Conti of acme is stopped.');
		expect(await statusOf('later', 'carlo')).toBe('cancelled');
		expect((await ben.get({ tab: 'outbox', state: 'not_sent' })).body).toContain(`Not sent. ${sentence} (By a person, `);
		const again = await ben.post(query, stop(id));
		expect([again.status, again.decided]).toEqual([422, []]);
		expect(await statusOf('later', 'carlo', 'beta')).toBe('scheduled');
	});

	it('still works while it is claimed, and not once it is being sent', async () => {
		const due = await dueJob(world.store, { contactId: 'carlo', to: '39021' });
		const other = await dueJob(world.store, { contactId: 'carlo', to: '39022' });
		await world.store.outbound.claimDue({ workspaces: ['acme'], ...CLAIM }, sendNow);
		await world.store.outbound.beginSend('acme', [other]);
		const ben = await signedIn(world, 'ben@agency.example');
		expect([(await ben.post({ tab: 'outbox' }, stop(due))).status, (await ben.post({ tab: 'outbox' }, stop(other))).status]).toEqual([303, 422]);
		expect((await world.store.outbound.find('acme', [due, other])).map((row) => row?.status)).toEqual(['cancelled', 'sending']);
	});

	it('shows what leaves by itself above all, and nothing that has hours yet', async () => {
		const eva = await signedIn(world, 'eva@agency.example');
		const { body } = await eva.get({ tab: 'outbox', workspace: 'acme', state: 'sent' });
		const leaving = [...body.matchAll(/name="of" value="leaving ([^"]+)"/g)].map(([, id]) => id);
		expect(leaving).toEqual([messageId('acme', 'soon', 'anna')]);
	});
});
