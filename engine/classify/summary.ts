import { detectLanguage, parseLanguage, type Language } from '../message/language';
import { sentencesOf } from '../message/sentences';
import { buyingWordsIn } from './buyingWords';
import type { ScoredTurn } from './fallbackScore';

const MOST_SENTENCES = 5;
const LONGEST_SENTENCE = 240;
/** Sentences weighed; a conversation of walls of text is not worth more work. */
const MOST_WEIGHED = 120;

interface Candidate {
	text: string;
	place: number;
	weight: number;
}

function shortened(sentence: string): string {
	const characters = [...sentence];
	return characters.length <= LONGEST_SENTENCE ? sentence : `${characters.slice(0, LONGEST_SENTENCE).join('').trimEnd()}…`;
}

function weigh(sentence: string, language: Language): number {
	const words = buyingWordsIn([sentence], language).length;
	return words * 2 + (sentence.includes('?') ? 2 : 0) + (/\p{N}/u.test(sentence) ? 1 : 0);
}

/**
 * Up to five of the lead's own sentences, word for word and in order: how it began, what was said last, and between them
 * the ones with buying words, questions and numbers. Empty when the lead wrote no words.
 */
export function extractiveSummary(conversation: readonly ScoredTurn[], language?: string): string {
	const sentences = conversation.filter(({ from }) => from === 'lead').flatMap(({ text }) => sentencesOf(text.slice(0, 4_000)));
	const worded = [...new Set(sentences.filter((sentence) => /\p{L}/u.test(sentence)))];
	if (worded.length <= MOST_SENTENCES) return worded.map(shortened).join(' ');
	// Told once for all: single sentences are too short to tell.
	const spoken = parseLanguage(language) ?? parseLanguage(detectLanguage(worded.join(' ')).language) ?? 'en';
	const candidates: Candidate[] = worded.slice(-MOST_WEIGHED).map((text, place, all) => ({
		text,
		place,
		weight: place === 0 || place === all.length - 1 ? Infinity : weigh(text, spoken),
	}));
	const chosen = [...candidates].sort((a, b) => b.weight - a.weight || b.place - a.place).slice(0, MOST_SENTENCES);
	return chosen
		.sort((a, b) => a.place - b.place)
		.map(({ text }) => shortened(text))
		.join(' ');
}
