import { sql } from 'kysely';
import { RETENTION_KINDS, retentionDays, RetentionDaysSchema, type RetentionKind } from '../../engine/privacy/retention';
import type { MemoryExample } from '../../engine/training/memory';
import { DAY, iso, later, MINUTE } from '../../engine/time';
import { Database } from '../../store/database';
import { retentionStatements } from '../../store/retention';
import { CLAIM, DIALECTS, draftOf, inbound, newDraft, openTestStore, PASS, query, sendNow, START, stopServers, toReview, type TestStore } from './fixtures';

afterAll(stopServers);
jest.setTimeout(60_000);

const ANNA = { email: 'anna@mail.example', phone: '+49 171 5550199' };
const SMALL = { batch: 2, batches: 100 };
const NOTHING = Object.fromEntries(RETENTION_KINDS.map((kind) => [kind, 0])) as Record<RetentionKind, number>;

describe.each(DIALECTS)('retention on %s', (dialect) => {
	let test: TestStore;
	let contactId: string;
	let sent: string;
	beforeEach(async () => {
		test = await openTestStore(dialect);
		const { store } = test;
		const messages = [1, 2, 3, 4, 5].map((at) => inbound({ providerId: `m${at}`, threadId: `t${at}`, text: `Question ${at}`, subject: `About ${at}`, raw: { body: at }, contact: ANNA }));
		const recorded = await store.messages.record('acme', messages);
		contactId = recorded[0].contact.id;
		// The fifth waits for its answer.
		await store.messages.decide('acme', recorded.slice(0, 4).map(({ message }) => ({ messageId: message.id, reason: 'Answered.', actor: 'engine' as const })));
		const draft = newDraft({ workspace: 'acme', contactId, to: ANNA.phone, draft: { ...draftOf('', 'The price is 7'), reasoning: 'She asked', modelId: 'gpt', confidence: 0.9 } });
		draft.draft = { ...draft.draft, id: draft.id };
		sent = draft.id;
		await store.outbound.plan([{ workspace: 'acme', draftId: sent, draft, gate: PASS }], sendNow);
		const { claimed } = await store.outbound.claimDue({ ...CLAIM, workspaces: ['acme'] }, sendNow);
		await store.outbound.beginSend('acme', claimed.map((job) => job.id));
		await store.outbound.markSent([{ workspace: 'acme', id: sent, providerId: 'out' }]);
		const open = newDraft({ workspace: 'acme', contactId, to: ANNA.phone, draft: draftOf('x', 'Still to be looked at') });
		await store.outbound.plan([{ workspace: 'acme', draftId: open.id, draft: open }], toReview);
		await store.modelCalls.callLog().record({ workspace: 'acme', purpose: 'draft', modelId: 'm', promptVersion: 'v', latencyMs: 1, attempts: 1, outcome: 'ok', at: iso(START) });
		await store.analyses.put('acme', [{ hash: 'h', contactId, classification: { intent: 'hot', score: 75, status: 'QUALIFIED', confidence: 0.8, summary: 's', reasons: [], evidence: [], usedFallback: false, retryCount: 0, cached: false, abstained: false, sentence: 's' } }]);
		await store.knowledge.put('acme', [{ kind: 'lead', id: contactId, title: 'A', hash: 'a', characters: 9, chunks: [{ text: 'she wrote', terms: ['word'] }] }, { kind: 'document', id: 'prices', title: 'P', hash: 'p', characters: 9, chunks: [{ text: 'prices', terms: ['price'] }] }]);
		await store.executions.note({ instance: 'n8n', executionId: '1', workflowId: '03' }, [{ workspace: 'acme', reference: contactId }]);
		await store.suppressions.optOut([{ workspace: 'acme', contactId, channel: 'sms', allChannels: false, reason: 'said stop', actor: 'person' }]);
		await store.contacts.setTakeOver('acme', [{ contactId, until: later(START, MINUTE), by: 'mia' }]);
	});
	afterEach(async () => await test.close());

	const count = async (table: string): Promise<number> => Number((await query<{ rows: number }>(test.place.config, `select count(*) as rows from {${table}}`))[0].rows);
	const apply = async (days: Partial<Record<RetentionKind, number>>, limits = SMALL, workspace = 'acme') => Object.fromEntries((await test.store.retention.apply(workspace, { ...NOTHING, ...days }, limits)).map(({ kind, rows, more }) => [kind, more ? `${rows}+` : rows]));

	it('takes nothing before its time, and everything that is old after it, once', async () => {
		const all = retentionDays();
		test.clock.advance(DAY);
		for (const { rows } of await test.store.retention.apply('acme', all, SMALL)) expect(rows).toBe(0);
		test.clock.advance(1_200 * DAY);
		const first = Object.fromEntries((await test.store.retention.apply('acme', all, SMALL)).map(({ kind, rows }) => [kind, rows]));
		expect(first).toMatchObject({ rawPayloads: 4, messageTexts: 4, draftTexts: 1, analyses: 1, modelCalls: 1, leadKnowledge: 1, executionTraces: 1 });
		for (const { rows } of await test.store.retention.apply('acme', all, SMALL)) expect(rows).toBe(0);
	});

	it('leaves what is open, what proves an opt-out, and every other workspace alone', async () => {
		test.clock.advance(5_000 * DAY);
		expect(await apply(retentionDays(), SMALL, 'other')).toEqual(Object.fromEntries(RETENTION_KINDS.map((kind) => [kind, 0])));
		await apply(retentionDays());
		const texts = (await query<{ text: string }>(test.place.config, "select text from {messages} where direction = 'inbound' order by provider_id")).map(({ text }) => text);
		expect(texts).toEqual(['', '', '', '', 'Question 5']);
		expect((await test.store.outbound.list('acme', { statuses: ['in_review'], limit: 9 })).map(({ draft }) => draft.text)).toEqual(['Still to be looked at']);
		expect(await count('suppressions')).toBeGreaterThan(0);
		expect((await query<{ kind: string }>(test.place.config, 'select kind from {activities}')).map(({ kind }) => kind)).toEqual(['opt_out']);
		expect(await query(test.place.config, 'select kind from {chunks}')).toEqual([{ kind: 'document' }]);
		const reviews = await test.store.reviews.list('acme', { open: true, limit: 9 });
		expect(reviews).toHaveLength(1);
	});

	it('empties what was said and keeps what figures are made of', async () => {
		test.clock.advance(100 * DAY);
		expect(await apply({ draftTexts: 90, messageTexts: 90 })).toEqual({ draftTexts: 1, messageTexts: 4 });
		const [row] = await test.store.outbound.find('acme', [sent]);
		expect(row).toMatchObject({ status: 'sent', draft: { text: '', modelId: 'gpt', confidence: 0.9 } });
		expect(JSON.stringify(await query(test.place.config, 'select * from {outbound}'))).not.toMatch(/price is 7|She asked/);
		// A provider that tells of the same message once more is still known.
		expect((await test.store.messages.record('acme', [inbound({ providerId: 'm1', threadId: 't1', text: 'Question 1', contact: ANNA })]))[0].repeat).toBe('decided');
	});

	it('empties what the gate quoted, and keeps which check spoke', async () => {
		const gate = { verdict: 'block' as const, issues: [{ check: 'facts', severity: 'block' as const, reason: "'zz-quoted 7' is not known", span: { start: 0, end: 9 } }], skipped: [], sentence: "Blocked: 'zz-quoted 7' is not known." };
		const draft = newDraft({ workspace: 'acme', contactId, to: ANNA.phone, draft: { ...draftOf('', 'zz-quoted 7'), sentence: 'Says zz-quoted 7.' } });
		await test.store.outbound.plan([{ workspace: 'acme', draftId: draft.id, draft, gate }], () => ({ status: 'blocked', sentence: 'Not sent.' }));
		test.clock.advance(100 * DAY);
		await apply({ draftTexts: 90 });
		const [{ gate: kept }] = await query<{ gate: string }>(test.place.config, `select gate from {outbound} where id = '${draft.id}'`);
		expect(JSON.parse(kept)).toMatchObject({ verdict: 'block', issues: [{ check: 'facts', severity: 'block' }] });
		expect(JSON.stringify(await query(test.place.config, 'select * from {outbound}'))).not.toContain('zz-quoted');
		expect(JSON.stringify(await query(test.place.config, 'select * from {reviews}'))).not.toContain('zz-quoted');
	});

	it('spares the outcomes an experiment that runs is judged by', async () => {
		await test.store.experiments.save([{ workspace: 'acme', id: 'e', name: 'E', status: 'running', metric: 'replied', variants: [] }]);
		await test.store.experiments.assign([{ workspace: 'acme', experimentId: 'e', contactId, choose: () => ({ variantId: 'a', propensity: 0.5 }) }]);
		await test.store.outcomes.record([{ workspace: 'acme', event: 'deal_won', occurredAt: START, contactId }, { workspace: 'acme', event: 'deal_won', occurredAt: START, contactId: 'berta' }]);
		test.clock.advance(1_200 * DAY);
		const before = await count('outcomes');
		await apply({ outcomes: 90 });
		expect((await query(test.place.config, "select contact_id from {outcomes} where event = 'deal_won'"))).toEqual([{ contact_id: contactId }]);
		expect(await count('outcomes')).toBeLessThan(before);
		const database = new Database(test.place.config, test.clock);
		await database.write(async (session) => await sql`update ${session.table('experiments')} set status = 'completed' where id = 'e'`.execute(session.q));
		await database.close();
		await apply({ outcomes: 90 });
		expect(await count('outcomes')).toBe(0);
	});

	it('finds what is old by its age, without reading what is not', async () => {
		const database = new Database(test.place.config, test.clock);
		try {
			const plans = await database.write(async (session) => {
				if (dialect === 'postgres') await sql`set local enable_seqscan = off`.execute(session.q);
				const found: [string, string][] = [];
				for (const { kind, statement } of retentionStatements(session, { workspace: 'acme', before: START, most: 500 })) {
					const rows = await session.rows<Record<string, unknown>>(dialect === 'postgres' ? sql`explain ${statement}` : sql`explain query plan ${statement}`);
					found.push([kind, rows.map((row) => String(row.detail ?? row['QUERY PLAN'])).join('\n')]);
				}
				return found;
			});
			const INDEX = /retention_\w+|figures_model_calls|lead_snapshots_at|execution_traces_age/;
			expect(plans.filter(([, plan]) => !INDEX.test(plan) || /^SCAN |Seq Scan on (?!experiments|model_versions)/m.test(plan))).toEqual([]);
			expect(plans.length).toBeGreaterThan(10);
		} finally {
			await database.close();
		}
	});

	it('works in small steps, and says when there is more', async () => {
		test.clock.advance(100 * DAY);
		expect(await apply({ rawPayloads: 30 }, { batch: 1, batches: 3 })).toEqual({ rawPayloads: '3+' });
		expect(await apply({ rawPayloads: 30 }, { batch: 1, batches: 3 })).toEqual({ rawPayloads: 1 });
	});

	it('two at once delete each row once', async () => {
		test.clock.advance(100 * DAY);
		const both = await Promise.all([apply({ rawPayloads: 30, draftTexts: 90 }), apply({ rawPayloads: 30, draftTexts: 90 })]);
		expect(both.reduce((sum, { draftTexts }) => sum + Number(draftTexts), 0)).toBe(1);
		expect(await query(test.place.config, "select id from {messages} where raw is not null and state <> 'received'")).toEqual([]);
	});

	const example = (outboundId: string): MemoryExample => ({ outboundId, contactId, channel: 'email', language: 'en', intent: 'hot', conversation: [], text: 'The price is 7', labels: [], reward: 1, quality: 0.9 });
	const learn = async (requestKey: string): Promise<string> => (await test.store.models.register([{ workspace: 'acme', backend: 'example_memory', status: 'candidate', examples: [example(sent)], requestKey, sentence: 'Ready.' }]))[0].version.version;
	const serve = async (version: string): Promise<void> => {
		await test.store.models.deploy({ workspace: 'acme', version, share: 0.5, metric: 'reply', horizon: 8, by: 'mia', sentence: 'Go.' });
		await test.store.models.recordLook('acme', { version, token: version, look: 1, at: test.clock.time, share: 0.5, verdict: 'promote', sentence: '', figures: '{}' });
		expect(await test.store.models.promote({ workspace: 'acme', version, token: version, by: 'mia', sentence: 'Good.' })).toMatchObject({ changed: true });
	};
	const holding = async (): Promise<string[]> => (await query<{ version: string }>(test.place.config, 'select version from {model_examples} order by version')).map(({ version }) => version);

	it('deletes exports with the people in them together, in small steps', async () => {
		for (const at of [1, 2, 3]) {
			const { id } = await test.store.training.beginExport('acme');
			await test.store.training.noteExported('acme', id, [{ outboundId: sent, contactId }]);
			await test.store.training.finishExport('acme', id, { state: 'ready', manifest: { at }, storage: {} });
		}
		test.clock.advance(366 * DAY);
		const young = await test.store.training.beginExport('acme');
		expect(await apply({ trainingExports: 365 }, { batch: 2, batches: 1 })).toEqual({ trainingExports: '2+' });
		expect(await apply({ trainingExports: 365 })).toEqual({ trainingExports: 1 });
		expect(await count('training_export_contacts')).toBe(0);
		expect((await test.store.training.exports('acme', { limit: 9 })).map(({ id }) => id)).toEqual([young.id]);
	});

	it('gives up an export that was killed midway: it lists nobody, and its writer cannot finish it later', async () => {
		const { id } = await test.store.training.beginExport('acme');
		await test.store.training.noteExported('acme', id, [{ outboundId: sent, contactId }]);
		test.clock.advance(2 * DAY);
		await apply({});
		expect(await count('training_export_contacts')).toBe(1);
		test.clock.advance(1);
		await apply({});
		expect(await count('training_export_contacts')).toBe(0);
		expect((await test.store.training.exports('acme', { limit: 1 }))[0]).toMatchObject({ state: 'failed', contacts: 0, sentence: expect.stringContaining('broken off') });
		await expect(test.store.training.finishExport('acme', id, { state: 'ready', manifest: {}, storage: {} })).rejects.toThrow('given up');
	});

	it('deletes examples of versions that serve nobody, and keeps those of what serves or would serve again', async () => {
		const [oldest, before, serving, never] = [await learn('1'), await learn('2'), await learn('3'), await learn('4')];
		for (const version of [oldest, before, serving]) await serve(version);
		test.clock.advance(364 * DAY);
		expect(await apply({ modelExamples: 365 })).toEqual({ modelExamples: 0 });
		test.clock.advance(2 * DAY);
		expect(await apply({ modelExamples: 365 }, { batch: 1, batches: 9 })).toEqual({ modelExamples: 2 });
		expect(await holding()).toEqual([before, serving].sort());
		expect((await test.store.models.find('acme', [never]))[0]).toMatchObject({ status: 'failed', sentence: expect.stringContaining('examples were deleted') });
		expect(await test.store.models.memory('acme', serving)).toMatchObject([{ outboundId: sent, text: 'The price is 7' }]);
	});

	it.each(['draftTexts', 'messageTexts'] as const)('takes an example from every version once its texts go (%s)', async (kind) => {
		const version = await learn('1');
		await serve(version);
		test.clock.advance(91 * DAY);
		await apply({ [kind]: 90 });
		expect(await holding()).toEqual([]);
		expect(await test.store.models.memory('acme', version)).toEqual([]);
		expect((await test.store.models.serving('acme')).deployed).toMatchObject({ version, examples: 0 });
	});

	it('is set for a workspace, kind by kind', async () => {
		await test.store.settings.set('acme', { kind: 'workspace' }, { retentionDays: { rawPayloads: 7 } }, 'mia');
		const settings = await test.store.settings.set('acme', { kind: 'workspace' }, { retentionDays: { modelCalls: 0 } }, 'mia');
		expect(retentionDays(settings.retentionDays)).toMatchObject({ rawPayloads: 7, modelCalls: 0, outcomes: 1_095 });
		await expect(test.store.settings.set('acme', { kind: 'contact', id: contactId }, { retentionDays: { rawPayloads: 7 } }, 'mia')).rejects.toThrow('holds for a whole workspace');
		await expect(test.store.settings.set('acme', { kind: 'workspace' }, { retentionDays: { outcomes: 30 } }, 'mia')).rejects.toThrow('at least 90 days');
		expect(RetentionDaysSchema.safeParse({ constructor: 5 }).success).toBe(false);
	});
});
