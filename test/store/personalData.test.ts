import { sql } from 'kysely';
import type { Classification } from '../../engine/classify/classification';
import { DAY, iso, later, MINUTE } from '../../engine/time';
import { decideStep } from '../../engine/sequence/decideStep';
import { Database } from '../../store/database';
import { TABLES } from '../../store/schema';
import type { ErasureRequest, Store } from '../../store/store';
import { CLAIM, DIALECTS, draftOf, inbound, newDraft, openTestStore, query, sendNow, START, stopServers, toReview, type TestStore } from './fixtures';

afterAll(stopServers);
jest.setTimeout(60_000);

/** Whatever is written about a person in these tests has one of their marks in it. */
const PERSON = { mark: /zz-?anna|171.?5550199/i, phone: '+49 171 5550199', email: 'zzanna@mail.example', name: 'ZZ-Anna' };
const OTHER = { phone: '+49 171 5550200', email: 'yyberta@mail.example', name: 'YY-Berta' };
const classified = (summary: string): Classification => ({ intent: 'hot', score: 75, status: 'QUALIFIED', confidence: 0.8, summary, reasons: [summary], evidence: [], usedFallback: false, retryCount: 0, cached: false, abstained: false, sentence: summary });
const EVERYTHING: ErasureRequest = { reference: PERSON.email, scope: 'everything', suppress: false, by: 'mia@agency.example', actor: 'person' };

/** Lets a person leave a trace in every table that can hold one. Returns their contact id and the draft that was sent. */
async function live(store: Store, workspace: string, { phone, email, name }: typeof OTHER): Promise<{ id: string; sent: string }> {
	const [{ message, contact }] = await store.messages.record(workspace, [inbound({ providerId: `wamid-${name}`, threadId: `thread-${phone}`, text: `${name} asks`, subject: name, contact: { phone, email, name, attributes: { note: name } } })]);
	const id = contact.id;
	await store.messages.recordFromPerson(workspace, [{ ...inbound({ providerId: `p-${name}`, text: `Dear ${name}`, threadId: `t2-${phone}`, contact: { phone } }), takeOverMs: 0 }]);
	await store.messages.saveReadings(workspace, [{ messageId: message.id, reply: { intent: 'question', optOut: { wanted: false, certainty: 0 }, sentiment: 0, language: 'en', needsAnswer: true } }]);
	await store.contacts.saveClassification(workspace, [{ contactId: id, messageId: message.id, classification: classified(name) }]);
	await store.analyses.put(workspace, [{ hash: `h-${name}`, contactId: id, classification: classified(name) }]);
	await store.knowledge.put(workspace, [{ kind: 'lead', id, title: name, hash: name, characters: 9, chunks: [{ text: `${name} wrote`, terms: ['word'] }] }]);
	await store.labels.correct(workspace, [{ contactId: id, messageId: message.id, actor: 'mia', labels: [{ field: 'score', to: '70' }], score: 70, sentence: name }]);
	await store.leadScores.saveSnapshots(workspace, [{ contactId: id, features: { [name]: 1 }, baseScore: 1, score: 1, draw: 0 }], []);
	await store.pipelines.save(workspace, [{ id: 'p', name: 'P', stages: [{ id: 's', name: 'S', type: 'LEAD', order: 1 }] }]);
	await store.pipelines.changeStages([{ workspace, contactId: id, pipelineId: 'p', stageId: 's', setBy: 'model', log: { rule: 'score', actor: 'x', sentence: name } }]);
	await store.experiments.save([{ workspace, id: 'e', name: 'E', status: 'running', metric: 'replied', variants: [] }]);
	await store.experiments.assign([{ workspace, experimentId: 'e', contactId: id, choose: () => ({ variantId: 'a', propensity: 0.5 }) }]);
	await store.settings.set(workspace, { kind: 'contact', id }, { mode: 'auto' }, 'mia');
	const scopes = [`contact:+${phone.replace(/\D/g, '')}`, `contact:${email}:email`, 'sender:us'].map((key) => ({ key, from: START, to: later(START, DAY) }));
	const [{ reservationId }] = await store.limits.reserve([{ workspace, idempotencyKey: `${email} once`, at: START, scopes, decide: () => ({ allowed: true }) }], DAY);
	const draft = (text: string) => newDraft({ workspace, contactId: id, to: phone, threadId: `thread-${phone}`, inboundIds: [message.id], variant: { experimentId: 'e', variantId: 'a', name: 'V', propensity: 0.5, sticky: false, sentence: '' }, draft: { ...draftOf('', text), reasoning: `Because of ${name}`, confidence: 0.9, signals: { selfReport: 0.9 } } });
	const sent = draft(`Hello ${name}`);
	sent.draft = { ...sent.draft, id: sent.id };
	await store.outbound.plan([{ workspace, draftId: sent.id, draft: sent, reservationId }], sendNow);
	const { claimed } = await store.outbound.claimDue({ ...CLAIM, workspaces: [workspace] }, sendNow);
	await store.outbound.beginSend(workspace, claimed.map((job) => job.id));
	await store.outbound.markSent([{ workspace, id: sent.id, providerId: `out-${name}` }]);
	await store.outcomes.record([
		{ workspace, event: 'replied', occurredAt: START, outboundId: sent.id },
		{ workspace, event: 'deal_won', occurredAt: START, contactId: id, value: 500, currency: 'EUR', eventId: `deal-${name}` },
	]);
	const review = newDraft({ workspace, contactId: id, to: phone, draft: draftOf('x', `Again ${name}`) });
	await store.outbound.plan([{ workspace, draftId: review.id, draft: review }], toReview);
	await store.modelCalls.callLog().record({ workspace, purpose: 'draft', modelId: 'm', promptVersion: 'v', latencyMs: 1, attempts: 1, outcome: 'ok', correlationId: sent.id, at: iso(START) });
	const [{ run }] = await store.runs.request([{ workspace, kind: 'reanalysis', options: {}, requestedBy: 'mia' }]);
	await store.runs.begin(workspace, run.id, MINUTE);
	await store.runs.advance(workspace, run.id, { items: [{ itemId: id, result: 'failed', error: name }], leaseMs: MINUTE });
	await store.sequences.save(workspace, [{ id: 'follow-up', name: 'Follow-up', steps: [{ id: 'email', channel: 'email', wait: { amount: 0, unit: 'days' }, template: 'Hello' }] }], { by: 'mia' });
	await store.sequences.enrol([{ workspace, sequenceId: 'follow-up', contactId: id, by: 'mia' }]);
	await store.sequences.claimDue({ workspaces: [workspace], leaseMs: 1, limit: 9 }, decideStep);
	await store.shadow.replay(workspace, { run: 'r', since: later(START, -DAY), until: later(START, DAY), limit: 9, answerMs: 0 });
	await store.executions.note({ instance: 'n8n', executionId: `8${phone.slice(-2)}`, workflowId: '03' }, [{ workspace, reference: email }]);
	const training = await store.training.beginExport(workspace);
	await store.training.noteExported(workspace, training.id, [{ outboundId: sent.id, contactId: id }]);
	await store.training.finishExport(workspace, training.id, { state: 'ready', manifest: { written: 1 }, storage: { sftTrain: 'file' } });
	await store.audit.note([{ workspace, id: `limit ${phone.slice(-3)}`, contactId: id, kind: 'rate_limit', at: START, actor: 'engine', sentence: `${name} had enough` }]);
	await store.suppressions.optOut([{ workspace, contactId: id, channel: 'sms', allChannels: false, reason: `${name} said stop`, actor: 'person' }]);
	return { id, sent: sent.id };
}

describe.each(DIALECTS)('personal data on %s', (dialect) => {
	let test: TestStore;
	let anna: { id: string; sent: string };
	let berta: { id: string; sent: string };
	beforeEach(async () => {
		test = await openTestStore(dialect);
		anna = await live(test.store, 'acme', PERSON);
		berta = await live(test.store, 'acme', OTHER);
	});
	afterEach(async () => await test.close());

	/** Every row of every table as text, whatever the code under test believes to stand where. */
	const dump = async (): Promise<Map<string, string[]>> => {
		const all = new Map<string, string[]>();
		for (const table of Object.keys(TABLES)) all.set(table, (await query<Record<string, unknown>>(test.place.config, `select * from {${table}}`)).map((row) => JSON.stringify(row)));
		return all;
	};
	const withMark = async (mark: RegExp): Promise<string[]> => [...(await dump())].flatMap(([table, rows]) => rows.filter((row) => mark.test(row)).map(() => table));
	const naming = async (id: string): Promise<string[]> => [...(await dump())].flatMap(([table, rows]) => rows.filter((row) => row.includes(id)).map(() => table));

	it('leaves a trace in each of the tables a person can be in, for these tests to mean something', async () => {
		expect(new Set([...(await withMark(PERSON.mark)), ...(await naming(anna.id)), ...(await naming(anna.sent))])).toEqual(
			new Set(['contacts', 'contact_addresses', 'messages', 'outbound', 'outbound_transitions', 'reviews', 'settings', 'suppressions', 'reservations', 'limit_entries', 'exposures', 'outcomes', 'activities', 'llm_calls', 'knowledge', 'chunks', 'labels', 'lead_snapshots', 'shadow_decisions', 'run_items', 'analyses', 'enrolments', 'enrolment_steps', 'execution_traces', 'training_export_contacts', 'audit_events']),
		);
	});

	it('is gone from every table, whatever the person was asked for by, and nobody else loses a row', async () => {
		const others = await withMark(/yy-?berta|171.?5550200/i);
		const [erased] = await test.store.personalData.erase('acme', [{ ...EVERYTHING, reference: PERSON.phone }]);
		expect(erased).toMatchObject({ found: true, executions: [{ executionId: '899', workflowId: '03' }], sentence: expect.stringMatching(/^\d+ entries about this person were erased\. n8n may still hold their data in 1 execution: housekeeping deletes it\. 1 training export holds messages of theirs/) });
		expect(await withMark(PERSON.mark)).toEqual([]);
		expect(await naming(anna.id)).toEqual([]);
		expect(await withMark(/yy-?berta|171.?5550200/i)).toEqual(others);
		expect(await test.store.personalData.export('acme', [PERSON.email, PERSON.phone, anna.id])).toMatchObject([undefined, { rows: 1, tables: { suppressions: [{ subject: expect.stringMatching(/^a:/) }] } }, undefined]);
		expect(await test.store.personalData.erase('acme', [EVERYTHING, { ...EVERYTHING, scope: 'ai' }])).toMatchObject([{ found: false, rows: {} }, { found: false }]);
	});

	it('stays in the counts: experiments, revenue and what senders used up', async () => {
		const results = async () => await test.store.experiments.results('acme', 'e');
		const before = await results();
		const [erased] = await test.store.personalData.erase('acme', [EVERYTHING]);
		expect(await results()).toEqual(before);
		expect(await query(test.place.config, "select contact_id, value, currency from {outcomes} where event = 'deal_won' order by value")).toEqual(expect.arrayContaining([{ contact_id: erased.pseudonym, value: 500, currency: 'EUR' }]));
		expect(await query(test.place.config, "select scope from {limit_entries} where scope = 'sender:us'")).toHaveLength(2);
		// The tool that reported the deal reports it once more.
		await test.store.outcomes.record([{ workspace: 'acme', event: 'deal_won', occurredAt: START, contactId: anna.id, value: 500, currency: 'EUR', eventId: `deal-${PERSON.name}` }]);
		expect(await query(test.place.config, "select id from {outcomes} where event = 'deal_won'")).toHaveLength(2);
	});

	it('stays opted out by the hash of the address, and is never written to again where that was asked', async () => {
		const check = async () => await test.store.suppressions.check('acme', [{ channel: 'sms', address: PERSON.phone }, { channel: 'email', address: PERSON.email }, { channel: 'sms', address: OTHER.phone }]);
		const [erased] = await test.store.personalData.erase('acme', [EVERYTHING]);
		expect(await check()).toEqual([expect.stringContaining('opted out before the data was erased'), undefined, expect.stringContaining('said stop')]);
		const proof = (await query<{ kind: string; detail: string }>(test.place.config, `select kind, detail from {activities} where contact_id = '${erased.pseudonym}' order by kind`)).map(({ kind, detail }) => ({ kind, ...(JSON.parse(detail) as object) }));
		expect(proof).toMatchObject([{ kind: 'erasure', by: 'mia@agency.example', scope: 'everything', rows: { contacts: 1 } }, { kind: 'opt_out', channel: 'sms', subjects: [expect.stringMatching(/^a:[0-9a-f]{64}$/)] }]);
		expect(proof[1]).not.toHaveProperty('reason');
		await test.store.contacts.upsert('acme', [PERSON]);
		await test.store.personalData.erase('acme', [{ ...EVERYTHING, suppress: true }]);
		expect((await check())[1]).toContain('asked for erasure');
		expect(await withMark(PERSON.mark)).toEqual([]);
	});

	it('is not erased while a message is on its way', async () => {
		const draft = newDraft({ workspace: 'acme', contactId: anna.id, purpose: 'outreach' });
		await test.store.outbound.plan([{ workspace: 'acme', draftId: draft.id, draft }], sendNow);
		await test.store.outbound.claimDue(CLAIM, sendNow);
		await expect(test.store.personalData.erase('acme', [EVERYTHING])).rejects.toThrow('is being sent right now');
		expect(await naming(anna.id)).not.toEqual([]);
	});

	it('loses only what was concluded when that is asked for, and is not profiled again', async () => {
		expect(await test.store.personalData.erase('acme', [{ ...EVERYTHING, scope: 'ai' }])).toMatchObject([{ found: true, sentence: expect.stringContaining('profiling is off') }]);
		const [contact] = await test.store.contacts.find('acme', [anna.id]);
		expect(contact).toMatchObject({ name: PERSON.name, profiling: false, stageId: 's' });
		expect(contact).not.toHaveProperty('score', 70);
		expect([contact?.score, contact?.summary]).toEqual([undefined, undefined]);
		const [row] = await test.store.outbound.find('acme', [anna.sent]);
		expect(row).toMatchObject({ status: 'sent', draft: { text: `Hello ${PERSON.name}`, signals: {} } });
		expect(JSON.stringify(row)).not.toContain('Because of');
		const held = new Set([...(await withMark(PERSON.mark)), ...(await naming(anna.id))]);
		for (const table of ['labels', 'lead_snapshots', 'chunks', 'knowledge', 'analyses']) expect(held).not.toContain(table);
		expect((await test.store.outbound.find('acme', [berta.sent]))[0]?.draft.reasoning).toBe(`Because of ${OTHER.name}`);
	});

	it('loses score, status, confidence and reasoning of stages as well, but not that it was moved', async () => {
		const log = { rule: 'score', confidence: 0.83, reasoning: 'zz-secret reasons', actor: 'engine', sentence: 'Score 91 lies in S.' };
		await test.store.pipelines.changeStages([{ workspace: 'acme', contactId: anna.id, pipelineId: 'p', expectedStageId: 's', stageId: 't', setBy: 'model', score: 91, status: 'QUALIFIED', log }]);
		await test.store.pipelines.changeStages([{ workspace: 'acme', contactId: anna.id, pipelineId: 'p', expectedStageId: 't', stageId: 'u', setBy: 'person', status: 'WON', log: { rule: 'person', actor: 'mia', sentence: 'Mia moved it.' } }]);
		await test.store.pipelines.recordHeld([{ workspace: 'acme', contactId: anna.id, pipelineId: 'p', stageId: 's', score: 91, log }]);
		const ask = { workspace: 'acme', contactId: anna.id, kind: 'stage' as const, sentence: 'Score 91 lies in S.', proposal: { pipelineId: 'p', stageId: 's', from: 't' }, dueAt: later(START, DAY) };
		await test.store.reviews.open([ask]);
		await test.store.personalData.erase('acme', [{ ...EVERYTHING, scope: 'ai' }]);
		const rows = (await query<{ kind: string; detail: string }>(test.place.config, `select kind, detail from {activities} where contact_id = '${anna.id}' and kind in ('stage', 'stage_held')`)).map(({ kind, detail }) => ({ kind, ...(JSON.parse(detail) as Record<string, unknown>) }));
		expect(rows).toHaveLength(4);
		expect(JSON.stringify(rows)).not.toMatch(/zz-secret|91|0\.83|QUALIFIED/);
		expect(rows).toEqual(expect.arrayContaining([expect.objectContaining({ kind: 'stage', previousStageId: 's', stageId: 't', setBy: 'model', actor: 'engine' }), expect.objectContaining({ stageId: 'u', setBy: 'person', status: 'WON', sentence: 'Mia moved it.' })]));
		expect((await test.store.pipelines.lastMoves('acme', [anna.id]))[0]).toMatchObject({ stageId: 'u' });
		expect((await query(test.place.config, `select sentence, proposal from {reviews} where contact_id = '${anna.id}' and kind = 'stage'`))).toEqual([]);
		expect(JSON.stringify(await test.store.audit.trail('acme', anna.id, { limit: 500 }))).not.toMatch(/zz-secret|Score 91/);
		expect(await test.store.personalData.erase('acme', [{ ...EVERYTHING, scope: 'ai' }])).toMatchObject([{ rows: expect.not.objectContaining({ activities: expect.anything() }) }]);
	});

	it('is found by a message or a conversation of theirs where no contact is named', async () => {
		const thread = `thread-${PERSON.phone}`;
		const database = new Database(test.place.config, test.clock);
		await database.write(async (session) => {
			await sql`update ${session.table('outcomes')} set contact_id = null, outbound_id = null, thread_id = ${thread}, link = 'https://zzanna.example' where event = 'replied' and outbound_id = ${anna.sent}`.execute(session.q);
			await sql`update ${session.table('run_items')} set item_id = ${thread} where item_id = ${anna.id}`.execute(session.q);
		});
		await database.close();
		const [found] = await test.store.personalData.export('acme', [PERSON.email]);
		expect(found?.tables).toMatchObject({ run_items: [{ item_id: thread }] });
		expect(found?.tables.outcomes?.some(({ link }) => link === 'https://zzanna.example')).toBe(true);
		await test.store.personalData.erase('acme', [EVERYTHING]);
		expect(await withMark(PERSON.mark)).toEqual([]);
	});

	it('erased while a replay is open is still a replay: its draft is not sent', async () => {
		for (const scope of ['ai', 'everything'] as const) {
			const person = scope === 'ai' ? { ...anna, reference: PERSON.email } : { ...berta, reference: OTHER.email };
			const { replays } = await test.store.shadow.replay('acme', { run: `again-${scope}`, since: later(START, -DAY), until: later(START, DAY), limit: 9, answerMs: 0 });
			const open = replays.find(({ contact }) => contact.id === person.id);
			await test.store.personalData.erase('acme', [{ ...EVERYTHING, reference: person.reference, scope }]);
			const draft = newDraft({ workspace: 'acme', contactId: person.id, threadId: open?.message.threadId, inboundIds: [open?.message.id ?? ''] });
			const [{ row }] = await test.store.outbound.plan([{ workspace: 'acme', draftId: draft.id, draft, gate: { verdict: 'pass', issues: [], skipped: [], sentence: '' } }], (facts) => (facts.replay ? { status: 'cancelled', sentence: 'A replay.' } : sendNow(facts)));
			expect({ scope, status: row.status }).toEqual({ scope, status: 'cancelled' });
		}
	});

	it('known to an experiment under two names is erased all the same, and counted once', async () => {
		await test.store.experiments.assign([{ workspace: 'acme', experimentId: 'e', contactId: PERSON.email, choose: () => ({ variantId: 'b', propensity: 0.5 }) }]);
		const [erased] = await test.store.personalData.erase('acme', [EVERYTHING]);
		expect(await query(test.place.config, `select variant_id from {exposures} where contact_id = '${erased.pseudonym}'`)).toHaveLength(1);
		expect(await withMark(PERSON.mark)).toEqual([]);
	});

	it('is not erased while a message of the person is being answered', async () => {
		await test.store.messages.record('acme', [inbound({ providerId: 'fresh', threadId: 'fresh', contact: { phone: PERSON.phone } })]);
		await test.store.messages.claimReady({ workspaces: ['acme'], quietMs: 0, leaseMs: MINUTE, maxLeases: 3, limit: 9 });
		await expect(test.store.personalData.erase('acme', [EVERYTHING])).rejects.toThrow('is being worked on right now');
		test.clock.advance(MINUTE);
		expect((await test.store.personalData.erase('acme', [EVERYTHING]))[0].found).toBe(true);
	});

	it('is exported whole, and nobody else with it', async () => {
		const [found, nobody] = await test.store.personalData.export('acme', [PERSON.phone, 'nobody@mail.example']);
		expect(nobody).toBeUndefined();
		const text = JSON.stringify(found);
		for (const part of [`${PERSON.name} asks`, `Dear ${PERSON.name}`, `Hello ${PERSON.name}`, `Again ${PERSON.name}`, `Because of ${PERSON.name}`, `${PERSON.name} wrote`, 'deal_won']) expect(text).toContain(part);
		expect(text).not.toMatch(/yy-?berta|5550200/i);
		expect(found?.tables.outcomes).toHaveLength(3);
		expect(found?.rows).toBe(Object.values(found?.tables ?? {}).flat().length);
		expect(await test.store.personalData.export('other', [PERSON.phone])).toEqual([undefined]);
	});

	it('known by an address alone, without a contact, is found as well', async () => {
		await test.store.experiments.assign([{ workspace: 'acme', experimentId: 'e', contactId: 'zzanna-2@mail.example', choose: () => ({ variantId: 'a', propensity: 0.5 }) }]);
		const [erased] = await test.store.personalData.erase('acme', [{ ...EVERYTHING, reference: 'zzanna-2@mail.example' }]);
		expect(erased.rows).toEqual({ exposures: 1 });
		expect(await naming('zzanna-2')).toEqual([]);
	});
});
