import { sql } from 'kysely';
import { weighTerms } from '../../engine/retrieval/bm25';
import { termsOf } from '../../engine/retrieval/terms';
import { decideRoute } from '../../engine/message/route';
import type { Schedule } from '../../engine/sendTime/schedule';
import { DAY, epochMs, HOUR, iso, later, MINUTE } from '../../engine/time';
import { Database } from '../../store/database';
import { StoreNewerError } from '../../store/errors';
import { migrate, MIGRATIONS } from '../../store/migrations/migrate';
import type { Migration } from '../../store/migrations/migration';
import { openStore } from '../../store/openStore';
import type { TableName } from '../../store/schema';
import type { Session } from '../../store/session';
import type { Store } from '../../store/store';
import { DIALECTS, draftOf, emptyPlace, inbound, newDraft, PASS, query, sendNow, StandingClock, START, stopServers, type Place } from './fixtures';

afterAll(stopServers);
jest.setTimeout(60_000);

const ws = { workspace: 'acme' };
/** What the first version had written: a contact, its question, the answer that was sent, a decided review, an outcome, an experiment. */
const FIRST_ROWS: readonly (readonly [TableName, Readonly<Record<string, string | number>>])[] = [
	['contacts', { ...ws, id: 'anna', name: 'Anna', phone: '+49 151 1234567', handles: '{}', attributes: '{}', consent: '{}', profiling: 1, created_at: START, updated_at: START }],
	['contact_addresses', { ...ws, kind: 'phone', address: '491511234567', contact_id: 'anna' }],
	['messages', {
		...ws, id: 'asked', contact_id: 'anna', channel: 'whatsapp', direction: 'inbound', source: 'channel', thread_id: 'thread-1', text: 'How much is it?', attachments: '[]',
		timestamp: START, received_at: START, seq: START * 1_000, state: 'received', lease_count: 0,
	}],
	['outbound', {
		...ws, id: 'told', status: 'sent', version: 3, sentence: 'Sent.', contact_id: 'anna', channel: 'whatsapp', to_address: '491511234567', thread_id: 'thread-1', inbound_ids: '[]', purpose: 'reply',
		draft: JSON.stringify(draftOf('told', 'Hello Anna.')), attempts: 1, sent_at: later(START, -HOUR), created_at: later(START, -DAY), updated_at: later(START, -HOUR),
	}],
	['reviews', {
		...ws, id: 'looked', kind: 'draft', subject: 'told', outbound_id: 'told', contact_id: 'anna', sentence: 'Please look.', due_at: START, created_at: later(START, -DAY), decision: 'approved', reviewer: 'Eva',
		decided_at: later(START, -HOUR),
	}],
	['outcomes', { ...ws, id: 'clicked', event: 'clicked', occurred_at: START, outbound_id: 'told', contact_id: 'anna', channel: 'whatsapp', attributed: '[]', recorded_at: START }],
	['experiments', { ...ws, id: 'old', name: 'Old', status: 'running', metric: 'click', variants: '[{"id":"a","name":"A","weight":1},{"id":"b","name":"B","weight":1}]', created_at: START, updated_at: START }],
	['exposures', { ...ws, experiment_id: 'old', contact_id: 'anna', variant_id: 'a', propensity: 0.5, assigned_at: START }],
];

async function insertRow(session: Session, table: TableName, row: Readonly<Record<string, string | number>>): Promise<void> {
	const columns = sql.join(Object.keys(row).map((column) => sql.ref(column)));
	await sql`insert into ${session.table(table)} (${columns}) values (${sql.join(Object.values(row))})`.execute(session.q);
}

describe.each(DIALECTS)('a store of an older version on %s', (dialect) => {
	let place: Place;
	beforeEach(async () => (place = await emptyPlace(dialect)));
	afterEach(async () => await place.remove());

	/** A store as code that knew only `steps` left it. */
	async function made(steps: readonly Migration[], work: (session: Session) => Promise<void> = async () => undefined): Promise<void> {
		const database = new Database(place.config, new StandingClock());
		await migrate(database, 'here', steps);
		await database.write(work);
		await database.close();
	}
	const firstVersion = async (): Promise<void> =>
		await made([MIGRATIONS[0]], async (session) => {
			for (const [table, row] of FIRST_ROWS) await insertRow(session, table, row);
		});
	const open = async (): Promise<Store> => await openStore(place.config, { clock: new StandingClock() });
	const steps = async (): Promise<number[]> => (await query<{ id: number }>(place.config, 'select id from {migrations} order by id')).map(({ id }) => id);
	const everyStep = MIGRATIONS.map(({ id }) => id);

	it('keeps its rows and its key, however many open it at once', async () => {
		await firstVersion();
		expect(await steps()).toEqual([1]);
		const key = await query(place.config, "select value from {meta} where key = 'address_key'");
		expect(key).toHaveLength(1);
		const stores = await Promise.all([open(), open(), open()]);
		const [store] = stores;
		expect(await steps()).toEqual(everyStep);
		expect(await query(place.config, "select value from {meta} where key = 'address_key'")).toEqual(key);
		expect(await store.contacts.find('acme', ['anna', '+49 151 1234567'])).toMatchObject([{ id: 'anna', name: 'Anna' }, { id: 'anna' }]);
		expect(await store.outbound.find('acme', ['told'])).toMatchObject([{ status: 'sent', draft: { text: 'Hello Anna.' } }]);
		expect(await store.outbound.find('acme', ['told'])).not.toMatchObject([{ schedule: expect.anything() }]);
		const [ready] = await store.messages.claimReady({ quietMs: 0, leaseMs: MINUTE, maxLeases: 3, limit: 10 });
		expect(ready).toMatchObject({ message: { id: 'asked', text: 'How much is it?' }, contact: { id: 'anna' } });
		expect(await store.experiments.find('acme', ['old'])).toEqual([
			{ workspace: 'acme', id: 'old', name: 'Old', status: 'running', metric: 'click', variants: [{ id: 'a', name: 'A', weight: 1 }, { id: 'b', name: 'B', weight: 1 }], createdAt: epochMs(START) },
		]);
		await Promise.all(stores.map(async (one) => await one.close()));
	});

	it('gets what every later version added', async () => {
		await firstVersion();
		const store = await open();
		await store.knowledge.put('acme', [{ kind: 'document', id: 'd', hash: 'h', characters: 5, chunks: [{ text: 'chair', terms: termsOf('chair') }] }]);
		expect(await store.knowledge.search('acme', [{ kind: 'document', terms: ['chair'] }], weighTerms, 1)).toMatchObject([{ chunks: [{ documentId: 'd' }] }]);
		await store.labels.correct('acme', [{ contactId: 'anna', actor: 'Eva', labels: [{ field: 'score', to: '70' }], score: 70, sentence: 'Corrected.' }]);
		expect(await store.labels.list('acme', { limit: 9 })).toMatchObject([{ contactId: 'anna', to: '70' }]);

		const [plan] = await store.experiments.find('acme', ['old']);
		await store.experiments.save([{ ...plan, workspace: 'acme', id: 'new', name: 'New', status: 'running', metric: 'click', variants: [{ id: 'a', name: 'A', weight: 1 }, { id: 'b', name: 'B', weight: 1 }], horizon: 400 }]);
		expect(await store.experiments.find('acme', ['new'])).toMatchObject([{ horizon: 400 }]);
		// Anna was given her arm before; she is exposed by the first message that leaves after.
		await store.outbound.markSent([{ workspace: 'acme', id: 'again', at: START, draft: newDraft({ id: 'again', contactId: 'anna', variant: { experimentId: 'old', variantId: 'a', name: 'A', propensity: 0.5, sticky: true, sentence: '' } }) }]);
		expect(await store.experiments.tallies([{ workspace: 'acme', experimentId: 'old', metric: 'click', variantIds: ['a', 'b'], asOf: later(START, 200 * DAY) }])).toMatchObject([[{ exposures: 1 }, { exposures: 0 }]]);

		const draft = newDraft({ id: 'planned', contactId: 'anna' });
		await store.outbound.saveDrafts([draft]);
		const schedule: Schedule = { sendAt: iso(START), localTime: '2026-03-02 12:00', timezone: 'UTC', purpose: 'outreach', source: 'history', moved: [], sentence: 'Send.' };
		await store.outbound.recordSchedules('acme', [{ draftId: 'planned', schedule }]);
		expect(await store.outbound.find('acme', ['planned'])).toMatchObject([{ schedule }]);
		expect(await store.answerTimes.recentContacts([{ workspace: 'acme', channel: 'whatsapp' }], { since: later(START, -DAY), sends: 10 })).toMatchObject([[{ contactId: 'anna' }]]);

		const [granted] = await store.limits.reserve([{ workspace: 'acme', idempotencyKey: 'k', at: START, scopes: [{ key: 'one', from: START, to: later(START, DAY) }], decide: () => ({ allowed: true }) }], 15 * MINUTE);
		expect(granted.reservationId).toEqual(expect.any(String));
		expect(await query(place.config, "select value from {meta} where key = 'limits'")).toEqual([{ value: 'sql:0' }]);

		await store.settings.set('acme', { kind: 'workspace' }, { mode: 'shadow', replyDelaySeconds: 0 }, 'test');
		const [asked] = await store.messages.record('acme', [inbound({ text: 'And delivery?', threadId: 'thread-2' })]);
		const shadowed = newDraft({ id: 'shadowed', contactId: asked.contact.id, threadId: 'thread-2', inboundIds: [asked.message.id] });
		await store.outbound.plan([{ workspace: 'acme', draftId: 'shadowed', draft: shadowed, gate: PASS }], decideRoute);
		const { cases } = await store.shadow.cases('acme', { run: 'live', since: later(START, -DAY), until: later(START, DAY), answerMs: DAY, limit: 9 });
		expect(cases).toMatchObject([{ messageId: asked.message.id }]);
		await store.close();
	});

	it('says of settings from before who last changed their scope', async () => {
		await made(MIGRATIONS.filter(({ id }) => id < 15), async (session) => {
			await insertRow(session, 'settings', { ...ws, kind: 'workspace', scope_id: '', patch: '{"mode":"auto","killSwitch":false}', mode: 'auto', updated_at: START, updated_by: 'Eva' });
			await insertRow(session, 'settings', { ...ws, kind: 'account', scope_id: 'a', patch: '{"timezone":"UTC"}', updated_at: START, updated_by: 'Eva' });
		});
		const store = await open();
		const eva = { at: START, by: 'Eva' };
		expect(await store.settings.scopes('acme', 9)).toMatchObject([{ kind: 'workspace', modeSet: eva, killSwitchSet: eva }, { kind: 'account' }]);
		expect(await store.settings.scopes('acme', 9)).not.toMatchObject([{}, { modeSet: expect.anything() }]);
		await store.close();
	});

	it.each(everyStep.slice(1))('takes step %d that came into the code after later ones were taken', async (missing) => {
		await made(MIGRATIONS.filter(({ id }) => id !== missing));
		// What builds on it waits for it.
		expect(await steps()).toEqual(MIGRATIONS.filter(({ id, needs = [] }) => id !== missing && !needs.includes(missing)).map(({ id }) => id));
		const store = await open();
		expect(await steps()).toEqual(everyStep);
		await store.outbound.plan([{ workspace: 'acme', draftId: 'x', draft: newDraft({ id: 'x' }) }], sendNow);
		await store.close();
	});

	it('takes steps in the order of their ids, whatever the order they are listed in', async () => {
		const taken: number[] = [];
		const step = (id: number): Migration => ({ id, name: `step-${id}`, up: async () => void taken.push(id) });
		await made([MIGRATIONS[0], step(30), step(8), step(12)]);
		expect(taken).toEqual([8, 12, 30]);
		await made([step(30), step(12), step(10), step(8), MIGRATIONS[0]]);
		expect(taken).toEqual([8, 12, 30, 10]);
	});

	it('that took a step nobody here knows is refused and left as it is, even when that step lies between known ones', async () => {
		const foreign: Migration = { id: 4, name: 'of somebody else', up: async () => undefined };
		await made([MIGRATIONS[0], foreign]);
		const known = MIGRATIONS.filter(({ id }) => id !== 4);
		const database = new Database(place.config, new StandingClock());
		await expect(migrate(database, 'here', known)).rejects.toThrow(StoreNewerError);
		await expect(migrate(database, 'here', known)).rejects.toThrow(/The store here .*step 4.*Update the package/);
		await database.close();
		expect(await steps()).toEqual([1, 4]);
	});
});
