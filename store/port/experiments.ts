import type { OutcomeEvent } from '../../engine/outcome/outcome';
import type { EpochMs } from '../../engine/time';

export interface ExperimentRow {
	workspace: string;
	id: string;
	name: string;
	status: 'running' | 'paused' | 'completed';
	/** Reply intent it applies to; empty means any. */
	context?: string;
	metric: string;
	variants: { id: string; name: string; template?: string; weight: number; control?: boolean }[];
	winner?: string;
	createdAt: EpochMs;
}
export interface Experiments {
	save(experiments: Omit<ExperimentRow, 'createdAt'>[]): Promise<ExperimentRow[]>;
	/** By id or name. */
	find(workspace: string, references: string[]): Promise<(ExperimentRow | undefined)[]>;
	list(workspace: string, status?: ExperimentRow['status']): Promise<ExperimentRow[]>;
	/** Sticky: the first assignment of a contact is kept and returned. */
	assign(requests: { workspace: string; experimentId: string; contactId: string; choose: () => { variantId: string; propensity: number } }[]): Promise<{ variantId: string; propensity: number; sticky: boolean }[]>;
	/** Per variant: contacts assigned, exposed (first send), and with each outcome event inside its window. */
	results(workspace: string, experimentId: string): Promise<{ variantId: string; assigned: number; exposures: number; events: Partial<Record<OutcomeEvent, number>> }[]>;
}
