import { z } from 'zod';
import type { Features } from './features';
import { REPLY_INTENTS, type ReplyIntent } from './reply';
import data from './evidence/weights.json';

const SCALE = 100;
const WeightsSchema = z.object({ date: z.iso.date(), source: z.string().min(1), intents: z.array(z.enum(REPLY_INTENTS)), weights: z.record(z.string(), z.array(z.number().int())) });
const { intents: INTENTS, weights } = WeightsSchema.parse(data);
const WEIGHTS = new Map(Object.entries(weights));

/**
 * How likely each intent is given the evidence, 0–1, summing to 1: multinomial logistic regression with weights fitted on
 * the tuning halves of the labelled replies (`eval/fitIntentWeights.ts`). `other` is not among them.
 */
export function weighIntents({ amounts }: Features): Map<ReplyIntent, number> {
	const scores = INTENTS.map(() => 0);
	for (const [feature, amount] of amounts) {
		const row = WEIGHTS.get(feature);
		if (row) for (let i = 0; i < scores.length; i++) scores[i] += (row[i] * amount) / SCALE;
	}
	const top = Math.max(...scores);
	const shares = scores.map((score) => Math.exp(score - top));
	const sum = shares.reduce((total, share) => total + share, 0);
	return new Map(INTENTS.map((intent, i) => [intent, shares[i] / sum]));
}
