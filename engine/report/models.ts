import { z } from 'zod';
import { METRIC_DEFINITIONS } from '../experiment/metrics';
import { DAY } from '../time';
import { FigureSchema, percent, shareFigure, valueFigure, type Figure } from './figure';
import { quantileOf, type RankedValue } from './quantile';

/** Drafts of one model and prompt, made in the period. */
export interface ModelDrafts {
	/** Undefined: a template wrote it, or nobody said. */
	modelId?: string;
	promptVersion?: string;
	drafts: number;
	fallback: number;
	/** First decisions of people about them. */
	reviewed: number;
	accepted: number;
	/** Mean share of characters changed in edited ones. */
	editDistance?: number;
	sent: number;
	/** Sent, and the contact wrote within the time for a reply. */
	replied: number;
}
/** Calls of one model and prompt for one purpose in the period. */
export interface ModelCalls {
	modelId: string;
	promptVersion: string;
	purpose: string;
	calls: number;
	failed: number;
	/** Calls whose price is not known; not in `usd`. */
	unpriced: number;
	usd: number;
	/** Milliseconds around the median and the 95th percentile. */
	ranked: RankedValue[];
}

export const ModelDraftsSchema = z.object({
	modelId: z.string().optional(),
	promptVersion: z.string().optional(),
	drafts: z.number(),
	accepted: FigureSchema,
	editDistance: FigureSchema,
	replied: FigureSchema,
	fallback: FigureSchema,
	sentence: z.string(),
});
export const ModelCallsSchema = z.object({
	modelId: z.string(),
	promptVersion: z.string(),
	purpose: z.string(),
	calls: z.number(),
	failed: FigureSchema,
	usd: z.number(),
	unpriced: z.number(),
	usdPerCall: z.number().optional(),
	medianMs: z.number().optional(),
	p95Ms: z.number().optional(),
	sentence: z.string(),
});
/** What the Models tab shows, the most used first. */
export const ModelsSchema = z.object({ drafts: z.array(ModelDraftsSchema), calls: z.array(ModelCallsSchema) });
export type Models = z.infer<typeof ModelsSchema>;

const REPLY_DAYS = METRIC_DEFINITIONS.reply.windowMs / DAY;

function nameOf(modelId: string | undefined, promptVersion: string | undefined): string {
	return modelId === undefined ? 'No model (templates)' : `${modelId}${promptVersion === undefined || promptVersion === '' ? '' : `, prompt ${promptVersion.slice(0, 8)}`}`;
}

const share = (figure: Figure): string => (figure.value === undefined ? 'unknown' : percent(figure.value));

export function modelFigures({ drafts, calls }: { drafts: readonly ModelDrafts[]; calls: readonly ModelCalls[] }): Models {
	return {
		drafts: drafts.toSorted((a, b) => b.drafts - a.drafts).map(({ modelId, promptVersion, ...row }) => {
			const accepted = shareFigure('acceptedShare', 'Accepted as they were', { part: row.accepted, of: row.reviewed, what: 'decided drafts' });
			const editDistance = valueFigure('editDistance', 'Changed in edited drafts, mean', { value: row.editDistance, unit: 'distance' });
			const replied = shareFigure('draftReplyRate', 'Replied', { part: row.replied, of: row.sent, what: `sent drafts, within ${REPLY_DAYS} days so far` });
			const fallback = shareFigure('draftFallbackRate', 'Drafts no model wrote', { part: row.fallback, of: row.drafts, what: 'drafts' });
			const sentence = `${nameOf(modelId, promptVersion)}: ${row.drafts} drafts, ${row.reviewed} decided, accepted ${share(accepted)}, replied ${share(replied)} of ${row.sent} sent.`;
			return { ...(modelId === undefined ? {} : { modelId }), ...(promptVersion === undefined ? {} : { promptVersion }), drafts: row.drafts, accepted, editDistance, replied, fallback, sentence };
		}),
		calls: calls.toSorted((a, b) => b.calls - a.calls).map(({ ranked, failed, ...row }) => {
			const [medianMs, p95Ms] = [quantileOf(ranked, 50, row.calls), quantileOf(ranked, 95, row.calls)];
			const priced = row.calls - row.unpriced;
			const took = medianMs === undefined || p95Ms === undefined ? '' : `, half within ${Math.round(medianMs)} ms, 95 % within ${Math.round(p95Ms)} ms`;
			const cost = priced > 0 ? `, ${row.usd.toFixed(4)} USD${row.unpriced > 0 ? ` (${row.unpriced} of unknown price)` : ''}` : ', price not known';
			return {
				...row,
				failed: shareFigure('failedCalls', 'Failed calls', { part: failed, of: row.calls, what: 'calls' }),
				...(priced > 0 ? { usdPerCall: row.usd / priced } : {}),
				...(medianMs === undefined ? {} : { medianMs }),
				...(p95Ms === undefined ? {} : { p95Ms }),
				sentence: `${nameOf(row.modelId, row.promptVersion)}, ${row.purpose}: ${row.calls} calls, ${failed} failed${took}${cost}.`,
			};
		}),
	};
}
