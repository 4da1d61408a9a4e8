import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { detectLanguage, parseLanguage } from '../engine/message/language';
import { canonicalise } from '../engine/reply/canonical';
import { featuresOf } from '../engine/reply/features';
import { ownText } from '../engine/reply/quotedText';
import { REPLY_INTENTS, type ReplyIntent } from '../engine/reply/reply';
import { cuePhrases, repairWord } from '../engine/reply/wordLists';
import { LABELLED_LANGUAGES, readLabelledReplies } from './labelledReplies';

/** Fits engine/reply/evidence/weights.json on the tuning (dev) halves; `--folds 5` only prints cross-validated accuracy. */
const EPOCHS = 8;
const RATE = 0.1;
const DECAY = 1e-3;
const FEWEST_ROWS = 3;
const SEED = 20261120;
const INTENTS: readonly ReplyIntent[] = REPLY_INTENTS;

interface Row {
	language: string;
	intent: number;
	features: [string, number][];
}

function rows(): Row[] {
	return LABELLED_LANGUAGES.flatMap((language) =>
		readLabelledReplies(language, 'dev').map(({ text, intent }) => {
			const own = ownText(text);
			const canonical = canonicalise(own, repairWord);
			// As when a reply comes in: its language is guessed.
			const known = parseLanguage(detectLanguage(own).language);
			const cues = new Set(cuePhrases(known).find(canonical).map(({ tag }) => tag));
			return { language, intent: INTENTS.indexOf(intent), features: featuresOf(own, canonical, known, cues).evidence.flatMap(({ amounts, scale }) => [...amounts].map(([feature, amount]): [string, number] => [feature, amount * scale])) };
		}),
	);
}

function randomOf(seed: number): () => number {
	let state = seed;
	return () => {
		state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
		return state / 0x7fffffff;
	};
}

function shuffle(order: number[], random: () => number): void {
	for (let i = order.length - 1; i > 0; i--) {
		const j = Math.floor(random() * (i + 1));
		[order[i], order[j]] = [order[j], order[i]];
	}
}

/** Adaptive gradient descent (AdaGrad) with weight decay. */
function fit(training: readonly Row[]): Map<string, Float64Array> {
	const counts = new Map<string, number>();
	for (const { features } of training) for (const [feature] of features) counts.set(feature, (counts.get(feature) ?? 0) + 1);
	const size = INTENTS.length;
	const weights = new Map<string, Float64Array>();
	const squares = new Map<string, Float64Array>();
	for (const [feature, count] of counts) {
		if (count < FEWEST_ROWS) continue;
		weights.set(feature, new Float64Array(size));
		squares.set(feature, new Float64Array(size).fill(1e-2));
	}
	const random = randomOf(SEED);
	const order = training.map((_, i) => i);
	for (let epoch = 0; epoch < EPOCHS; epoch++) {
		shuffle(order, random);
		for (const i of order) {
			const { features, intent } = training[i];
			const shares = sharesOf(weights, features);
			for (const [feature, amount] of features) {
				const weight = weights.get(feature);
				const square = squares.get(feature);
				if (!weight || !square) continue;
				for (let k = 0; k < size; k++) {
					const gradient = (shares[k] - (k === intent ? 1 : 0)) * amount + DECAY * weight[k];
					square[k] += gradient * gradient;
					weight[k] -= (RATE * gradient) / Math.sqrt(square[k]);
				}
			}
		}
	}
	return weights;
}

function sharesOf(weights: Map<string, Float64Array>, features: readonly [string, number][]): number[] {
	const scores = INTENTS.map(() => 0);
	for (const [feature, amount] of features) {
		const weight = weights.get(feature);
		if (weight) for (let k = 0; k < scores.length; k++) scores[k] += weight[k] * amount;
	}
	const top = Math.max(...scores);
	const shares = scores.map((score) => Math.exp(score - top));
	const sum = shares.reduce((total, share) => total + share, 0);
	return shares.map((share) => share / sum);
}

function crossValidate(all: readonly Row[], folds: number): void {
	const tally = new Map<string, { right: number; rows: number }>();
	for (let fold = 0; fold < folds; fold++) {
		const weights = fit(all.filter((_, i) => i % folds !== fold));
		for (const [i, row] of all.entries()) {
			if (i % folds !== fold) continue;
			const shares = sharesOf(weights, row.features);
			for (const key of [row.language, 'all']) {
				const counted = tally.get(key) ?? { right: 0, rows: 0 };
				counted.rows++;
				if (shares.indexOf(Math.max(...shares)) === row.intent) counted.right++;
				tally.set(key, counted);
			}
		}
	}
	for (const [key, { right, rows: count }] of tally) process.stdout.write(`${key}: ${(right / count).toFixed(3)} of ${count}\n`);
}

function save(weights: Map<string, Float64Array>): void {
	const kept: Record<string, number[]> = {};
	for (const [feature, weight] of [...weights].sort(([a], [b]) => (a < b ? -1 : 1))) {
		const rounded = [...weight].map((value) => Math.round(100 * value));
		if (rounded.some((value) => Math.abs(value) >= 5)) kept[feature] = rounded;
	}
	const intents = INTENTS;
	const file = path.join(__dirname, '../engine/reply/evidence/weights.json');
	const lines = Object.entries(kept).map(([feature, weight]) => `${JSON.stringify(feature)}:${JSON.stringify(weight)}`);
	const source = 'Fitted by eval/fitIntentWeights.ts on test/data/replies/*.dev.jsonl; hundredths.';
	writeFileSync(file, `{"date":"2026-11-20","source":${JSON.stringify(source)},"intents":${JSON.stringify(intents)},"weights":{\n${lines.join(',\n')}\n}}\n`);
	process.stdout.write(`${lines.length} features\n`);
}

const all = rows();
const folds = process.argv.indexOf('--folds');
if (folds === -1) save(fit(all));
else crossValidate(all, Number(process.argv[folds + 1]));
