import { sentenceEnds, sentencesOf } from '../../../engine/message/sentences';
import { cpuMs } from '../../cpuTime';

describe('sentences', () => {
	it('ends at full stops, questions, exclamations and line breaks', () => {
		expect(sentencesOf('Hi there! How much is it? I need 20.\nThanks')).toEqual(['Hi there!', 'How much is it?', 'I need 20.', 'Thanks']);
	});

	it('does not end at abbreviations, initials, ordinals, decimals or addresses', () => {
		expect(sentencesOf('Fragen Sie Dr. Weber am 3. März, z.B. um 10.30 Uhr. Bis dann.')).toEqual(['Fragen Sie Dr. Weber am 3. März, z.B. um 10.30 Uhr.', 'Bis dann.']);
		expect(sentencesOf('Ask J. Smith at www.example.com today')).toEqual(['Ask J. Smith at www.example.com today']);
	});

	it('keeps the quote that closes a sentence', () => {
		expect(sentencesOf('She said "yes." Then she left.')).toEqual(['She said "yes."', 'Then she left.']);
	});

	it('gives offsets behind each sentence', () => {
		expect(sentenceEnds('Ab. Cd?')).toEqual([3, 7]);
	});

	it.each(['!'.repeat(50_000) + 'x', '. '.repeat(50_000), ' '.repeat(50_000) + 'x', '"'.repeat(50_000)])('is quick on hostile text', (text) => {
		const started = cpuMs();
		sentenceEnds(text);
		expect(cpuMs() - started).toBeLessThan(500);
	});
});
