import { z } from 'zod';
import { StatusSchema } from '../message/contact';
import type { Pipeline } from '../pipeline/stage';
import { ABSTAIN_BELOW, bandOf } from './bands';
import { NewestMessageSchema, type Classification } from './classification';
import { classificationSentence } from './sentence';

const text = z.string().trim().min(1);

/** What the model must answer. Every field is required, which lets providers enforce the shape. */
export const ClassificationAnswerSchema = z.object({
	score: z.number().min(0).max(100),
	status: StatusSchema,
	confidence: z.number().min(0).max(1),
	summary: text,
	reasons: z.array(text),
	/** What the newest message of the lead wants; null when the lead has written none. */
	newestMessage: NewestMessageSchema.nullable().catch(null),
});
/**
 * The same when the prompt names stages. The names are shown to the model as the only choice but not enforced here: a stage
 * spelled another way is worth less than a second call.
 */
export function stagedAnswerSchema(pipeline: Pipeline): z.ZodType<ClassificationAnswer> {
	const names = pipeline.stages.map(({ name }) => name);
	return ClassificationAnswerSchema.extend({ recommendedStage: z.string().meta({ enum: names }).nullable() });
}
export type ClassificationAnswer = z.infer<typeof ClassificationAnswerSchema> & { recommendedStage?: string | null };

/** What the model must answer when only a summary is asked for. */
export const SummaryAnswerSchema = z.object({ summary: text });

const LONGEST_SUMMARY = 2_000;
const MOST_REASONS = 5;
const LONGEST_REASON = 200;

/** The stage a model named, in the pipeline's own spelling; undefined when there is none of that name. */
function stageNamed(name: string | null | undefined, pipeline: Pipeline | undefined): string | undefined {
	const wanted = name?.trim().toLowerCase();
	if (!wanted) return undefined;
	return pipeline?.stages.find((stage) => stage.name.trim().toLowerCase() === wanted)?.name;
}

/** The classification a model's checked answer stands for. Intent follows from the score, whatever the model's words say. */
export function readClassification(
	answer: ClassificationAnswer,
	call: { modelId: string; promptVersion: string; retryCount: number },
	pipeline?: Pipeline,
): Classification {
	const score = Math.round(answer.score);
	const recommendedStage = stageNamed(answer.recommendedStage, pipeline);
	const result: Omit<Classification, 'sentence'> = {
		intent: bandOf(score).intent,
		score,
		status: answer.status,
		confidence: answer.confidence,
		summary: answer.summary.slice(0, LONGEST_SUMMARY),
		reasons: answer.reasons.slice(0, MOST_REASONS).map((reason) => reason.slice(0, LONGEST_REASON)),
		evidence: [],
		...(recommendedStage === undefined ? {} : { recommendedStage }),
		usedFallback: false,
		retryCount: call.retryCount,
		modelId: call.modelId,
		promptVersion: call.promptVersion,
		cached: false,
		abstained: answer.confidence < ABSTAIN_BELOW,
		...(answer.newestMessage ? { newestMessage: answer.newestMessage } : {}),
	};
	return { ...result, sentence: classificationSentence(result) };
}
