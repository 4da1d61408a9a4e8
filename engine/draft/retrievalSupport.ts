import { sentencesOf } from '../message/sentences';
import { canonicalise } from '../reply/canonical';
import { links, numbers } from './quotedFigures';

/** Shorter words (and, the, wir, que) are shared by any two texts. */
const SHORTEST_CONTENT_WORD = 5;
/** Endings differ ("deliver", "delivery", "liefern", "Lieferung"): words count as one by their beginning. */
const STEM = 5;
/** A statement about what the facts speak of, without a figure, must share this much of its content words with them. */
const SHARED_WORDS = 0.5;

function stems(text: string): Set<string> {
	return new Set(canonicalise(text).tokens.flatMap(({ word }) => (word.length >= SHORTEST_CONTENT_WORD && /^\p{L}+$/u.test(word) ? [word.slice(0, STEM)] : [])));
}

/**
 * The share of a draft's statements that the facts bear out, 0–1, by words alone. A statement is a sentence with a
 * number or link, or one about what the facts speak of; questions and courtesies are none. Numbers and links may come
 * from `sources` too (the conversation, the template). Undefined when there are no facts, or nothing is stated.
 */
export function retrievalSupport(draft: { text: string; facts: readonly string[]; sources: readonly string[] }): number | undefined {
	if (draft.facts.length === 0) return undefined;
	const everything = [...draft.facts, ...draft.sources].join('\n');
	const knownNumbers = new Set(numbers(everything));
	const knownLinks = everything.toLowerCase();
	const factWords = stems(draft.facts.join('\n'));
	let [stated, supported] = [0, 0];
	for (const sentence of sentencesOf(draft.text)) {
		const [quotedNumbers, quotedLinks] = [numbers(sentence), links(sentence)];
		const quotes = quotedNumbers.length + quotedLinks.length > 0;
		const words = [...stems(sentence)];
		const shared = words.filter((word) => factWords.has(word)).length;
		if (!quotes && (shared === 0 || sentence.endsWith('?'))) continue;
		stated += 1;
		const borneOut = quotes ? quotedNumbers.every((number) => knownNumbers.has(number)) && quotedLinks.every((link) => knownLinks.includes(link)) : shared / words.length >= SHARED_WORDS;
		if (borneOut) supported += 1;
	}
	return stated === 0 ? undefined : supported / stated;
}
