import type { Piece as ReadPiece } from '../engine/gate/pieces';

const ROUNDS = 3;
const EPOCHS = 25;
const RATE = 0.08;
const DECAY = 4e-4;
/** A feature of one row alone says nothing. */
const FEWEST_ROWS = 2;
const SEED = 20261120;

interface Piece {
	telling: boolean;
	features: readonly [string, number][];
}
export interface Row {
	wanted: boolean;
	/** How much a mistake on a piece of it costs. */
	cost: number;
	pieces: Piece[];
}
interface Sample {
	piece: Piece;
	wanted: boolean;
	cost: number;
}
export interface Model {
	bias: number;
	weights: Map<string, number>;
}

/** A row to fit on: its pieces, whether it is what is looked for, and what a mistake on one of its pieces costs. */
export function rowOf(pieces: readonly ReadPiece[], wanted: boolean, cost: number): Row {
	return { wanted, cost, pieces: pieces.map(({ features, scale, telling }) => ({ telling, features: [...features].map(([feature, amount]): [string, number] => [feature, amount * scale]) })) };
}

function randomOf(seed: number): () => number {
	let state = seed;
	return () => {
		state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
		return state / 0x7fffffff;
	};
}

function scoreOf({ bias, weights }: Model, piece: Piece): number {
	let score = bias;
	for (const [feature, amount] of piece.features) score += (weights.get(feature) ?? 0) * amount;
	return score;
}

/** The score of the piece that speaks most for it, as the gate reads a text. */
export const highest = (model: Model, { pieces }: Row): number => pieces.reduce((best, piece) => (piece.telling ? Math.max(best, scoreOf(model, piece)) : best), -Infinity);

function piecesOf(rows: readonly Row[], model: Model | undefined): Sample[] {
	return rows.flatMap(({ wanted, cost, pieces }) => {
		if (!wanted || !model) return pieces.map((piece) => ({ piece, wanted, cost }));
		const scores = pieces.map((piece) => scoreOf(model, piece));
		const top = scores.indexOf(Math.max(...scores));
		return pieces.flatMap((piece, i) => (i === top ? [{ piece, wanted, cost }] : []));
	});
}

/** Adaptive gradient descent (AdaGrad) with weight decay. */
function fitOnce(samples: readonly Sample[]): Model {
	const counts = new Map<string, number>();
	for (const { piece } of samples) for (const [feature] of piece.features) counts.set(feature, (counts.get(feature) ?? 0) + 1);
	const weights = new Map<string, number>();
	const squares = new Map<string, number>();
	for (const [feature, count] of counts) if (count >= FEWEST_ROWS) weights.set(feature, 0);
	const model: Model = { bias: -2, weights };
	const random = randomOf(SEED);
	const order = samples.map((_, i) => i);
	for (let epoch = 0; epoch < EPOCHS; epoch++) {
		for (let i = order.length - 1; i > 0; i--) {
			const j = Math.floor(random() * (i + 1));
			[order[i], order[j]] = [order[j], order[i]];
		}
		for (const i of order) {
			const { piece, wanted, cost } = samples[i];
			const error = (1 / (1 + Math.exp(-scoreOf(model, piece))) - (wanted ? 1 : 0)) * cost;
			model.bias -= 0.01 * error;
			for (const [feature, amount] of piece.features) {
				const weight = weights.get(feature);
				if (weight === undefined) continue;
				const gradient = error * amount + DECAY * weight;
				const square = (squares.get(feature) ?? 1e-2) + gradient * gradient;
				squares.set(feature, square);
				weights.set(feature, weight - (RATE * gradient) / Math.sqrt(square));
			}
		}
	}
	return model;
}

/**
 * A logistic regression on pieces. Of a wanted row only the piece that looks most like one counts as one, since the rest of
 * the text may be harmless; which piece that is comes from the round before.
 */
export function fitPieces(rows: readonly Row[]): Model {
	let model: Model | undefined;
	for (let round = 0; round < ROUNDS; round++) model = fitOnce(piecesOf(rows, model));
	if (!model) throw new Error('Nothing was fitted');
	return model;
}

/** Scores of all rows, each by weights fitted on the other folds. */
export function crossValidated(rows: readonly Row[], folds: number): number[] {
	const scores = new Array<number>(rows.length).fill(0);
	for (let fold = 0; fold < folds; fold++) {
		const model = fitPieces(rows.filter((_, i) => i % folds !== fold));
		rows.forEach((row, i) => i % folds === fold && (scores[i] = highest(model, row)));
	}
	return scores;
}
