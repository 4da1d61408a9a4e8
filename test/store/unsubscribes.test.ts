import { sql } from 'kysely';
import { signUnsubscribe } from '../../engine/outcome/unsubscribeToken';
import { Database } from '../../store/database';
import { UNSUBSCRIBE_KEY } from '../../store/migrations/migrate';
import { openStore } from '../../store/openStore';
import { CLAIM, DIALECTS, dueJob, newDraft, openTestStore, query, sendNow, stopServers, type TestStore } from './fixtures';

afterAll(stopServers);

describe.each(DIALECTS)('unsubscribing by a link, on %s', (dialect) => {
	let test: TestStore;
	beforeEach(async () => {
		test = await openTestStore(dialect);
	});
	afterEach(async () => await test.close());

	const subject = (outboundId: string, address = 'Anna@Client.example') => ({ workspace: 'acme', channel: 'email' as const, address, outboundId });
	const tokenFor = async (outboundId: string, address?: string): Promise<string> => (await test.store.unsubscribes.tokens([subject(outboundId, address)]))[0];
	const mailTo = async (to = 'anna@client.example', extra = {}): Promise<string> => await dueJob(test.store, { channel: 'email', to, contactId: 'anna', purpose: 'outreach', ...extra });
	const suppressed = async (address: string, contactId?: string) => (await test.store.suppressions.check('acme', [{ channel: 'email', address, ...(contactId ? { contactId } : {}) }]))[0] !== undefined;
	const proofs = async () => await query<{ kind: string; contact_id: string; detail: string }>(test.place.config, "select kind, contact_id, detail from {activities} where kind = 'opt_out'");

	it('stops the address and the contact, cancels what is planned, keeps proof and outcome; again it changes nothing', async () => {
		const [sent, planned] = [await mailTo(), await mailTo('anna@client.example', { inboundIds: ['other'] })];
		const token = await tokenFor(sent);
		expect(await test.store.unsubscribes.look(token)).toBe('open');
		const { result, cancelled } = await test.store.unsubscribes.honour(token);
		expect([result, cancelled.toSorted()]).toEqual(['honoured', [sent, planned].toSorted()]);
		expect([await suppressed('anna@client.example'), await suppressed('new@client.example', 'anna'), await suppressed('ben@client.example')]).toEqual([true, true, false]);
		expect(await test.store.unsubscribes.look(token)).toBe('honoured');
		expect(await test.store.unsubscribes.honour(token)).toEqual({ result: 'already', cancelled: [] });
		expect(await proofs()).toHaveLength(1);
		expect((await proofs())[0].detail).not.toMatch(/client\.example/);
		expect(await test.store.outcomes.list('acme', { limit: 10 })).toEqual([]);
	});

	it('counts as an outcome of the mail that carried the link', async () => {
		const id = await mailTo();
		await test.store.outbound.claimDue(CLAIM, (facts) => ({ ...sendNow(facts), status: 'claimed' }));
		await test.store.outbound.beginSend('acme', [id]);
		await test.store.outbound.markSent([{ workspace: 'acme', id, providerId: `<${id}@x>` }]);
		await test.store.unsubscribes.honour(await tokenFor(id));
		const events = await test.store.outcomes.list('acme', { outboundId: id, limit: 10 });
		expect(events.map(({ event, attributed }) => [event, attributed])).toContainEqual(['unsubscribed', 'id']);
		expect((await proofs()).map(({ contact_id, detail }) => [contact_id, (JSON.parse(detail) as { reason: string; actor: string }).reason])).toEqual([['anna', 'Unsubscribed by the link in a mail']]);
	});

	it('works for an address no message is on record for, or whose message was about somebody else', async () => {
		await test.store.unsubscribes.honour(await tokenFor('nothing-there', 'sheet@client.example'));
		expect([await suppressed('SHEET@client.example'), await suppressed('anna@client.example')]).toEqual([true, false]);
		const id = await mailTo('anna@client.example');
		await test.store.unsubscribes.honour(await tokenFor(id, 'was@client.example'));
		expect([await suppressed('was@client.example'), await suppressed('anna@client.example', 'anna')]).toEqual([true, false]);
		expect(await test.store.unsubscribes.look(await tokenFor('other', 'was@client.example'))).toBe('honoured');
	});

	it('counts anew after the person opted in again', async () => {
		const token = await tokenFor(await mailTo());
		await test.store.unsubscribes.honour(token);
		await test.store.suppressions.optIn('acme', [{ contactId: 'anna', channel: 'email', address: 'anna@client.example', actor: 'person', reason: 'asked for it' }]);
		expect(await suppressed('anna@client.example', 'anna')).toBe(false);
		expect((await test.store.unsubscribes.honour(token)).result).toBe('honoured');
		expect(await suppressed('anna@client.example', 'anna')).toBe(true);
	});

	it('ends the same however many ask at once, and says nothing to a made-up link', async () => {
		const token = await tokenFor(await mailTo());
		const results = await Promise.all(Array.from({ length: 8 }, async () => await test.store.unsubscribes.honour(token)));
		expect(results.every(({ result }) => result === 'honoured' || result === 'already')).toBe(true);
		expect(await suppressed('anna@client.example', 'anna')).toBe(true);
		const forged = signUnsubscribe('guessed', { workspace: 'acme', channel: 'email', addressHash: '00'.repeat(32), outboundId: newDraft().id });
		for (const one of [forged, '', 'x', `${token}x`]) {
			expect(await test.store.unsubscribes.look(one)).toBe('unknown');
			expect(await test.store.unsubscribes.honour(one)).toEqual({ result: 'unknown', cancelled: [] });
		}
	});

	it('has a key in a store that an older version made', async () => {
		const database = new Database(test.place.config);
		await database.write(async (session) => await session.rows(sql`delete from ${session.table('meta')} where key = ${UNSUBSCRIBE_KEY}`));
		await database.close();
		const store = await openStore(test.place.config, { clock: test.clock });
		const [token] = await store.unsubscribes.tokens([subject('one')]);
		expect(await store.unsubscribes.look(token)).toBe('open');
		await store.close();
	});

	it('keeps workspaces apart', async () => {
		await test.store.unsubscribes.honour(await tokenFor('one'));
		const [other] = await test.store.unsubscribes.tokens([{ ...subject('one'), workspace: 'other' }]);
		expect(await test.store.unsubscribes.look(other)).toBe('open');
	});
});
