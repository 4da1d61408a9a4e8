import { z } from 'zod';
import { stableFraction } from '../experiment/assignVariant';
import type { ModelVersion } from './modelVersion';

/** The policy's numbers, in one place. DESIGN §4 Model Trainer; what they mean by simulation: docs/decisions/rollout.md. */
export const ROLLOUT_POLICY = {
	/** Share of contacts a candidate serves at first, and after each step, 0–1. */
	ramp: [0.1, 0.25, 0.5],
	/** The 95 % bound of the relative lift must lie above this for the next step. */
	nonInferiority: -0.1,
	/** Level of that bound, one-sided. */
	boundLevel: 0.95,
	/** Relative lift a candidate must show, beyond what chance explains, to serve everybody. */
	promotionLift: 0.05,
	/** Two-sided error the looks may spend; only its upper half promotes. */
	alpha: 0.08,
	/** Successes either arm needs before its rate is put into a ratio at all. */
	leastSuccesses: 10,
	/** Share of rollouts of a harmless candidate that may be rolled back for each of these, 0–1; together at most 5 %. */
	falseRollback: { optOuts: 0.02, complaints: 0.01, rejections: 0.02 },
	/** Cases of harm below which nothing is rolled back: two may always be two unlucky people. */
	leastHarm: 3,
	/** Evidence of harm (see harm.ts) from which a candidate is given no more contacts. */
	suspicion: 4,
} as const;

/** How a contact came to be written to by a version. Kept with the draft: what a comparison rests on. */
export const RolloutSchema = z.object({
	/** The version under test. */
	candidate: z.string(),
	arm: z.enum(['candidate', 'deployed']),
	/** Chance with which this contact came into this arm, 0–1. */
	propensity: z.number().min(0).max(1),
});
export type Rollout = z.infer<typeof RolloutSchema>;
export type RolloutArm = Rollout['arm'];

/**
 * The arm of a contact. The same contact always gets the same one for a candidate and share, on any worker and without a
 * look at the store; when the share grows, whoever had the candidate keeps it. Another candidate draws other contacts.
 * @param share of contacts the candidate serves, 0–1
 */
export function assignArm({ version: candidate, share }: Pick<ModelVersion, 'version' | 'share'>, contactId: string): Rollout {
	const drawn = stableFraction(`rollout ${candidate}`, contactId) < share;
	return { candidate, arm: drawn ? 'candidate' : 'deployed', propensity: drawn ? share : 1 - share };
}

/** The share after this one; undefined when only the whole is left. */
export function nextShare(share: number): number | undefined {
	return ROLLOUT_POLICY.ramp.find((step) => step > share + 1e-9);
}
