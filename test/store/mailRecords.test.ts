import { DAY, iso, later } from '../../engine/time';
import { CLAIM, DIALECTS, dueJob, inbound, openTestStore, sendNow, START, stopServers, type TestStore } from './fixtures';

afterAll(stopServers);
const NOT_FOUND = { code: '5.1.1', message: 'The mailbox does not exist.', kind: 'permanent' as const };

describe.each(DIALECTS)('mails on record, on %s', (dialect) => {
	let test: TestStore;
	beforeEach(async () => {
		test = await openTestStore(dialect);
	});
	afterEach(async () => await test.close());

	let count = 0;
	/** A mail that left, unless it failed; its id. */
	async function mail(fields: { workspace?: string; contactId?: string; accountId?: string; channel?: 'email' | 'whatsapp'; failure?: typeof NOT_FOUND } = {}): Promise<string> {
		const { failure, workspace = 'acme', ...rest } = fields;
		const id = await dueJob(test.store, { workspace, channel: 'email', to: 'anna@client.example', contactId: 'anna', accountId: 'sales@acme.example', purpose: 'outreach', inboundIds: [`m${count++}`], ...rest });
		await test.store.outbound.claimDue(CLAIM, (facts) => ({ ...sendNow(facts), status: 'claimed' }));
		await test.store.outbound.beginSend(workspace, [id]);
		if (failure) await test.store.outbound.markFailed([{ workspace, id, failure }]);
		else await test.store.outbound.markSent([{ workspace, id, providerId: `<${id}@acme.example>` }]);
		test.clock.advance(1_000);
		return id;
	}
	const event = async (id: string, kind: 'bounced_hard' | 'complaint' | 'bounced_soft', eventId = `${id}${kind}`) =>
		await test.store.outcomes.record([{ workspace: 'acme', event: kind, occurredAt: test.clock.time, outboundId: id, eventId, channel: 'email' }]);
	const tallies = async (since = later(START, -DAY)) => await test.store.mailRecords.tallies('acme', { since, deadMailboxCodes: ['5.1.1'] });

	it('gives the ids of both sides, oldest first, of that person and mailbox alone', async () => {
		const first = await mail();
		const [{ contact }] = await test.store.messages.record('acme', [inbound({ channel: 'email', providerId: '<q@client.example>', accountId: 'sales@acme.example', timestamp: iso(test.clock.time), contact: { email: 'anna@client.example' } })]);
		test.clock.advance(1_000);
		const own = await mail({ contactId: contact.id });
		await mail({ contactId: 'ben' });
		await mail({ contactId: contact.id, accountId: 'other@acme.example' });
		await mail({ contactId: contact.id, channel: 'whatsapp' });
		await mail({ contactId: contact.id, workspace: 'elsewhere' });
		const keys = [{ contactId: contact.id, accountId: 'sales@acme.example' }, { contactId: 'nobody' }, { contactId: 'anna' }, { contactId: contact.id, accountId: 'sales@acme.example' }];
		const thread = ['<q@client.example>', `<${own}@acme.example>`];
		expect(await test.store.mailRecords.threads('acme', keys)).toEqual([thread, [], [`<${first}@acme.example>`], thread]);
		expect(await test.store.mailRecords.threads('acme', [])).toEqual([]);
	});

	it('counts each mail once for each kind, by sender, and mailboxes refused at once as bounced', async () => {
		const [a, b] = [await mail(), await mail()];
		await mail();
		await event(a, 'bounced_hard');
		await event(a, 'bounced_hard', 'again');
		await event(a, 'complaint');
		await event(b, 'bounced_soft');
		await mail({ failure: NOT_FOUND });
		await mail({ failure: { ...NOT_FOUND, code: '5.7.1' } });
		await mail({ accountId: undefined });
		await mail({ channel: 'whatsapp' });
		await mail({ workspace: 'elsewhere' });
		const named = (await tallies()).toSorted((x, y) => (x.accountId ?? '').localeCompare(y.accountId ?? ''));
		expect(named).toEqual([
			{ workspace: 'acme', sent: 1, hardBounces: 0, complaints: 0 },
			{ workspace: 'acme', accountId: 'sales@acme.example', sent: 4, hardBounces: 2, complaints: 1 },
		]);
	});

	it('forgets what left before the window', async () => {
		await mail();
		expect(await tallies(test.clock.time)).toEqual([]);
	});
});
