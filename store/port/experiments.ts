import type { ArmTally } from '../../engine/experiment/armTally';
import type { Metric } from '../../engine/experiment/metrics';
import type { OutcomeEvent } from '../../engine/outcome/outcome';
import type { SavedExperiment } from '../../engine/report/experiments';
import type { EpochMs } from '../../engine/time';

export interface ExperimentRow extends SavedExperiment {
	workspace: string;
	/** When a person last went on with it: guardrails count from there. */
	resumedAt?: EpochMs;
	createdAt: EpochMs;
	/** The share of contacts each arm gets, by its id, 0–1, as last worked out from results, and when. */
	allocation?: { at: EpochMs; shares: Readonly<Record<string, number>> };
}
/** A change of where an experiment stands, by whoever saw it at `from`. */
export interface ExperimentMove {
	workspace: string;
	id: string;
	from: ExperimentRow['status'];
	to: ExperimentRow['status'];
	/** What is absent stays as it was. */
	winner?: string;
	resumedAt?: EpochMs;
}
export interface VariantAssignment {
	variantId: string;
	/** 0–1 */
	propensity: number;
}
export interface AssignRequest {
	workspace: string;
	experimentId: string;
	contactId: string;
	/** `shares`: the chance of every arm, by its id. */
	choose: () => VariantAssignment & { shares?: Readonly<Record<string, number>> };
}
export interface TallyRequest {
	workspace: string;
	experimentId: string;
	metric: Metric;
	/** The arms asked for; the answer has their order. */
	variantIds: readonly string[];
	/** Counts what was on record at this moment. */
	asOf: EpochMs;
	/** Only contacts that joined from this moment on. */
	since?: EpochMs;
	/** Only contacts whose window was over at `asOf`. */
	maturedOnly?: boolean;
	/** Also tells who joined up to `startedAt + 1 × everyMs`, who up to 2 × that, … , `count` times. With `maturedOnly` a contact joins when its window is over. */
	looks?: { startedAt: EpochMs; everyMs: number; count: number };
}
export interface Experiments {
	/** What is declared. Of one that is there already, `status`, `winner` and `resumedAt` stay: those are changed by `move`. `startedAt` and `createdAt` are the store's own. */
	save(experiments: Omit<ExperimentRow, 'createdAt' | 'startedAt' | 'allocation'>[]): Promise<ExperimentRow[]>;
	/** Only where it still stands at `from`, so that two who saw the same cannot overwrite each other. Returns it as it is now; undefined when there is none. */
	move(change: ExperimentMove): Promise<{ moved: boolean; experiment: ExperimentRow } | undefined>;
	/** Shares worked out just now, to be used until they are too old. */
	keepShares(workspace: string, allocations: { experimentId: string; shares: Readonly<Record<string, number>> }[]): Promise<void>;
	/** By id or name. */
	find(workspace: string, references: string[]): Promise<(ExperimentRow | undefined)[]>;
	list(workspace: string, status?: ExperimentRow['status']): Promise<ExperimentRow[]>;
	/** Sticky: the first assignment of a contact is kept and returned. */
	assign(requests: AssignRequest[]): Promise<(VariantAssignment & { sticky: boolean })[]>;
	/** Per variant: contacts assigned, exposed (first send), and with each outcome event inside its window. */
	results(workspace: string, experimentId: string): Promise<{ variantId: string; assigned: number; exposures: number; events: Partial<Record<OutcomeEvent, number>> }[]>;
	/** What a verdict or an allocation rests on, for any number of experiments in one round trip. */
	tallies(requests: TallyRequest[]): Promise<ArmTally[][]>;
}
