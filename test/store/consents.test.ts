import { DAY, iso, later, MINUTE } from '../../engine/time';
import { CLAIM, DIALECTS, newDraft, openTestStore, sendNow, START, stopServers, type TestStore } from './fixtures';

afterAll(stopServers);
jest.setTimeout(60_000);

const ANNA = { email: 'anna@mail.example', phone: '+49 171 5550199' };

describe.each(DIALECTS)('consent on %s', (dialect) => {
	let test: TestStore;
	let id: string;
	beforeEach(async () => {
		test = await openTestStore(dialect);
		[{ id }] = await test.store.contacts.upsert('acme', [ANNA]);
	});
	afterEach(async () => await test.close());

	const held = async () => (await test.store.contacts.find('acme', [id]))[0]?.consent;
	const record = async (extra: object = {}) => await test.store.consents.record('acme', [{ contactId: ANNA.email, channel: 'email', consent: { basis: 'opt_in', source: 'form', proof: 'form 7', ...extra }, by: 'mia' }]);
	const withdraw = async () => await test.store.consents.withdraw('acme', [{ contactId: ANNA.phone, channel: 'email', reason: 'asked by letter', by: 'mia' }]);
	const decisions = async () => (await test.store.audit.trail('acme', id, { limit: 50 })).entries.filter(({ kind }) => kind === 'consent').map(({ sentence, actor, automated }) => ({ sentence, actor, automated }));

	it('is kept with its basis, source, time and proof, channel by channel, and each change is in the trail', async () => {
		expect(await record()).toEqual([{ contactId: id, holds: true }]);
		await test.store.consents.record('acme', [{ contactId: id, channel: 'whatsapp', consent: { basis: 'inbound_request' }, by: 'mia' }]);
		expect(await held()).toEqual({ email: { basis: 'opt_in', source: 'form', proof: 'form 7', at: iso(START) }, whatsapp: { basis: 'inbound_request', at: iso(START) } });
		expect(await decisions()).toHaveLength(2);
		expect(await decisions()).toContainEqual({ sentence: "Writing by email rests on 'opt in'.", actor: 'mia', automated: false });
	});

	it('once withdrawn, cancels what is planned, and holds when a message is claimed', async () => {
		await record();
		const planned = newDraft({ workspace: 'acme', contactId: id, channel: 'email', to: ANNA.email, purpose: 'outreach' });
		await test.store.outbound.plan([{ workspace: 'acme', draftId: planned.id, draft: planned }], sendNow);
		test.clock.advance(MINUTE);
		expect(await withdraw()).toEqual([{ contactId: id, cancelled: [planned.id] }]);
		expect(await held()).toMatchObject({ email: { basis: 'opt_in', proof: 'form 7', withdrawnAt: iso(later(START, MINUTE)) } });
		expect((await test.store.outbound.claimDue({ ...CLAIM, workspaces: ['acme'] }, sendNow)).claimed).toEqual([]);
		expect((await test.store.suppressions.check('acme', [{ contactId: id, channel: 'email' }, { contactId: id, channel: 'sms' }]))).toEqual([expect.stringContaining('withdrew consent: asked by letter'), undefined]);
		expect((await decisions())[0]).toMatchObject({ sentence: 'Consent to write by email was withdrawn: asked by letter', actor: 'mia' });
	});

	it('does not come back by an older record, only by a newer one, and an opt-out stays until it is lifted', async () => {
		await withdraw();
		expect(await record({ at: iso(later(START, -DAY)) })).toEqual([{ contactId: id, holds: false }]);
		expect((await held())?.email?.withdrawnAt).toBe(iso(START));
		expect(await record({ at: iso(later(START, DAY)) })).toEqual([{ contactId: id, holds: true }]);
		expect((await held())?.email).not.toHaveProperty('withdrawnAt');
		expect(await test.store.suppressions.check('acme', [{ contactId: id, channel: 'email' }])).toEqual([expect.any(String)]);
	});

	it('given and withdrawn in one batch, and at once by two, loses nothing', async () => {
		await Promise.all([record(), withdraw(), test.store.consents.record('acme', [{ contactId: id, channel: 'sms', consent: { basis: 'existing_customer' }, by: 'eva' }])]);
		expect(Object.keys((await held()) ?? {}).sort()).toEqual(['email', 'sms']);
		expect(await decisions()).toHaveLength(3);
		await test.store.consents.record('acme', [1, 2].map((number) => ({ contactId: id, channel: 'sms', consent: { basis: 'opt_in', proof: `form ${number}` }, by: 'mia' })));
		expect((await held())?.sms).toMatchObject({ proof: 'form 2' });
	});

	it('is written to nobody of another workspace', async () => {
		await record();
		expect(await test.store.contacts.find('other', [ANNA.email])).toEqual([undefined]);
	});
});
