import { lowerBound, upperBound } from '../statistics/binomial';
import { PERFORMANCE_POLICY, PERFORMANCE_RULES, rateOf, type PerformanceMetric, type PerformanceTally, type Rate } from './performance';

/** How a framework and tone did in one segment, against everything else that was sent there. */
export interface StrategyResult extends Rate {
	segment?: string;
	framework?: string;
	tone?: string;
	/** All other messages of the segment. */
	others: Rate;
	/** The rate drawn towards the segment's own, the more the fewer messages there are: what to expect of the next ones. */
	expected?: number;
	/** winning, losing: beyond what chance explains, all comparisons of the report taken together. too_few: not compared. */
	verdict: 'winning' | 'losing' | 'not_proven' | 'too_few';
	sentence: string;
}

/** Chance of one false verdict in the whole report. */
const FALSE_VERDICT = 0.05;

interface Counts {
	matured: number;
	hits: number;
}

/**
 * Strategies by segment, the best first. Each is held against all other messages of its segment by two exact one-sided
 * bounds that must not meet; the chance of being wrong is shared out among all comparisons (Bonferroni). What was sent was
 * chosen by people and rules, not by lot: a strategy may win because it was kept for the better leads. An experiment tells, this does not.
 * @param tallies by segment, framework and tone, in this order
 */
export function winningStrategies(tallies: readonly PerformanceTally[], metric: PerformanceMetric, least: number = PERFORMANCE_POLICY.leastMessages): StrategyResult[] {
	const rows = tallies.map(({ keys: [segment, framework, tone], metrics }) => ({ segment, framework, tone, counts: metrics[metric] ?? { matured: 0, hits: 0 } }));
	const named = rows.filter(({ framework, tone }) => framework !== undefined || tone !== undefined);
	const others = (row: (typeof rows)[number]): Counts =>
		rows.filter((one) => one !== row && one.segment === row.segment).reduce((sum, { counts }) => ({ matured: sum.matured + counts.matured, hits: sum.hits + counts.hits }), { matured: 0, hits: 0 });
	const compared = named.filter((row) => row.counts.matured >= least && others(row).matured >= least).length;
	const level = 1 - FALSE_VERDICT / (4 * Math.max(1, compared));
	return named
		.map((row): StrategyResult => {
			const rest = others(row);
			const own = rateOf(row.counts, least);
			const verdict: StrategyResult['verdict'] = own.matured < least || rest.matured < least ? 'too_few' : verdictOf(row.counts, rest, level);
			const whole = { matured: own.matured + rest.matured, hits: own.hits + rest.hits };
			const { priorMessages } = PERFORMANCE_POLICY;
			const expected = whole.matured === 0 ? undefined : (own.hits + priorMessages * (whole.hits / whole.matured)) / (own.matured + priorMessages);
			const { segment, framework, tone } = row;
			const result = { segment, framework, tone, ...own, others: rateOf(rest, least), expected, verdict };
			return { ...result, sentence: sentenceOf(result, metric, least) };
		})
		.sort((a, b) => (a.segment ?? '').localeCompare(b.segment ?? '') || (b.expected ?? 0) - (a.expected ?? 0));
}

/** Two one-sided bounds of this level each: that both are wrong at once, in either direction, is what the level pays for. */
function verdictOf(own: Counts, rest: Counts, level: number): 'winning' | 'losing' | 'not_proven' {
	if (lowerBound(own.hits, own.matured, level) > upperBound(rest.hits, rest.matured, level)) return 'winning';
	return upperBound(own.hits, own.matured, level) < lowerBound(rest.hits, rest.matured, level) ? 'losing' : 'not_proven';
}

const percent = (share: number | undefined): string => `${Number(((share ?? 0) * 100).toFixed(1))} %`;

const VERDICTS: Readonly<Record<StrategyResult['verdict'], string>> = {
	winning: 'ahead of all others by more than chance explains',
	losing: 'behind all others by more than chance explains',
	not_proven: 'which chance alone can explain',
	too_few: 'too few messages to compare',
};

function sentenceOf({ segment, framework, tone, matured, hits, rate, others, verdict }: Omit<StrategyResult, 'sentence'>, metric: PerformanceMetric, least: number): string {
	const what = [framework, tone].filter((part) => part !== undefined).join(', ');
	const where = segment === undefined ? '' : ` for ${segment}`;
	const few = verdict === 'too_few' ? ` (${least} are needed on either side)` : '';
	return `${what}${where}: ${hits} of ${matured} ${PERFORMANCE_RULES[metric].name} (${percent(rate)}), all others ${percent(others.rate)}: ${VERDICTS[verdict]}${few}.`;
}

/** The framework and tone that won in a segment, or in all of them together; undefined where nothing is proven. */
export function provenStrategy(results: readonly StrategyResult[], segment: string | undefined): StrategyResult | undefined {
	return results.find((result) => result.verdict === 'winning' && result.segment === segment);
}
