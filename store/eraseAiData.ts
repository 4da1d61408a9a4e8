import { sql } from 'kysely';
import type { Draft } from '../engine/draft/draft';
import { activity } from './activities';
import { fromJson, toJson } from './bulk';
import { currentExecution } from './executionScope';
import { executionsSentence, heldExecutions, queueExecutions } from './executions';
import { loadOutbound } from './outboundRows';
import { rowsAbout, type Person } from './person';
import type { RowOf, TableName } from './schema';
import type { Session } from './session';
import type { Erasure, ErasureRequest } from './store';
import { leaveExports, leftExports } from './trainingExports';

/** Rows that hold nothing but what was concluded. */
const CONCLUSIONS: readonly TableName[] = ['labels', 'lead_snapshots', 'chunks', 'knowledge', 'analyses', 'model_examples'];
const CONCLUDED_ACTIVITIES = ['classification', 'correction'];
/** Reviews that ask whether a conclusion is right. */
const CONCLUDED_REVIEWS = ['classification', 'stage'];
const CONCLUDED_NOTES = ['reading', 'classification', 'stage', 'stage_held'];
const ERASED = 'What was concluded about the person was erased.';

/** A draft as a message that was written, without what the model thought of it. */
function withoutReasoning(draft: Draft): Draft {
	return { ...draft, confidence: undefined, rawConfidence: undefined, reasoning: undefined, signals: {}, sentence: ERASED };
}

/** That somebody was moved, from where, to where and by whom is what happened; what they were judged to be is not. */
async function strippedMoves(session: Session, person: Person): Promise<number> {
	const about = rowsAbout(session, 'activities', person);
	if (!about) return 0;
	const rows = await session.rows(sql<RowOf<'activities'>>`select * from ${session.table('activities')} where ${about} and kind in ('stage', 'stage_held')`);
	const stripped = rows.flatMap((row) => {
		const detail = fromJson<Readonly<Record<string, unknown>>>(row.detail);
		if (detail.setBy === 'person' || detail.sentence === ERASED) return [];
		return [{ ...row, detail: toJson({ ...detail, score: undefined, status: undefined, confidence: undefined, reasoning: undefined, sentence: ERASED }) }];
	});
	return await session.update('activities', ['workspace', 'id'], ['detail'], stripped);
}

/**
 * Removes what the autopilot concluded about a person: scores, summaries, readings, the model's reasoning. What was
 * written, by either side, stays. Profiling is switched off, or it would all come back with the next message.
 */
export async function eraseAiData(session: Session, person: Person, { by, actor, scope }: ErasureRequest): Promise<Erasure> {
	const { workspace } = person;
	const rows: Record<string, number> = {};
	const executions = await queueExecutions(session, person, currentExecution());
	rows.execution_traces = executions.length;
	const touch = async (name: TableName, work: (about: ReturnType<typeof sql>) => ReturnType<typeof sql>): Promise<void> => {
		const about = rowsAbout(session, name, person);
		if (about) rows[name] = Number((await work(sql`${about}`).execute(session.q)).numAffectedRows ?? 0);
	};
	for (const name of CONCLUSIONS) await touch(name, (about) => sql`delete from ${session.table(name)} where ${about}`);
	// An open replay is known by its row for what it is: without it the draft to come would be sent.
	await touch('shadow_decisions', (about) => sql`delete from ${session.table('shadow_decisions')} where ${about} and decision is not null`);
	await touch('outcomes', (about) => sql`update ${session.table('outcomes')} set label = null, sentiment = null where ${about} and (label is not null or sentiment is not null)`);
	await touch('activities', (about) => sql`delete from ${session.table('activities')} where ${about} and ${session.among('kind', CONCLUDED_ACTIVITIES)}`);
	const moves = await strippedMoves(session, person);
	rows.activities = (rows.activities ?? 0) + moves;
	// Nobody can answer whether a conclusion is right that is no more; that somebody did answer stays.
	await touch('reviews', (about) => sql`delete from ${session.table('reviews')} where ${about} and ${session.among('kind', CONCLUDED_REVIEWS)} and decided_at is null`);
	const asked = rows.reviews ?? 0;
	await touch('reviews', (about) => sql`update ${session.table('reviews')} set sentence = ${ERASED}, proposal = null where ${about} and ${session.among('kind', CONCLUDED_REVIEWS)} and (sentence <> ${ERASED} or proposal is not null)`);
	rows.reviews = (rows.reviews ?? 0) + asked;
	await touch('audit_events', (about) => sql`delete from ${session.table('audit_events')} where ${about} and ${session.among('kind', CONCLUDED_NOTES)}`);
	await touch('messages', (about) => sql`update ${session.table('messages')} set reply = null where ${about} and reply is not null`);
	await touch('llm_calls', (about) => sql`update ${session.table('llm_calls')} set correlation_id = null where ${about}`);
	await touch('contacts', (about) => sql`update ${session.table('contacts')} set score = null, summary = null, summary_at = null, profiling = 0, updated_at = ${session.now}
		where ${about} and (score is not null or summary is not null or profiling = 1)`);
	// Locked, or a colleague's edit made meanwhile would be written over.
	const held = await loadOutbound(session, person.outboundIds.map((id) => ({ workspace, id })), true);
	const drafts = [...held.values()].map((row) => ({ ...row, score: null, draft: toJson(withoutReasoning(fromJson<Draft>(row.draft))) }));
	rows.outbound = await session.update('outbound', ['workspace', 'id'], ['draft', 'score'], drafts);
	const exports = await leaveExports(session, person);
	rows.training_export_contacts = exports.length;
	const changed = Object.fromEntries(Object.entries(rows).filter(([, count]) => count > 0));
	if (Object.keys(changed).length === 0) return { found: false, rows: {}, executions: [], sentence: 'Nothing that was concluded about this person is held.' };
	await session.insert('activities', [activity(session, workspace, person.id, 'erasure', { scope, by, actor, rows: changed }, 0)]);
	return { found: true, rows: changed, ...heldExecutions(executions), ...leftExports(exports, `What the autopilot had concluded about this person was erased, and profiling is off for them.${executionsSentence(executions)}`) };
}
