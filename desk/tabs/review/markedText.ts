import type { GateIssue } from '../../../engine/gate/gate';

/** A piece of a text; `issues` are those whose span covers it. */
export interface MarkedPiece {
	text: string;
	issues: readonly GateIssue[];
}

/** Between the two halves of a character that UTF-16 writes as two units. */
const splits = (text: string, at: number): boolean => /[\ud800-\udbff]/.test(text.charAt(at - 1)) && /[\udc00-\udfff]/.test(text.charAt(at));

/** The text cut where spans begin and end. Spans may overlap; what lies outside the text is ignored, half a character counts whole. */
export function markedPieces(text: string, issues: readonly GateIssue[]): MarkedPiece[] {
	const spans = issues.flatMap((issue) => {
		if (!issue.span) return [];
		const start = Math.max(0, splits(text, issue.span.start) ? issue.span.start - 1 : issue.span.start);
		const end = Math.min(text.length, splits(text, issue.span.end) ? issue.span.end + 1 : issue.span.end);
		return start < end ? [{ start, end, issue }] : [];
	});
	const cuts = [...new Set([0, text.length, ...spans.flatMap(({ start, end }) => [start, end])])].toSorted((a, b) => a - b);
	return cuts.slice(1).map((end, at) => ({ text: text.slice(cuts[at], end), issues: spans.flatMap((span) => (span.start < end && span.end > cuts[at] ? [span.issue] : [])) }));
}
