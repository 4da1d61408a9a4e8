/** What is known of one past lead: numbers and yes/no answers, and whether it converted. */
export interface LeadExample {
	features: Readonly<Record<string, number | boolean>>;
	converted: boolean;
}

export interface LeadScoreModel {
	intercept: number;
	/** By feature: effect on the log-odds of one standard deviation, and how the feature was standardised. */
	weights: Record<string, { weight: number; mean: number; deviation: number }>;
	examples: number;
	conversions: number;
}

export interface ScoredLead {
	/** 0–1 */
	probability: number;
	/** Each feature's push on the log-odds against the average lead, strongest first; plus raises, minus lowers. */
	reasons: { feature: string; effect: number }[];
}

export const LEAD_SCORE_POLICY = {
	/** About ten conversions a feature for a dozen features: below this a learned score repeats accidents. */
	minimumConversions: 120,
	/** Weight of the L2 penalty, in examples: keeps weights finite when a feature separates perfectly. */
	penalty: 4,
	newtonSteps: 30,
} as const;

/** Too few conversions to learn from. */
export class TooFewConversionsError extends RangeError {
	constructor(readonly conversions: number) {
		super(`A learned score needs at least ${LEAD_SCORE_POLICY.minimumConversions} conversions, and there are ${conversions}: keep the rules' score until then`);
		this.name = 'TooFewConversionsError';
	}
}

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
const numeric = (value: number | boolean | undefined): number => (typeof value === 'boolean' ? Number(value) : value !== undefined && Number.isFinite(value) ? value : 0);

/** Solves a symmetric positive definite system by Gaussian elimination with pivoting. */
function solve(matrix: number[][], right: number[]): number[] {
	const rows = matrix.map((row, i) => [...row, right[i]]);
	const size = right.length;
	for (let column = 0; column < size; column += 1) {
		let pivot = column;
		for (let row = column + 1; row < size; row += 1) if (Math.abs(rows[row][column]) > Math.abs(rows[pivot][column])) pivot = row;
		[rows[column], rows[pivot]] = [rows[pivot], rows[column]];
		for (let row = column + 1; row < size; row += 1) {
			const factor = rows[row][column] / rows[column][column];
			for (let k = column; k <= size; k += 1) rows[row][k] -= factor * rows[column][k];
		}
	}
	const solution = new Array<number>(size).fill(0);
	for (let row = size - 1; row >= 0; row -= 1) {
		const known = rows[row].slice(row + 1, size).reduce((sum, value, k) => sum + value * solution[row + 1 + k], 0);
		solution[row] = (rows[row][size] - known) / rows[row][row];
	}
	return solution;
}

/**
 * Learns from a workspace's own outcomes: logistic regression on standardised features with an L2 penalty, by Newton's
 * method. Source: Hastie, Tibshirani & Friedman, The Elements of Statistical Learning, §4.4. A feature that is missing
 * counts as 0.
 * @throws TooFewConversionsError under 120 conversions
 */
export function fitLeadScore(examples: readonly LeadExample[]): LeadScoreModel {
	const conversions = examples.filter((example) => example.converted).length;
	if (conversions < LEAD_SCORE_POLICY.minimumConversions) throw new TooFewConversionsError(conversions);
	const names = [...new Set(examples.flatMap((example) => Object.keys(example.features)))].sort();
	const standards = names.map((name) => {
		const values = examples.map((example) => numeric(example.features[name]));
		const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
		const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
		return { mean, deviation: deviation > 1e-12 ? deviation : 0 };
	});
	const rows = examples.map((example) => [1, ...names.map((name, i) => (standards[i].deviation === 0 ? 0 : (numeric(example.features[name]) - standards[i].mean) / standards[i].deviation))]);
	let weights = [Math.log((conversions + 0.5) / (examples.length - conversions + 0.5)), ...names.map(() => 0)];
	for (let step = 0; step < LEAD_SCORE_POLICY.newtonSteps; step += 1) {
		const move = newtonMove(rows, examples, weights);
		weights = weights.map((weight, i) => weight + move[i]);
		if (Math.max(...move.map(Math.abs)) < 1e-8) break;
	}
	return {
		intercept: weights[0],
		weights: Object.fromEntries(names.map((name, i) => [name, { weight: weights[i + 1], ...standards[i] }])),
		examples: examples.length,
		conversions,
	};
}

function newtonMove(rows: readonly number[][], examples: readonly LeadExample[], weights: readonly number[]): number[] {
	const size = weights.length;
	// The intercept is not penalised: the base rate is known, not suspected.
	const gradient = weights.map((weight, i) => (i === 0 ? 0 : -LEAD_SCORE_POLICY.penalty * weight));
	const hessian = weights.map((_, i) => weights.map((__, j) => (i === j ? (i === 0 ? 1e-9 : LEAD_SCORE_POLICY.penalty) : 0)));
	rows.forEach((row, n) => {
		const p = logistic(row.reduce((sum, value, i) => sum + value * weights[i], 0));
		const error = (examples[n].converted ? 1 : 0) - p;
		const curvature = p * (1 - p);
		for (let i = 0; i < size; i += 1) {
			gradient[i] += error * row[i];
			for (let j = 0; j < size; j += 1) hessian[i][j] += curvature * row[i] * row[j];
		}
	});
	return solve(hessian, gradient);
}

/** The chance that a lead converts, and what speaks for and against it. */
export function scoreLead(model: LeadScoreModel, features: LeadExample['features']): ScoredLead {
	const reasons = Object.entries(model.weights)
		.map(([feature, { weight, mean, deviation }]) => ({ feature, effect: deviation === 0 ? 0 : (weight * (numeric(features[feature]) - mean)) / deviation }))
		.sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect));
	return { probability: logistic(model.intercept + reasons.reduce((sum, reason) => sum + reason.effect, 0)), reasons };
}
