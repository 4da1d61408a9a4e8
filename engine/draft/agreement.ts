import type { Language } from '../message/language';
import { canonicalise } from '../reply/canonical';
import { evidenceTags, type EvidenceTag } from '../reply/features';
import { links, numbers } from './quotedFigures';

/** What two drafts are compared by. Ours: a figure that changes from draft to draft was made up, other words are taste. */
export const AGREEMENT_WEIGHTS = { figures: 0.5, decision: 0.25, words: 0.25 } as const;
/** Two good answers to one message share about this much of their words (Jaccard); more is no better. */
const SAME_WORDS = 0.5;
/** What a draft decides for us, as far as word lists see it: refuses, proposes to meet, names a day. */
const DECIDING: readonly EvidenceTag[] = ['negation', 'meeting', 'weekday'];

interface Content {
	figures: ReadonlySet<string>;
	words: ReadonlySet<string>;
	decisions: readonly boolean[];
}

function contentOf(text: string, language: Language | undefined): Content {
	const canonical = canonicalise(text);
	const tags = evidenceTags(canonical, language);
	return {
		figures: new Set([...numbers(text), ...links(text)]),
		words: new Set(canonical.tokens.map(({ word }) => word).filter((word) => /\p{L}/u.test(word))),
		decisions: [...DECIDING.map((tag) => tags.has(tag)), text.includes('?')],
	};
}

/** Share of what either set holds that both hold; 1 for two empty ones. */
function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
	const both = [...a].filter((one) => b.has(one)).length;
	const either = a.size + b.size - both;
	return either === 0 ? 1 : both / either;
}

function alike(a: Content, b: Content): number {
	const decided = a.decisions.filter((one, place) => one === b.decisions[place]).length / a.decisions.length;
	const words = Math.min(1, jaccard(a.words, b.words) / SAME_WORDS);
	return AGREEMENT_WEIGHTS.figures * jaccard(a.figures, b.figures) + AGREEMENT_WEIGHTS.decision * decided + AGREEMENT_WEIGHTS.words * words;
}

/**
 * How far other drafts of the same prompt say the same as the one to be sent, 0–1: same numbers and links, same
 * decisions, much the same words. One that could not be drawn (undefined) agrees with nothing, or a failing model would
 * look surer than a working one. Undefined when none was asked for.
 */
export function agreement(text: string, others: readonly (string | undefined)[], language?: Language): number | undefined {
	if (others.length === 0) return undefined;
	const own = contentOf(text, language);
	const sum = others.reduce<number>((total, other) => total + (other === undefined ? 0 : alike(own, contentOf(other, language))), 0);
	return sum / others.length;
}
