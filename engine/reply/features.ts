import { z } from 'zod';
import { LANGUAGES, type Language } from '../message/language';
import type { CanonicalText } from './canonical';
import { conceptFeatures } from './concepts';
import { PhraseSet, type TaggedPhrase } from './phrases';
import { OBJECTIONS } from './reply';
import de from './evidence/de.json';
import en from './evidence/en.json';
import es from './evidence/es.json';
import fr from './evidence/fr.json';
import it from './evidence/it.json';
import nl from './evidence/nl.json';
import pl from './evidence/pl.json';
import pt from './evidence/pt.json';
import tr from './evidence/tr.json';

const phrases = z.array(z.string().min(1));
const KINDS = ['weekday', 'period', 'negation', 'contrast', 'interested', 'meeting', 'question', 'not_now', 'out_of_office', 'wrong_person', 'not_interested', 'complaint', 'opt_out'] as const;
const byKind = () => ({ weekday: phrases, period: phrases, negation: phrases, contrast: phrases, interested: phrases, meeting: phrases, question: phrases, not_now: phrases, out_of_office: phrases, wrong_person: phrases, not_interested: phrases, complaint: phrases, opt_out: phrases }) satisfies Record<(typeof KINDS)[number], typeof phrases>;
const EvidenceSchema = z.object({ language: z.enum(LANGUAGES), date: z.iso.date(), source: z.string().min(1), ...byKind(), objection: z.record(z.enum(OBJECTIONS), phrases) });
type EvidenceList = z.infer<typeof EvidenceSchema>;
export type EvidenceTag = (typeof KINDS)[number] | `o_${(typeof OBJECTIONS)[number]}`;

const FILES: readonly EvidenceList[] = [en, de, es, fr, it, pt, nl, pl, tr].map((file) => EvidenceSchema.parse(file));

/** An open ending after fewer than three letters would match nearly every word. */
const usable = ({ phrase }: TaggedPhrase<EvidenceTag>): boolean => !/^.{1,2}\*/.test(phrase);

function taggedOf(file: EvidenceList): TaggedPhrase<EvidenceTag>[] {
	const kinds = KINDS.flatMap((tag) => file[tag].map((phrase) => ({ phrase, tag })));
	const objections = OBJECTIONS.flatMap((kind) => file.objection[kind].map((phrase): TaggedPhrase<EvidenceTag> => ({ phrase, tag: `o_${kind}` })));
	return [...kinds, ...objections].filter(usable);
}

const SETS = new Map<Language, PhraseSet<EvidenceTag>>(FILES.map((file) => [file.language, new PhraseSet(taggedOf(file))]));
const ALL = new PhraseSet<EvidenceTag>(FILES.flatMap(taggedOf));

/** Amounts of features, all to be multiplied by `scale`: so long and short messages speak equally loud. */
export interface Evidence {
	amounts: ReadonlyMap<string, number>;
	scale: number;
}

/** What a message offers as evidence, and the lists it touched. */
export interface Features {
	evidence: readonly Evidence[];
	tags: ReadonlyMap<EvidenceTag, number>;
}

/** What a reply wants it says at its beginning or its end; more words cost time and say no more. */
const FIRST_WORDS = 80;
const LAST_WORDS = 40;
const LENGTH = 3;
const TAG_AMOUNT = 3;
const PHRASE_BONUS = 1.6;
const CUE_AMOUNT = 1.5;

/** The features of one word. */
interface WordFeatures {
	word: string;
	/** Its beginnings. */
	starts: readonly string[];
	/** Its runs of four letters. */
	runs: readonly string[];
}
/** Of words met before; the same words come again and again. */
const WORD_FEATURES = new Map<string, WordFeatures>();
const WORDS_REMEMBERED = 20_000;
const RUN = 4;
const RUN_AMOUNT = 0.5;
const START_LENGTHS = [5, 7] as const;

function featuresOfWord(word: string): WordFeatures {
	const known = WORD_FEATURES.get(word);
	if (known) return known;
	const fenced = `_${word}_`;
	const runs: string[] = [];
	for (let at = 0; at + RUN <= fenced.length; at++) runs.push(`c${fenced.slice(at, at + RUN)}`);
	const made = { word: `w${word}`, starts: START_LENGTHS.filter((length) => word.length > length).map((length) => `p${word.slice(0, length)}`), runs };
	if (WORD_FEATURES.size >= WORDS_REMEMBERED) WORD_FEATURES.clear();
	WORD_FEATURES.set(word, made);
	return made;
}

const ends = <T>(tokens: readonly T[]): readonly T[] => (tokens.length <= FIRST_WORDS + LAST_WORDS ? tokens : [...tokens.slice(0, FIRST_WORDS), ...tokens.slice(-LAST_WORDS)]);

function addWords(words: readonly string[], amounts: Map<string, number>): void {
	const seen = new Set<WordFeatures>();
	let before = '^';
	for (const word of words) {
		const features = featuresOfWord(word);
		seen.add(features);
		amounts.set(features.word, 1);
		amounts.set(`b${before} ${word}`, 1);
		before = word;
	}
	for (const { starts, runs } of seen) {
		for (const start of starts) amounts.set(start, 1);
		for (const run of runs) amounts.set(run, RUN_AMOUNT);
	}
}

function shapeFeatures(text: string, words: readonly string[], add: (feature: string, amount: number) => void): void {
	if (words.includes('?')) add('s?', 2);
	if (words.at(-1) === '?') add('s?end', 2);
	if (words.includes('!')) add('s!', 1);
	add(`slen${Math.min(5, Math.floor(Math.log2(words.length + 1)))}`, 1);
	if (/\d{1,2}[:.h]\d{2}|\d ?(?:am|pm|uhr)/i.test(text)) add('stime', CUE_AMOUNT);
	if (/(?<!\d)\d{1,2}[./]\d{1,2}/.test(text)) add('sdate', CUE_AMOUNT);
}

function scaled(amounts: ReadonlyMap<string, number>): Evidence {
	let square = 0;
	for (const amount of amounts.values()) square += amount * amount;
	return { amounts, scale: LENGTH / (Math.sqrt(square) || 1) };
}

/** Letters that words of one stem share. */
const STEM = 5;
const APART = { together: 1, oneBetween: 0.7, twoBetween: 0.5 } as const;

/** Beginnings of words, alone and two in their order with up to two words between, so that endings and fillers matter less. */
function stemFeatures(words: readonly string[]): Map<string, number> {
	const amounts = new Map<string, number>();
	const stems = ['^', ...words.map((word) => word.slice(0, STEM)), '$'];
	for (const [i, stem] of stems.entries()) {
		amounts.set(`S${stem}`, APART.together);
		if (i + 1 < stems.length) amounts.set(`S${stem} ${stems[i + 1]}`, APART.together);
		if (i + 2 < stems.length) amounts.set(`S${stem}_${stems[i + 2]}`, APART.oneBetween);
		if (i + 3 < stems.length) amounts.set(`S${stem}__${stems[i + 3]}`, APART.twoBetween);
	}
	return amounts;
}

/** What the lists alone say of a wish for silence. */
export interface ListedWish {
	/** Lists that touched the message, innocents among them. */
	cues: ReadonlySet<string>;
	certainty: number;
	/** A phrase that only looks like a wish was found. */
	innocent: boolean;
}
const LISTED_AMOUNT = 1.5;

function listedFeatures({ cues, certainty, innocent }: ListedWish): Evidence {
	const names = [...[...cues].map((cue) => `O${cue}`), ...(innocent ? ['Oinn'] : []), `Or${certainty}`];
	return { amounts: new Map(names.map((name) => [name, LISTED_AMOUNT])), scale: 1 };
}

/** What a message is read by: its own text and folded, its language if known, the lists it touched. */
export interface Read {
	text: string;
	canonical: CanonicalText;
	language: Language | undefined;
	cues: Iterable<string>;
	wish: ListedWish;
}

/** The lists of words and phrases a text touches, and how much. */
export function evidenceTags(canonical: CanonicalText, language: Language | undefined): Map<EvidenceTag, number> {
	const tags = new Map<EvidenceTag, number>();
	for (const { tag, from, to } of ((language && SETS.get(language)) ?? ALL).find(canonical)) {
		tags.set(tag, (tags.get(tag) ?? 0) + (to > from ? PHRASE_BONUS : 1));
	}
	return tags;
}

/** Words, word pairs, word parts, stems, listed phrases and shape of a message, and the concepts of a wish for silence; each kind scaled to one length. Linear in the text's length. */
export function featuresOf({ text, canonical, language, cues, wish }: Read): Features {
	const amounts = new Map<string, number>();
	const add = (feature: string, amount: number): void => void amounts.set(feature, amount);
	const words = ends(canonical.tokens).map(({ word }) => (/^\d+$/.test(word) ? `#${word.length}` : word));
	addWords(words, amounts);
	for (const cue of cues) add(`r${cue}`, CUE_AMOUNT);
	shapeFeatures(text.slice(0, 2_000), words, add);
	const tags = evidenceTags(canonical, language);
	for (const [tag, amount] of tags) add(`T${tag}`, TAG_AMOUNT * Math.log1p(amount));
	const touched = [...tags.keys()].sort();
	for (const [i, one] of touched.entries()) for (const other of touched.slice(i + 1)) add(`P${one}&${other}`, 0.5);
	return { evidence: [scaled(amounts), scaled(conceptFeatures(canonical, language)), listedFeatures(wish), scaled(stemFeatures(words))], tags };
}
