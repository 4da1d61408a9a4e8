import { detectLanguage, parseLanguage } from '../message/language';
import { figures, links } from './quotedFigures';

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
 * What the weaker signals multiply the confidence by when they say nothing good at all; at 1 they leave it alone, in
 * between on the straight line. Ours: full support never lifts a draft above the model's own word.
 */
export const SIGNAL_FLOORS = { agreement: 0.5, retrievalSupport: 0.75 } as const;

/** Counts up whenever a factor, floor or signal changes: scores of different formulas teach nothing about each other. */
const FORMULA = 1;

/** How a raw score came about: the formula's number and the drafts drawn for it. Reviews count for their own only. */
export function scoringOf(samples: number): string {
	return `${FORMULA}/k${samples}`;
}

export interface ConfidenceSignals {
	/** The model's own word, 0–1. */
	selfReport: number;
	/** 0–1; absent when only one draft was drawn. */
	agreement?: number;
	/** 0–1; absent when there were no facts or nothing was stated. */
	retrievalSupport?: number;
	hits: readonly RuleHit[];
}

/**
 * One number for how far a draft can be trusted, 0–1: the model's own word, times a factor for agreement, one for
 * support and one for each rule hit. `signals` holds what went into it, only what was really computed.
 */
export function rawConfidence({ selfReport, agreement, retrievalSupport, hits }: ConfidenceSignals): { rawConfidence: number; signals: Record<string, number> } {
	const signals: Record<string, number> = { selfReport };
	let raw = selfReport;
	for (const [name, share] of [['agreement', agreement], ['retrievalSupport', retrievalSupport]] as const) {
		if (share === undefined) continue;
		signals[name] = share;
		raw *= SIGNAL_FLOORS[name] + (1 - SIGNAL_FLOORS[name]) * share;
	}
	for (const hit of hits) {
		signals[hit] = RULE_FACTORS[hit];
		raw *= RULE_FACTORS[hit];
	}
	return { rawConfidence: raw, signals };
}
