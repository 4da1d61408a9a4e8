import * as fc from 'fast-check';
import { CHUNK_POLICY, chunkText } from '../../../engine/retrieval/chunk';

const small = { characters: 40, overlap: 15 };

describe('chunkText', () => {
	it('keeps a short text as it is and makes nothing of blanks', () => {
		expect(chunkText('  Hello there.\n\nHow are you?  ')).toEqual(['Hello there.\n\nHow are you?']);
		expect(chunkText(' \n\n \t')).toEqual([]);
		expect(chunkText('')).toEqual([]);
	});

	it('cuts at paragraphs, and inside a long paragraph at sentences', () => {
		expect(chunkText('First paragraph here.\n\nSecond paragraph comes now.', { characters: 30, overlap: 0 })).toEqual(['First paragraph here.', 'Second paragraph comes now.']);
		expect(chunkText('One sentence is here. Another one follows. And a third.', { characters: 25, overlap: 0 })).toEqual(['One sentence is here.', 'Another one follows.', 'And a third.']);
	});

	it('repeats the last sentence in the next chunk, when it is short enough', () => {
		expect(chunkText('A long opening sentence. Short one. Then the next goes on.', small)).toEqual(['A long opening sentence. Short one.', 'Short one. Then the next goes on.']);
	});

	it('begins a new chunk at a heading and keeps the heading with its text', () => {
		const chunks = chunkText('# Prices\n\nA chair costs 45 euros.\n\n# Delivery\n\nTwo weeks.', { characters: 60, overlap: 20 });
		expect(chunks).toEqual(['# Prices\n\nA chair costs 45 euros.', '# Delivery\n\nTwo weeks.']);
	});

	it('cuts what has neither sentences nor blanks, never through an emoji', () => {
		const chunks = chunkText('🎉'.repeat(1_000), { characters: 101, overlap: 10 });
		expect(chunks.join('')).toBe('🎉'.repeat(1_000));
		expect(chunks.every((chunk) => chunk.isWellFormed())).toBe(true);
	});

	it('makes chunks of at most the size, from any text, and loses no word', () => {
		const word = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 90 }), fc.constantFrom('.', '! ', '\n\n', '\n# Title\n', ' and so on. '));
		fc.assert(
			fc.property(fc.array(word, { maxLength: 60 }).map((parts) => parts.join(' ')), (text) => {
				const chunks = chunkText(text, small);
				expect(chunks.every((chunk) => chunk.length <= small.characters && chunk.trim() !== '')).toBe(true);
				// Nothing but white space may go missing: each character comes in order, with repeats allowed.
				const bare = (some: string): string => some.replace(/\s/gu, '');
				let left = bare(text);
				let before = '';
				for (const chunk of chunks.map(bare)) {
					const repeated = Array.from({ length: Math.min(before.length, chunk.length) + 1 }, (_, at) => chunk.length - at).find((own) => before.endsWith(chunk.slice(0, chunk.length - own)) && left.startsWith(chunk.slice(chunk.length - own)));
					expect(repeated).toBeDefined();
					left = left.slice(repeated);
					before += chunk;
				}
				expect(left).toBe('');
			}),
			{ numRuns: 300 },
		);
	});

	it('takes 200,000 characters of anything in well under a second', () => {
		for (const text of ['a'.repeat(200_000), 'a. '.repeat(66_000), '\n'.repeat(200_000), '# x\n'.repeat(50_000), ' '.repeat(200_000)]) {
			const began = performance.now();
			expect(chunkText(text).every((chunk) => chunk.length <= CHUNK_POLICY.characters)).toBe(true);
			expect(performance.now() - began).toBeLessThan(2_000);
		}
	});
});
