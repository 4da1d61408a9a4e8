import { controlOf, type ExperimentArm } from '../../../engine/experiment/assignVariant';
import { readMetric, type Metric } from '../../../engine/experiment/metrics';
import { experimentFigures, lookOf, type ExperimentFigure } from '../../../engine/report/experiments';
import { epochMs, type EpochMs } from '../../../engine/time';
import type { DeskContext } from '../tab';

export interface ExperimentView extends Omit<ExperimentFigure, 'nextLookAt'> {
	/** Undefined for one this version does not know: `metric` has its name then. */
	countedBy?: Metric;
	nextLookAt?: EpochMs;
	/** Every variant, judged or not. */
	arms: readonly ExperimentArm[];
	controlId?: string;
}

export interface ExperimentsModel {
	/** Running and paused. */
	open: readonly ExperimentView[];
	completed: readonly ExperimentView[];
}

export async function loadExperiments({ store, workspace, now }: DeskContext): Promise<ExperimentsModel> {
	const rows = await store.figures.experiments(workspace, lookOf);
	const views = experimentFigures(rows, now).map(({ nextLookAt, ...figure }): ExperimentView => {
		const experiment = rows.find((row) => row.experiment.id === figure.id)?.experiment;
		const arms = experiment?.variants ?? [];
		const countedBy = experiment && readMetric(experiment.metric);
		return {
			...figure,
			arms,
			...(countedBy ? { countedBy } : {}),
			...(nextLookAt === undefined ? {} : { nextLookAt: epochMs(nextLookAt) }),
			...(experiment && arms.length > 0 ? { controlId: controlOf(experiment).id } : {}),
		};
	});
	return { open: views.filter(({ status }) => status !== 'completed'), completed: views.filter(({ status }) => status === 'completed') };
}
