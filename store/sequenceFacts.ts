import { dealEnded } from '../engine/sequence/sequence';
import { SEQUENCE_POLICY, STOPS } from '../engine/sequence/stopRules';
import type { Contact } from '../engine/message/contact';
import type { RouteFacts } from '../engine/message/routeFacts';
import { epochMs, later } from '../engine/time';
import { keyOf } from './bulk';
import { enrolmentKey, type EnrolmentRow, type EnrolmentStepRow } from './enrolmentRows';
import { outboundKey, type OutboundDbRow } from './outboundMoves';
import type { Session } from './session';

/** An enrolment and the step of it that a message is for. */
export interface StepOfMessage {
	enrolment: EnrolmentRow;
	step: EnrolmentStepRow;
}

/** The steps that messages are for, by `outboundKey`. */
export async function enrolmentsOf(session: Session, messages: readonly OutboundDbRow[]): Promise<Map<string, StepOfMessage>> {
	const outreach = messages.filter(({ purpose }) => purpose === 'outreach');
	const steps = await session.matching('enrolment_steps', ['workspace', 'outbound_id'], outreach.map(({ workspace, id }) => ({ workspace, outbound_id: id })));
	const rows = await session.matching('enrolments', ['workspace', 'id'], steps.map(({ workspace, enrolment_id }) => ({ workspace, id: enrolment_id })));
	const byKey = new Map(rows.map((row) => [enrolmentKey(row), row]));
	return new Map(steps.flatMap((step) => {
		const enrolment = byKey.get(keyOf(step.workspace, step.enrolment_id));
		return enrolment ? [[outboundKey({ workspace: step.workspace, id: step.outbound_id }), { enrolment, step }] as const] : [];
	}));
}

/** What its sequence says about a message at this moment; nothing for a message of none. */
export function sequenceFacts(message: Pick<OutboundDbRow, 'status'>, of: StepOfMessage | undefined, contact: Contact | undefined): Pick<RouteFacts, 'sequence'> {
	if (!of) return {};
	const { enrolment: row, step } = of;
	const ended = dealEnded(contact, row.status_then ?? undefined);
	if (row.state === 'stopped') return { sequence: { stopped: row.sentence } };
	// A run that outlived its lease plans nothing that was given up: the next step may be on its way.
	if (message.status === 'drafted' && step.result === 'cancelled') return { sequence: { stopped: step.sentence } };
	if (row.state === 'active' && ended) return { sequence: { stopped: ended === 'WON' ? STOPS.won.sentence : STOPS.lost.sentence } };
	const waits = [...(row.held_since === null ? [] : [later(epochMs(row.held_since), SEQUENCE_POLICY.readWithinMs)]), ...(row.not_before === null ? [] : [epochMs(row.not_before)])];
	return waits.length === 0 ? {} : { sequence: { waitsUntil: epochMs(Math.max(...waits)), held: row.held_since !== null } };
}
