import type { StageDefinition } from './stage';

/** A stage with both ends of its score range known. */
export type RangedStage = StageDefinition & { min: number; max: number };

/** Where score ranges come from when a pipeline gives none, whole points, both ends included. */
const DEFAULT_RANGES: Readonly<Record<StageDefinition['type'], readonly [number, number]>> = {
	LEAD: [0, 30],
	IN_PROGRESS: [31, 80],
	// For display only: no score moves a contact into these.
	WON: [81, 100],
	LOST: [0, 20],
	ARCHIVED: [0, 100],
};

/** The stages by order, each with a range: its own, or its even share of its type's default. */
export function withRanges(stages: readonly StageDefinition[]): RangedStage[] {
	const ordered = [...stages].sort((a, b) => a.order - b.order);
	return ordered.map((stage) => {
		if (stage.min !== undefined && stage.max !== undefined) return { ...stage, min: stage.min, max: stage.max };
		const [from, to] = DEFAULT_RANGES[stage.type];
		const peers = ordered.filter((other) => other.type === stage.type);
		const split = stage.type === 'LEAD' || stage.type === 'IN_PROGRESS';
		const share = split ? peers.length : 1;
		const place = split ? peers.indexOf(stage) : 0;
		const points = to - from + 1;
		return {
			...stage,
			min: stage.min ?? from + Math.floor((place * points) / share),
			max: stage.max ?? from + Math.floor(((place + 1) * points) / share) - 1,
		};
	});
}
