import { lookAt, PLAN_POLICY } from '../../engine/experiment/plan';
import { reportExperiment, type ExperimentReport } from '../../engine/experiment/report';
import type { OutcomeEvent } from '../../engine/outcome/outcome';
import type { ExperimentRow, Store } from '../../store/store';
import { beganAt } from './beganAt';
import { planOf } from './readPlan';

export interface ReportItem extends Omit<ExperimentReport, 'variants'> {
	id: string;
	name: string;
	status: ExperimentRow['status'];
	metric: string;
	method: string;
	/** True when this report paused the experiment. */
	paused: boolean;
	/** The variant a person settled on. */
	settledOn?: string;
	/** What the look saw, and beside it how things stand `now`: contacts given the arm, those reached, and those with each event inside its window. */
	variants: (ExperimentReport['variants'][number] & { now: { assigned: number; exposures: number; events: Partial<Record<OutcomeEvent, number>> } })[];
}

/** The verdict of the last look due; pauses a running experiment that breaks a guardrail when told to. */
export async function reportOn(store: Store, experiment: ExperimentRow, pauseOnGuardrail: boolean): Promise<ReportItem> {
	const plan = planOf(experiment);
	const now = await store.clock.now();
	const startedAt = await beganAt(store, experiment, now);
	const look = lookAt(startedAt, now, plan.horizon);
	const request = { workspace: experiment.workspace, experimentId: experiment.id, metric: plan.metric, variantIds: experiment.variants.map(({ id }) => id) };
	const [atLook, live] = await store.experiments.tallies([
		// Thompson sends ever more contacts to one arm: those still waiting for their answers would count against it.
		{ ...request, asOf: look.asOf, maturedOnly: plan.method === 'thompson', looks: { startedAt: startedAt ?? now, everyMs: PLAN_POLICY.lookEveryMs, count: Math.max(1, look.look) } },
		{ ...request, asOf: now, since: experiment.resumedAt },
	]);
	const counts = await store.experiments.results(experiment.workspace, experiment.id);
	const report = reportExperiment({ plan, variants: experiment.variants, look, now, atLook, live });
	const breaks = pauseOnGuardrail && experiment.status === 'running' && report.verdict === 'stop_guardrail';
	const change = breaks ? await store.experiments.move({ workspace: experiment.workspace, id: experiment.id, from: 'running', to: 'paused' }) : undefined;
	const paused = change?.moved === true;
	// A person may have paused or completed it while this was counted: their word stands.
	const { status, winner: settledOn } = change?.experiment ?? experiment;
	return {
		id: experiment.id,
		name: experiment.name,
		status,
		metric: plan.metric,
		method: plan.method,
		paused,
		settledOn,
		...report,
		variants: report.variants.map((variant) => {
			const count = counts.find(({ variantId }) => variantId === variant.id);
			return { ...variant, now: { assigned: count?.assigned ?? 0, exposures: count?.exposures ?? 0, events: count?.events ?? {} } };
		}),
		sentence: paused ? `${report.sentence} The experiment is paused: everybody gets the control until a person resumes it.` : report.sentence,
	};
}
