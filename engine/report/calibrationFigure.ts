import { z } from 'zod';
import { isAccepted, speaksForSends, type JudgedDraft } from '../draft/learntConfidence';
import { percent, ShareSchema, shareOf, valueFigure, FigureSchema } from './figure';

/** Bins of a tenth each, as reliability diagrams use; fewer reviews than this say nothing about an error. */
export const CALIBRATION_REPORT = { bins: 10, leastReviews: 30 } as const;

export const CalibrationBinSchema = ShareSchema.extend({
	/** The bin holds from ≤ confidence < to, the last one 1 too. */
	from: z.number(),
	to: z.number(),
	/** Mean confidence of its drafts. */
	confidence: z.number(),
	sentence: z.string(),
});
export type CalibrationBin = z.infer<typeof CalibrationBinSchema>;
export const CalibrationFigureSchema = z.object({ error: FigureSchema, bins: z.array(CalibrationBinSchema) });
export type CalibrationFigure = z.infer<typeof CalibrationFigureSchema>;

/**
 * How often drafts of a stated confidence were accepted, and the expected calibration error: the mean distance of the two,
 * each bin weighted by its drafts (Naeini, Cooper & Hauskrecht, AAAI 2015). Only first decisions about drafts that nothing
 * but their confidence, the mode or chance brought before a person.
 */
export function calibrationFigure(judged: readonly JudgedDraft[]): CalibrationFigure {
	const first = new Map<string, JudgedDraft>();
	for (const one of judged.toSorted((a, b) => b.decidedAt - a.decidedAt)) first.set(one.draftId, one);
	const stated = [...first.values()].flatMap((one) => (speaksForSends(one) && one.confidence !== undefined ? [{ confidence: one.confidence, accepted: isAccepted(one, 0) }] : []));
	const { bins: count, leastReviews } = CALIBRATION_REPORT;
	// Rounded before the floor, or 0.3 × 10 would fall into the bin below.
	const binOf = (confidence: number): number => Math.min(count - 1, Math.max(0, Math.floor(Number((confidence * count).toFixed(9)))));
	const bins = Array.from({ length: count }, (_, bin): CalibrationBin[] => {
		const own = stated.filter(({ confidence }) => binOf(confidence) === bin);
		if (own.length === 0) return [];
		const confidence = own.reduce((sum, one) => sum + one.confidence, 0) / own.length;
		const accepted = own.filter((one) => one.accepted).length;
		const sentence = `Of ${own.length} drafts with confidence ${bin / count}–${(bin + 1) / count} (mean ${confidence.toFixed(2)}), ${accepted} were accepted as they were: ${percent(accepted / own.length)}.`;
		return [{ from: bin / count, to: (bin + 1) / count, confidence, ...shareOf(accepted, own.length), sentence }];
	}).flat();
	const error = stated.length < leastReviews ? undefined : bins.reduce((sum, { part, of, confidence }) => sum + Math.abs(part - confidence * of), 0) / stated.length;
	const detail = error === undefined ? `${stated.length} of ${leastReviews} reviews` : `${stated.length} reviews`;
	return { error: valueFigure('calibrationError', 'Calibration error', { value: error, unit: 'distance', of: stated.length, detail }), bins };
}
