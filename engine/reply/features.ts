import { z } from 'zod';
import { LANGUAGES, type Language } from '../message/language';
import type { CanonicalText } from './canonical';
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
type Evidence = z.infer<typeof EvidenceSchema>;
export type EvidenceTag = (typeof KINDS)[number] | `o_${(typeof OBJECTIONS)[number]}`;

const FILES: readonly Evidence[] = [en, de, es, fr, it, pt, nl, pl, tr].map((file) => EvidenceSchema.parse(file));

/** An open ending after fewer than three letters would match nearly every word. */
const usable = ({ phrase }: TaggedPhrase<EvidenceTag>): boolean => !/^.{1,2}\*/.test(phrase);

function taggedOf(file: Evidence): TaggedPhrase<EvidenceTag>[] {
	const kinds = KINDS.flatMap((tag) => file[tag].map((phrase) => ({ phrase, tag })));
	const objections = OBJECTIONS.flatMap((kind) => file.objection[kind].map((phrase): TaggedPhrase<EvidenceTag> => ({ phrase, tag: `o_${kind}` })));
	return [...kinds, ...objections].filter(usable);
}

const SETS = new Map<Language, PhraseSet<EvidenceTag>>(FILES.map((file) => [file.language, new PhraseSet(taggedOf(file))]));
const ALL = new PhraseSet<EvidenceTag>(FILES.flatMap(taggedOf));

/** What a message offers as evidence: how much of each feature, and the lists it touched. */
export interface Features {
	amounts: Map<string, number>;
	tags: Map<EvidenceTag, number>;
}

/** More words say no more about what a reply wants, and cost time. */
const WORDS_READ = 260;
const LENGTH = 3;
const TAG_AMOUNT = 3;
const PHRASE_BONUS = 1.6;
const CUE_AMOUNT = 1.5;

function wordFeatures(words: readonly string[], add: (feature: string, amount: number) => void): void {
	for (const [i, word] of words.entries()) {
		add(`w${word}`, 1);
		add(`b${words[i - 1] ?? '^'} ${word}`, 1);
		if (word.length > 5) add(`p${word.slice(0, 5)}`, 1);
		if (word.length > 7) add(`p${word.slice(0, 7)}`, 1);
		const fenced = `_${word}_`;
		for (const size of [3, 4]) for (let at = 0; at + size <= fenced.length; at++) add(`c${fenced.slice(at, at + size)}`, 0.5);
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

/** Words, word pairs, word parts, listed phrases and shape of a message; scaled to one length. Linear in the text's length. */
export function featuresOf(text: string, canonical: CanonicalText, language: Language | undefined, cues: Iterable<string>): Features {
	const amounts = new Map<string, number>();
	const add = (feature: string, amount: number): void => void amounts.set(feature, amount);
	const words = canonical.tokens.slice(0, WORDS_READ).map(({ word }) => (/^\d+$/.test(word) ? `#${word.length}` : word));
	wordFeatures(words, add);
	for (const cue of cues) add(`r${cue}`, CUE_AMOUNT);
	shapeFeatures(text.slice(0, 2_000), words, add);
	const tags = new Map<EvidenceTag, number>();
	for (const { tag, from, to } of ((language && SETS.get(language)) ?? ALL).find(canonical)) {
		tags.set(tag, (tags.get(tag) ?? 0) + (to > from ? PHRASE_BONUS : 1));
	}
	for (const [tag, amount] of tags) add(`T${tag}`, TAG_AMOUNT * Math.log1p(amount));
	const touched = [...tags.keys()].sort();
	for (const [i, one] of touched.entries()) for (const other of touched.slice(i + 1)) add(`P${one}&${other}`, 0.5);
	let square = 0;
	for (const amount of amounts.values()) square += amount * amount;
	const scale = LENGTH / (Math.sqrt(square) || 1);
	for (const [feature, amount] of amounts) amounts.set(feature, amount * scale);
	return { amounts, tags };
}
