import fc from 'fast-check';
import { actionOf, ERROR_CODES, reportedRule } from '../../../engine/channels/errorCodes';
import { heldBy, type SenderHold } from '../../../engine/message/senderHold';
import { LABEL_RULES, labelOfEvent, labelOfReply, OUTCOME_LABELS, rewardOf } from '../../../engine/outcome/labels';
import { machineEvidence, machineTouches, type Touch } from '../../../engine/outcome/machine';
import { amountProblem, minorUnits, readCurrency, reportedAmount, roundedAmount } from '../../../engine/outcome/money';
import { rateOf, rateSentence, type PerformanceTally } from '../../../engine/outcome/performance';
import { provenStrategy, winningStrategies } from '../../../engine/outcome/winningStrategies';
import { maturesAt } from '../../../engine/outcome/windows';
import { DAY, epochMs, later, SECOND } from '../../../engine/time';

const AT = epochMs('2026-03-02T12:00:00Z');

describe('labels and rewards', () => {
	it('weighs as the table says', () => {
		const weights = Object.fromEntries(Object.entries(LABEL_RULES).map(([label, { weight }]) => [label, weight]));
		expect(weights).toMatchObject({ deal_won: 10, meeting_held: 6, meeting_booked: 5, positive_reply: 3, complaint: 3, opt_out: 2, neutral_reply: 1, objection: 1, no_show: 1, bounce: 0.5 });
	});
	it.each([
		['deal_won', undefined, 1],
		['meeting_booked', undefined, 0.5],
		['complaint', undefined, -0.3],
		['positive_reply', 1, 0.3],
		['positive_reply', -1, 0],
		['objection', 0.5, -0.025],
		['neutral_reply', 0, 0],
		['bounce', undefined, undefined],
	] as const)('%s with sentiment %s earns %s', (label, sentiment, reward) => {
		if (reward === undefined) expect(rewardOf(label, sentiment)).toBeUndefined();
		else expect(rewardOf(label, sentiment)).toBeCloseTo(reward, 10);
	});
	it('stays between −1 and 1 whatever a model says of the mood', () => {
		fc.assert(fc.property(fc.constantFrom(...OUTCOME_LABELS), fc.oneof(fc.double(), fc.constant(undefined)), (label, sentiment) => Math.abs(rewardOf(label, sentiment) ?? 0) <= 1));
	});
	it('reads an answer: a wish to stop outranks the intent, an absence notice is nobody’s answer', () => {
		const certain = { wanted: true, certainty: 1 };
		const none = { wanted: false, certainty: 0 };
		expect(labelOfReply({ intent: 'interested', optOut: certain })).toBe('opt_out');
		expect(labelOfReply({ intent: 'question', optOut: none })).toBe('positive_reply');
		expect(labelOfReply({ intent: 'not_now', optOut: none })).toBe('neutral_reply');
		expect(labelOfReply({ intent: 'out_of_office', optOut: none })).toBe('automatic_reply');
		expect([labelOfEvent('unsubscribed'), labelOfEvent('machine_opened'), labelOfEvent('delivered')]).toEqual(['opt_out', undefined, undefined]);
	});
	it('matures with its window', () => {
		expect([maturesAt(AT, 'clicked'), maturesAt(AT, 'replied'), maturesAt(AT, 'meeting_booked'), maturesAt(AT, 'deal_won')].map((at) => (at - AT) / DAY)).toEqual([7, 14, 30, 90]);
	});
});

describe('money', () => {
	it('knows the smallest units of ISO 4217', () => {
		expect(['EUR', 'JPY', 'KWD', 'CLF', 'HUF', 'EURO', 'XXX'].map(minorUnits)).toEqual([2, 0, 3, 4, 2, undefined, undefined]);
		// Every code of ours in use is one of the runtime's, too; those it does not list are funds and newly named ones.
		const listed = new Set(Intl.supportedValuesOf('currency'));
		expect(['EUR', 'USD', 'GBP', 'CHF', 'JPY', 'PLN', 'INR', 'BRL', 'AED', 'KWD'].every((code) => listed.has(code) && minorUnits(code) !== undefined)).toBe(true);
	});
	it.each([
		[1200.5, 'EUR', undefined],
		[1200.555, 'EUR', /digits/],
		[10.5, 'JPY', /digits/],
		[1.125, 'KWD', undefined],
		[-1, 'EUR', /0 or more/],
		[Number.NaN, undefined, /0 or more/],
		[1e13, 'EUR', /larger/],
		[0.1 + 0.2, 'EUR', undefined],
	])('%s %s', (value, currency, problem) => {
		if (problem === undefined) expect(amountProblem(value, currency)).toBeUndefined();
		else expect(amountProblem(value, currency)).toMatch(problem);
	});
	it('keeps of a stranger’s report what is an amount', () => {
		expect(reportedAmount(12.345, 'eur')).toEqual({ value: 12.35, currency: 'EUR' });
		expect(reportedAmount(99.6, 'JPY')).toEqual({ value: 100, currency: 'JPY' });
		expect(reportedAmount(5, 'DROP TABLE')).toEqual({ value: 5 });
		expect([reportedAmount(-5, 'EUR'), reportedAmount(Infinity, 'EUR'), reportedAmount(undefined, 'EUR')]).toEqual([{}, {}, {}]);
		expect(readCurrency(' usd ')).toBe('USD');
		expect(roundedAmount(1.005, 'EUR')).toBe(1.01);
	});
});

describe('machines', () => {
	const touch = (id: string, seconds: number, more: Partial<Touch> = {}): Touch => ({ id, kind: 'clicked', at: later(AT, seconds * SECOND), machine: false, ...more });
	it('are known by their names and by asking without wanting an answer', () => {
		expect(machineEvidence({ userAgent: 'Mozilla/5.0' })).toBe('apple_mail_privacy');
		expect(machineEvidence({ userAgent: 'Mozilla/5.0 (Windows NT 10.0; Microsoft Outlook 16.0; Microsoft Office Existence Discovery)' })).toBe('scanner');
		expect(machineEvidence({ userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15', method: 'head' })).toBe('head_request');
		expect(machineEvidence({ userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15', method: 'GET' })).toBeUndefined();
		// Gmail's proxy fetches when the person opens.
		expect(machineEvidence({ userAgent: 'Mozilla/5.0 (Windows NT 5.1) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)' })).toBeUndefined();
		expect(machineEvidence({ userAgent: 'x'.repeat(1e6) })).toBeUndefined();
		expect(machineEvidence({})).toBeUndefined();
	});
	it('open within seconds of delivery or before it, and follow several links at once', () => {
		expect([...machineTouches([touch('early', -30), touch('at once', 3), touch('edge', 10), touch('person', 40)], AT)].sort()).toEqual(['at once', 'early']);
		expect([...machineTouches([touch('a', 60, { link: 'x' }), touch('b', 61, { link: 'y' }), touch('c', 90, { link: 'x' })], AT)].sort()).toEqual(['a', 'b']);
		expect([...machineTouches([touch('a', 60, { link: 'x' }), touch('b', 61, { link: 'x' })], AT)]).toEqual([]);
		expect([...machineTouches([touch('told', 900, { machine: true }), touch('unknown', 1)], undefined)]).toEqual(['told']);
	});
	it('are told alike in any order', () => {
		const touches = fc.array(fc.record({ seconds: fc.nat(30), link: fc.constantFrom('x', 'y', undefined), machine: fc.boolean(), kind: fc.constantFrom('opened' as const, 'clicked' as const) }), { maxLength: 12 });
		fc.assert(
			fc.property(touches, fc.infiniteStream(fc.nat(1000)), (list, dice) => {
				const named = list.map(({ seconds, ...rest }, at) => touch(`${at}`, seconds, rest));
				const shuffled = named.map((one) => ({ one, roll: dice.next().value ?? 0 })).sort((a, b) => a.roll - b.roll).map(({ one }) => one);
				expect([...machineTouches(shuffled, AT)].sort()).toEqual([...machineTouches(named, AT)].sort());
			}),
		);
	});
});

describe('errors become actions', () => {
	it.each([
		['whatsapp', '131026', 'none'],
		['whatsapp', '131047', 'use_template'],
		['whatsapp', '131056', 'retry_at'],
		['whatsapp', '130429', 'pause_sender'],
		['whatsapp', '131050', 'suppress'],
		['whatsapp', '132016', 'stop_campaign'],
		['whatsapp', '190', 'reconnect_token'],
		['sms', '21610', 'suppress'],
		['sms', '21614', 'suppress'],
		['sms', '30003', 'retry_at'],
		['sms', '30007', 'stop_campaign'],
		['email', '5.1.1', 'suppress'],
		['email', '4.2.2', 'retry_at'],
		['email', '5.7.515', 'pause_sender'],
	])('%s %s: %s', (channel, code, action) => {
		const rule = reportedRule(channel, code);
		expect(rule && actionOf(rule)).toBe(action);
	});
	it('the table holds together: what suppresses says so, a pause has a code that can be waited for or a person', () => {
		const books = [ERROR_CODES.meta, ERROR_CODES.metaSubcodes, ERROR_CODES.twilio, ERROR_CODES.smtpEnhanced, ERROR_CODES.smtp, ERROR_CODES.http, ERROR_CODES.network, ERROR_CODES.node];
		const rules = books.flatMap((book) => Object.values(book));
		expect(rules.length).toBeGreaterThan(80);
		for (const rule of rules) {
			expect(rule.suppress !== undefined).toBe(actionOf(rule) === 'suppress');
			if (rule.pauseSeconds !== undefined) expect(rule.action).toBe('pause_sender');
			if (actionOf(rule) === 'retry_at') expect(rule.kind).toBe('not_sent');
		}
	});
	it('a hold bears on its sender, a campaign’s on outreach with its template; the longest counts', () => {
		const hold = (more: Partial<SenderHold>): SenderHold => ({ workspace: 'w', kind: 'pause', channel: 'whatsapp', accountId: 'n1', since: AT, at: AT, sentence: 'No.', until: later(AT, DAY), ...more });
		const row = { workspace: 'w', channel: 'whatsapp', accountId: 'n1', purpose: 'outreach' as const, template: 'offer' };
		expect(heldBy(row, [hold({}), hold({ until: later(AT, 2 * DAY) })], AT)?.until).toBe(later(AT, 2 * DAY));
		expect(heldBy(row, [hold({}), hold({ kind: 'campaign', until: undefined, template: 'offer' })], AT)).toMatchObject({ kind: 'campaign' });
		expect(heldBy({ ...row, purpose: 'reply' }, [hold({ kind: 'campaign', until: undefined })], AT)).toBeUndefined();
		for (const other of [{ accountId: 'n2' }, { channel: 'sms' as const }, { workspace: 'v' }, { until: AT }, { kind: 'campaign' as const, template: 'else' }]) expect(heldBy(row, [hold(other)], AT)).toBeUndefined();
	});
});

describe('performance', () => {
	it('shows small samples as what they are', () => {
		// 1 of 10, exact interval: 0.25 % to 44.5 % (tables of Clopper and Pearson).
		const rate = rateOf({ matured: 10, hits: 1 }, 30);
		expect(rate).toMatchObject({ rate: 0.1, enough: false });
		expect(rate.low).toBeCloseTo(0.00253, 4);
		expect(rate.high).toBeCloseTo(0.44502, 4);
		expect(rateSentence('replied', rate, 30)).toBe('1 of 10 answered (10 %, with 95 % certainty between 0.3 % and 44.5 %); fewer than 30 messages are old enough, which is too few to judge by.');
		expect(rateSentence('replied', rateOf({ matured: 0, hits: 0 }, 30), 30)).toBe('No message is old enough to tell yet.');
	});
	const tally = (segment: string | undefined, framework: string, matured: number, hits: number): PerformanceTally => ({ keys: [segment, framework, 'friendly'], sent: matured, metrics: { positive_reply: { matured, hits } }, revenue: [] });
	it('calls a strategy winning only beyond chance, and shrinks small ones towards their segment', () => {
		const results = winningStrategies([tally('hotel', 'pas', 400, 80), tally('hotel', 'aida', 400, 20), tally('hotel', 'bab', 10, 5), tally('law', 'pas', 100, 8), tally('law', 'aida', 100, 6)], 'positive_reply');
		expect(results.map(({ segment, framework, verdict }) => `${segment} ${framework} ${verdict}`)).toEqual(['hotel bab too_few', 'hotel pas winning', 'hotel aida losing', 'law pas not_proven', 'law aida not_proven']);
		// 5 of 10 in a segment of 105 of 810: (5 + 30 × 105/810) / 40.
		expect(results[0].expected).toBeCloseTo((5 + (30 * 105) / 810) / 40, 10);
		expect(provenStrategy(results, 'hotel')?.framework).toBe('pas');
		expect([provenStrategy(results, 'law'), provenStrategy(results, undefined)]).toEqual([undefined, undefined]);
		expect(results[1].sentence).toBe('pas, friendly for hotel: 80 of 400 answered with interest (20 %), all others 6.1 %: ahead of all others by more than chance explains.');
	});
	it('finds nothing among equals: of 400 reports of twelve equal strategies fewer than 5 % name one', () => {
		let seed = 7;
		const random = (): number => ((seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647);
		const hits = (n: number): number => Array.from({ length: n }, random).filter((draw) => draw < 0.1).length;
		const named = Array.from({ length: 400 }, () => winningStrategies(Array.from({ length: 12 }, (_, at) => tally(`s${at % 3}`, `f${at}`, 60, hits(60))), 'positive_reply').some(({ verdict }) => verdict === 'winning' || verdict === 'losing'));
		expect(named.filter(Boolean).length).toBeLessThan(20);
	});
});
