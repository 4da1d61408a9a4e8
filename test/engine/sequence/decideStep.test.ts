import fc from 'fast-check';
import { gateDraft } from '../../../engine/gate/gateDraft';
import { DEFAULT_SETTINGS } from '../../../engine/message/settings';
import { ContactSchema, type Contact } from '../../../engine/message/contact';
import { decideStep, type EnrolmentFacts } from '../../../engine/sequence/decideStep';
import { nextStep, SequenceSchema, STEP_RESULTS, type Sequence } from '../../../engine/sequence/sequence';
import { stepDueAt } from '../../../engine/sequence/stepTime';
import { SEQUENCE_POLICY } from '../../../engine/sequence/stopRules';
import { DAY, epochMs, HOUR, iso, later, MINUTE } from '../../../engine/time';

const NOW = epochMs('2026-03-02T12:00:00Z');
const basis = { basis: 'opt_in' as const };
const ANNA: Contact = ContactSchema.parse({ id: 'anna', email: 'anna@mail.example', phone: '+4915112345678', country: 'DE', consent: { email: basis, sms: basis, whatsapp: basis } });
const SEQUENCE: Sequence = SequenceSchema.parse({
	id: 's',
	name: 'S',
	steps: [
		{ id: 'email', channel: 'email', wait: { amount: 0, unit: 'days' } },
		{ id: 'sms', channel: 'sms', wait: { amount: 2, unit: 'days' } },
	],
});
const facts = (changes: Partial<EnrolmentFacts> = {}): EnrolmentFacts => ({ sequence: SEQUENCE, had: [], since: NOW, leases: 0, contact: ANNA, suppressed: {}, settings: { ...DEFAULT_SETTINGS, mode: 'auto', timezone: 'UTC' }, now: NOW, ...changes });

describe('when a step is due', () => {
	const at = (from: string, amount: number, unit: 'days' | 'hours' | 'workingDays' | 'minutes', timezone?: string, workingDays?: number[]): string => iso(stepDueAt(epochMs(from), { amount, unit }, { timezone, workingDays }));

	it('keeps the hour of the clock through a change of the clocks', () => {
		// Clocks go forward on 29 March 2026: ten in the morning is an hour earlier in UTC.
		expect(at('2026-03-28T09:00:00Z', 2, 'days', 'Europe/Berlin')).toBe('2026-03-30T08:00:00.000Z');
		expect(at('2026-03-28T09:00:00Z', 48, 'hours', 'Europe/Berlin')).toBe('2026-03-30T09:00:00.000Z');
		expect(at('2026-10-24T08:00:00Z', 1, 'days', 'Europe/Berlin')).toBe('2026-10-25T09:00:00.000Z');
	});

	it('counts working days of the local week', () => {
		// Friday 6 March 2026: two working days on is Tuesday.
		expect(at('2026-03-06T09:00:00Z', 2, 'workingDays', 'UTC')).toBe('2026-03-10T09:00:00.000Z');
		expect(at('2026-03-07T09:00:00Z', 1, 'workingDays', 'UTC')).toBe('2026-03-09T09:00:00.000Z');
		expect(at('2026-03-06T09:00:00Z', 2, 'workingDays', 'UTC', [6, 7])).toBe('2026-03-08T09:00:00.000Z');
		// Sunday evening in UTC is Monday in Auckland.
		expect(at('2026-03-08T20:00:00Z', 1, 'workingDays', 'Pacific/Auckland')).toBe('2026-03-09T20:00:00.000Z');
	});

	it('takes a zone that is none as UTC, and no wait as now', () => {
		expect(at('2026-03-28T09:00:00Z', 2, 'days', 'Nowhere/Land')).toBe('2026-03-30T09:00:00.000Z');
		expect(at('2026-03-28T09:00:00Z', 0, 'workingDays')).toBe('2026-03-28T09:00:00.000Z');
	});

	it('is never before it began, and later for a longer wait', () => {
		fc.assert(fc.property(fc.integer({ min: 0, max: 4e12 }), fc.nat(60), fc.constantFrom('days' as const, 'workingDays' as const, 'hours' as const, 'minutes' as const), fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Pacific/Apia'), (from, amount, unit, timezone) => {
			const due = stepDueAt(epochMs(from), { amount, unit }, { timezone });
			expect(due).toBeGreaterThanOrEqual(from);
			expect(stepDueAt(epochMs(from), { amount: amount + 1, unit }, { timezone })).toBeGreaterThan(due);
		}));
	});
});

describe('what is done about an enrolment', () => {
	it('hands out the step that is due, and waits for one that is not', () => {
		expect(decideStep(facts())).toMatchObject({ do: 'hand', number: 1, of: 2, step: { id: 'email' } });
		expect(decideStep(facts({ had: [{ stepId: 'email', result: 'sent' }] }))).toMatchObject({ do: 'wait', until: later(NOW, 2 * DAY), sentence: 'Waits for step 2 of 2 (sms), due 2026-03-04 12:00 UTC.' });
		expect(decideStep(facts({ had: [{ stepId: 'email', result: 'sent' }], since: later(NOW, -2 * DAY) }))).toMatchObject({ do: 'hand', step: { id: 'sms' } });
		expect(decideStep(facts({ notBefore: later(NOW, DAY) }))).toMatchObject({ do: 'wait', until: later(NOW, DAY), sentence: expect.stringContaining('moved by an absence notice') });
	});

	it.each([
		['off', { settings: { ...DEFAULT_SETTINGS, mode: 'off' as const } }, 'Waits: the mode is off.'],
		['kill switch', { settings: { ...DEFAULT_SETTINGS, killSwitch: true } }, 'Waits: the kill switch is on.'],
		['held by a colleague', { contact: { ...ANNA, takenOverUntil: iso(later(NOW, HOUR)) } }, 'Waits: a colleague holds the conversation until 2026-03-02 13:00 UTC.'],
	])('is patient while it may not: %s', (_what, changes, sentence) => {
		expect(decideStep(facts(changes))).toMatchObject({ do: 'wait', until: later(NOW, HOUR), sentence });
	});

	it.each([
		['no address', { contact: { ...ANNA, email: undefined } }, 'no e-mail address of the contact is known.'],
		['suppressed', { suppressed: { email: 'Opted out of email: said stop' } }, 'Opted out of email: said stop.'],
		['opted out', { contact: { ...ANNA, optOutChannels: ['email' as const] } }, 'the contact opted out of email.'],
		['no consent', { contact: { ...ANNA, consent: {} } }, /^No consent is recorded for writing by email in DE/],
	])('passes over a channel that is closed: %s', (_what, changes, why) => {
		const decision = decideStep(facts(changes));
		expect(decision).toMatchObject({ do: 'pass', result: 'skipped', step: { id: 'email' } });
		expect('sentence' in decision ? decision.sentence.replace('Skipped step 1 of 2 (email): ', '') : '').toEqual(typeof why === 'string' ? why : expect.stringMatching(why));
	});

	it('leaves it to the gate, and so to a person, when the country is not known', () => {
		const contact = { ...ANNA, country: undefined, phone: undefined, consent: {} };
		expect(decideStep(facts({ contact }))).toMatchObject({ do: 'hand', step: { channel: 'email' } });
		expect(gateDraft({ text: 'Hello', channel: 'email', contact, now: NOW, policy: { purpose: 'outreach', mode: 'auto' } }).verdict).toBe('review');
	});

	it('ends with the deal, but not with a status the contact came with', () => {
		expect(decideStep(facts({ contact: { ...ANNA, status: 'WON' } }))).toMatchObject({ do: 'stop', stop: { code: 'deal', sentence: 'Stopped: the deal is won.' } });
		expect(decideStep(facts({ contact: { ...ANNA, status: 'LOST' }, statusThen: 'LOST' }))).toMatchObject({ do: 'hand' });
		expect(decideStep(facts({ contact: { ...ANNA, status: 'WON' }, statusThen: 'LOST' }))).toMatchObject({ do: 'stop' });
	});

	it('ends when contact, sequence or patience is gone', () => {
		expect(decideStep(facts({ contact: undefined }))).toMatchObject({ stop: { code: 'contact_gone' } });
		expect(decideStep(facts({ sequence: undefined }))).toMatchObject({ stop: { code: 'sequence_gone' } });
		expect(decideStep(facts({ leases: SEQUENCE_POLICY.mostLeases }))).toMatchObject({ stop: { code: 'not_planned' } });
		expect(decideStep(facts({ heldSince: later(NOW, -MINUTE) }))).toMatchObject({ do: 'wait', until: later(NOW, HOUR - MINUTE) });
		expect(decideStep(facts({ heldSince: later(NOW, -HOUR) }))).toMatchObject({ stop: { code: 'replied' } });
	});

	it('finishes behind the last step, and says when nothing went out', () => {
		expect(decideStep(facts({ had: [{ stepId: 'email', result: 'sent' }, { stepId: 'sms', result: 'failed' }] }))).toMatchObject({ do: 'finish', sentence: 'Finished: 1 of 2 steps were sent, and no answer came while it ran.' });
		expect(decideStep(facts({ had: [{ stepId: 'email', result: 'skipped' }, { stepId: 'sms', result: 'skipped' }] }))).toMatchObject({ do: 'finish', sentence: 'Finished without a message: no step could be sent.' });
	});

	it('leaves a message that is planned alone, and takes one that is over as its step’s end', () => {
		const planned = (status: NonNullable<EnrolmentFacts['planned']>['status']) => decideStep(facts({ planned: { status, sentence: 'x' }, leases: 1 }));
		for (const status of ['scheduled', 'in_review', 'claimed', 'sending', 'uncertain'] as const) expect([status, planned(status).do]).toEqual([status, 'wait']);
		expect(planned('drafted').do).toBe('hand');
		expect(['sent', 'blocked', 'failed', 'cancelled'].map((status) => planned(status as 'sent').do)).toEqual(['pass', 'pass', 'pass', 'pass']);
	});
});

it('waits for the message of a step that the version has no more, and takes its end as the step’s', () => {
	const old = (planned?: EnrolmentFacts['planned']) => decideStep(facts({ had: [{ stepId: 'mail', result: 'handed' }], ...(planned ? { planned } : {}) }));
	for (const status of ['scheduled', 'in_review', 'claimed', 'sending', 'uncertain'] as const) expect([status, old({ status, sentence: 'x' }).do]).toEqual([status, 'wait']);
	expect(old({ status: 'sent', sentence: 'x' })).toMatchObject({ do: 'pass', step: { id: 'mail' }, result: 'sent' });
	expect([old(), old({ status: 'drafted', sentence: 'x' })]).toMatchObject([{ do: 'pass', result: 'cancelled' }, { do: 'pass', result: 'cancelled' }]);
});

it('never gives a step out again that has a result, in whatever version', () => {
	const ids = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { minLength: 1 });
	fc.assert(fc.property(ids, ids, fc.constantFrom(...STEP_RESULTS), (steps, done, result) => {
		const sequence = SequenceSchema.parse({ id: 's', name: 'S', steps: steps.map((id) => ({ id, channel: 'email', wait: { amount: 1, unit: 'days' } })) });
		const known = done.filter((id) => steps.includes(id));
		const next = nextStep(sequence, done.map((stepId) => ({ stepId, result })));
		if (result !== 'handed' && known.length > 0) expect(known).not.toContain(next?.step.id);
		if (result === 'handed') expect(next?.step.id).toBe(known.length > 0 ? steps.find((id) => known.includes(id)) : steps[0]);
	}));
});
