import fc from 'fast-check';
import { agreement } from '../../../engine/draft/agreement';
import { retrievalSupport } from '../../../engine/draft/retrievalSupport';
import { cpuMs } from '../../cpuTime';

const HOSTILE = ['', '👍', '1'.repeat(20_000), 'a'.repeat(20_000), 'www.'.repeat(5_000), '. '.repeat(10_000), '\u0000\ud800'];

describe('agreement', () => {
	const TEXT = 'Sure, Ana, we deliver your kitchen in 10 days.';

	it('is nothing for one draft, 1 for the same words, 0 for a draft that could not be drawn', () => {
		expect(agreement(TEXT, [])).toBeUndefined();
		expect(agreement(TEXT, [TEXT, TEXT])).toBe(1);
		expect(agreement(TEXT, [undefined])).toBe(0);
		expect(agreement(TEXT, [TEXT, undefined])).toBe(0.5);
	});

	it('hardly minds other words, and minds another figure', () => {
		const reworded = agreement(TEXT, ['Yes, Ana, of course: your kitchen will be delivered in 10 days.'], 'en') ?? 0;
		const otherFigure = agreement(TEXT, ['Sure, Ana, we deliver your kitchen in 14 days.'], 'en') ?? 0;
		expect(reworded).toBeGreaterThan(0.8);
		// Figures weigh one half and share nothing.
		expect(otherFigure).toBeCloseTo(0.5, 12);
	});

	it('sees a yes against a no, a question against an answer, another link', () => {
		const same = 'We can do that, see https://us.example/a.';
		expect(agreement(same, ['We cannot do that, see https://us.example/a.'], 'en')).toBeLessThan(1);
		expect(agreement(same, ['Can we do that, see https://us.example/a?'], 'en')).toBeLessThan(1);
		expect(agreement(same, ['We can do that, see https://us.example/b.'], 'en')).toBeLessThanOrEqual(0.5);
	});

	it('reads 1.500 € and 1500 EUR as one figure', () => {
		expect(agreement('It is 1.500 € in all', ['It is 1500 EUR in all'], 'en')).toBeGreaterThan(0.9);
	});

	it('is a share, and quick, whatever the texts', () => {
		const text = fc.oneof(fc.string({ maxLength: 60 }), fc.constantFrom(...HOSTILE));
		const began = cpuMs();
		fc.assert(
			fc.property(text, fc.array(fc.option(text, { nil: undefined }), { minLength: 1, maxLength: 4 }), (own, others) => {
				const share = agreement(own, others) ?? -1;
				expect(share >= 0 && share <= 1 + 1e-12).toBe(true);
			}),
			{ numRuns: 50 },
		);
		expect(cpuMs() - began).toBeLessThan(20_000);
	});
});

describe('retrievalSupport', () => {
	const support = (text: string, facts: string[] = ['Delivery takes 10 working days.', 'The showroom in Girona is open on Saturdays.'], sources: string[] = []) => retrievalSupport({ text, facts, sources });

	it.each([
		['no fact was given', 'We deliver in 3 days.', []],
		['nothing is stated', 'Hi Ana! Thank you very much for writing. Shall we talk?', undefined],
		['only a question touches the facts', 'Would you like to visit the showroom?', undefined],
	])('is nothing where %s', (_why, text, facts) => expect(support(text, facts)).toBeUndefined());

	it.each([
		['a figure of the facts', 'Hi Ana! We deliver in 10 days.', 1],
		['a figure of nobody', 'Hi Ana! We deliver in 3 days.', 0],
		['one of each', 'We deliver in 10 days. It costs 900 EUR.', 0.5],
		['a claim in words of the facts', 'Our showroom in Girona is open on Saturdays.', 1],
		['a claim the facts do not make', 'The showroom offers complimentary champagne breakfasts, massages and helicopter flights.', 0],
		['facts in another language, by their figures', 'Wir liefern in 10 Tagen.', 1],
	])('%s', (_what, text, expected) => expect(support(text)).toBe(expected));

	it('takes figures and links from the conversation too', () => {
		expect(support('You asked for 4 chairs, see https://us.example/x.', ['Delivery takes 10 days.'], ['I want 4 chairs from https://us.example/x'])).toBe(1);
		expect(support('See https://evil.example/x.')).toBe(0);
	});

	it.each(HOSTILE)('is a share or nothing, and quick, on hostile text %#', (text) => {
		const began = cpuMs();
		for (const share of [support(text), support('We deliver in 10 days.', [text])]) expect(share === undefined || (share >= 0 && share <= 1)).toBe(true);
		expect(cpuMs() - began).toBeLessThan(2_000);
	});
});
