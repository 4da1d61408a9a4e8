import { z } from 'zod';
import { folded } from '../message/foldedText';
import { detectLanguage, LANGUAGES, parseLanguage, type Language } from '../message/language';
import de from './buyingWords/de.json';
import en from './buyingWords/en.json';
import es from './buyingWords/es.json';
import fr from './buyingWords/fr.json';
import it from './buyingWords/it.json';
import nl from './buyingWords/nl.json';
import pl from './buyingWords/pl.json';
import pt from './buyingWords/pt.json';
import tr from './buyingWords/tr.json';

const WordListSchema = z.object({
	language: z.enum(LANGUAGES),
	collected: z.iso.date(),
	source: z.string(),
	/** Each entry is one word in the forms that count as the same. */
	words: z.array(z.array(z.string().min(1)).min(1)),
});

/** The words of a text with one space before, between and after, so that whole words are found by plain search. */
function spaced(text: string): string {
	const words = folded(text).match(/[\p{L}\p{N}]+/gu) ?? [];
	return ` ${words.join(' ')} `;
}

interface BuyingWord {
	name: string;
	/** Folded, with a space on either side. */
	forms: string[];
}

function readList(data: unknown): [Language, BuyingWord[]] {
	const list = WordListSchema.parse(data);
	return [list.language, list.words.map((forms) => ({ name: forms[0], forms: forms.map(spaced) }))];
}

const LISTS = new Map<Language, BuyingWord[]>([de, en, es, fr, it, nl, pl, pt, tr].map(readList));

function found(text: string, language: Language): string[] {
	return (LISTS.get(language) ?? []).filter(({ forms }) => forms.some((form) => text.includes(form))).map(({ name }) => name);
}

/**
 * The distinct buying words in some texts, as whole words; inflected forms of one word count once. With a language of
 * ours that list alone is read. Otherwise the English list and the one of the language the texts seem to be in are read,
 * and the one that finds more counts: short messages are easily taken for another language.
 */
export function buyingWordsIn(texts: readonly string[], language?: string): string[] {
	// A word that belongs to no list keeps a phrase from being read across two messages.
	const text = texts.map(spaced).join('¦');
	const known = parseLanguage(language);
	if (known) return found(text, known);
	const english = found(text, 'en');
	const guessed = parseLanguage(detectLanguage(texts.join('\n')).language);
	if (!guessed || guessed === 'en') return english;
	const local = found(text, guessed);
	return local.length > english.length ? local : english;
}
