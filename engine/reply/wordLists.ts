import { z } from 'zod';
import { LANGUAGES, type Language } from '../message/language';
import { foldWord } from './canonical';
import { PhraseSet, type TaggedPhrase } from './phrases';
import { OBJECTIONS } from './reply';
import de from './words/de.json';
import en from './words/en.json';
import es from './words/es.json';
import fr from './words/fr.json';
import it from './words/it.json';
import nl from './words/nl.json';
import pl from './words/pl.json';
import pt from './words/pt.json';
import tr from './words/tr.json';

const phrases = z.array(z.string().min(1));
const WordListSchema = z.object({
	language: z.enum(LANGUAGES),
	date: z.iso.date(),
	source: z.string().min(1),
	/** Words that ask us to stop when they are the whole message. */
	optOutAlone: phrases,
	/** Words that change nothing about such a message. */
	fillers: phrases,
	/** Words recognised in spite of a spelling mistake. */
	repair: phrases,
	/** Look like an opt-out and are none. */
	notOptOut: phrases,
	/** Asks to be written to as before: nothing but a listed wish beside it is an opt-out. */
	wantsMore: phrases,
	/** Wishes no ordinary message words so: acted on whatever else the message says. */
	optOutPlain: phrases,
	/** Wishes that share their words with ordinary messages: acted on only when the whole message reads like one. */
	optOut: phrases,
	/** Perhaps an opt-out: a person looks. */
	optOutLikely: phrases,
	/** Asks to stop on every channel. */
	allChannels: phrases,
	outOfOffice: phrases,
	wrongPerson: phrases,
	complaint: phrases,
	notInterested: phrases,
	notNow: phrases,
	meeting: phrases,
	interested: phrases,
	question: phrases,
	thanks: phrases,
	objection: z.record(z.enum(OBJECTIONS), phrases),
	positive: phrases,
	negative: phrases,
});
type WordList = z.infer<typeof WordListSchema>;

const LISTS: readonly WordList[] = [en, de, es, fr, it, pt, nl, pl, tr].map((list) => WordListSchema.parse(list));

const CUES = ['outOfOffice', 'wrongPerson', 'complaint', 'notInterested', 'notNow', 'meeting', 'interested', 'question', 'thanks'] as const;
export type Cue = (typeof CUES)[number] | `objection:${(typeof OBJECTIONS)[number]}`;
export type OptOutCue = 'notOptOut' | 'wantsMore' | 'optOutPlain' | 'optOut' | 'optOutLikely' | 'allChannels';
const OPT_OUT_CUES: readonly OptOutCue[] = ['notOptOut', 'wantsMore', 'optOutPlain', 'optOut', 'optOutLikely', 'allChannels'];

function tagged<T extends string>(tag: T, list: readonly string[]): TaggedPhrase<T>[] {
	return list.map((phrase) => ({ phrase, tag }));
}

function cuesOf(list: WordList): TaggedPhrase<Cue>[] {
	const objections = OBJECTIONS.flatMap((kind) => tagged<Cue>(`objection:${kind}`, list.objection[kind] ?? []));
	return [...CUES.flatMap((cue) => tagged<Cue>(cue, list[cue])), ...objections];
}

/** Opt-outs are looked for in every language at once: one word is too little to tell its language. */
export const OPT_OUT_PHRASES = new PhraseSet<OptOutCue>(LISTS.flatMap((list) => OPT_OUT_CUES.flatMap((cue) => tagged(cue, list[cue]))));

const CUE_PHRASES = new Map<Language, PhraseSet<Cue>>(LISTS.map((list) => [list.language, new PhraseSet(cuesOf(list))]));
const ALL_CUE_PHRASES = new PhraseSet<Cue>(LISTS.flatMap(cuesOf));

/** The phrases of one language, or of all when the language is not known. */
export function cuePhrases(language: Language | undefined): PhraseSet<Cue> {
	return (language && CUE_PHRASES.get(language)) ?? ALL_CUE_PHRASES;
}

/** Every spelling of a listed word or phrase: folded, and with German umlauts written out. */
function spelt(word: string): string[] {
	const written = word.replace(/ä/g, 'ae').replace(/ö/g, 'oe').replace(/ü/g, 'ue');
	return [...new Set([word, written])].map((form) => form.split(/\s+/).map(foldWord).join(' '));
}

const folded = (pick: (list: WordList) => readonly string[]): Set<string> => new Set(LISTS.flatMap(pick).flatMap(spelt));

export const OPT_OUT_ALONE = folded((list) => list.optOutAlone);
export const FILLERS = folded((list) => list.fillers);
/** The languages of whole-message opt-outs that are one language's alone ("abmelden"). */
export const LANGUAGE_OF_KEYWORD = new Map<string, Language>();
for (const list of LISTS) {
	for (const word of list.optOutAlone.flatMap(spelt)) {
		const shared = LISTS.some((other) => other !== list && other.optOutAlone.flatMap(spelt).includes(word));
		if (!shared) LANGUAGE_OF_KEYWORD.set(word, list.language);
	}
}
export const POSITIVE = folded((list) => list.positive);
export const NEGATIVE = folded((list) => list.negative);

const KEYWORDS = new Set([...OPT_OUT_ALONE].filter((word) => !word.includes(' ') && word.length >= 4));
const REPAIRED = folded((list) => list.repair);
/** Words that stand in a list themselves are never "corrected" into another. */
const KNOWN = new Set([...KEYWORDS, ...REPAIRED, ...POSITIVE, ...NEGATIVE, ...FILLERS]);
/** Every plain word of the opt-out phrases: what leetspeak and letters written apart may stand for. */
const SPOKEN = new Set([...KNOWN, ...folded((list) => list.optOut.flatMap((phrase) => phrase.replace(/[()[\]|]/g, ' ').split(/\s+/).filter((word) => /^\p{L}{2,}$/u.test(word))))]);
const VARIANTS = new Map(['stpo', 'sotp', 'tsop', 'stopo', 'stoop', 'stob', 'stahp', 'sttop', 'stoip'].map((slip) => [slip, 'stop']));

/** A word without one letter, for each letter: two words one slip apart share one of these. */
function withoutOne(word: string): string[] {
	return Array.from({ length: word.length }, (_, i) => word.slice(0, i) + word.slice(i + 1));
}
const SLIPS = new Map<string, string>();
for (const word of REPAIRED) {
	if (word.length < 7 || word.includes(' ')) continue;
	for (const form of withoutOne(word)) if (!SLIPS.has(form)) SLIPS.set(form, word);
}

const LEET: Readonly<Record<string, string>> = { 0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's', 7: 't', 8: 'b', '@': 'a', $: 's' };

/** Leetspeak as letters: "un5ub5cr1be" → "unsubscribe". */
export function plainLetters(word: string): string {
	return word.replace(/[0134578@$]/g, (sign) => LEET[sign] ?? sign);
}

/** Whether a folded word stands in a list itself, so that it is no misspelling of another. */
export function isListed(word: string): boolean {
	return KNOWN.has(word);
}

function fromLeet(word: string): string | undefined {
	if (!/\p{L}/u.test(word)) return undefined;
	const letters = plainLetters(word);
	if (KNOWN.has(letters) || SPOKEN.has(letters)) return letters;
	const other = letters.replaceAll('i', 'l');
	return SPOKEN.has(other) ? other : undefined;
}

/** Words met before and what they stand for; the same words come again and again. */
const REPAIRS = new Map<string, string | undefined>();
const WORDS_REMEMBERED = 20_000;

/** The listed word that a misspelt, stretched ("stoooop") or leetspeak ("5t0p") one stands for; undefined when it is none. */
export function repairWord(word: string): string | undefined {
	const known = REPAIRS.get(word);
	if (known !== undefined || REPAIRS.has(word)) return known;
	const found = listedWord(word);
	if (REPAIRS.size >= WORDS_REMEMBERED) REPAIRS.clear();
	REPAIRS.set(word, found);
	return found;
}

function listedWord(word: string): string | undefined {
	if (KNOWN.has(word)) return word;
	if (/[0-9@$]/.test(word)) return fromLeet(word);
	const squeezed = word.replace(/(.)\1{2,}/g, '$1');
	if (squeezed !== word) return listedWord(squeezed) ?? squeezed;
	const variant = VARIANTS.get(word);
	if (variant) return variant;
	if (word.length < 6 || word.length > 18) return undefined;
	const exact = SLIPS.get(word);
	if (exact) return exact;
	// Leaving out the last letter would take away an ending ("newslettera"), which is no mistake.
	for (const form of withoutOne(word).slice(0, -1)) {
		if (REPAIRED.has(form) && form.length >= 7) return form;
		const near = SLIPS.get(form);
		if (near && near.length >= 8) return near;
	}
	return undefined;
}
