import type { Actor } from '../engine/message/outbound';
import type { StepResult } from '../engine/sequence/sequence';
import { STOPS } from '../engine/sequence/stopRules';
import { keyOf } from './bulk';
import { changeEnrolments, enrolmentKey, type EnrolmentRow } from './enrolmentRows';
import type { RowOf } from './schema';
import type { Session } from './session';

/** What a message that is over means for its step. */
const RESULT_OF: Readonly<Record<string, StepResult | undefined>> = { sent: 'sent', blocked: 'blocked', failed: 'failed', cancelled: 'cancelled' };

/** A message that moved, and who moved it last. */
export interface Moved {
	row: RowOf<'outbound'>;
	actor: Actor;
}

/**
 * What became of a sequence's message is its step's result, in the transaction that moves the message: the wait for the
 * next step begins when this one left, or was found not to leave. A person's no ends the sequence.
 */
export async function followSends(session: Session, moved: readonly Moved[]): Promise<void> {
	const over = moved.flatMap(({ row, actor }) => {
		const result = row.purpose === 'outreach' ? RESULT_OF[row.status] : undefined;
		return result ? [{ row, result: result === 'cancelled' && actor === 'person' ? ('rejected' as const) : result }] : [];
	});
	if (over.length === 0) return;
	const steps = await session.matching('enrolment_steps', ['workspace', 'outbound_id'], over.map(({ row }) => ({ workspace: row.workspace, outbound_id: row.id })));
	if (steps.length === 0) return;
	// Locked: the enrolment must not be stopped and moved on at once.
	const enrolments = await session.matching('enrolments', ['workspace', 'id'], steps.map(({ workspace, enrolment_id }) => ({ workspace, id: enrolment_id })), true);
	const running = new Map(enrolments.filter(({ state }) => state === 'active').map((row) => [enrolmentKey(row), row]));
	const byMessage = new Map(over.map((one) => [keyOf(one.row.workspace, one.row.id), one]));
	const changed: EnrolmentRow[] = [];
	const ended = steps.flatMap((step) => {
		const one = byMessage.get(keyOf(step.workspace, step.outbound_id));
		if (!one) return [];
		const row = running.get(keyOf(step.workspace, step.enrolment_id));
		const at = one.row.sent_at ?? session.now;
		// A message cancelled with its sequence was nobody's no.
		const result = one.result === 'rejected' && !row ? 'cancelled' : one.result;
		// Only the step an enrolment stands at moves it on: a message that a person brought back later is no second beginning.
		if (row && step.result === 'handed') changed.push(result === 'rejected' ? rejected(row, session.now) : movedOn(row, one.row.channel, result, at, session.now));
		return [{ ...step, result, sentence: one.row.sentence, at }];
	});
	await session.update('enrolment_steps', ['workspace', 'enrolment_id', 'step_id'], ['result', 'sentence', 'at'], ended);
	await changeEnrolments(session, changed);
}

function rejected(row: EnrolmentRow, now: number): EnrolmentRow {
	return { ...row, state: 'stopped', code: STOPS.rejected.code, sentence: STOPS.rejected.sentence, next_at: null, held_by: null, held_since: null, ended_at: now };
}

/** The next step counts from the moment this one left; the claim works out when that is. */
function movedOn(row: EnrolmentRow, channel: string, result: StepResult, at: number, now: number): EnrolmentRow {
	return { ...row, since: at, next_at: now, leases: 0, sentence: `The message by ${channel} was ${result === 'sent' ? 'sent' : `not sent (${result})`}.` };
}
