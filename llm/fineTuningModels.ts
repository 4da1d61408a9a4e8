import { z } from 'zod';
import data from './fineTuningModels.json';

const usd = z.number().nonnegative();
const TABLE = z
	.object({
		collected: z.iso.date(),
		lastNewJobs: z.object({ day: z.iso.date() }),
		models: z.array(z.object({ model: z.string().min(1), training: usd, input: usd, output: usd, shutdown: z.iso.date().optional() })),
	})
	.parse(data);

/** What training a model costs and for how long it makes sense. USD per million tokens. */
export type FineTunable = (typeof TABLE.models)[number];

const BY_MODEL = new Map(TABLE.models.map((model) => [model.model, model]));
const RELEASE_DATE = /-\d{4}-\d{2}-\d{2}$/;

/** The base of a trained model's name (`ft:base:organisation:suffix:id`), or the name itself. */
export const baseOf = (modelId: string): string => (modelId.startsWith('ft:') ? (modelId.split(':')[1] ?? modelId) : modelId);

/** What is known of a model that can be trained, or of the base of one that was; undefined when nothing is. */
export function fineTunable(modelId: string): FineTunable | undefined {
	return BY_MODEL.get(baseOf(modelId).replace(RELEASE_DATE, ''));
}

/** USD for so many trained tokens at list price; undefined when the model's price is not known, never 0. */
export function trainingCostUsd(modelId: string, trainedTokens: number | undefined): number | undefined {
	const price = fineTunable(modelId)?.training;
	return price === undefined || trainedTokens === undefined ? undefined : (price * trainedTokens) / 1_000_000;
}

/** What a user should know about the near end of a model at OpenAI before paying for its training; undefined when nothing is known. `today` is `YYYY-MM-DD`. */
export function trainingWarning(modelId: string, today: string): string | undefined {
	const shutdown = fineTunable(modelId)?.shutdown;
	if (shutdown === undefined) return undefined;
	const { day } = TABLE.lastNewJobs;
	const gone = shutdown <= today ? `OpenAI shut ${baseOf(modelId)} down on ${shutdown}` : `OpenAI shuts ${baseOf(modelId)} and everything trained on it down on ${shutdown}`;
	return `${gone}, and ${day < today ? 'took' : 'takes'} no new trainings after ${day}. Example Memory works with any model and needs no training.`;
}
