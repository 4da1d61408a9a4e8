import type { Actor } from '../engine/message/outbound';
import type { Stop } from '../engine/sequence/stopRules';
import { keyOf } from './bulk';
import { activeOf, changeEnrolments, enrolmentKey, stepsOf, type EnrolmentRow } from './enrolmentRows';
import { moveRows } from './outboundMoves';
import type { Session } from './session';

export interface StopOf {
	workspace: string;
	contactId: string;
	/** Left out: all the contact is enrolled in. */
	sequenceId?: string;
	stop: Stop;
	actor: Actor;
}

/** Statuses in which a message has not been handed to a channel. */
const PLANNED: readonly string[] = ['drafted', 'in_review', 'scheduled', 'blocked', 'claimed'];

/**
 * Ends what contacts are enrolled in, and cancels the messages planned for it, in the caller's transaction: the same one
 * that stores the answer, the opt-out or the takeover. Messages are locked before enrolments, as everywhere. Returns the
 * enrolments that were stopped.
 */
export async function stopEnrolments(session: Session, stops: readonly StopOf[]): Promise<EnrolmentRow[]> {
	if (stops.length === 0) return [];
	const running = await activeOf(session, stops.map(({ workspace, contactId }) => ({ workspace, contact_id: contactId })));
	const first = (row: EnrolmentRow): StopOf | undefined =>
		stops.find(({ workspace, contactId, sequenceId }) => workspace === row.workspace && contactId === row.contact_id && (sequenceId === undefined || sequenceId === row.sequence_id));
	return await endEnrolments(session, running.flatMap((row) => {
		const found = first(row);
		return found ? [{ row, stop: found.stop, actor: found.actor }] : [];
	}));
}

/** As `stopEnrolments`, for enrolments that are at hand. */
export async function endEnrolments(session: Session, ends: readonly { row: EnrolmentRow; stop: Stop; actor: Actor }[]): Promise<EnrolmentRow[]> {
	if (ends.length === 0) return [];
	const handed = [...(await stepsOf(session, ends.map(({ row }) => row)))].flatMap(([key, steps]) => steps.map((step) => ({ key, step })));
	const messages = await session.matching('outbound', ['workspace', 'id'], handed.map(({ step }) => ({ workspace: step.workspace, id: step.outbound_id })), true);
	// Read again behind the lock: a claim may have changed a row meanwhile, and a stop must not get lost for that.
	const locked = new Map((await session.matching('enrolments', ['workspace', 'id'], ends.map(({ row }) => row), true)).map((row) => [enrolmentKey(row), row]));
	const running = ends.flatMap((end) => {
		const row = locked.get(enrolmentKey(end.row));
		return row?.state === 'active' ? [{ ...end, row }] : [];
	});
	const stopped = await changeEnrolments(
		session,
		running.map(({ row, stop }) => ({ ...row, state: 'stopped', code: stop.code, sentence: stop.sentence, next_at: null, held_by: null, held_since: null, ended_at: session.now })),
	);
	const ending = new Map(running.map((end) => [enrolmentKey(end.row), end]));
	const byMessage = new Map(handed.map(({ key, step }) => [keyOf(step.workspace, step.outbound_id), ending.get(key)]));
	const moves = messages.flatMap((row) => {
		const end = byMessage.get(keyOf(row.workspace, row.id));
		return end && PLANNED.includes(row.status) ? [{ row, to: 'cancelled' as const, actor: end.actor, sentence: `Cancelled with its follow-up sequence. ${end.stop.sentence}` }] : [];
	});
	await moveRows(session, moves);
	return stopped;
}
