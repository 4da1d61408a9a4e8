import { detectLanguage, parseLanguage } from '../message/language';

/** What each found weakness multiplies the confidence by. Chosen so that any one of them keeps a draft below 0.85. */
export const RULE_FACTORS = {
	placeholderLeft: 0.2,
	wrongLanguage: 0.4,
	unsupportedLink: 0.5,
	unsupportedNumber: 0.6,
	shortened: 0.8,
} as const;
export type RuleHit = keyof typeof RULE_FACTORS;

/** How sure the language detector must be before a text counts as written in the wrong one. */
const LANGUAGE_CERTAINTY = 0.8;

const PLACEHOLDER = /\{\{?[A-Za-z_][\w.| ]{0,60}\}?\}|\[(?:your|my|insert|name|company|first ?name|last ?name|date|link|phone)\b[^\]\n]{0,60}\]|<(?:name|company|date|link|first_?name)>|\bX{3,}\b/i;
const LINK = /\bhttps?:\/\/[^\s)\]}>"']+|\bwww\.[^\s)\]}>"']+/gi;
/** Money, percentages, and any figure of three digits or more: what a wrong answer costs something for. */
const FIGURE = /(?:[€$£¥₺]|\b(?:EUR|USD|GBP|CHF|PLN|TRY)\b)\s?\d[\d.,]{0,20}|(?<![\d.,])\d[\d.,]{0,20}\s?(?:%|[€$£¥₺]|(?:EUR|USD|GBP|CHF|PLN|TRY|zł)\b)|(?<![\d.,])\d[\d.,]{1,20}\d/gi;

function figures(text: string): string[] {
	return [...text.replace(LINK, ' ').matchAll(FIGURE)].map(([figure]) => figure.replace(/\D/g, '')).filter((digits) => digits !== '');
}

function links(text: string): string[] {
	return [...text.matchAll(LINK)].map(([link]) => link.replace(/[.,;:!?]+$/, '').toLowerCase());
}

/** The weaknesses rules can see in a draft. `sources` is everything it may quote: facts, template, conversation, contact. */
export function ruleHits(draft: { text: string; subject?: string; language: string; sources: readonly string[]; shortened: boolean }): RuleHit[] {
	const text = draft.subject ? `${draft.subject}\n${draft.text}` : draft.text;
	const source = draft.sources.join('\n');
	const hits: RuleHit[] = [];
	if (PLACEHOLDER.test(text)) hits.push('placeholderLeft');
	const wanted = parseLanguage(draft.language);
	const written = detectLanguage(draft.text);
	if (wanted && written.confidence >= LANGUAGE_CERTAINTY && written.language !== wanted) hits.push('wrongLanguage');
	const knownLinks = source.toLowerCase();
	if (links(text).some((link) => !knownLinks.includes(link))) hits.push('unsupportedLink');
	// Every number of the sources, not only what counts as a figure there: "1500" backs "1.500 €".
	const known = new Set([...source.matchAll(/\d[\d.,]*/g)].map(([number]) => number.replace(/\D/g, '')));
	if (figures(text).some((digits) => !known.has(digits))) hits.push('unsupportedNumber');
	if (draft.shortened) hits.push('shortened');
	return hits;
}

/**
 * One number for how far a draft can be trusted, 0–1: the model's own word times the factor of each rule hit. `signals`
 * holds what went into it, only what was really computed.
 */
export function rawConfidence(selfReport: number, hits: readonly RuleHit[]): { rawConfidence: number; signals: Record<string, number> } {
	const signals: Record<string, number> = { selfReport };
	for (const hit of hits) signals[hit] = RULE_FACTORS[hit];
	return { rawConfidence: hits.reduce((value, hit) => value * RULE_FACTORS[hit], selfReport), signals };
}
