import fc from 'fast-check';
import type { Gate } from '../../../engine/gate/gate';
import { CHANNELS } from '../../../engine/channels/channel';
import { ContactSchema } from '../../../engine/message/contact';
import { MODES } from '../../../engine/message/mode';
import { decideReview, decideRoute, type RouteFacts } from '../../../engine/message/route';
import { DEFAULT_SETTINGS } from '../../../engine/message/settings';
import { epochMs, iso, later, DAY, HOUR, MINUTE } from '../../../engine/time';

const NOW = epochMs('2026-03-02T10:00:00Z');
const PASS: Gate = { verdict: 'pass', issues: [], skipped: [], sentence: 'Every check passed.' };
const contact = ContactSchema.parse({ id: 'c1', timezone: 'Europe/Berlin' });

function facts(changes: Partial<RouteFacts> = {}, row: Partial<RouteFacts['row']> = {}, draft: Partial<RouteFacts['row']['draft']> = {}): RouteFacts {
	return {
		row: {
			id: 'd1',
			status: 'drafted',
			channel: 'email',
			to: 'lead@mail.example',
			purpose: 'reply',
			gate: PASS,
			...row,
			draft: { text: 'Hello', usedFallback: false, confidence: 0.9, decision: { autoSend: true, threshold: 0.85, source: 'fixed', audited: false }, ...draft },
		},
		settings: { ...DEFAULT_SETTINGS, mode: 'auto' },
		contact,
		newerInbound: false,
		sentToContactToday: 0,
		sentByWorkspaceToday: 0,
		now: NOW,
		...changes,
	};
}
const settings = (changes: Partial<RouteFacts['settings']>): RouteFacts['settings'] => ({ ...DEFAULT_SETTINGS, mode: 'auto', ...changes });

describe('planning a message', () => {
	it('schedules a reply that passed everything after the 5 seconds in which it can be stopped', () => {
		expect(decideRoute(facts())).toEqual({ status: 'scheduled', sendAt: NOW + 5_000, sentence: 'Will be sent at 2026-03-02 10:00 UTC; it waits 5 s so that it can still be stopped.' });
	});
	it('holds outreach for 120 seconds even when an earlier time was asked for', () => {
		expect(decideRoute(facts({}, { purpose: 'outreach', sendAt: later(NOW, -HOUR) })).sendAt).toBe(NOW + 120_000);
	});
	it('keeps a later time that was asked for', () => {
		expect(decideRoute(facts({}, { sendAt: later(NOW, 3 * HOUR) }))).toMatchObject({ status: 'scheduled', sendAt: NOW + 3 * HOUR });
	});
	it('sends what a person approved at once, in mode assist too', () => {
		expect(decideRoute(facts({ approved: true, settings: settings({ mode: 'assist' }) }))).toMatchObject({ status: 'scheduled', sendAt: NOW });
	});

	it.each([
		['no gate looked at it', facts({}, { gate: undefined }), 'no quality gate has looked at it'],
		['the gate asks for it', facts({}, { gate: { ...PASS, verdict: 'review', issues: [{ check: 'price', severity: 'review', reason: 'Names a price that is not in the facts.' }] } }), 'Names a price that is not in the facts'],
		['the confidence is too low', facts({}, {}, { confidence: 0.62, decision: { autoSend: false, threshold: 0.85, source: 'fixed', audited: false } }), '0.62 is below the threshold 0.85'],
		['it is a fallback text', facts({}, {}, { usedFallback: true }), 'fallback text'],
		['it was drawn for the audit', facts({}, {}, { decision: { autoSend: true, threshold: 0.85, source: 'fixed', audited: true } }), 'audit sample'],
		['the mode is assist', facts({ settings: settings({ mode: 'assist' }) }), 'the mode is assist'],
		['the kill switch is on', facts({ settings: settings({ killSwitch: true }) }), 'the kill switch is on'],
		['nobody knows the address', facts({}, { to: ' ' }), 'no e-mail address of the contact is known'],
		['the text is empty', facts({}, {}, { text: '  ' }), 'the draft is empty'],
		['a colleague leads the conversation', facts({ contact: { ...contact, takenOverUntil: iso(later(NOW, HOUR)) } }), 'taken the conversation over until 2026-03-02 11:00 UTC'],
		['a cap of 0 leaves no day free', facts({ settings: settings({ contactDailyCap: 0 }) }), 'daily cap is 0'],
	])('asks a person when %s', (_why, given, said) => {
		const route = decideRoute(given);
		expect(route.status).toBe('in_review');
		expect(route.sentence).toContain(said);
		expect(route.dueAt).toBe(NOW + 4 * HOUR);
	});

	it('asks a person when the message was handed to one', () => {
		expect(decideRoute(facts({ givenToPerson: true }))).toMatchObject({ status: 'in_review', sentence: 'Waits for a person: a person was asked to answer this message.' });
		expect(decideRoute(facts({ givenToPerson: true, approved: true })).status).toBe('scheduled');
	});

	describe('says each reason once', () => {
		const unsure = { confidence: 0.4, decision: { autoSend: false, threshold: 0.85, source: 'fixed' as const, audited: false } };
		const issue = (check: string, reason: string): Gate => ({ ...PASS, verdict: 'review', issues: [{ check, severity: 'review', reason }], sentence: `Needs review: ${reason}` });
		const low = issue('confidence', 'Confidence 0.40 is below the threshold 0.85.');

		it('when draft, gate and the item all mean the confidence', () => {
			const said = 'Waits for a person: confidence 0.40 is below the threshold 0.85.';
			expect(decideRoute(facts({}, { gate: low }, unsure)).sentence).toBe(said);
			expect(decideReview(low.sentence)(facts({}, { gate: low }, unsure)).sentence).toBe(said);
		});
		it('and counts only those that are different', () => {
			const gate: Gate = { ...low, issues: [...low.issues, { check: 'price', severity: 'review', reason: 'Names a price that is not in the facts.' }], sentence: `${low.sentence} (and 1 more)` };
			expect(decideReview(gate.sentence)(facts({}, { gate }, unsure)).sentence).toBe('Waits for a person: confidence 0.40 is below the threshold 0.85 (and 1 more).');
		});
		it('when gate and settings both mean the mode', () => {
			const gate = issue('mode', 'The mode is assist: a person approves every message.');
			expect(decideRoute(facts({ settings: settings({ mode: 'assist' }) }, { gate })).sentence).toBe('Waits for a person: the mode is assist, every draft is read first.');
		});
		it('leaves the words of who asked as they are', () => {
			expect(decideReview('Anna knows them.')(facts()).sentence).toBe('Waits for a person: Anna knows them.');
		});
	});

	it('lets a planned send stand that leaves after the takeover ends', () => {
		const held = facts({ contact: { ...contact, takenOverUntil: iso(later(NOW, HOUR)) } }, { sendAt: later(NOW, 2 * HOUR) });
		expect(decideRoute(held).status).toBe('scheduled');
	});

	it.each([
		['the address is suppressed', facts({ suppressed: 'the contact opted out on 2026-02-01.' }), 'blocked', 'Not sent: the contact opted out on 2026-02-01.'],
		['the contact opted out of the channel', facts({ contact: { ...contact, optOutChannels: ['email'] } }), 'blocked', 'Not sent: the contact opted out of email.'],
		['the gate blocked it', facts({}, { gate: { ...PASS, verdict: 'block', issues: [{ check: 'promise', severity: 'block', reason: 'Promises a guaranteed result.' }] } }), 'blocked', 'Not sent: the quality gate blocked it (Promises a guaranteed result).'],
		['the mode is off', facts({ settings: settings({ mode: 'off' }) }), 'cancelled', 'Not sent: the mode is off.'],
		['the lead wrote again', facts({ newerInbound: true }), 'cancelled', 'Not sent: a newer message arrived in the conversation; the answer to that one replaces this draft.'],
	])('stops it when %s, approved or not', (_why, given, status, sentence) => {
		expect(decideRoute(given)).toMatchObject({ status, sentence });
		expect(decideRoute({ ...given, approved: true })).toMatchObject({ status, sentence });
	});
});

describe('shadow mode', () => {
	it('sends nothing and says when it would have', () => {
		expect(decideRoute(facts({ settings: settings({ mode: 'shadow' }) }))).toMatchObject({ status: 'cancelled', sentence: 'Shadow mode: would have been sent at 2026-03-02 10:00 UTC.', shadow: { decision: 'send', reason: 'cleared', sendAt: '2026-03-02T10:00:05.000Z' } });
	});
	it('asks nobody and says why it would have', () => {
		const route = decideRoute(facts({ settings: settings({ mode: 'shadow' }) }, { gate: undefined }));
		expect(route).toMatchObject({ status: 'cancelled', sentence: 'Shadow mode: would have gone to review. Waits for a person: no quality gate has looked at it.' });
	});
});

describe('the channel window', () => {
	const whatsapp = (lastInboundAt: number | undefined, row: Partial<RouteFacts['row']> = {}, draft = {}): RouteFacts =>
		facts(lastInboundAt === undefined ? {} : { lastInboundAt: epochMs(lastInboundAt) }, { channel: 'whatsapp', to: '+4915112345678', ...row }, draft);

	it('lets an answer through one millisecond before 24 hours and not at 24 hours', () => {
		// The reply leaves 5 s from now: a window that closes just after is open, one that closes then is not.
		expect(decideRoute(whatsapp(NOW + 5_001 - DAY)).status).toBe('scheduled');
		expect(decideRoute(whatsapp(NOW + 5_000 - DAY)).status).toBe('in_review');
	});
	it('needs a template outside it', () => {
		const route = decideRoute(whatsapp(NOW - 30 * HOUR));
		expect(route).toMatchObject({ status: 'in_review', sentence: 'Waits for a person: the 24-hour window on whatsapp closed at 2026-03-02 04:00 UTC, so an approved template is needed.' });
		expect(decideRoute(whatsapp(NOW - 30 * HOUR, {}, { waTemplate: { name: 'hello', language: 'en', parameters: [] } })).status).toBe('scheduled');
	});
	it('takes a contact that never wrote as closed', () => {
		expect(decideRoute(whatsapp(undefined)).sentence).toContain('has not written on whatsapp yet');
	});
	it('makes the review due an hour before the window closes', () => {
		expect(decideRoute({ ...whatsapp(NOW - 22 * HOUR), settings: settings({ mode: 'assist' }) }).dueAt).toBe(NOW + HOUR);
		expect(decideRoute({ ...whatsapp(NOW - 23.5 * HOUR), settings: settings({ mode: 'assist' }) }).dueAt).toBe(NOW);
	});
	it('does not concern e-mail', () => {
		expect(decideRoute(facts()).status).toBe('scheduled');
	});
});

describe('falling due', () => {
	it('hands over what still holds', () => {
		expect(decideRoute(facts({}, { status: 'scheduled', sendAt: later(NOW, -MINUTE) }))).toEqual({ status: 'claimed', sentence: 'Due: every check held again.' });
	});
	it('takes back to review what mode auto planned and mode assist would not', () => {
		expect(decideRoute(facts({ settings: settings({ mode: 'assist' }) }, { status: 'scheduled', sendAt: NOW })).status).toBe('in_review');
	});
	it('moves a reply over the daily cap to the same hour of the next local day, across the clock change', () => {
		// Berlin 2026-03-28 18:00 is 17:00 UTC; the next day, in summer time, 18:00 is 16:00 UTC.
		const now = epochMs('2026-03-28T17:00:00Z');
		const route = decideRoute(facts({ now, sentToContactToday: 5, settings: settings({ contactDailyCap: 5 }) }, { status: 'scheduled', sendAt: now }));
		expect(route).toEqual({ status: 'scheduled', sendAt: epochMs('2026-03-29T16:00:00Z'), sentence: "Moved to 2026-03-29 16:00 UTC: the contact's daily cap is reached (5 of 5 sent today)." });
	});
	it('moves outreach over the cap on a Friday to Monday', () => {
		const friday = epochMs('2026-03-06T09:00:00Z');
		const route = decideRoute(facts({ now: friday, sentByWorkspaceToday: 9, settings: settings({ workspaceDailyCap: 9, workingDays: [1, 2, 3, 4, 5] }) }, { status: 'scheduled', purpose: 'outreach', sendAt: friday }));
		expect(route.sendAt).toBe(epochMs('2026-03-09T09:00:00Z'));
	});
	it('asks a person when the next free day is outside the window', () => {
		const full = facts({ sentToContactToday: 5, settings: settings({ contactDailyCap: 5 }), lastInboundAt: later(NOW, -HOUR) }, { channel: 'whatsapp', to: '+49', status: 'scheduled', sendAt: NOW });
		expect(decideRoute(full).sentence).toContain('closes at 2026-03-03 09:00 UTC, before the planned time 2026-03-03 10:00 UTC');
	});
});

describe('hours in which nothing leaves', () => {
	// New York, a Monday: 7:30 in the morning by the contact's clock.
	const early = epochMs('2026-03-02T12:30:00Z');
	const american = ContactSchema.parse({ id: 'c1', phone: '+12125550123', timezone: 'America/New_York' });
	const due = (changes: Partial<RouteFacts> = {}, row: Partial<RouteFacts['row']> = {}, draft: Partial<RouteFacts['row']['draft']> = {}): RouteFacts =>
		facts({ now: early, contact: american, ...changes }, { status: 'scheduled', channel: 'sms', to: '+12125550123', purpose: 'outreach', sendAt: later(early, -HOUR), ...row }, draft);

	it.each(['outreach', 'reply'] as const)('moves a due %s out of statutory quiet hours', (purpose) => {
		const route = decideRoute(due({}, { purpose }));
		expect(route).toEqual({ status: 'scheduled', sendAt: epochMs('2026-03-02T13:00:00Z'), sentence: expect.stringMatching(/^Moved to 2026-03-02 13:00 UTC: statutory quiet hours \(.+\)\.$/) });
	});
	it('holds as sending begins, and for what a person approved', () => {
		expect(decideRoute(due({ approved: true }, { status: 'claimed' }))).toMatchObject({ status: 'scheduled', sendAt: epochMs('2026-03-02T13:00:00Z') });
	});
	it('knows the law by the number written to when the contact has none', () => {
		expect(decideRoute(due({ contact: ContactSchema.parse({ id: 'c1', timezone: 'America/New_York' }) })).status).toBe('scheduled');
	});
	it('keeps the lawful hours Best Send Time was given instead of the shipped ones', () => {
		const by = (lawful: 'off' | { from: string; to: string }) => decideRoute(due({}, { schedule: { lawful } }));
		expect(by('off').status).toBe('claimed');
		expect(by({ from: '07:00', to: '20:00' }).status).toBe('claimed');
		// 11:00 in New York is 16:00 UTC before the clocks change.
		expect(by({ from: '11:00', to: '12:00' })).toMatchObject({ status: 'scheduled', sendAt: epochMs('2026-03-02T16:00:00Z'), sentence: 'Moved to 2026-03-02 16:00 UTC: statutory quiet hours (lawful hours 11:00-12:00).' });
	});
	it('lets through what is lawful', () => {
		expect(decideRoute(due({ now: epochMs('2026-03-02T13:00:00Z') })).status).toBe('claimed');
	});
	it("keeps the workspace's quiet hours and working days for outreach, not for replies", () => {
		const own = settings({ quietHours: { from: '18:00', to: '09:00' }, workingDays: [2, 3] });
		const noon = epochMs('2026-03-02T11:00:00Z');
		const toMail = { channel: 'email' as const, to: 'a@mail.example' };
		const mail: Partial<RouteFacts> = { now: noon, contact, settings: own };
		expect(decideRoute(due(mail, { ...toMail, sendAt: noon }))).toEqual({ status: 'scheduled', sendAt: epochMs('2026-03-03T08:00:00Z'), sentence: 'Moved to 2026-03-03 08:00 UTC: working days, quiet hours 18:00 to 09:00.' });
		expect(decideRoute(due(mail, { ...toMail, sendAt: noon, purpose: 'reply' })).status).toBe('claimed');
	});
	it('asks a person when the window closes before the next lawful time', () => {
		const route = decideRoute(due({ lastInboundAt: later(early, 10 * MINUTE - DAY) }, { channel: 'whatsapp', purpose: 'reply' }));
		expect(route).toMatchObject({ status: 'in_review', sentence: expect.stringContaining('closes at 2026-03-02 12:40 UTC, before the planned time 2026-03-02 13:00 UTC') });
	});
	it('asks a person when no time is left at all', () => {
		const nowhere = settings({ quietHours: { from: '08:00', to: '21:00' } });
		expect(decideRoute(due({ settings: nowhere }))).toMatchObject({ status: 'in_review', sentence: expect.stringContaining('no time is left to send it in') });
	});
	it('moves what a daily cap moved into open hours, and says both', () => {
		const now = epochMs('2026-03-06T09:00:00Z');
		const capped = due({ now, contact, sentToContactToday: 5, settings: settings({ contactDailyCap: 5, quietHours: { from: '08:00', to: '12:00' } }) }, { channel: 'email', to: 'a@mail.example' });
		expect(decideRoute(capped)).toMatchObject({ status: 'scheduled', sendAt: epochMs('2026-03-07T11:00:00Z'), sentence: "Moved to 2026-03-07 11:00 UTC: the contact's daily cap is reached (5 of 5 sent today), quiet hours 08:00 to 12:00." });
	});
});

describe('asking for a review', () => {
	it('puts the reason first and stops for an opt-out all the same', () => {
		expect(decideReview('the price is not known')(facts())).toMatchObject({ status: 'in_review', sentence: 'Waits for a person: the price is not known.' });
		expect(decideReview('whatever')(facts({ suppressed: 'opted out' })).status).toBe('blocked');
	});
	it('lets a person read what the gate blocked', () => {
		expect(decideReview('please look')(facts({}, { gate: { ...PASS, verdict: 'block' } })).status).toBe('in_review');
	});
});

const anyFacts = fc
	.record({
		mode: fc.constantFrom(...MODES),
		killSwitch: fc.boolean(),
		status: fc.constantFrom('drafted' as const, 'scheduled' as const, 'claimed' as const),
		channel: fc.constantFrom(...CHANNELS),
		verdict: fc.constantFrom('pass' as const, 'review' as const, 'block' as const, undefined),
		autoSend: fc.boolean(),
		suppressed: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
		newerInbound: fc.boolean(),
		approved: fc.boolean(),
		ago: fc.option(fc.integer({ min: 0, max: 48 * HOUR }), { nil: undefined }),
		wait: fc.integer({ min: -DAY, max: DAY }),
		sent: fc.integer({ min: 0, max: 10 }),
		cap: fc.option(fc.integer({ min: 0, max: 10 }), { nil: undefined }),
	})
	.map(({ mode, killSwitch, status, channel, verdict, autoSend, suppressed, newerInbound, approved, ago, wait, sent, cap }) =>
		facts(
			{ settings: settings({ mode, killSwitch, contactDailyCap: cap }), suppressed, newerInbound, approved, sentToContactToday: sent, lastInboundAt: ago === undefined ? undefined : later(NOW, -ago) },
			{ status, channel, gate: verdict && { ...PASS, verdict }, sendAt: later(NOW, wait) },
			{ decision: { autoSend, threshold: 0.85, source: 'fixed', audited: false } },
		),
	);

describe('laws of the table', () => {
	it('leaves only in mode auto, or approved in a mode that sends', () => {
		fc.assert(
			fc.property(anyFacts, (given) => {
				const { status } = decideRoute(given);
				const leaves = status === 'scheduled' || status === 'claimed';
				const allowed = given.settings.mode === 'auto' || (given.approved === true && (given.settings.mode === 'assist' || given.settings.mode === 'one_click'));
				return !leaves || (allowed && !given.settings.killSwitch && given.suppressed === undefined && !given.newerInbound && given.row.gate?.verdict !== 'block');
			}),
		);
	});
	it('always says why, never sends in the past, and is due in the future', () => {
		fc.assert(
			fc.property(anyFacts, (given) => {
				const route = decideRoute(given);
				expect(route.sentence.length).toBeGreaterThan(10);
				if (route.status === 'scheduled' && given.row.status === 'drafted') expect(route.sendAt).toBeGreaterThanOrEqual(NOW);
				if (route.status === 'in_review') expect(route.dueAt).toBeGreaterThanOrEqual(NOW);
			}),
		);
	});
});
