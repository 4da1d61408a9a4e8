import { z } from 'zod';
import { LANGUAGES, type Language } from '../message/language';
import type { CanonicalText } from './canonical';
import { PhraseSet, type PhraseMatch, type TaggedPhrase } from './phrases';
import de from './concepts/de.json';
import en from './concepts/en.json';
import es from './concepts/es.json';
import fr from './concepts/fr.json';
import it from './concepts/it.json';
import nl from './concepts/nl.json';
import pl from './concepts/pl.json';
import pt from './concepts/pt.json';
import tr from './concepts/tr.json';

/**
 * What a wish for silence is made of, in whatever words: somebody (`you`) is to `stop`, or `not` `more`, to `send` a `msg`
 * to `mine`; or to `remove` my `pii` from a `list`. `thing` is what else one stops, cancels or removes. The same names in
 * every language, so that what is learnt from one helps the others.
 */
const CONCEPTS = [
	'stop', 'not', 'never', 'more', 'last', 'enough', 'send', 'bother', 'msg', 'remove', 'list', 'pii', 'mine', 'you', 'law', 'block', 'peace',
	'dislike', 'hear', 'unsub', 'thing', 'ask', 'please', 'cond', 'but',
] as const;
export type Concept = (typeof CONCEPTS)[number];

const FileSchema = z.object({ language: z.enum(LANGUAGES), date: z.iso.date(), source: z.string().min(1), concepts: z.record(z.enum(CONCEPTS), z.array(z.string().min(1))) });
type ConceptFile = z.infer<typeof FileSchema>;
const FILES: readonly ConceptFile[] = [en, de, es, fr, it, pt, nl, pl, tr].map((file) => FileSchema.parse(file));

const taggedOf = ({ concepts }: ConceptFile): TaggedPhrase<Concept>[] => CONCEPTS.flatMap((tag) => concepts[tag].map((phrase) => ({ phrase, tag })));
const SETS = new Map<Language, PhraseSet<Concept>>(FILES.map((file) => [file.language, new PhraseSet(taggedOf(file))]));
const ALL = new PhraseSet<Concept>(FILES.flatMap(taggedOf));

/** Words between two concepts that may still belong together, and that surely do. */
const NEAR = 7;
const BESIDE = 2;
const AMOUNT = { alone: 1, near: 1.5, beside: 1 } as const;
/** Concepts of one sentence looked at: a list of words is no sentence. */
const MOST_IN_A_SENTENCE = 60;

function bySentence(canonical: CanonicalText, language: Language | undefined): PhraseMatch<Concept>[][] {
	const sentence: number[] = [];
	let current = 0;
	for (const { word } of canonical.tokens) {
		sentence.push(current);
		if (word === '.' || word === '!' || word === '?') current++;
	}
	const sentences: PhraseMatch<Concept>[][] = Array.from({ length: current + 1 }, () => []);
	for (const match of ((language && SETS.get(language)) ?? ALL).find(canonical)) {
		const found = sentences[sentence[match.from]];
		if (found.length < MOST_IN_A_SENTENCE) found.push(match);
	}
	return sentences;
}

/** The features of two concepts in their order; made once, as they are needed hundreds of times a message. */
const PAIRS = new Map(CONCEPTS.map((one) => [one, new Map(CONCEPTS.map((other) => [other, { near: `k${one}>${other}`, beside: `n${one}>${other}` }]))]));
const ALONE = new Map(CONCEPTS.map((concept) => [concept, `K${concept}`]));

/** Each concept found, and each two of one sentence in their order. Linear in the text's length. */
export function conceptFeatures(canonical: CanonicalText, language: Language | undefined): Map<string, number> {
	const amounts = new Map<string, number>();
	for (const found of bySentence(canonical, language)) {
		for (const [i, one] of found.entries()) {
			amounts.set(ALONE.get(one.tag) ?? one.tag, AMOUNT.alone);
			const pairs = PAIRS.get(one.tag);
			for (let j = i + 1; j < found.length; j++) {
				const words = found[j].from - one.to;
				if (words > NEAR) break;
				if (found[j].tag === one.tag) continue;
				const pair = pairs?.get(found[j].tag);
				if (!pair) continue;
				amounts.set(pair.near, AMOUNT.near);
				if (words <= BESIDE) amounts.set(pair.beside, AMOUNT.beside);
			}
		}
	}
	return amounts;
}
