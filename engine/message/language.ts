import { detectAll } from 'tinyld';

/** The languages the pack has word lists and templates for (ISO 639-1). */
export const LANGUAGES = ['en', 'de', 'es', 'fr', 'it', 'pt', 'nl', 'pl', 'tr'] as const;
export type Language = (typeof LANGUAGES)[number];
/** Said when the language cannot be told: too short, no words, or none of ours (BCP 47's "undetermined"). */
export const UNDETERMINED = 'und';

export interface DetectedLanguage {
	language: Language | typeof UNDETERMINED;
	/** 0–1: how clearly the text is this language rather than the runner-up; 0 for `und`. Below 0.8 it is a guess. */
	confidence: number;
}

/** More text changes no verdict and only costs time. */
const CHARACTERS_READ = 250;
/** One word ("Hallo", "Stop") is written alike in too many languages. */
const FEWEST_WORDS = 2;
/** tinyld's accuracy from which letter groups found in one language only decided, not mere frequencies. */
const DECISIVE = 0.5;
/** With fewer words than this, frequencies alone are weak evidence. */
const WORDS_FOR_FULL_CONFIDENCE = 4;

const NOTHING: DetectedLanguage = { language: UNDETERMINED, confidence: 0 };

/** Whether a text names one of our languages; region and case are forgiven (`de-AT`, `EN`). */
export function parseLanguage(text: unknown): Language | undefined {
	if (typeof text !== 'string') return undefined;
	const [code] = text.trim().toLowerCase().split(/[-_]/);
	return LANGUAGES.find((language) => language === code);
}

/** Addresses and numbers are the same in every language, and would be read as words of one. */
function wordsOnly(text: string): string {
	return text
		.slice(0, CHARACTERS_READ)
		.replace(/\b(?:https?:\/\/|www\.)\S+/gi, ' ')
		.replace(/\S+@\S+/g, ' ')
		.replace(/[^\p{L}\p{M}'’\s-]+/gu, ' ');
}

/** Which of our languages a text is written in. Deterministic, no network. */
export function detectLanguage(text: string): DetectedLanguage {
	const cleaned = wordsOnly(text);
	const words = cleaned.match(/\p{L}[\p{L}\p{M}'’-]*/gu) ?? [];
	if (words.length < FEWEST_WORDS) return NOTHING;
	const [anywhere] = detectAll(cleaned);
	if (anywhere && anywhere.accuracy >= DECISIVE && !parseLanguage(anywhere.lang)) return NOTHING;
	const [first, second] = detectAll(cleaned, { only: [...LANGUAGES] });
	const language = parseLanguage(first?.lang);
	if (!first || !language) return NOTHING;
	if (first.accuracy >= DECISIVE) return { language, confidence: first.accuracy };
	const share = first.accuracy / (first.accuracy + (second?.accuracy ?? 0));
	return { language, confidence: share * Math.min(1, words.length / WORDS_FOR_FULL_CONFIDENCE) };
}
