import { METRIC_DEFINITIONS, type Metric } from '../experiment/metrics';

/** What a version is compared by. `score` is the performance score. */
export const VERSION_METRICS = ['positive_reply', 'reply', 'meeting', 'conversion', 'performance_score', 'reviewer_approval'] as const;
export type VersionMetric = (typeof VERSION_METRICS)[number];

/** Weights of the performance score; they sum to 1. Source: DESIGN §4 Model Trainer. */
export const SCORE_WEIGHTS = { close: 0.5, meeting: 0.3, reply: 0.2 } as const;
export type ScorePart = keyof typeof SCORE_WEIGHTS;
export const SCORE_METRICS: Readonly<Record<ScorePart, Metric>> = { close: 'conversion', meeting: 'meeting', reply: 'reply' };

export const isVersionMetric = (name: string): name is VersionMetric => VERSION_METRICS.some((metric) => metric === name);

/** In a sentence. */
export const versionMetricName = (metric: VersionMetric): string => (metric === 'performance_score' ? 'performance score' : METRIC_DEFINITIONS[metric].plural);

/** How long after a contact's first message its outcome is settled, ms: for the score, that of its slowest part. */
export function maturityMs(metric: VersionMetric): number {
	return metric === 'performance_score' ? Math.max(...Object.values(SCORE_METRICS).map((part) => METRIC_DEFINITIONS[part].windowMs)) : METRIC_DEFINITIONS[metric].windowMs;
}
