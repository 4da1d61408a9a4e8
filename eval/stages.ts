import { assignStage } from '../engine/pipeline/assignStage';
import { DEFAULT_PIPELINE } from '../engine/pipeline/defaultPipeline';
import { withRanges } from '../engine/pipeline/stageRanges';
import type { Section } from './table';
import { uniform, type Random } from './uniform';

const SEED = 14;
const NOW = '2026-05-20T10:00:00Z';
export const STAGES = withRanges(DEFAULT_PIPELINE.stages);
const CONTACTS = 1_000;
const STEPS = 200;

export interface TraceStep {
	score: number;
	/** Stage by the rules of the pack, and by the score's range alone. */
	held: string;
	bare: string;
}

const bareStage = (score: number): string => STAGES.find(({ type, min, max }) => (type === 'LEAD' || type === 'IN_PROGRESS') && score >= min && score < max + 1)?.id ?? 'qualified';

/** A contact whose readings scatter by up to `noise` points around what `truth` says; where `fallback` has a score, it is one made by rules in an outage. */
export function trace(rng: Random, truth: (step: number) => number, noise: number, steps = STEPS, fallback: (step: number) => number | undefined = () => undefined, first?: number): TraceStep[] {
	let stage: string | undefined;
	let currentScore: number | undefined;
	return Array.from({ length: steps }, (_, step) => {
		const byRules = fallback(step);
		const score = byRules ?? (step === 0 ? first : undefined) ?? Math.min(100, Math.max(0, Math.round(truth(step) + (2 * rng() - 1) * noise)));
		const usedFallback = byRules !== undefined;
		stage = assignStage({ stages: STAGES, current: stage, score, currentScore, confidence: usedFallback ? 0.6 : 0.9, usedFallback, mode: 'update', now: NOW }).stageId;
		currentScore = score;
		return { score, held: stage, bare: bareStage(score) };
	});
}

const moved = (steps: readonly TraceStep[], by: 'held' | 'bare'): boolean => steps.some((step) => step[by] !== steps[0][by]);
const rank = (stage: string): number => STAGES.findIndex(({ id }) => id === stage);

/** What the rules hold still, and what they still follow. */
export function stagesSection(contacts = CONTACTS): Section {
	const rng = uniform(SEED);
	// First readings lie within three points of a border; the others scatter by three points around the first.
	const flapping = Array.from({ length: contacts }, () => {
		const first = (rng() < 0.5 ? 28 : 53) + Math.floor(6 * rng());
		return trace(rng, () => first, 3, STEPS, undefined, first);
	});
	const outage = Array.from({ length: contacts }, () => {
		const truth = Math.floor(81 * rng());
		return trace(rng, () => truth, 0, 20, (step) => (step >= 5 ? 15 + Math.floor(66 * rng()) : undefined));
	});
	const rising = Array.from({ length: contacts }, () => trace(rng, (step) => 20 + step / 4, 3));
	const count = (traces: readonly TraceStep[][], is: (steps: TraceStep[]) => boolean): number => traces.filter(is).length;
	const demoted = (by: 'held' | 'bare') => (steps: TraceStep[]): boolean => steps.some((step) => rank(step[by]) < rank(steps[0][by]));
	return {
		title: 'Stage Assign (simulated)',
		note: `Fixed seed, the default pipeline, ${contacts} contacts a row; ${STEPS} readings a contact that scatter by 3 points, 20 in the outage.`,
		figures: [
			{ name: 'moved by a flapping score', hits: count(flapping, (steps) => moved(steps, 'held')), of: contacts, wanted: { atMost: 0 } },
			{ name: '… by the score’s range alone', hits: count(flapping, (steps) => moved(steps, 'bare')), of: contacts },
			{ name: 'demoted in an outage', hits: count(outage, demoted('held')), of: contacts, wanted: { atMost: 0 } },
			{ name: '… by the score’s range alone', hits: count(outage, demoted('bare')), of: contacts },
			{ name: 'lead that rises from 20 to 70 followed to Qualified in at most three moves', hits: count(rising, (steps) => steps.at(-1)?.held === 'qualified' && moves(steps) <= 3), of: contacts, wanted: { atLeast: 0.99 } },
		],
	};
}

const moves = (steps: readonly TraceStep[]): number => steps.filter((step, at) => at > 0 && step.held !== steps[at - 1].held).length;
