import { z } from 'zod';
import type { TokenUsage } from './chatModel';
import { fineTunable } from './fineTuningModels';
import data from './prices.json';

const usd = z.number().nonnegative();
const priceTable = z.object({
	collected: z.iso.date(),
	models: z.array(
		z.object({
			model: z.string().min(1),
			input: usd,
			output: usd,
			long: z.object({ aboveInputTokens: z.number().int().positive(), inputFactor: z.number().min(1), outputFactor: z.number().min(1) }).optional(),
		}),
	),
});

/** What a model costs, in USD per million tokens. */
export interface ModelPrice {
	input: number;
	output: number;
	/** Dearer rates for the whole request once its input is longer than this. */
	long?: { aboveInputTokens: number; inputFactor: number; outputFactor: number };
}

const TABLE = priceTable.parse(data);
const BY_MODEL = new Map<string, ModelPrice>(TABLE.models.map(({ model, ...price }) => [model, price]));

/** The day the price table was collected, `YYYY-MM-DD`. */
export const PRICES_COLLECTED = TABLE.collected;

// "-2025-08-07", "-20251001" or "@20251001": a dated release of the same model. Any other ending is another model.
const RELEASE_DATE = /[-@](?:\d{4}-\d{2}-\d{2}|\d{8})$/;

/** The list price of a model, dated releases and trained models included; undefined for a model that is not in the table. */
export function priceOf(modelId: string): ModelPrice | undefined {
	if (modelId.startsWith('ft:')) {
		const trained = fineTunable(modelId);
		return trained && { input: trained.input, output: trained.output };
	}
	return BY_MODEL.get(modelId) ?? BY_MODEL.get(modelId.replace(RELEASE_DATE, ''));
}

/** USD for so many tokens at list price. Prompt-cache discounts are not counted in, so it is never less than the bill. */
export function costUsd(usage: TokenUsage, price: ModelPrice): number {
	const long = price.long && usage.inputTokens > price.long.aboveInputTokens ? price.long : { inputFactor: 1, outputFactor: 1 };
	return (usage.inputTokens * price.input * long.inputFactor + usage.outputTokens * price.output * long.outputFactor) / 1_000_000;
}
