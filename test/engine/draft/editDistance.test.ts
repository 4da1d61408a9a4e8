import fc from 'fast-check';
import { editDistance } from '../../../engine/draft/editDistance';
import { cpuMs } from '../../cpuTime';

/** The recursive definition, as a second method. */
function slow(a: string[], b: string[]): number {
	if (a.length === 0 || b.length === 0) return a.length + b.length;
	if (a[0] === b[0]) return slow(a.slice(1), b.slice(1));
	return 1 + Math.min(slow(a.slice(1), b), slow(a, b.slice(1)), slow(a.slice(1), b.slice(1)));
}

describe('editDistance', () => {
	it.each([
		['kitten', 'sitting', 3 / 7],
		['Saturday', 'Sunday', 3 / 8],
		['abc', 'abc', 0],
		['', '', 0],
		['', 'abcd', 1],
		['abcd', '', 1],
		['Hi Ana, yes.', 'Hi Ana, no.', 3 / 12],
		// One emoji is one character, however it is encoded.
		['ok 👍', 'ok 🎉', 1 / 4],
	])('%j to %j is %f', (before, after, expected) => expect(editDistance(before, after)).toBeCloseTo(expected, 12));

	it('takes no notice of what is no edit: line ends, blanks at the ends, the encoding of an accent', () => {
		expect(editDistance('Señora,\r\nhola ', '\nSen\u0303ora,\nhola')).toBe(0);
	});

	it('agrees with the recursive definition', () => {
		const text = fc.array(fc.constantFrom('a', 'b', '👍'), { maxLength: 6 });
		fc.assert(fc.property(text, text, (a, b) => expect(editDistance(a.join(''), b.join(''))).toBeCloseTo(Math.max(a.length, b.length) === 0 ? 0 : slow(a, b) / Math.max(a.length, b.length), 12)));
	});

	it('is a share, the same both ways, and 0 for the same text only', () => {
		fc.assert(
			fc.property(fc.string({ maxLength: 40 }), fc.string({ maxLength: 40 }), (a, b) => {
				const distance = editDistance(a, b);
				expect(distance).toBe(editDistance(b, a));
				expect(distance >= 0 && distance <= 1).toBe(true);
				expect(distance === 0).toBe(a.normalize('NFC').replace(/\r\n?/g, '\n').trim() === b.normalize('NFC').replace(/\r\n?/g, '\n').trim());
			}),
		);
	});

	it('is quick on huge texts, and small for a small edit in one', () => {
		const long = 'word '.repeat(40_000);
		const began = cpuMs();
		expect(editDistance(long, `${long.slice(0, 100_000)}X${long.slice(100_000)}`)).toBeCloseTo(1 / 200_000, 6);
		expect(editDistance(long, 'x'.repeat(100_000))).toBe(1);
		expect(cpuMs() - began).toBeLessThan(2_000);
	});
});
