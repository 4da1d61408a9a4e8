import { jStat } from 'jstat';
import { rateOf, type ComparedArm } from '../experiment/compareArms';
import { EXPERIMENT_POLICY } from '../experiment/judgeExperiment';
import { DAY } from '../time';
import { contactsFor, type Lift } from './lift';
import { nextShare, ROLLOUT_POLICY } from './rollout';
import { maturityMs, type VersionMetric } from './versionMetrics';

/** What it takes until the next step can be decided, about. */
export interface Needed {
	/** The step: more contacts for the candidate, or everybody. */
	step: 'ramp' | 'promote';
	/** Contacts still missing, both arms together; Infinity while nothing has succeeded yet. */
	contacts: number;
	/** Weeks until then, the wait for late outcomes included; absent when no pace is known. */
	weeks?: number;
	/** Reviews that would show a tenth more approvals, both arms together: the way for small teams. Absent where approvals are compared already. */
	reviews?: number;
}

export interface NeededInput {
	candidate: ComparedArm;
	control: ComparedArm;
	metric: VersionMetric;
	share: number;
	sendsPerWeek?: number;
}

const WEEK = 7 * DAY;
/** Share of drafts approved unedited that a team is taken to have, to say how many reviews would tell. */
const USUAL_APPROVAL = 0.7;
/** The difference in approvals that is worth telling, relative. */
const APPROVAL_LIFT = 0.1;

/** Reviews both arms together need at this share to show a tenth more approvals: 80 % power, one-sided 5 %. */
export function reviewsNeeded(share: number): number {
	const reach = jStat.normal.inv(ROLLOUT_POLICY.boundLevel, 0, 1) + jStat.normal.inv(EXPERIMENT_POLICY.power, 0, 1);
	return Math.ceil((reach ** 2 * (1 - USUAL_APPROVAL)) / USUAL_APPROVAL / (share * (1 - share) * Math.log(1 + APPROVAL_LIFT) ** 2));
}

/** As if the candidate were as good as the deployed one for a step of the ramp, and as good as it looks, at least 5 % better, for the whole. */
function totalFor(step: Needed['step'], { control, share }: NeededInput, lift: Lift | undefined): number {
	const normal = (p: number): number => jStat.normal.inv(p, 0, 1);
	if (step === 'ramp') {
		// Half of the candidates that are just as good have passed by then; for four in five it takes about twice as much.
		const room = Math.max(0, Math.log(1 + Math.max(0, lift?.value ?? 0))) - Math.log(1 + ROLLOUT_POLICY.nonInferiority);
		return contactsFor(control, share, room / normal(ROLLOUT_POLICY.boundLevel));
	}
	const better = Math.log(1 + Math.max(ROLLOUT_POLICY.promotionLift, lift?.value ?? 0));
	return contactsFor(control, share, better / (normal(1 - ROLLOUT_POLICY.alpha / 2) + normal(EXPERIMENT_POLICY.power)));
}

/** What the next step takes. */
export function stillNeeded(input: NeededInput, lift: Lift | undefined): Needed {
	const { candidate, control, metric, share, sendsPerWeek } = input;
	const step = nextShare(share) === undefined ? 'promote' : 'ramp';
	const has = candidate.exposures + control.exposures;
	const least = EXPERIMENT_POLICY.minimumSample / Math.min(share, 1 - share);
	// The arms' ratio needs its successes, however wide the bounds may be.
	const successes = rateOf(control) > 0 ? ROLLOUT_POLICY.leastSuccesses / rateOf(control) / Math.min(share, 1 - share) : Infinity;
	const contacts = Math.max(1, Math.ceil(Math.max(totalFor(step, input, lift), least, successes) - has));
	const late = maturityMs(metric) / WEEK;
	const weeks = sendsPerWeek && sendsPerWeek > 0 && Number.isFinite(contacts) ? Math.max(1, Math.ceil(has > 0 ? contacts / sendsPerWeek : contacts / sendsPerWeek + late)) : undefined;
	return { step, contacts, ...(weeks === undefined ? {} : { weeks }), ...(metric === 'reviewer_approval' ? {} : { reviews: reviewsNeeded(share) }) };
}
