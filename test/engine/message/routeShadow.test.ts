import type { Gate } from '../../../engine/gate/gate';
import { ContactSchema } from '../../../engine/message/contact';
import { MODES } from '../../../engine/message/mode';
import { decideReview, decideRoute, type RouteFacts } from '../../../engine/message/route';
import { DEFAULT_SETTINGS } from '../../../engine/message/settings';
import { DAY, epochMs, iso, later } from '../../../engine/time';

const NOW = epochMs('2026-03-12T10:00:00Z');
/** A Monday morning ten days before. */
const THEN = epochMs('2026-03-02T10:00:00Z');
const PASS: Gate = { verdict: 'pass', issues: [], skipped: [], sentence: 'Every check passed.' };
const issue = (check: string, severity: 'review' | 'block', reason: string): Gate => ({ verdict: severity, issues: [{ check, severity, reason }], skipped: [], sentence: `${severity === 'block' ? 'Blocked' : 'Needs review'}: ${reason}` });

function replayed(changes: Partial<RouteFacts> = {}, row: Partial<RouteFacts['row']> = {}): RouteFacts {
	return {
		row: { id: 'd', status: 'drafted', channel: 'whatsapp', to: '+4915112345678', purpose: 'reply', gate: PASS, draft: { text: 'It is 20 euros', usedFallback: false, confidence: 0.9, decision: { autoSend: true, threshold: 0.85, source: 'fixed', audited: false } }, ...row },
		settings: { ...DEFAULT_SETTINGS, mode: 'auto' },
		contact: ContactSchema.parse({ id: 'c', timezone: 'Europe/Berlin', country: 'DE' }),
		newerInbound: false,
		sentToContactToday: 0,
		sentByWorkspaceToday: 0,
		now: NOW,
		replay: { at: THEN, onChannel: true },
		...changes,
	};
}

describe('a replay', () => {
	it('is decided as of then and goes nowhere, in every mode and with the kill switch on', () => {
		for (const mode of MODES) {
			expect(decideRoute(replayed({ settings: { ...DEFAULT_SETTINGS, mode, killSwitch: true } }))).toEqual({
				status: 'cancelled',
				sentence: 'Replay: would have been sent at 2026-03-02 10:00 UTC.',
				shadow: { decision: 'send', reason: 'cleared', sendAt: '2026-03-02T10:00:05.000Z', sentence: 'Replay: would have been sent at 2026-03-02 10:00 UTC.' },
			});
		}
	});

	it('knows nothing of what came later: takeover, newer messages, today’s caps, the window closed since', () => {
		const later10 = replayed({ newerInbound: true, givenToPerson: true, sentToContactToday: 99, settings: { ...DEFAULT_SETTINGS, mode: 'auto', contactDailyCap: 1 }, contact: ContactSchema.parse({ id: 'c', takenOverUntil: iso(later(NOW, DAY)), optOutChannels: ['whatsapp'] }) });
		expect(decideRoute(later10).shadow).toMatchObject({ decision: 'send' });
	});

	it.each([
		['takeover', 'block', 'A colleague has taken over this contact until tomorrow.'],
		['opted_out', 'block', 'The contact has opted out of whatsapp.'],
		['mode', 'block', 'The kill switch is on: nothing is sent.'],
		['channel_rules', 'review', "The contact's last message on whatsapp is over 24 hours old: an approved template is needed."],
	] as const)('passes over what the gate found about today (%s)', (check, severity, reason) => {
		const gate = issue(check, severity, reason);
		expect(decideRoute(replayed({}, { gate })).shadow).toMatchObject({ decision: 'send' });
		// A step that repeats the gate's words is no wish of its own.
		expect(decideReview(gate.sentence)(replayed({}, { gate })).shadow).toMatchObject({ decision: 'send' });
	});

	it.each([
		['what the gate found in the text', { gate: issue('facts', 'review', 'Names a price that is not in the facts.') }, 'review', 'facts'],
		['what the gate blocked', { gate: issue('pii', 'block', 'The text holds a card number.') }, 'block', 'pii'],
		['a text too long for the channel', { draft: { text: 'x'.repeat(5_000), usedFallback: false, confidence: 0.9, decision: { autoSend: true, threshold: 0.85, source: 'fixed' as const, audited: false } }, gate: issue('channel_rules', 'review', 'Too long for whatsapp: 5000 characters, at most 4096.') }, 'review', 'channel_rules'],
		['a fallback text', { draft: { text: 'x', usedFallback: true, decision: { autoSend: false, threshold: 0.85, source: 'fixed' as const, audited: false } } }, 'review', 'fallback'],
		['no gate', { gate: undefined }, 'review', 'no_gate'],
	])('keeps %s', (_what, row, decision, reason) => {
		expect(decideRoute(replayed({}, row))).toMatchObject({ status: 'cancelled', shadow: { decision, reason } });
	});

	it('keeps a wish for a person, and an opt-out known then', () => {
		expect(decideReview('Anna knows them')(replayed()).shadow).toMatchObject({ decision: 'review', reason: 'asked' });
		expect(decideRoute(replayed({ suppressed: 'Opted out of whatsapp: wrote STOP' }))).toMatchObject({ status: 'cancelled', shadow: { decision: 'block', reason: 'opted_out' } });
	});

	it('keeps the reply window of then: a form opens none', () => {
		expect(decideRoute(replayed({ replay: { at: THEN, onChannel: false } })).shadow).toMatchObject({ decision: 'review', reason: 'window' });
	});
});
