import { dealEnded } from '../engine/sequence/sequence';
import { SEQUENCE_POLICY, STOPS } from '../engine/sequence/stopRules';
import type { Contact } from '../engine/message/contact';
import type { RouteFacts } from '../engine/message/routeFacts';
import { epochMs, later } from '../engine/time';
import { keyOf } from './bulk';
import { enrolmentKey, type EnrolmentRow } from './enrolmentRows';
import { outboundKey, type OutboundDbRow } from './outboundMoves';
import type { Session } from './session';

/** The enrolments that messages belong to, by `outboundKey`. */
export async function enrolmentsOf(session: Session, messages: readonly OutboundDbRow[]): Promise<Map<string, EnrolmentRow>> {
	const outreach = messages.filter(({ purpose }) => purpose === 'outreach');
	const steps = await session.matching('enrolment_steps', ['workspace', 'outbound_id'], outreach.map(({ workspace, id }) => ({ workspace, outbound_id: id })));
	const rows = await session.matching('enrolments', ['workspace', 'id'], steps.map(({ workspace, enrolment_id }) => ({ workspace, id: enrolment_id })));
	const byKey = new Map(rows.map((row) => [enrolmentKey(row), row]));
	return new Map(steps.flatMap((step) => {
		const row = byKey.get(keyOf(step.workspace, step.enrolment_id));
		return row ? [[outboundKey({ workspace: step.workspace, id: step.outbound_id }), row] as const] : [];
	}));
}

/** What its sequence says about a message at this moment; nothing for a message of none. */
export function sequenceFacts(row: EnrolmentRow | undefined, contact: Contact | undefined): Pick<RouteFacts, 'sequence'> {
	if (!row) return {};
	const ended = dealEnded(contact, row.status_then ?? undefined);
	if (row.state === 'stopped') return { sequence: { stopped: row.sentence } };
	if (row.state === 'active' && ended) return { sequence: { stopped: ended === 'WON' ? STOPS.won.sentence : STOPS.lost.sentence } };
	const waits = [...(row.held_since === null ? [] : [later(epochMs(row.held_since), SEQUENCE_POLICY.readWithinMs)]), ...(row.not_before === null ? [] : [epochMs(row.not_before)])];
	return waits.length === 0 ? {} : { sequence: { waitsUntil: epochMs(Math.max(...waits)), held: row.held_since !== null } };
}
