import { ChannelSchema, type Channel } from '../engine/channels/channel';
import { reportedRule } from '../engine/channels/errorCodes';
import { machineTouches, type Touch } from '../engine/outcome/machine';
import type { OutcomeEvent } from '../engine/outcome/outcome';
import { suppressionOf } from '../engine/outcome/suppression';
import { stopByEvent } from '../engine/sequence/stopRules';
import { epochMs } from '../engine/time';
import type { AddressHash } from './addresses';
import type { Attribution } from './attribution';
import { keyOf } from './bulk';
import { outboundKey, type OutboundDbRow } from './outboundMoves';
import type { RowOf } from './schema';
import { holdSenders, type SenderError } from './senderHolds';
import type { Session } from './session';
import type { OptOutRequest, OutcomeInput } from './store';
import { stopEnrolments, type StopOf } from './stopEnrolments';
import { optOut } from './suppressions';

/** An event that was not on record before, or is tied to its message only now. */
export interface NewOutcome {
	event: OutcomeInput;
	attribution: Attribution;
}

const TOUCHES: readonly OutcomeEvent[] = ['opened', 'machine_opened', 'clicked', 'machine_clicked'];
const FAILURES: readonly OutcomeEvent[] = ['failed', 'bounced_hard', 'bounced_soft', 'dropped'];

/** The opt-out an event stands for, if any. */
function optOutBy({ event, attribution: { row, how } }: NewOutcome): OptOutRequest[] {
	if (event.optOutKept) return [];
	const channel: Channel | undefined = event.channel ?? (row && ChannelSchema.parse(row.channel));
	const kind = suppressionOf(event.event, channel, event.errorCode);
	const code = event.errorCode === undefined ? '' : ` (code ${event.errorCode})`;
	const base = { workspace: event.workspace, channel: channel ?? 'email', actor: 'provider' as const };
	const address = row && row.to_address !== '' && row.channel === channel ? { address: row.to_address } : {};
	// A guess by thread or contact does not tell which address is dead.
	if (kind === 'hard_bounce') return how === 'id' && 'address' in address ? [{ ...base, ...address, addressOnly: true, allChannels: false, reason: `The address does not exist${code}` }] : [];
	const contactId = row?.contact_id ?? event.contactId;
	if (kind === undefined || contactId === undefined) return [];
	return [{ ...base, ...address, contactId, allChannels: channel === undefined, reason: `Reported by the provider: ${event.event}${code}` }];
}

/** What an event ends for the person it is about: a booked meeting, a closed deal, a complaint. */
function stopBy({ event, attribution: { row } }: NewOutcome): StopOf[] {
	const stop = stopByEvent(event.event);
	const contactId = row?.contact_id ?? event.contactId;
	return stop && contactId !== undefined ? [{ workspace: event.workspace, contactId, stop, actor: 'provider' }] : [];
}

/** What a failure says about the sender; only of a message that is known for certain. */
function senderError({ event, attribution: { row, how } }: NewOutcome): SenderError[] {
	if (row === undefined || how !== 'id' || event.errorCode === undefined || !FAILURES.includes(event.event)) return [];
	const rule = reportedRule(row.channel, event.errorCode);
	return rule ? [{ row, at: event.occurredAt, code: event.errorCode, rule }] : [];
}

/** When a mail arrived as far as its row tells: handed over, or, for one that was recorded afterwards, sent. */
const handedOver = (row: OutboundDbRow): number | null => (row.attempts > 0 ? (row.sending_at ?? row.sent_at) : row.sent_at);

/** Marks opens and clicks of machines, by all that is known of each mail. Returns the event each changed outcome has become. */
async function markMachines(session: Session, rows: readonly OutboundDbRow[]): Promise<Map<string, OutcomeEvent>> {
	const mails = new Map(rows.map((row) => [outboundKey(row), row]));
	const wanted = [...mails.values()].flatMap(({ workspace, id }) => [...TOUCHES, 'delivered'].map((event) => ({ workspace, outbound_id: id, event })));
	const known = new Map<string, RowOf<'outcomes'>[]>();
	for (const outcome of await session.matching('outcomes', ['workspace', 'outbound_id', 'event'], wanted)) {
		if (outcome.attributed !== 'id') continue;
		const key = keyOf(outcome.workspace, outcome.outbound_id);
		const list = known.get(key);
		if (list) list.push(outcome);
		else known.set(key, [outcome]);
	}
	const changed = [...known].flatMap(([key, outcomes]) => {
		const row = mails.get(key);
		const delivered = outcomes.filter(({ event }) => event === 'delivered').map(({ occurred_at }) => occurred_at);
		const arrived = delivered.length > 0 ? Math.min(...delivered) : (row && handedOver(row));
		const touches = outcomes.filter(({ event }) => event !== 'delivered').map((outcome): Touch & { before: string } => ({
			id: outcome.id,
			before: outcome.event,
			kind: outcome.event.endsWith('opened') ? 'opened' : 'clicked',
			at: epochMs(outcome.occurred_at),
			machine: outcome.evidence !== null,
			...(outcome.link === null ? {} : { link: outcome.link }),
		}));
		const machines = machineTouches(touches, arrived === null || arrived === undefined ? undefined : epochMs(arrived));
		return touches.flatMap(({ id, kind, before }) => {
			const event: OutcomeEvent = machines.has(id) ? `machine_${kind}` : kind;
			return event === before ? [] : [{ workspace: outcomes[0].workspace, id, event }];
		});
	});
	await session.update('outcomes', ['workspace', 'id'], ['event'], changed);
	return new Map(changed.map(({ workspace, id, event }) => [keyOf(workspace, id), event]));
}

/** What new events mean for others: who is not written to again, which senders are held back, whose opens count. Returns events that became others, by workspace and outcome. */
export async function takeEffect(session: Session, hash: AddressHash, fresh: readonly NewOutcome[]): Promise<Map<string, OutcomeEvent>> {
	await stopEnrolments(session, fresh.flatMap(stopBy));
	await optOut(session, hash, fresh.flatMap(optOutBy));
	await holdSenders(session, fresh.flatMap(senderError));
	const mails = fresh.flatMap(({ event, attribution: { row, how } }) => (row?.channel === 'email' && how === 'id' && (event.event === 'delivered' || TOUCHES.includes(event.event)) ? [row] : []));
	return mails.length > 0 ? await markMachines(session, mails) : new Map<string, OutcomeEvent>();
}
