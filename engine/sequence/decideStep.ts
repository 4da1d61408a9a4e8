import { HANDLE_KIND, type HandleKind } from '../channels/channel';
import { gateInput } from '../gate/check';
import { consentFound } from '../gate/checks/consent';
import type { Contact } from '../message/contact';
import type { OutboundStatus } from '../message/outbound';
import type { EffectiveSettings } from '../message/settings';
import { epochMs, iso, later, type EpochMs } from '../time';
import { dealEnded, nextStep, strayStep, type Sequence, type SequenceChannel, type SequenceStep, type StepResult } from './sequence';
import { stepDueAt } from './stepTime';
import { SEQUENCE_POLICY, STOPS, type Stop } from './stopRules';

/** Everything the decision needs, read by the store inside the transaction that acts on it. */
export interface EnrolmentFacts {
	/** The version the enrolment follows. */
	sequence?: Sequence;
	had: readonly { stepId: string; result: StepResult }[];
	/** The last step left, or the contact was enrolled. */
	since: EpochMs;
	/** An absence notice moved everything to here. */
	notBefore?: EpochMs;
	/** When a contact's message came in that nobody has read yet. */
	heldSince?: EpochMs;
	/** Runs of the workflow the step was handed to. */
	leases: number;
	/** The contact's status when it was enrolled. */
	statusThen?: string;
	contact?: Contact;
	/** Why the contact may not be written to, by channel. */
	suppressed: Readonly<Partial<Record<SequenceChannel, string>>>;
	settings: EffectiveSettings;
	/** Where the message of the step stands that is under way, or to come, if there is one. */
	planned?: { status: OutboundStatus; sentence: string };
	now: EpochMs;
}

export type StepDecision =
	| { do: 'hand'; step: SequenceStep; number: number; of: number; sentence: string }
	/** The step is over without having left, and the next one counts from now. */
	| { do: 'pass'; step: Pick<SequenceStep, 'id'>; result: StepResult; sentence: string }
	| { do: 'wait'; until: EpochMs; sentence: string }
	| { do: 'stop'; stop: Stop }
	| { do: 'finish'; sentence: string };
export type DecideStep = (facts: EnrolmentFacts) => StepDecision;

const ADDRESS_NAMES: Readonly<Partial<Record<HandleKind, string>>> = { phone: 'phone number', email: 'e-mail address' };
/** What a message that is over means for its step. */
const ENDED: Readonly<Partial<Record<OutboundStatus, StepResult>>> = { sent: 'sent', blocked: 'blocked', failed: 'failed', cancelled: 'cancelled' };

const spoken = (at: EpochMs): string => `${iso(at).slice(0, 16).replace('T', ' ')} UTC`;
const addressOf = (channel: SequenceChannel, contact: Contact): string | undefined => (HANDLE_KIND[channel] === 'email' ? (contact.email ?? contact.handles.email) : (contact.phone ?? contact.handles.phone));

/** What is done about an enrolment whose time has come. */
export function decideStep(facts: EnrolmentFacts): StepDecision {
	const { sequence, contact, had, now, settings, planned } = facts;
	if (!contact) return { do: 'stop', stop: STOPS.contactGone };
	if (!sequence) return { do: 'stop', stop: STOPS.sequenceGone };
	const ended = dealEnded(contact, facts.statusThen);
	if (ended) return { do: 'stop', stop: ended === 'WON' ? STOPS.won : STOPS.lost };
	if (facts.heldSince !== undefined) return held(facts.heldSince, now);
	const stray = strayStep(sequence, had);
	if (stray !== undefined) return leftOver(stray, planned, now);
	const next = nextStep(sequence, had);
	if (!next) return { do: 'finish', sentence: finished(had) };
	const { step, index } = next;
	const name = `step ${index + 1} of ${sequence.steps.length}`;
	if (planned && planned.status !== 'drafted') return underWay(step.id, planned, now);
	const due = epochMs(Math.max(stepDueAt(facts.since, step.wait, { timezone: contact.timezone ?? settings.timezone, workingDays: settings.workingDays }), facts.notBefore ?? 0));
	if (due > now) return { do: 'wait', until: due, sentence: `Waits for ${name} (${step.channel}), due ${spoken(due)}${facts.notBefore === due ? ', moved by an absence notice' : ''}.` };
	const switched = notNow(facts);
	if (switched) return { do: 'wait', ...switched };
	const closed = whyClosed(step.channel, contact, facts);
	if (closed !== undefined) return { do: 'pass', step, result: 'skipped', sentence: `Skipped ${name} (${step.channel}): ${closed}` };
	if (facts.leases >= SEQUENCE_POLICY.mostLeases) return { do: 'stop', stop: STOPS.notPlanned };
	return { do: 'hand', step, number: index + 1, of: sequence.steps.length, sentence: `Step ${index + 1} of ${sequence.steps.length} (${step.channel}) is due.` };
}

function held(since: EpochMs, now: EpochMs): StepDecision {
	const until = later(since, SEQUENCE_POLICY.readWithinMs);
	if (until <= now) return { do: 'stop', stop: STOPS.unread };
	return { do: 'wait', until, sentence: 'Waits: the contact wrote, and it is being read.' };
}

/** A message that is planned or waits for a person is looked at again; one that is over ends its step. */
function underWay(id: string, { status, sentence }: NonNullable<EnrolmentFacts['planned']>, now: EpochMs): StepDecision {
	const result = ENDED[status];
	if (result) return { do: 'pass', step: { id }, result, sentence };
	return { do: 'wait', until: later(now, SEQUENCE_POLICY.lookAgainMs), sentence: `The message of step '${id}' is ${status.replaceAll('_', ' ')}: ${sentence}` };
}

/** A step of an older version. Its message is waited for; what no run planned in its time is given up, and may not be planned later. */
function leftOver(id: string, planned: EnrolmentFacts['planned'], now: EpochMs): StepDecision {
	if (planned && planned.status !== 'drafted') return underWay(id, planned, now);
	return { do: 'pass', step: { id }, result: 'cancelled', sentence: `Given up: the step '${id}' is not in the sequence any more, and no message was planned for it.` };
}

/** Switches and colleagues that only ask for patience. */
function notNow({ contact, settings, now }: EnrolmentFacts): { until: EpochMs; sentence: string } | undefined {
	const again = later(now, SEQUENCE_POLICY.lookAgainMs);
	if (settings.killSwitch) return { until: again, sentence: 'Waits: the kill switch is on.' };
	if (settings.mode === 'off') return { until: again, sentence: 'Waits: the mode is off.' };
	const taken = contact?.takenOverUntil === undefined ? undefined : epochMs(contact.takenOverUntil);
	return taken !== undefined && taken > now ? { until: taken, sentence: `Waits: a colleague holds the conversation until ${spoken(taken)}.` } : undefined;
}

/** Why nothing may be sent to the contact on the channel, whatever is written; undefined when it may. */
function whyClosed(channel: SequenceChannel, contact: Contact, { suppressed, settings, now }: EnrolmentFacts): string | undefined {
	if (!addressOf(channel, contact)?.trim()) return `no ${ADDRESS_NAMES[HANDLE_KIND[channel]] ?? 'address'} of the contact is known.`;
	const reason = suppressed[channel];
	if (reason !== undefined) return `${reason.replace(/\.+$/, '')}.`;
	if (contact.optOutChannels.includes(channel)) return `the contact opted out of ${channel}.`;
	// Where the country is not known nothing is decided here: the quality gate asks a person.
	const consent = consentFound({ severity: 'review' })(gateInput({ text: '', channel, contact, now, policy: { purpose: 'outreach', country: settings.country } }));
	return consent === 'skipped' ? undefined : consent[0]?.reason;
}

function finished(had: EnrolmentFacts['had']): string {
	const sent = had.filter(({ result }) => result === 'sent').length;
	return sent === 0 ? 'Finished without a message: no step could be sent.' : `Finished: ${sent} of ${had.length} steps were sent, and no answer came while it ran.`;
}
