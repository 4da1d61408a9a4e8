import { createHash } from 'node:crypto';
import { beliefs } from './posterior';

export interface ExperimentArm {
	id: string;
	name: string;
	/** Share of traffic relative to the other arms; 0 takes it out. */
	weight: number;
	template?: string;
	/** The arm that a paused experiment falls back to. */
	control?: boolean;
}

/** weighted: fixed shares. thompson: shares follow the probability of being the best arm, learning as results come in. */
export type AllocationMethod = 'weighted' | 'thompson';

export const ALLOCATION_POLICY = {
	/** Contacts an arm gets at even shares before results steer anything. */
	warmUp: 30,
	/** Share no arm falls below while the experiment runs: late outcomes can still change the picture. */
	floor: 0.05,
} as const;

export interface Experiment {
	id: string;
	/** weighted when absent. */
	method?: AllocationMethod;
	status: 'running' | 'paused' | 'completed';
	variants: readonly ExperimentArm[];
	/** The arm a completed experiment settles on. */
	winner?: string;
}

/** What happened so far, per arm. Unused while traffic is split by weight. Outcomes still on their way count as none. */
export interface ArmResult {
	id: string;
	exposures: number;
	conversions: number;
}

export interface VariantChoice {
	variantId: string;
	/** The probability with which this arm was chosen, 0–1. */
	propensity: number;
}

/** The arm that serves when nothing is to be tried: the one marked control, else the first. */
export function controlOf(experiment: Experiment): ExperimentArm {
	const control = experiment.variants.find((arm) => arm.control) ?? experiment.variants.at(0);
	if (!control) throw new RangeError('An experiment needs at least one variant');
	return control;
}

/**
 * The share of contacts each arm gets next. Thompson sampling in its probability-matching form: an arm's share is the
 * probability that it is the best, so the logged propensity is exact. Source: Thompson 1933; Russo et al. 2018, §4.
 */
export function allocationShares(experiment: Pick<Experiment, 'method' | 'variants'>, results: readonly ArmResult[] = []): Map<string, number> {
	const arms = experiment.variants.filter((arm) => arm.weight > 0);
	const total = arms.reduce((sum, arm) => sum + arm.weight, 0);
	if (!(total > 0) || !Number.isFinite(total)) throw new RangeError('No variant of the experiment has a weight above 0');
	if (experiment.method !== 'thompson') return new Map(arms.map((arm) => [arm.id, arm.weight / total]));
	const counts = arms.map((arm) => results.find((result) => result.id === arm.id) ?? { id: arm.id, exposures: 0, conversions: 0 });
	const even = 1 / arms.length;
	if (counts.some((count) => count.exposures < ALLOCATION_POLICY.warmUp)) return new Map(arms.map((arm) => [arm.id, even]));
	const floor = Math.min(ALLOCATION_POLICY.floor, even);
	return new Map(beliefs(counts).map(({ id, pBest }) => [id, floor + (1 - arms.length * floor) * pBest]));
}

/**
 * Chooses an arm by its share. A paused experiment gives its control, a completed one its winner, both with propensity 1.
 * @param rng uniform on [0, 1)
 * @throws RangeError when no arm has weight
 */
export function assignVariant(input: {
	experiment: Experiment;
	contactId: string;
	results?: readonly ArmResult[];
	/** What `allocationShares` gave for this experiment, to compute it once for many contacts. */
	shares?: ReadonlyMap<string, number>;
	rng: () => number;
	/** An earlier choice for this contact: kept as it is. */
	sticky?: VariantChoice;
}): VariantChoice {
	const { experiment, rng, sticky } = input;
	if (experiment.status === 'completed') return { variantId: experiment.winner ?? controlOf(experiment).id, propensity: 1 };
	if (experiment.status === 'paused') return { variantId: controlOf(experiment).id, propensity: 1 };
	if (sticky && experiment.variants.some((arm) => arm.id === sticky.variantId)) return sticky;

	const shares = [...(input.shares ?? allocationShares(experiment, input.results))];
	let point = rng();
	// The last arm takes what rounding leaves over.
	const [variantId, propensity] = shares.find(([, share]) => (point -= share) < 0) ?? shares[shares.length - 1];
	return { variantId, propensity };
}

/** A number on [0, 1) that is always the same for the same experiment and contact: stickiness without a store. */
export function stableFraction(experimentId: string, contactId: string): number {
	const hash = createHash('sha256').update(JSON.stringify([experimentId, contactId])).digest();
	return hash.readUIntBE(0, 6) / 2 ** 48;
}
