import { sql, type RawBuilder } from 'kysely';
import type { Draft } from '../engine/draft/draft';
import type { RetentionKind } from '../engine/privacy/retention';
import { DAY } from '../engine/time';
import { fromJson, toJson } from './bulk';
import type { Database } from './database';
import { giveUpExports, removeExamples, removeExamplesOf, removeExamplesSentBefore, removeExports, type Removed, type RetentionBatch as Batch } from './retainTraining';
import type { RowOf, TableName } from './schema';
import type { Session } from './session';
import type { Retention } from './store';

interface Rule {
	table: TableName;
	key: readonly string[];
	time: string;
	/** Of the old rows only these. */
	only?: RawBuilder<unknown>;
	/** Columns emptied instead of the row deleted. */
	emptied?: RawBuilder<unknown>;
}

/** Jobs nothing can come of any more. */
const ENDED = sql`status in ('sent', 'failed', 'cancelled', 'blocked')`;
/** Kept as proof, whatever their age: what may be written to whom has to be shown for as long as one writes. */
const NO_PROOF = sql`kind not in ('opt_out', 'opt_in', 'consent', 'erasure')`;
const id = ['workspace', 'id'] as const;

/** What is old is found and removed in one statement a batch. Texts of our own messages lie inside JSON, see `emptyDrafts`; for training see `retainTraining`. */
const RULES: Readonly<Record<RetentionKind, readonly Rule[]>> = {
	rawPayloads: [{ table: 'messages', key: id, time: 'received_at', only: sql`raw is not null and state <> 'received'`, emptied: sql`raw = null` }],
	messageTexts: [{ table: 'messages', key: id, time: 'received_at', only: sql`state <> 'received' and (text <> '' or subject is not null or raw is not null or attachments <> '[]')`, emptied: sql`text = '', subject = null, raw = null, attachments = '[]'` }],
	draftTexts: [],
	trainingExports: [],
	modelExamples: [],
	reviews: [{ table: 'reviews', key: id, time: 'decided_at', only: sql`decided_at is not null` }],
	outcomes: [{ table: 'outcomes', key: id, time: 'recorded_at' }],
	activities: [{ table: 'activities', key: id, time: 'at', only: NO_PROOF }],
	audit: [{ table: 'audit_events', key: id, time: 'at', only: NO_PROOF }],
	analyses: [{ table: 'analyses', key: ['workspace', 'hash'], time: 'at' }],
	modelCalls: [{ table: 'llm_calls', key: id, time: 'at' }],
	leadKnowledge: [{ table: 'knowledge', key: ['workspace', 'kind', 'id'], time: 'updated_at', only: sql`kind = 'lead'` }],
	leadSnapshots: [{ table: 'lead_snapshots', key: ['workspace', 'contact_id'], time: 'at' }],
	shadowDecisions: [{ table: 'shadow_decisions', key: ['workspace', 'run', 'message_id'], time: 'decided_at', only: sql`decision is not null` }],
	runItems: [{ table: 'run_items', key: ['workspace', 'run_id', 'item_id'], time: 'at' }],
	executionTraces: [{ table: 'execution_traces', key: ['workspace', 'contact_id', 'instance', 'execution_id'], time: 'at' }],
};

const isKind = (name: string): name is RetentionKind => Object.hasOwn(RULES, name);

async function byRule(session: Session, { table, key, time, only, emptied }: Rule, { workspace, before, most }: Batch): Promise<number> {
	const columns = sql.join(key.map((column) => sql.ref(column)));
	const old = sql`select ${columns} from ${session.table(table)} where workspace = ${workspace} and ${sql.ref(time)} < ${before} ${only ? sql`and ${only}` : sql``} limit ${most}`;
	const statement = emptied ? sql`update ${session.table(table)} set ${emptied}` : sql`delete from ${session.table(table)}`;
	const result = await sql`${statement} where (${columns}) in (${old})`.execute(session.q);
	return Number(result.numAffectedRows ?? 0);
}

/** A past lead is a document and its words. */
async function leadKnowledge(session: Session, rule: Rule, batch: Batch): Promise<number> {
	const rows = await byRule(session, rule, batch);
	if (rows > 0) {
		await sql`delete from ${session.table('chunks')} where workspace = ${batch.workspace} and kind = 'lead'
			and not exists (select 1 from ${session.table('knowledge')} as k where k.workspace = chunks.workspace and k.kind = chunks.kind and k.id = chunks.document_id)`.execute(session.q);
	}
	return rows;
}

/** What it was made with stays, for the figures; what it said goes. */
const emptied = (draft: Draft): Draft => ({ ...draft, text: '', facts: [], subject: undefined, reasoning: undefined, media: undefined, waTemplate: undefined });

async function emptyDrafts(session: Session, { workspace, before, most }: Batch): Promise<number> {
	const locked = session.dialect === 'postgres' ? sql`for update skip locked` : sql``;
	const rows = await session.rows(sql<Pick<RowOf<'outbound'>, 'workspace' | 'id' | 'draft'>>`select workspace, id, draft from ${session.table('outbound')}
		where workspace = ${workspace} and updated_at < ${before} and ${ENDED} and draft not like ${'%"text":""%'} limit ${most} ${locked}`);
	await session.update('outbound', ['workspace', 'id'], ['draft'], rows.map((row) => ({ ...row, draft: toJson(emptied(fromJson<Draft>(row.draft))) })));
	// Reviews of them show the text as well.
	await sql`update ${session.table('reviews')} set edited_text = null, shown_text = null, shown_subject = null, edited_subject = null
		where workspace = ${workspace} and decided_at is not null and ${session.among('outbound_id', rows.map((row) => row.id))}`.execute(session.q);
	// An example's own text is one of these.
	await removeExamplesOf(session, workspace, rows.map((row) => row.id));
	return rows.length;
}

async function removeBatch(session: Session, kind: RetentionKind, batch: Batch): Promise<Removed> {
	if (kind === 'trainingExports') return await removeExports(session, batch);
	if (kind === 'modelExamples') return await removeExamples(session, batch);
	let rows = kind === 'draftTexts' ? await emptyDrafts(session, batch) : 0;
	if (kind === 'messageTexts') await removeExamplesSentBefore(session, batch);
	for (const rule of RULES[kind]) rows += kind === 'leadKnowledge' ? await leadKnowledge(session, rule, batch) : await byRule(session, rule, batch);
	return { rows, full: rows >= batch.most };
}

export function createRetention(database: Database): Retention {
	return {
		async apply(workspace, days, { batch, batches }) {
			const results = [];
			await database.write(async (session) => await giveUpExports(session, workspace, batch));
			for (const kind of Object.keys(RULES).filter(isKind).filter((one) => days[one] > 0)) {
				let [rows, more] = [0, true];
				for (let round = 0; more && round < batches; round++) {
					const removed = await database.write(async (session) => await removeBatch(session, kind, { workspace, before: session.now - days[kind] * DAY, most: batch }));
					[rows, more] = [rows + removed.rows, removed.full];
				}
				results.push({ kind, rows, more });
			}
			return results;
		},
	};
}
