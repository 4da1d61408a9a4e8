import { detectLanguage, parseLanguage, UNDETERMINED, type Language } from '../message/language';
import { canonicalise, type CanonicalText } from './canonical';
import type { PhraseMatch } from './phrases';
import { featuresOf, type Features } from './features';
import { nearKeyword } from './nearKeyword';
import { ownText } from './quotedText';
import { OBJECTIONS, type Reply, type ReplyIntent } from './reply';
import { weighIntents, type IntentWeights } from './weighIntent';
import { cuePhrases, FILLERS, LANGUAGE_OF_KEYWORD, NEGATIVE, OPT_OUT_ALONE, OPT_OUT_PHRASES, POSITIVE, repairWord, type Cue, type OptOutCue } from './wordLists';

/** How sure each way of asking makes us (our own judgement, to be measured on labelled replies). */
export const OPT_OUT_CERTAINTY = { wholeMessage: 0.99, plainPhrase: 0.97, phrase: 0.95, phraseInAutoReply: 0.45, perhaps: 0.55, hardly: 0.4 } as const;
/** From here an opt-out is acted on without a person. */
export const OPT_OUT_CERTAIN = 0.8;
/** From here up to OPT_OUT_CERTAIN a person looks; below it nothing speaks for an opt-out. */
export const OPT_OUT_DOUBTFUL = 0.45;

/** A reply says what it wants at its beginning or its end; what lies between in a very long one is not read. */
const HEAD = 6_000;
const TAIL = 2_000;
const LONGEST_KEYWORD_MESSAGE = 12;
const SURE_LANGUAGE = 0.8;

function readPart(text: string): string {
	const clipped = text.length > 4 * (HEAD + TAIL) ? `${text.slice(0, 2 * (HEAD + TAIL))}\n\n${text.slice(-TAIL)}` : text;
	const own = ownText(clipped);
	return own.length <= HEAD + TAIL ? own : `${own.slice(0, HEAD)}\n\n${own.slice(-TAIL)}`;
}

const isMark = (word: string): boolean => word === '.' || word === '!' || word === '?';

/** True when nothing but opt-out words and politeness is left. Returns the keyword. */
function wholeMessageKeyword({ tokens }: CanonicalText): string | undefined {
	const words = tokens.map((token) => token.word).filter((word) => !isMark(word));
	if (words.length === 0 || words.length > LONGEST_KEYWORD_MESSAGE) return undefined;
	const whole = words.join(' ');
	if (OPT_OUT_ALONE.has(whole)) return whole;
	let keyword: string | undefined;
	for (let i = 0; i < words.length; ) {
		const length = [3, 2, 1].find((count) => OPT_OUT_ALONE.has(words.slice(i, i + count).join(' ')));
		if (length !== undefined) {
			keyword ??= words.slice(i, i + length).join(' ');
			i += length;
		} else if (FILLERS.has(words[i])) i++;
		else return undefined;
	}
	return keyword;
}

function overlaps(a: PhraseMatch<string>, b: PhraseMatch<string>): boolean {
	return a.from <= b.to && b.from <= a.to;
}

function covers(outer: PhraseMatch<string>, inner: PhraseMatch<string>): boolean {
	return outer.from <= inner.from && outer.to >= inner.to;
}

interface OptOutReading {
	certainty: number;
	keyword?: string;
	allChannels: boolean;
	/** A phrase that only looks like an opt-out was found. */
	innocent: boolean;
	/** Lists that touched the message. */
	cues: ReadonlySet<OptOutCue>;
}

function readOptOut(canonical: CanonicalText): OptOutReading {
	const matches = OPT_OUT_PHRASES.find(canonical);
	const of = (tag: OptOutCue) => matches.filter((match) => match.tag === tag);
	const innocent = [...of('notOptOut'), ...of('wantsMore')];
	const standing = (tag: OptOutCue) => of(tag).some((match) => !innocent.some((mask) => overlaps(match, mask)));
	const allChannels = of('allChannels').length > 0;
	const keyword = innocent.length === 0 ? wholeMessageKeyword(canonical) : undefined;
	// A question of one word ("Cancel?") asks, it does not order.
	const asks = canonical.tokens.at(-1)?.word === '?';
	const cues = new Set(matches.map(({ tag }) => tag));
	if (keyword !== undefined) return { certainty: asks ? OPT_OUT_CERTAINTY.perhaps : OPT_OUT_CERTAINTY.wholeMessage, keyword, allChannels, innocent: false, cues };
	const near = innocent.length === 0 ? nearKeyword(canonical.tokens.map(({ word }) => word).filter((word) => !isMark(word))) : undefined;
	if (near) return { certainty: near === 'letters' && !asks ? OPT_OUT_CERTAINTY.wholeMessage : OPT_OUT_CERTAINTY.perhaps, keyword: '', allChannels: false, innocent: false, cues };
	const certainty = standing('optOutPlain') ? OPT_OUT_CERTAINTY.plainPhrase : standing('optOut') ? OPT_OUT_CERTAINTY.phrase : standing('optOutLikely') ? OPT_OUT_CERTAINTY.perhaps : 0;
	return { certainty, allChannels: certainty > 0 && allChannels, innocent: innocent.length > 0, cues };
}

/** A match counts unless a longer one of a cue that denies it covers it: "not interested" is not "interested". */
const DENIES: Partial<Record<Cue, readonly Cue[]>> = {
	interested: ['notInterested', 'notNow', 'objection:need', 'objection:price', 'objection:time', 'objection:trust', 'wrongPerson', 'outOfOffice', 'complaint', 'objection:authority'],
	meeting: ['notInterested', 'notNow', 'outOfOffice', 'wrongPerson', 'objection:time', 'objection:authority'],
	notInterested: ['notNow', 'wrongPerson', 'objection:authority'],
	complaint: [],
	question: [],
};

function standingCues(matches: readonly PhraseMatch<Cue>[]): Map<Cue, number> {
	const counts = new Map<Cue, number>();
	for (const match of matches) {
		const denied = DENIES[match.tag]?.some((tag) => matches.some((other) => other.tag === tag && covers(other, match)));
		if (!denied) counts.set(match.tag, (counts.get(match.tag) ?? 0) + 1);
	}
	return counts;
}

function objectionOf(counts: Map<Cue, number>): Reply['objection'] {
	let best: Reply['objection'];
	for (const kind of OBJECTIONS) {
		const count = counts.get(`objection:${kind}`) ?? 0;
		if (count > (best ? (counts.get(`objection:${best}`) ?? 0) : 0)) best = kind;
	}
	return best;
}

/**
 * What the weights must say of a message, chosen on spent halves that the weights were fitted without: from `agrees` a
 * listed phrase is acted on, from `wish` a person looks, with listed innocents from `inspite`; of an automatic reply with a
 * listed wish from `automatic`.
 */
const OPT_OUT_SHARE = { agrees: 0.9, wish: 0.57, inspite: 0.75, automatic: 0.1 } as const;

/** A plain wish and a keyword the weights never touch; of all else they say whether it is a wish. */
function weighedCertainty({ certainty, innocent, cues }: OptOutReading, share: number, automatic: boolean): number {
	if (automatic) return certainty >= OPT_OUT_CERTAIN && share >= OPT_OUT_SHARE.automatic ? OPT_OUT_CERTAINTY.phraseInAutoReply : 0;
	if (certainty > OPT_OUT_CERTAINTY.phrase) return certainty;
	if (certainty === 0 && cues.has('wantsMore')) return 0;
	if (share < (innocent ? OPT_OUT_SHARE.inspite : OPT_OUT_SHARE.wish)) return Math.min(certainty, OPT_OUT_CERTAINTY.hardly);
	return certainty === OPT_OUT_CERTAINTY.phrase && !innocent && share >= OPT_OUT_SHARE.agrees ? certainty : OPT_OUT_CERTAINTY.perhaps;
}

interface Evidence {
	counts: Map<Cue, number>;
	wanted: boolean;
	certain: boolean;
	canonical: CanonicalText;
	features: Features;
	shares: Map<ReplyIntent, number>;
}

const STRUCTURE: ReadonlySet<string> = new Set(['weekday', 'period', 'negation', 'contrast']);
const FEW_WORDS = 5;
/**
 * Shares from which an intent is believed that ends a conversation without a person: an automatic reply and a "no" are acted
 * on, and who answers usually wants something, so small talk must be plain to count as such.
 */
const BELIEVED_FROM: Partial<Record<ReplyIntent, number>> = { out_of_office: 0.5, not_interested: 0.5, other: 0.85 };

/** What the evidence weighs most; `other` when there is none. An opt-out only when it is wanted. */
function decideIntent({ counts, wanted, certain, canonical, features, shares }: Evidence): ReplyIntent {
	if (certain) return 'opt_out';
	const words = canonical.tokens.filter(({ word }) => /\p{L}/u.test(word)).length;
	const silent = [...features.tags.keys()].every((tag) => STRUCTURE.has(tag)) && [...counts.keys()].every((cue) => cue === 'thanks');
	if (words === 0 || (words <= FEW_WORDS && !wanted && silent)) return 'other';
	let best: ReplyIntent = 'other';
	let most = 0;
	for (const [intent, share] of shares) {
		if (share <= most || (intent === 'opt_out' && !wanted) || share < (BELIEVED_FROM[intent] ?? 0)) continue;
		best = intent;
		most = share;
	}
	return best;
}

function objectionIn({ tags }: Features): Reply['objection'] {
	let best: Reply['objection'];
	let most = 0;
	for (const kind of OBJECTIONS) {
		const amount = tags.get(`o_${kind}`) ?? 0;
		if (amount > most) {
			best = kind;
			most = amount;
		}
	}
	return best;
}

const PRIOR: Readonly<Record<ReplyIntent, number>> = {
	interested: 0.6, meeting: 0.6, question: 0.1, objection: -0.2, not_now: -0.1, out_of_office: 0, wrong_person: -0.1, not_interested: -0.4, complaint: -0.7, opt_out: -0.6, other: 0,
};
const NEEDS_ANSWER: ReadonlySet<ReplyIntent> = new Set(['interested', 'objection', 'meeting', 'question', 'not_now', 'wrong_person', 'complaint']);

function sentimentOf({ tokens }: CanonicalText, intent: ReplyIntent): number {
	let good = 0;
	let bad = 0;
	for (const { word } of tokens) {
		if (POSITIVE.has(word)) good++;
		if (NEGATIVE.has(word)) bad++;
	}
	const words = (good - bad) / (good + bad + 1);
	return Math.round(Math.max(-1, Math.min(1, PRIOR[intent] + 0.5 * words)) * 100) / 100;
}

function languageOf(text: string, given: string | undefined, keyword: string | undefined): { language: string; sure?: Language } {
	const told = parseLanguage(given);
	if (told) return { language: told, sure: told };
	const own = keyword === undefined ? undefined : LANGUAGE_OF_KEYWORD.get(keyword);
	if (own) return { language: own, sure: own };
	const detected = detectLanguage(text);
	if (detected.language === UNDETERMINED) return { language: UNDETERMINED };
	return { language: detected.language, sure: detected.confidence >= SURE_LANGUAGE ? detected.language : undefined };
}

interface Seen {
	canonical: CanonicalText;
	told: { language: string; sure?: Language };
	counts: Map<Cue, number>;
	optOut: OptOutReading;
	features: Features;
}

/** All that a reply is judged by, before anything is weighed; the weights are fitted on the same. */
export function evidenceOf(text: string, language?: string): Seen {
	const own = readPart(text);
	const canonical = canonicalise(own, repairWord);
	const optOut = readOptOut(canonical);
	const told = languageOf(own, language, optOut.keyword);
	const counts = standingCues(cuePhrases(told.sure).find(canonical));
	// Leads answer in English too, whatever the language of the conversation.
	if (told.sure && told.sure !== 'en') for (const [cue, count] of standingCues(cuePhrases('en').find(canonical))) if (!counts.has(cue)) counts.set(cue, count);
	const known = told.sure ?? parseLanguage(told.language);
	return { canonical, told, counts, optOut, features: featuresOf({ text: own, canonical, language: known, cues: counts.keys(), wish: optOut }) };
}

/**
 * Reads what a lead's message wants: intent, opt-out wish, objection, sentiment (−1…1), language, and whether it needs an
 * answer. Rules only, nine languages; quoted parts of e-mails are not read. `certainty` from OPT_OUT_CERTAIN on may be
 * acted on; below it a person decides. An automatic reply alone is never an opt-out.
 */
export function readReply(text: string, { language, weights }: { language?: string; weights?: IntentWeights } = {}): Reply {
	const { canonical, told, counts, optOut, features } = evidenceOf(text, language);
	const shares = weighIntents(features, weights);
	if (optOut.keyword === undefined) optOut.certainty = weighedCertainty(optOut, shares.get('opt_out') ?? 0, counts.has('outOfOffice'));
	const intent = decideIntent({ counts, wanted: optOut.certainty >= OPT_OUT_DOUBTFUL, certain: optOut.certainty >= OPT_OUT_CERTAIN, canonical, features, shares });
	const objection = intent === 'objection' ? (objectionOf(counts) ?? objectionIn(features)) : undefined;
	const words = canonical.tokens.some((token) => /\p{L}/u.test(token.word));
	return {
		intent,
		optOut: { wanted: optOut.certainty >= OPT_OUT_DOUBTFUL, certainty: optOut.certainty },
		...(objection ? { objection } : {}),
		sentiment: sentimentOf(canonical, intent),
		language: told.language,
		needsAnswer: intent === 'other' ? words && !counts.has('thanks') : NEEDS_ANSWER.has(intent),
	};
}

/** Whether an opt-out asks us to stop everywhere, not only on the channel it came by. */
export function asksForAllChannels(text: string): boolean {
	return readOptOut(canonicalise(readPart(text), repairWord)).allChannels;
}
