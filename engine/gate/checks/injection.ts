import { z } from 'zod';
import { canonicalise } from '../../reply/canonical';
import { PhraseSet } from '../../reply/phrases';
import type { Check, Severity } from '../check';
import data from '../data/injection.json';
import type { GateIssue } from '../gate';
import { undisguise, weighedInjection } from '../injectionPieces';

const LIST = z.object({ markers: z.array(z.string()), strong: z.array(z.string()), strongOther: z.array(z.string()), weak: z.array(z.string()), benign: z.array(z.string()) }).parse(data);
const PHRASES = new PhraseSet<'strong' | 'weak' | 'benign'>([
	...[...LIST.strong, ...LIST.strongOther].map((phrase) => ({ phrase, tag: 'strong' as const })),
	...LIST.weak.map((phrase) => ({ phrase, tag: 'weak' as const })),
	// Everyday sentences such words stand in too; what overlaps one does not count.
	...LIST.benign.map((phrase) => ({ phrase, tag: 'benign' as const })),
]);
const WEIGHT = { marker: 0.8, strong: 0.8, doubted: 0.45, weak: 0.25 } as const;
/** A listed phrase flags by itself only when the piece it stands in reads at least a little like an order: 'forget all about Tuesday' does not. */
const AGREES = 0.1;
const MOST_ISSUES = 10;
/** From this score on a person looks. */
export const INJECTION_FLAGGED = 0.5;

/** How far a text tries to steer the model that reads it, 0–1, and where. Linear in its length. */
export function injectionIn(text: string): { score: number; issues: GateIssue[] } {
	const issues: GateIssue[] = [];
	let clean = 1;
	const lower = text.toLowerCase();
	for (const marker of LIST.markers) {
		const start = lower.indexOf(marker);
		if (start === -1) continue;
		clean *= 1 - WEIGHT.marker;
		issues.push({ check: 'injection', severity: 'review', reason: `'${marker}' is a control mark of language models.`, span: { start, end: start + marker.length } });
	}
	const canonical = canonicalise(text, undisguise);
	const { share, piece } = weighedInjection(text, canonical);
	const strong = share >= AGREES ? WEIGHT.strong : WEIGHT.doubted;
	const matches = PHRASES.find(canonical);
	const benign = matches.filter(({ tag }) => tag === 'benign').slice(0, 20);
	for (const { tag, from, to, start, end } of matches.slice(0, 40)) {
		if (tag === 'benign' || benign.some((mask) => mask.from <= to && from <= mask.to)) continue;
		clean *= 1 - (tag === 'strong' ? strong : WEIGHT.weak);
		const found = text.slice(start, end).replace(/\s+/g, ' ').slice(0, 60);
		if (issues.length < MOST_ISSUES) issues.push({ check: 'injection', severity: tag === 'strong' ? 'review' : 'note', reason: `'${found}' tries to give the model orders.`, span: { start, end } });
	}
	if (share >= INJECTION_FLAGGED && piece && issues.length < MOST_ISSUES && !issues.some(({ severity }) => severity === 'review')) {
		const found = text.slice(piece.start, piece.end).replace(/\s+/g, ' ').slice(0, 60);
		issues.push({ check: 'injection', severity: 'review', reason: `'${found}' reads like orders to the model.`, span: { start: piece.start, end: piece.end } });
	}
	return { score: Math.round(Math.max(1 - clean, share) * 100) / 100, issues };
}

/** Whether what the contact wrote last (since our last message) tried to steer the model that drafted the answer. */
export function injectionCheck({ severity }: { severity: Severity }): Check {
	return ({ conversation }) => {
		if (!conversation) return 'skipped';
		const lastOurs = conversation.findLastIndex((turn) => turn.from !== 'lead');
		const written = conversation.slice(lastOurs + 1).map((turn) => turn.text);
		const found = written.some((text) => injectionIn(text).score >= INJECTION_FLAGGED);
		return found ? [{ check: 'injection', severity, reason: "The contact's message gives orders to the model; the answer may follow them." }] : [];
	};
}
