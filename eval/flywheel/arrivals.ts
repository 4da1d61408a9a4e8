import { gateInbound } from '../../nodes/QualityGate/gateInbound';
import { DEFAULT_MODEL_ACTIONS } from '../../engine/gate/modelCheck';
import { iso } from '../../engine/time';
import type { InboundInput, OutcomeInput } from '../../store/store';
import { pick } from '../uniform';
import { ABSENCE_TEXT, ANSWER_TEXTS } from './answers';
import { leadOf, streamOf } from './leads';
import { CHANNEL, values } from './planDay';
import type { Pending, Simulation } from './simulation';

const OUTCOMES = { opened: 'opened', machine_opened: 'machine_opened', unsubscribed: 'unsubscribed', meeting_booked: 'meeting_booked', deal_won: 'deal_won' } as const;

const isWritten = ({ kind }: Pending): boolean => kind === 'answer' || kind === 'absence';

/** What providers and the calendar report: opens with the message's id, meetings and deals with the person's only. */
function reported({ workspace }: Simulation, { kind, contactId, outboundId, at, value }: Pending): OutcomeInput[] {
	if (kind === 'answer' || kind === 'absence') return [];
	const about: Partial<OutcomeInput> = kind === 'meeting_booked' || kind === 'deal_won' ? { contactId } : { outboundId, channel: CHANNEL };
	return [{ workspace, event: OUTCOMES[kind], occurredAt: at, eventId: `${kind}:${outboundId}`, ...about, ...(kind === 'machine_opened' ? { evidence: 'provider' } : {}), ...(value === undefined ? {} : { value, currency: 'EUR' }) }];
}

function inboundOf({ seed, leads }: Simulation, { kind, answer, contactId, outboundId, at }: Pending): InboundInput {
	const number = leads.get(contactId) ?? 0;
	const { email } = leadOf(seed, number);
	const text = kind === 'absence' || answer === undefined ? ABSENCE_TEXT : pick(ANSWER_TEXTS[answer], streamOf(seed, 'review', -1 - number));
	return { message: { channel: CHANNEL, direction: 'inbound', source: 'channel', threadId: email, text, attachments: [], timestamp: iso(at), providerId: `${kind}:${outboundId}` }, contact: { email } };
}

/** What has become known by now reaches the product: answers as messages that it reads itself, the rest as reports. */
export async function deliver(simulation: Simulation): Promise<void> {
	const { store, clock, workspace } = simulation;
	const known = simulation.pending.filter(({ knownAt }) => knownAt <= clock.time);
	if (known.length === 0) return;
	simulation.pending = simulation.pending.filter(({ knownAt }) => knownAt > clock.time);
	await store.outcomes.record(known.flatMap((one) => reported(simulation, one)));
	const written = known.filter(isWritten);
	if (written.length === 0) return;
	const recorded = await store.messages.record(workspace, written.map((one) => inboundOf(simulation, one)));
	values(
		await gateInbound(
			store,
			recorded.map(({ message, contact }) => ({ kind: 'inbound', workspace, channel: CHANNEL, reference: contact.id, contact, address: contact.email, message, text: message.text, record: true, modelActions: DEFAULT_MODEL_ACTIONS, redact: false, outOfOffice: 'block', injection: 'review', spam: 'review', notInterestedIsOptOut: true })),
			clock.time,
			true,
		),
	);
	// A colleague takes it from here: the simulated campaign ends with the answer.
	await store.messages.decide(workspace, recorded.map(({ message }) => ({ messageId: message.id, reason: 'A colleague answers.', actor: 'person' })));
}
