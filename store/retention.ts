import { sql, type RawBuilder } from 'kysely';
import type { Draft } from '../engine/draft/draft';
import type { Gate } from '../engine/gate/gate';
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
	/** And not those something that runs is judged by. */
	unless?: (session: Session) => RawBuilder<unknown>;
	/** Columns emptied instead of the row deleted. */
	emptied?: RawBuilder<unknown>;
}

/** Jobs nothing can come of any more. */
const ENDED = sql`status in ('sent', 'failed', 'cancelled', 'blocked')`;
/** Kept as proof, whatever their age: what may be written to whom has to be shown for as long as one writes. */
const NO_PROOF = sql`kind not in ('opt_out', 'opt_in', 'consent', 'erasure')`;
const id = ['workspace', 'id'] as const;

/** Outcomes of who takes part in an experiment or a rollout that is not over yet. */
const judgedBy = (session: Session): RawBuilder<unknown> => sql`(exists (select 1 from ${session.table('experiments')} as e join ${session.table('exposures')} as x on x.workspace = e.workspace and x.experiment_id = e.id
		where e.workspace = outcomes.workspace and e.status <> 'completed' and x.contact_id = outcomes.contact_id)
	or exists (select 1 from ${session.table('model_versions')} as v join ${session.table('outbound')} as o on o.workspace = v.workspace and o.rollout_candidate = v.version
		where v.workspace = outcomes.workspace and v.status = 'canary' and o.contact_id = outcomes.contact_id))`;

/** What is old is found and removed in one statement a batch. Texts of our own messages lie inside JSON, see `emptyDrafts`; for training see `retainTraining`. */
const RULES: Readonly<Record<RetentionKind, readonly Rule[]>> = {
	rawPayloads: [{ table: 'messages', key: id, time: 'received_at', only: sql`raw is not null and state <> 'received'`, emptied: sql`raw = null` }],
	messageTexts: [{ table: 'messages', key: id, time: 'received_at', only: sql`state <> 'received' and (text <> '' or subject is not null or raw is not null or attachments <> '[]')`, emptied: sql`text = '', subject = null, raw = null, attachments = '[]'` }],
	draftTexts: [],
	trainingExports: [],
	modelExamples: [],
	reviews: [{ table: 'reviews', key: id, time: 'decided_at', only: sql`decided_at is not null and decided_at > 0` }],
	outcomes: [{ table: 'outcomes', key: id, time: 'recorded_at', only: sql`recorded_at > 0`, unless: judgedBy }],
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

function removal(session: Session, { table, key, time, only, unless, emptied }: Rule, { workspace, before, most }: Batch): RawBuilder<unknown> {
	const columns = sql.join(key.map((column) => sql.ref(column)));
	const old = sql`select ${columns} from ${session.table(table)} where workspace = ${workspace} and ${sql.ref(time)} < ${before} ${only ? sql`and ${only}` : sql``} ${unless ? sql`and not ${unless(session)}` : sql``} limit ${most}`;
	const statement = emptied ? sql`update ${session.table(table)} set ${emptied}` : sql`delete from ${session.table(table)}`;
	return sql`${statement} where (${columns}) in (${old})`;
}

async function byRule(session: Session, rule: Rule, batch: Batch): Promise<number> {
	const result = await removal(session, rule, batch).execute(session.q);
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

const GONE = 'Its text was deleted when its time was up.';
/** What it was made with stays, for the figures; what it said goes. */
const emptied = (draft: Draft): Draft => ({ ...draft, text: '', facts: [], subject: undefined, reasoning: undefined, media: undefined, waTemplate: undefined, sentence: GONE });
/** Which checks spoke stays; what they quote goes. */
const unquoted = (gate: string | null): string | null => {
	if (gate === null) return null;
	const { issues, ...rest } = fromJson<Gate>(gate);
	return toJson({ ...rest, issues: issues.map(({ check, severity }) => ({ check, severity, reason: GONE })), sentence: GONE });
};

function oldDrafts(session: Session, { workspace, before, most }: Batch): RawBuilder<Pick<RowOf<'outbound'>, 'workspace' | 'id' | 'draft' | 'gate'>> {
	const postgres = session.dialect === 'postgres';
	const withText = postgres ? sql`strpos(draft, '"text":""') = 0` : sql`instr(draft, '"text":""') = 0`;
	// By status alone SQLite would read all that was emptied before.
	const byAge = postgres ? sql`` : sql`indexed by retention_drafts`;
	return sql`select workspace, id, draft, gate from ${session.table('outbound')} ${byAge} where workspace = ${workspace} and updated_at < ${before} and ${ENDED} and ${withText} limit ${most} ${postgres ? sql`for update skip locked` : sql``}`;
}

async function emptyDrafts(session: Session, batch: Batch): Promise<number> {
	const { workspace } = batch;
	const rows = await session.rows(oldDrafts(session, batch));
	await session.update('outbound', ['workspace', 'id'], ['draft', 'gate'], rows.map((row) => ({ ...row, draft: toJson(emptied(fromJson<Draft>(row.draft))), gate: unquoted(row.gate) })));
	// Reviews of them show the text as well.
	const ids = rows.map((row) => row.id);
	const reviews = await session.rows(sql<Pick<RowOf<'reviews'>, 'workspace' | 'id' | 'gate'>>`update ${session.table('reviews')} set edited_text = null, shown_text = null, shown_subject = null, edited_subject = null
		where workspace = ${workspace} and decided_at is not null and ${session.among('outbound_id', ids)} returning workspace, id, gate`);
	await session.update('reviews', ['workspace', 'id'], ['gate'], reviews.map((row) => ({ ...row, gate: unquoted(row.gate) })));
	// An example's own text is one of these.
	await removeExamplesOf(session, workspace, rows.map((row) => row.id));
	return rows.length;
}

/** How what is old is looked for; for whoever asks the database how it goes about it. */
export function retentionStatements(session: Session, batch: Batch): { kind: RetentionKind; statement: RawBuilder<unknown> }[] {
	const kinds = Object.keys(RULES).filter(isKind);
	return [...kinds.flatMap((kind) => RULES[kind].map((rule) => ({ kind, statement: removal(session, rule, batch) }))), { kind: 'draftTexts' as const, statement: oldDrafts(session, batch) }];
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
