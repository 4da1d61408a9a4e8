import { z } from 'zod';
import { folded } from '../message/foldedText';
import functionWords from './functionWords.json';

/** Longer "words" are codes or attacks; their beginning finds them. */
const LONGEST_TERM = 40;
/**
 * Letters of a word's beginning that count as a term of their own, so that inflected forms and the first part of a
 * compound find each other in every language, without a stemmer for each. Source: truncation and short n-grams in McNamee &
 * Mayfield, "Character N-Gram Tokenization for European Language Text Retrieval", Information Retrieval 7 (2004).
 */
const BEGINNING = 5;

const FunctionWordsSchema = z.object({ collected: z.iso.date(), source: z.string(), words: z.record(z.string(), z.array(z.string().min(1))) });
/** Of all languages together: which one a short question is in is often anybody's guess. */
const FUNCTION_WORDS: ReadonlySet<string> = new Set(Object.values(FunctionWordsSchema.parse(functionWords).words).flat().map(folded));

/** Whether a folded word only says how something is asked, in any of the languages. */
export const isFunctionWord = (word: string): boolean => FUNCTION_WORDS.has(word);

const wordsOf = (text: string): string[] => folded(text.toWellFormed()).match(/[\p{L}\p{N}]+/gu) ?? [];

function termsOfWord(word: string): string[] {
	const letters = [...word];
	return letters.length < BEGINNING ? [word] : [letters.slice(0, LONGEST_TERM).join(''), `5${letters.slice(0, BEGINNING).join('')}`];
}

/**
 * What a text is found by: its words with case and accents forgiven, and the beginning of each longer word (marked with the
 * digit 5). Letters and digits only, in order, with repeats. Never throws, whatever the text.
 */
export function termsOf(text: string): string[] {
	return wordsOf(text).flatMap(termsOfWord);
}

/**
 * The distinct terms to look up for a query, at most `most`, in the order they come. Words that only say how something is
 * asked are left out ("how", "würde", "para"): in documents, which ask nothing, they are rare and would seem to tell much.
 * A query of such words alone keeps them.
 */
export function queryTerms(text: string, most = 200): string[] {
	const words = wordsOf(text);
	const telling = words.filter((word) => !FUNCTION_WORDS.has(word));
	return [...new Set((telling.length > 0 ? telling : words).flatMap(termsOfWord))].slice(0, most);
}
