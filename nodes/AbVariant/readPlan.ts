import type { IExecuteFunctions } from 'n8n-workflow';
import type { AllocationMethod } from '../../engine/experiment/assignVariant';
import { METRICS, readMetric } from '../../engine/experiment/metrics';
import { PLAN_POLICY, type ExperimentPlan } from '../../engine/experiment/plan';
import type { ExperimentRow } from '../../store/store';
import { ItemInputError } from '../shared/errors';
import { readNumber, readOptionalText } from '../shared/readParameter';

/** Two years of weekly looks; a longer experiment would be another one. */
const MOST_LOOKS = 104;

function readMethod(context: IExecuteFunctions, index: number): AllocationMethod {
	const method = readOptionalText(context, 'method', index) ?? PLAN_POLICY.method;
	if (method === 'weighted' || method === 'thompson') return method;
	throw new ItemInputError(`'Method' cannot be '${method.slice(0, 40)}'`, 'Choose Weighted or Thompson.');
}

function readShare(context: IExecuteFunctions, index: number, name: string, label: string): number {
	const percent = readNumber(context, name, index, label);
	if (percent >= 0 && percent <= 100) return percent / 100;
	throw new ItemInputError(`'${label}' must be 0 to 100 per cent, but is ${percent}`);
}

/** What Create declares. */
export function readPlan(context: IExecuteFunctions, index: number): ExperimentPlan {
	const name = readOptionalText(context, 'metric', index) ?? PLAN_POLICY.metric;
	const metric = readMetric(name);
	if (!metric) throw new ItemInputError(`Metric '${name.slice(0, 40)}' is not known`, `Use one of: ${METRICS.join(', ')}.`);
	const horizon = readNumber(context, 'horizon', index, 'Horizon (Weekly Looks)');
	if (!Number.isInteger(horizon) || horizon < 1 || horizon > MOST_LOOKS) throw new ItemInputError(`'Horizon (Weekly Looks)' must be a whole number of weeks from 1 to ${MOST_LOOKS}, but is ${horizon}`);
	return {
		metric,
		method: readMethod(context, index),
		horizon,
		guardrails: {
			optOuts: readShare(context, index, 'maxOptOuts', 'Opt-Outs at Most (%)'),
			complaints: readShare(context, index, 'maxComplaints', 'Complaints at Most (%)'),
		},
	};
}

/**
 * What a saved experiment declared; what an older version did not know takes its default.
 * @throws ItemInputError for a metric this version does not know
 */
export function planOf(row: ExperimentRow): ExperimentPlan {
	const metric = readMetric(row.metric);
	if (!metric) throw new ItemInputError(`Experiment '${row.name}' is decided by '${row.metric}', which this version does not know`, 'Update the package, or begin a new experiment.');
	return { metric, method: row.method ?? PLAN_POLICY.method, horizon: row.horizon ?? PLAN_POLICY.horizon, guardrails: { ...PLAN_POLICY.guardrails, ...row.guardrails } };
}
