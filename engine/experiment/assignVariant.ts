import { createHash } from 'node:crypto';

export interface ExperimentArm {
	id: string;
	name: string;
	/** Share of traffic relative to the other arms; 0 takes it out. */
	weight: number;
	template?: string;
	/** The arm that a paused experiment falls back to. */
	control?: boolean;
}

export interface Experiment {
	id: string;
	status: 'running' | 'paused' | 'completed';
	variants: readonly ExperimentArm[];
	/** The arm a completed experiment settles on. */
	winner?: string;
}

/** What happened so far, per arm. Unused while traffic is split by weight. */
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
 * Chooses an arm by weight. A paused experiment gives its control, a completed one its winner, both with propensity 1.
 * @param rng uniform on [0, 1)
 * @throws RangeError when no arm has weight
 */
export function assignVariant(input: {
	experiment: Experiment;
	contactId: string;
	results?: readonly ArmResult[];
	rng: () => number;
	/** An earlier choice for this contact: kept as it is. */
	sticky?: VariantChoice;
}): VariantChoice {
	const { experiment, rng, sticky } = input;
	if (experiment.status === 'completed') return { variantId: experiment.winner ?? controlOf(experiment).id, propensity: 1 };
	if (experiment.status === 'paused') return { variantId: controlOf(experiment).id, propensity: 1 };
	if (sticky && experiment.variants.some((arm) => arm.id === sticky.variantId)) return sticky;

	const arms = experiment.variants.filter((arm) => arm.weight > 0);
	const total = arms.reduce((sum, arm) => sum + arm.weight, 0);
	if (!(total > 0) || !Number.isFinite(total)) throw new RangeError('No variant of the experiment has a weight above 0');
	let point = rng() * total;
	// The last arm takes what rounding leaves over.
	const chosen = arms.find((arm) => (point -= arm.weight) < 0) ?? arms[arms.length - 1];
	return { variantId: chosen.id, propensity: chosen.weight / total };
}

/** A number on [0, 1) that is always the same for the same experiment and contact: stickiness without a store. */
export function stableFraction(experimentId: string, contactId: string): number {
	const hash = createHash('sha256').update(JSON.stringify([experimentId, contactId])).digest();
	return hash.readUIntBE(0, 6) / 2 ** 48;
}
