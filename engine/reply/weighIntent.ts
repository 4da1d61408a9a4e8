import { z } from 'zod';
import type { Features } from './features';
import { REPLY_INTENTS, type ReplyIntent } from './reply';
import data from './evidence/weights.json';

/** One letter a weight: its code less that of the zero, in `step`s of log odds. */
const ZERO = 81;
const WeightsSchema = z.object({ date: z.iso.date(), source: z.string().min(1), step: z.number().positive(), intents: z.array(z.enum(REPLY_INTENTS)), weights: z.record(z.string(), z.string()) });

/** Fitted weights: for each feature one an intent. */
export interface IntentWeights {
	intents: readonly ReplyIntent[];
	step: number;
	/** Where a feature's weights begin in `steps`. */
	places: ReadonlyMap<string, number>;
	steps: Int8Array;
}

/** Weights as they lie in the file. @throws z.ZodError when they are none. */
export function parseIntentWeights(file: unknown): IntentWeights {
	const { intents, step, weights } = WeightsSchema.parse(file);
	const rows = Object.entries(weights);
	const places = new Map<string, number>();
	const steps = new Int8Array(rows.length * intents.length);
	for (const [row, [feature, letters]] of rows.entries()) {
		const place = row * intents.length;
		places.set(feature, place);
		for (let i = 0; i < intents.length; i++) steps[place + i] = letters.charCodeAt(i) - ZERO;
	}
	return { intents, step, places, steps };
}

const MOST_STEPS = 44;

/** Weights as letters, the way `parseIntentWeights` reads them; none is a quotation mark or a backslash. */
export function lettersOf(weights: readonly number[], step: number): string {
	return weights.map((weight) => {
		const steps = Math.max(-MOST_STEPS, Math.min(MOST_STEPS, Math.round(weight / step)));
		// The backslash would have to be written as two.
		return String.fromCharCode(ZERO + (ZERO + steps === 92 ? steps - 1 : steps));
	}).join('');
}

const SHIPPED = parseIntentWeights(data);

/** With fewer features of words than this that were ever seen, a message says nothing the weights understand. */
const FEWEST_KNOWN = 2;
const OF_A_WORD = /^[wcp]\p{L}{2}/u;

/**
 * How likely each intent is given the evidence, 0–1, summing to 1: multinomial logistic regression with weights fitted on
 * the labelled replies (`eval/fitIntentWeights.ts`). Empty when it holds no word they know.
 */
export function weighIntents({ evidence }: Features, { intents, step, places, steps }: IntentWeights = SHIPPED): Map<ReplyIntent, number> {
	const scores = new Float64Array(intents.length);
	let known = 0;
	for (const { amounts, scale } of evidence) {
		for (const [feature, amount] of amounts) {
			const place = places.get(feature);
			if (place === undefined) continue;
			if (known < FEWEST_KNOWN && OF_A_WORD.test(feature)) known++;
			const loud = amount * scale * step;
			for (let i = 0; i < scores.length; i++) scores[i] += steps[place + i] * loud;
		}
	}
	if (known < FEWEST_KNOWN) return new Map();
	const top = Math.max(...scores);
	const shares = Array.from(scores, (score) => Math.exp(score - top));
	const sum = shares.reduce((total, share) => total + share, 0);
	return new Map(intents.map((intent, i) => [intent, shares[i] / sum]));
}
