import { z } from 'zod';
import type { Features } from './features';
import { REPLY_INTENTS, type ReplyIntent } from './reply';
import data from './evidence/weights.json';

const SCALE = 100;
const WeightsSchema = z.object({ date: z.iso.date(), source: z.string().min(1), intents: z.array(z.enum(REPLY_INTENTS)), weights: z.record(z.string(), z.array(z.number().int())) });
const { intents: INTENTS, weights } = WeightsSchema.parse(data);

/** With fewer features of words than this that were ever seen, a message says nothing the weights understand. */
const FEWEST_KNOWN = 2;
const WORD_FEATURE = /^[wcp]\p{L}{2}/u;
/** Place of each feature's row in ROWS, which is one block so that it stays in the processor's cache. */
const PLACES = new Map(Object.keys(weights).map((feature, place) => [feature, place]));
const ROWS = Int32Array.from(Object.values(weights).flat());
if (Object.values(weights).some((row) => row.length !== INTENTS.length)) throw new Error('A feature needs one weight for each intent');
const OF_A_WORD = Object.keys(weights).map((feature) => WORD_FEATURE.test(feature));

/**
 * How likely each intent is given the evidence, 0–1, summing to 1: multinomial logistic regression with weights fitted on
 * the tuning halves of the labelled replies (`eval/fitIntentWeights.ts`). Empty when it holds no word they know.
 */
export function weighIntents({ evidence }: Features): Map<ReplyIntent, number> {
	const scores = new Float64Array(INTENTS.length);
	let known = 0;
	for (const { amounts, scale } of evidence) {
		for (const [feature, amount] of amounts) {
			const place = PLACES.get(feature);
			if (place === undefined) continue;
			if (OF_A_WORD[place]) known++;
			for (let i = 0; i < scores.length; i++) scores[i] += (ROWS[place * scores.length + i] * amount * scale) / SCALE;
		}
	}
	if (known < FEWEST_KNOWN) return new Map();
	const top = Math.max(...scores);
	const shares = scores.map((score) => Math.exp(score - top));
	const sum = shares.reduce((total, share) => total + share, 0);
	return new Map(INTENTS.map((intent, i) => [intent, shares[i] / sum]));
}
