import fc from 'fast-check';
import { compareShadowRuns } from '../../../engine/message/compareShadowRuns';
import { agrees, shadowReport, type ShadowCase } from '../../../engine/message/shadowReport';
import { textSimilarity } from '../../../engine/message/textSimilarity';
import { SHADOW_POLICY, whatPeopleDid, type PeopleDid, type ThreadEvent } from '../../../engine/message/whatPeopleDid';
import { epochMs, HOUR, later, MINUTE } from '../../../engine/time';

const AT = epochMs('2026-03-02T10:00:00Z');

describe('how alike two texts are', () => {
	it.each([
		['the same words', 'It is 20 euros.', 'it IS 20 euros', 1],
		// 3 words in common and in order, 4 + 4 words: 2 × 3 ÷ 8.
		['one word of four replaced', 'It is 20 euros', 'It is 25 euros', 0.75],
		// Longest common subsequence of a b c d and d c b a is 1: 2 × 1 ÷ 8.
		['the order turned round', 'a b c d', 'd c b a', 0.25],
		['nothing in common', 'Yes of course', 'No never', 0],
		['two empty texts', '', ' \n', 1],
		['an empty one', '', 'Hello', 0],
		// 3 of 4 characters each.
		['scripts without spaces, character by character', '你好世界', '你好世人', 0.75],
		['signs alone', '👍', ' 👍 ', 1],
		['composed and decomposed letters', 'Grüße', 'Gru\u0308\u00dfe', 1],
	])('%s', (_what, a, b, expected) => {
		expect(textSimilarity(a, b)).toBeCloseTo(expected, 12);
	});

	it('is between 0 and 1, 1 with itself, and the same both ways', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.string({ unit: 'grapheme', maxLength: 60 }), (a, b) => {
				const alike = textSimilarity(a, b);
				expect(alike).toBeGreaterThanOrEqual(0);
				expect(alike).toBeLessThanOrEqual(1);
				expect(textSimilarity(b, a)).toBe(alike);
				expect(textSimilarity(a, a)).toBe(1);
			}),
		);
	});

	it('is that of the textbook recursion', () => {
		const word = fc.constantFrom('a', 'b', 'c', 'd');
		fc.assert(
			fc.property(fc.array(word, { minLength: 1, maxLength: 90 }), fc.array(word, { minLength: 1, maxLength: 90 }), (a, b) => {
				const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
				for (let i = 1; i <= a.length; i++) for (let j = 1; j <= b.length; j++) table[i][j] = a[i - 1] === b[j - 1] ? table[i - 1][j - 1] + 1 : Math.max(table[i - 1][j], table[i][j - 1]);
				expect(textSimilarity(a.join(' '), b.join(' '))).toBeCloseTo((2 * table[a.length][b.length]) / (a.length + b.length), 12);
			}),
		);
	});

	it('takes no longer for a hundred thousand words', () => {
		const long = 'word other '.repeat(50_000);
		const began = performance.now();
		expect(textSimilarity(long, `${long}end`)).toBe(1);
		expect(performance.now() - began).toBeLessThan(1_000);
	});
});

describe('what people did', () => {
	const did = (events: ThreadEvent[], nowHours = 100): PeopleDid => whatPeopleDid(events, { at: AT, now: later(AT, nowHours * HOUR) });
	const by = (from: ThreadEvent['from'], hours: number, text = ''): ThreadEvent => ({ from, at: later(AT, hours * HOUR), ...(from === 'person' ? { text } : {}) });

	it.each([
		['a person answered', [by('person', 2, 'Yes')], 100, { did: 'answered', text: 'Yes', afterMs: 2 * HOUR }],
		['at the last moment', [by('person', 72, 'Yes')], 100, { did: 'answered', text: 'Yes', afterMs: 72 * HOUR }],
		['too late', [by('person', 72.01, 'Yes')], 100, { did: 'no_answer' }],
		['before the lead had written', [by('person', -1, 'Yes')], 100, { did: 'no_answer' }],
		['the lead wrote on first', [by('lead', 1), by('person', 2, 'Yes')], 100, { did: 'wrote_again' }],
		['the autopilot answered', [by('us', 1), by('person', 2, 'Yes')], 100, { did: 'autopilot' }],
		['the contact opted out first', [by('person', 5, 'Sorry'), by('opt_out', 1)], 100, { did: 'opted_out' }],
		['nobody yet, with time left', [], 71, { did: 'open' }],
		['nobody in the time', [], 72, { did: 'no_answer' }],
	] as const)('%s', (_what, events, nowHours, expected) => {
		expect(did([...events], nowHours)).toEqual(expected);
	});

	it('takes the words of one burst together, and none after the lead spoke', () => {
		const minutes = (from: ThreadEvent['from'], minute: number, text = ''): ThreadEvent => ({ from, at: later(AT, minute * MINUTE), text });
		expect(did([minutes('person', 5, 'Hi!'), minutes('person', 6, 'It is 20.'), minutes('lead', 7), minutes('person', 8, 'Bye')])).toMatchObject({ text: 'Hi!\nIt is 20.' });
		expect(did([minutes('person', 5, 'Hi!'), minutes('person', 15, 'in time'), minutes('person', 15.1, 'later')])).toMatchObject({ text: 'Hi!\nin time' });
	});

	it('leaves out what a mail program quotes', () => {
		expect(did([by('person', 1, 'It is 20 euros.\n\nOn Mon, Mar 2, 2026 at 10:00, Anna <a@b.example> wrote:\n> How much?')])).toMatchObject({ text: 'It is 20 euros.' });
	});
});

const answered = (text: string, afterMs = HOUR): PeopleDid => ({ did: 'answered', text, afterMs });
let counter = 0;
const one = (decision: ShadowCase['decision'], people: PeopleDid, changes: Partial<ShadowCase> = {}): ShadowCase => ({ messageId: `m${counter++}`, channel: 'whatsapp', decision, reason: 'cleared', at: AT, people, ...(decision === 'send' || decision === 'review' ? { draftText: 'It is 20 euros' } : {}), ...changes });

describe('agreement', () => {
	it.each([
		['send', answered('x'), 0.5, true],
		['send', answered('x'), 0.49, false],
		['send', answered(''), undefined, undefined],
		['send', { did: 'no_answer' }, undefined, false],
		['send', { did: 'opted_out' }, undefined, false],
		['send', { did: 'wrote_again' }, undefined, undefined],
		['send', { did: 'open' }, undefined, undefined],
		['block', { did: 'no_answer' }, undefined, true],
		['block', { did: 'opted_out' }, undefined, true],
		['block', answered('x'), 1, false],
		['no_reply', { did: 'no_answer' }, undefined, true],
		['no_reply', { did: 'autopilot' }, undefined, undefined],
		['review', answered('x'), 1, undefined],
		['review', { did: 'no_answer' }, undefined, undefined],
	] as const)('of %s with %j at %s: %s', (decision, people, similarity, expected) => {
		expect(agrees(decision, people, similarity)).toBe(expected);
	});
});

describe('the report', () => {
	it('of nothing says so, and makes up no share', () => {
		const report = shadowReport([]);
		expect(report).toMatchObject({ cases: 0, reasons: [], channels: [], agreement: { all: { agreed: 0, of: 0 } }, similarity: { send: { of: 0 } } });
		expect(report.agreement.all.share).toBeUndefined();
		expect(report.sentence).toBe('Nothing was decided in shadow mode in this time: no conversation came, or the mode was another one.');
	});

	it('counts by decision, reason, channel and what people did, with values worked out by hand', () => {
		const report = shadowReport([
			one('send', answered('It is 20 euros', 30 * MINUTE)),
			one('send', answered('It is 25 euros', 60 * MINUTE), { channel: 'email' }),
			one('send', answered('Please call us tomorrow', 90 * MINUTE)),
			one('send', { did: 'no_answer' }, { sendAt: epochMs('2026-03-03T08:00:00Z') }),
			one('review', answered('It is 20 euros', 120 * MINUTE), { reason: 'confidence' }),
			one('review', { did: 'open' }, { reason: 'confidence' }),
			one('block', { did: 'opted_out' }, { reason: 'opt_out' }),
			one('no_reply', { did: 'wrote_again' }, { reason: 'no_answer_needed' }),
		]);
		expect(report.decisions).toEqual({ send: 4, review: 2, block: 1, no_reply: 1 });
		expect(report.reasons.slice(0, 2)).toEqual([
			{ decision: 'send', reason: 'cleared', name: 'every check passed', count: 4, share: 1 },
			{ decision: 'review', reason: 'confidence', name: 'confidence below the threshold', count: 2, share: 1 },
		]);
		expect(report.channels).toEqual([
			{ channel: 'email', send: 1, review: 0, block: 0, no_reply: 0 },
			{ channel: 'whatsapp', send: 3, review: 2, block: 1, no_reply: 1 },
		]);
		expect(report.people.send).toMatchObject({ answered_alike: 2, answered_differently: 1, no_answer: 1 });
		expect(report.agreement.send).toMatchObject({ agreed: 2, of: 4, share: 0.5 });
		expect(report.agreement.silence).toMatchObject({ agreed: 1, of: 1, share: 1 });
		// 3 of 5: Clopper–Pearson 95 % as tabulated, 14.66 % to 94.73 %.
		expect(report.agreement.all).toMatchObject({ agreed: 3, of: 5 });
		expect(report.agreement.all.low).toBeCloseTo(0.1466, 4);
		expect(report.agreement.all.high).toBeCloseTo(0.9473, 4);
		// Similarities of the sends: 0, 0.75, 1.
		expect(report.similarity.send).toEqual({ of: 3, median: 0.75, lowerQuartile: 0.375, upperQuartile: 0.875 });
		expect(report.peopleAnswerMinutes).toBe(75);
		expect(report.busiestDay).toEqual({ day: '2026-03-02', send: 3 });
		expect(report.sentence).toBe(
			'Of 8 messages 4 would have been sent, 2 would have been given to a person, 1 would have been blocked, 1 would have been left without an answer. Where that can be compared with what people did, it agreed in 3 of 5 (60.0 %, 95 % interval 14.7 % to 94.7 %); fewer than 30 comparisons tell little.',
		);
	});

	it('names checks it has no words for by their own name', () => {
		expect(shadowReport([one('review', { did: 'open' }, { reason: 'own_words' })]).reasons[0].name).toBe('check: own words');
	});

	it('adds up, whatever came', () => {
		const people = fc.constantFrom<PeopleDid>(answered('It is'), answered(''), { did: 'no_answer' }, { did: 'opted_out' }, { did: 'wrote_again' }, { did: 'autopilot' }, { did: 'open' }, { did: 'outreach' });
		const decision = fc.constantFrom('send' as const, 'review' as const, 'block' as const, 'no_reply' as const);
		fc.assert(
			fc.property(fc.array(fc.tuple(decision, people), { maxLength: 40 }), (pairs) => {
				const report = shadowReport(pairs.map(([what, did]) => one(what, did)));
				const sum = (counts: object): number => Object.values(counts).reduce<number>((total, count) => total + Number(count), 0);
				expect(sum(report.decisions)).toBe(pairs.length);
				expect(Object.values(report.people).reduce((total, counts) => total + sum(counts), 0)).toBe(pairs.length);
				expect(report.reasons.reduce((total, { count }) => total + count, 0)).toBe(pairs.length);
				expect(report.agreement.all.of).toBe(report.agreement.send.of + report.agreement.silence.of);
				expect(report.agreement.all.agreed).toBeLessThanOrEqual(report.agreement.all.of);
			}),
		);
	});

	it('of 5,000 conversations with long answers takes seconds', () => {
		const text = Array.from({ length: 120 }, (_, i) => `word${i % 70}`).join(' ');
		const cases = Array.from({ length: 5_000 }, (_, i) => one('send', answered(`${text} ${i}`), { draftText: text }));
		const began = performance.now();
		expect(shadowReport(cases).decisions.send).toBe(5_000);
		expect(performance.now() - began).toBeLessThan(5_000);
	});
});

describe('two runs', () => {
	it('are compared over the messages both have', () => {
		const before = [['a', 'send'], ['b', 'review'], ['c', 'review'], ['only-before', 'send']] as const;
		const after = [['a', 'send'], ['b', 'send'], ['c', 'send'], ['only-after', 'block']] as const;
		const decided = (list: readonly (readonly [string, ShadowCase['decision']])[]) => list.map(([messageId, decision]) => ({ messageId, decision }));
		expect(compareShadowRuns(decided(before), decided(after))).toEqual({ both: 3, same: 1, changed: [{ from: 'review', to: 'send', count: 2 }], sentence: 'Of 3 messages in both runs 1 was decided alike; changed: 2 from review to send.' });
		expect(compareShadowRuns([], decided(after)).sentence).toBe('The two runs have no message in common.');
	});
});

it('the numbers are those the documentation names', () => {
	expect(SHADOW_POLICY).toEqual({ answerHours: 72, answerBurstMs: 10 * MINUTE, alikeFrom: 0.5, fewest: 30 });
});
