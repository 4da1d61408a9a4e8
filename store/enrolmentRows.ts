import { sql } from 'kysely';
import { ENROLMENT_STATES, STEP_RESULTS, type Enrolment, type EnrolmentState, type StepResult } from '../engine/sequence/sequence';
import { epochMs, iso } from '../engine/time';
import { groupBy, keyOf } from './bulk';
import type { RowOf } from './schema';
import type { Session } from './session';

export type EnrolmentRow = RowOf<'enrolments'>;
export type EnrolmentStepRow = RowOf<'enrolment_steps'>;

export const enrolmentKey = (row: { workspace: string; id: string }): string => keyOf(row.workspace, row.id);
export const stateOf = (row: EnrolmentRow): EnrolmentState => ENROLMENT_STATES.find((state) => state === row.state) ?? 'stopped';
export const resultOf = (row: EnrolmentStepRow): StepResult => STEP_RESULTS.find((result) => result === row.result) ?? 'handed';

/** The steps of enrolments, by `enrolmentKey`, in the order they came. */
export async function stepsOf(session: Session, rows: readonly { workspace: string; id: string }[]): Promise<Map<string, EnrolmentStepRow[]>> {
	const steps = await session.matching('enrolment_steps', ['workspace', 'enrolment_id'], rows.map(({ workspace, id }) => ({ workspace, enrolment_id: id })));
	return groupBy(steps.sort((a, b) => a.at - b.at || (a.step_id < b.step_id ? -1 : 1)), ({ workspace, enrolment_id }) => keyOf(workspace, enrolment_id));
}

export async function toEnrolments(session: Session, rows: readonly EnrolmentRow[]): Promise<Enrolment[]> {
	const steps = await stepsOf(session, rows);
	return rows.map((row) => ({
		id: row.id,
		workspace: row.workspace,
		sequenceId: row.sequence_id,
		version: row.version,
		contactId: row.contact_id,
		round: row.round,
		state: stateOf(row),
		...(row.code === null ? {} : { code: row.code }),
		enrolledAt: iso(epochMs(row.enrolled_at)),
		enrolledBy: row.enrolled_by,
		...(row.ended_at === null ? {} : { endedAt: iso(epochMs(row.ended_at)) }),
		...(row.next_at === null ? {} : { nextAt: iso(epochMs(row.next_at)) }),
		steps: (steps.get(enrolmentKey(row)) ?? []).map((step) => ({ stepId: step.step_id, result: resultOf(step), draftId: step.outbound_id, at: iso(epochMs(step.at)), sentence: step.sentence })),
		sentence: row.sentence,
	}));
}

/** What a change may set; the row's identity never changes. */
const CHANGING = ['version', 'state', 'code', 'sentence', 'since', 'next_at', 'not_before', 'held_by', 'held_since', 'leases', 'ended_at'] as const;

/**
 * Writes changed rows, each only if nobody else changed it since it was read. Returns those that were written: what a
 * reply or an opt-out stopped meanwhile stays stopped.
 */
export async function changeEnrolments(session: Session, rows: readonly EnrolmentRow[]): Promise<EnrolmentRow[]> {
	if (rows.length === 0) return [];
	// The keys have names of their own: SQLite returns unqualified columns only.
	const columns = { of_workspace: 'text', of_id: 'text', of_rev: 'int', version: 'int', state: 'text', code: 'text?', sentence: 'text', since: 'int', next_at: 'int?', not_before: 'int?', held_by: 'text?', held_since: 'int?', leases: 'int', ended_at: 'int?' } as const;
	const set = sql.join(CHANGING.map((column) => sql`${sql.ref(column)} = ${sql.ref(`v.${column}`)}`));
	const own = rows.map(({ workspace, id, rev, version, state, code, sentence, since, next_at, not_before, held_by, held_since, leases, ended_at }) => ({ of_workspace: workspace, of_id: id, of_rev: rev, version, state, code, sentence, since, next_at, not_before, held_by, held_since, leases, ended_at }));
	const written = await session.rows(sql<{ workspace: string; id: string }>`update ${session.table('enrolments')} as o set ${set}, rev = o.rev + 1 from ${session.values('v', columns, own)}
		where o.workspace = v.of_workspace and o.id = v.of_id and o.rev = v.of_rev and o.state <> 'finished' returning workspace, id`);
	const keys = new Set(written.map(enrolmentKey));
	return rows.filter((row) => keys.has(enrolmentKey(row))).map((row) => ({ ...row, rev: row.rev + 1 }));
}

/** The enrolments of these contacts that run. `lock` keeps them from others until the end. */
export async function activeOf(session: Session, contacts: readonly { workspace: string; contact_id: string }[], lock = false): Promise<EnrolmentRow[]> {
	const rows = await session.matching('enrolments', ['workspace', 'contact_id'], contacts, lock);
	return rows.filter(({ state }) => state === 'active');
}
