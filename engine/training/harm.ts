import { GUARDRAIL_DEFINITIONS } from '../experiment/metrics';
import { ROLLOUT_POLICY } from './rollout';

export const HARMS = ['optOuts', 'complaints', 'rejections'] as const;
/** What a candidate is rolled back for by itself. */
export type Harm = (typeof HARMS)[number];

/** In a sentence. Rejections are counted among drafts that were read whatever their confidence. */
export const HARM_NAMES: Readonly<Record<Harm, string>> = { optOuts: GUARDRAIL_DEFINITIONS.optOuts.plural, complaints: GUARDRAIL_DEFINITIONS.complaints.plural, rejections: 'rejected drafts' };

export interface HarmCount {
	contacts: number;
	events: number;
}

/** What happened while the candidate had one share of contacts. */
export interface HarmStratum {
	candidate: HarmCount;
	control: HarmCount;
}

/** How many times as frequent with the candidate harm may be: what the evidence is gathered for, none above another. */
const RATIOS = [1.25, 1.5, 2, 3, 5, 8] as const;

/**
 * Evidence that a harm is more frequent with the candidate, as an e-value: the likelihood of the cases being spread over
 * the arms as they are, if it is (averaged over several ratios), divided by that if it is not. Among harmless candidates it
 * ever reaches 1/α in at most a share α of rollouts, however often it is looked at, so a look costs nothing and need not be planned.
 * Strata are multiplied, so a share that changed while rates drifted accuses nobody.
 * Source: Ville's inequality; Ramdas et al., "Game-theoretic statistics and safe anytime-valid inference", Stat. Sci. 38 (2023).
 * @returns 1 when nothing is known; above it speaks for harm
 */
export function harmEvidence(strata: readonly HarmStratum[]): number {
	const logs = RATIOS.map((ratio) =>
		strata.reduce((sum, { candidate, control }) => {
			const all = candidate.contacts + control.contacts;
			if (candidate.contacts === 0 || control.contacts === 0) return sum;
			const even = candidate.contacts / all;
			const harmful = (ratio * candidate.contacts) / (ratio * candidate.contacts + control.contacts);
			return sum + candidate.events * Math.log(harmful / even) + control.events * Math.log((1 - harmful) / (1 - even));
		}, 0),
	);
	const greatest = Math.max(...logs);
	return (Math.exp(greatest) * logs.reduce((sum, log) => sum + Math.exp(log - greatest), 0)) / RATIOS.length;
}

export interface HarmFinding {
	harm: Harm;
	candidate: HarmCount;
	control: HarmCount;
	evidence: number;
	/** harm: to be rolled back. suspicion: no more contacts for now. none: nothing beyond chance. */
	verdict: 'harm' | 'suspicion' | 'none';
}

const total = (strata: readonly HarmStratum[], arm: keyof HarmStratum): HarmCount =>
	strata.reduce((sum, stratum) => ({ contacts: sum.contacts + stratum[arm].contacts, events: sum.events + stratum[arm].events }), { contacts: 0, events: 0 });

/** What the counts say of one harm. */
export function judgeHarm(harm: Harm, strata: readonly HarmStratum[]): HarmFinding {
	const evidence = harmEvidence(strata);
	const [candidate, control] = [total(strata, 'candidate'), total(strata, 'control')];
	const enough = candidate.events >= ROLLOUT_POLICY.leastHarm;
	const verdict = enough && evidence >= 1 / ROLLOUT_POLICY.falseRollback[harm] ? 'harm' : enough && evidence >= ROLLOUT_POLICY.suspicion ? 'suspicion' : 'none';
	return { harm, candidate, control, evidence, verdict };
}
