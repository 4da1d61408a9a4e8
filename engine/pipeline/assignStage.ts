import { DAY, epochMs, type Instant } from '../time';
import type { Status } from '../message/contact';
import type { StageDefinition } from './stage';
import { withRanges, type RangedStage } from './stageRanges';

/** The policy's numbers, in one place. Scores 0–100, confidence 0–1. */
export const STAGE_POLICY = {
	/** Below this the move waits for a person. */
	minConfidence: 0.7,
	/** A score that comes back by this many points must not find the contact moved. */
	hysteresis: 3,
	/** How long a stage chosen by a person stands against the model. */
	personOutranksMs: 14 * DAY,
	/** A score of at least `score` is not moved below a stage that starts at `floor`. */
	downgradeFloors: [
		{ score: 80, floor: 50 },
		{ score: 50, floor: 20 },
	],
} as const;

export interface AssignStageInput {
	stages: readonly StageDefinition[];
	/** Id of the stage the contact is in. */
	current?: string;
	score: number;
	/** The score the contact had before. */
	currentScore?: number;
	status?: Status;
	/** Name of the stage a model recommends. */
	recommendedStage?: string;
	/** 0–1. */
	confidence: number;
	usedFallback?: boolean;
	/** skip leaves a contact that has a stage where it is. */
	mode: 'skip' | 'update';
	now: Instant;
	setBy?: 'model' | 'person' | 'status';
	setAt?: Instant;
}

export type StageRule =
	| 'status'
	| 'score_range'
	| 'recommended'
	| 'nearest'
	| 'no_stage'
	| 'skip_existing'
	| 'person'
	| 'closed'
	| 'hysteresis'
	| 'downgrade_protection'
	| 'fallback_protection'
	| 'low_confidence';

export interface StageAssignment {
	stageId: string;
	changed: boolean;
	rule: StageRule;
	/** A move was held back to protect the contact. */
	protected: boolean;
	needsReview: boolean;
	/** The stage a person is asked about: where the contact would go, or was put in doubt. */
	suggestedStageId?: string;
	sentence: string;
}

interface Target {
	stage: RangedStage;
	rule: 'status' | 'score_range' | 'recommended' | 'nearest';
	because: string;
}

const distanceToMidpoint = (stage: RangedStage, score: number): number => Math.abs((stage.min + stage.max) / 2 - score);

/** The stage the rules point at, before anything protects the present one. Ties go to the earlier stage. */
function findTarget(stages: RangedStage[], input: AssignStageInput): Target | undefined {
	const { score, status, recommendedStage } = input;
	if (status === 'WON' || status === 'LOST') {
		const stage = stages.find((candidate) => candidate.type === status);
		if (stage) return { stage, rule: 'status', because: `the status is ${status}` };
	}
	const open = stages.filter((stage) => stage.type === 'LEAD' || stage.type === 'IN_PROGRESS');
	// Ranges are whole points with both ends included: 30.5 still belongs to 0–30.
	const inRange = open.find((stage) => score >= stage.min && score < stage.max + 1);
	if (inRange) return { stage: inRange, rule: 'score_range', because: `score ${score} lies in its range ${inRange.min}–${inRange.max}` };
	const lastInProgress = open.filter((stage) => stage.type === 'IN_PROGRESS').at(-1);
	if (lastInProgress && open.every((stage) => score > stage.max)) {
		return { stage: lastInProgress, rule: 'score_range', because: `score ${score} is above every range` };
	}
	const name = recommendedStage?.trim().toLowerCase();
	const recommended = name ? open.find((stage) => stage.name.trim().toLowerCase() === name) : undefined;
	if (recommended) return { stage: recommended, rule: 'recommended', because: 'the model recommends it' };
	const nearest = open.reduce<RangedStage | undefined>(
		(best, stage) => (best === undefined || distanceToMidpoint(stage, score) < distanceToMidpoint(best, score) ? stage : best),
		undefined,
	);
	return nearest && { stage: nearest, rule: 'nearest', because: `its middle is nearest to score ${score}` };
}

/**
 * Whether the rules would point at the current stage for a score at most three points away. The rules themselves are
 * asked, since a stage may end where a range does, half-way to the next middle, or where a recommendation begins to count.
 */
function withinHysteresis(stages: RangedStage[], current: RangedStage, input: AssignStageInput): boolean {
	const steps = Array.from({ length: 2 * STAGE_POLICY.hysteresis + 1 }, (_, i) => i - STAGE_POLICY.hysteresis);
	return steps.some((step) => {
		const score = Math.min(100, Math.max(0, input.score + step));
		return findTarget(stages, { ...input, score })?.stage.id === current.id;
	});
}

/**
 * Places a contact in a pipeline. Status WON/LOST decides first, then the score range, the recommended name, the
 * nearest range. A stage is then defended: by the person who set it, against leaving a closed stage, flapping scores,
 * downgrades of good leads, rule-based fallback scores and low confidence.
 */
export function assignStage(input: AssignStageInput): StageAssignment {
	const stages = withRanges(input.stages);
	const current = stages.find((stage) => stage.id === input.current);
	const target = findTarget(stages, input);
	const stay = (rule: StageRule, sentence: string, held: { protected?: boolean; needsReview?: boolean } = {}): StageAssignment => ({
		stageId: current?.id ?? target?.stage.id ?? '',
		changed: false,
		rule,
		protected: held.protected ?? false,
		needsReview: held.needsReview ?? false,
		...(held.needsReview && target ? { suggestedStageId: target.stage.id } : {}),
		sentence,
	});

	if (!target) return stay('no_stage', 'The pipeline has no stage of type LEAD or IN_PROGRESS to place the contact in.', { needsReview: true });
	const { stage, rule, because } = target;
	const lowConfidence = input.confidence < STAGE_POLICY.minConfidence;
	const doubt = `confidence ${input.confidence.toFixed(2)} is below ${STAGE_POLICY.minConfidence}`;
	if (!current) {
		const sentence = `Placed in '${stage.name}' because ${because}${lowConfidence ? `; to be checked, as ${doubt}` : ''}.`;
		return { stageId: stage.id, changed: true, rule, protected: false, needsReview: lowConfidence, ...(lowConfidence ? { suggestedStageId: stage.id } : {}), sentence };
	}
	if (stage.id === current.id) return stay(rule, `Stays in '${current.name}': ${because}.`);
	if (input.mode === 'skip') return stay('skip_existing', `Stays in '${current.name}': contacts that have a stage are skipped.`);
	if (setByPersonLately(input)) return stay('person', `Stays in '${current.name}': a person put it there less than 14 days ago.`);

	if (rule !== 'status') {
		if (current.type !== 'LEAD' && current.type !== 'IN_PROGRESS') {
			return stay('closed', `Stays in '${current.name}': only a status or a person takes a contact out of it; the score suggests '${stage.name}'.`, { needsReview: true });
		}
		if (withinHysteresis(stages, current, input)) {
			return stay('hysteresis', `Stays in '${current.name}': a score up to ${STAGE_POLICY.hysteresis} points from ${input.score} would place it there.`);
		}
		const protection = protectFromDowngrade(stages, current, target, input);
		if (protection) return stay(protection.rule, protection.sentence, { protected: true, needsReview: true });
	}
	if (lowConfidence) return stay('low_confidence', `Stays in '${current.name}' until a person agrees to '${stage.name}': ${doubt}.`, { needsReview: true });
	return {
		stageId: stage.id,
		changed: true,
		rule,
		protected: false,
		needsReview: false,
		sentence: `Moved from '${current.name}' to '${stage.name}' because ${because}.`,
	};
}

function setByPersonLately({ setBy, setAt, now }: AssignStageInput): boolean {
	return setBy === 'person' && setAt !== undefined && epochMs(now) - epochMs(setAt) < STAGE_POLICY.personOutranksMs;
}

function protectFromDowngrade(
	stages: RangedStage[],
	current: RangedStage,
	{ stage }: Target,
	input: AssignStageInput,
): { rule: 'fallback_protection' | 'downgrade_protection'; sentence: string } | undefined {
	if (stages.indexOf(stage) >= stages.indexOf(current)) return undefined;
	if (input.usedFallback) {
		return { rule: 'fallback_protection', sentence: `Stays in '${current.name}': a score made by rules while no model answered never moves a contact down.` };
	}
	// The better of both scores counts: a good lead is not lost to one poor reading.
	const score = Math.max(input.score, input.currentScore ?? input.score);
	const floor = STAGE_POLICY.downgradeFloors.find((candidate) => score >= candidate.score);
	if (floor && stage.min < floor.floor) {
		return {
			rule: 'downgrade_protection',
			sentence: `Stays in '${current.name}': a contact with score ${score} is not moved down to '${stage.name}', which starts at ${stage.min} (floor ${floor.floor}).`,
		};
	}
	return undefined;
}
