import { jStat } from 'jstat';
import type { PerformanceTally } from '../outcome/performance';
import { shareInterval } from '../statistics/binomial';
import { SCORE_WEIGHTS, type ScorePart } from './versionMetrics';

/** The policy's numbers. Source of the score: DESIGN §4 Model Trainer. */
export const LEADERBOARD_POLICY = {
	/** Matured messages a version needs to be ranked at all. */
	leastMatured: 100,
	level: 0.95,
} as const;

/** Which tally stands for which part of the score. */
const PART_METRICS = { close: 'deal', meeting: 'meeting', reply: 'replied' } as const satisfies Record<ScorePart, string>;

/** What people made of a version's drafts. */
export interface VersionReviews {
	version: string;
	drafts: number;
	reviewed: number;
	approved: number;
	edited: number;
	rejected: number;
	editDistance?: number;
	costUsd: number;
	costKnown: number;
}

interface Share {
	count: number;
	of: number;
	/** Absent without any. */
	rate?: number;
}

export interface LeaderboardRow {
	version: string;
	/** Place by the lower bound of the score; absent with too few matured messages to rank. */
	rank?: number;
	/** Performance score a matured message, 0–1, each part among the messages old enough for it, with its 95 % interval; absent while one part has none. */
	score?: number;
	low?: number;
	high?: number;
	sent: number;
	parts: Record<ScorePart, Share>;
	/** Deals won, each currency by itself. */
	revenue: { currency?: string; value: number; deals: number }[];
	costUsd: number;
	/** Share of drafts whose cost is known, 0–1. */
	costKnown: number;
	approval: Share;
	edits: Share;
	editDistance?: number;
	optOuts: Share;
	complaints: Share;
	sentence: string;
}

const shareOf = (count: number, of: number): Share => ({ count, of, ...(of > 0 ? { rate: count / of } : {}) });
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/**
 * The score with its interval. The parts ripen at different times, so each is a rate of its own; that one message may have
 * all three makes the sum more uncertain than independent parts would be, so their errors are added, not squared.
 */
function scoreOf(parts: Record<ScorePart, Share>): { score: number; low: number; high: number } | undefined {
	const z = jStat.normal.inv(1 - (1 - LEADERBOARD_POLICY.level) / 2, 0, 1);
	let [score, down, up] = [0, 0, 0];
	for (const part of ['close', 'meeting', 'reply'] as const) {
		const { count, of } = parts[part];
		if (of === 0) return undefined;
		const weight = SCORE_WEIGHTS[part];
		const rate = count / of;
		// Exact bounds where few succeeded; they are z standard errors away where many did.
		const { low, high } = shareInterval(count, of, 2 * jStat.normal.cdf(z, 0, 1) - 1);
		score += weight * rate;
		down += weight * (rate - low);
		up += weight * (high - rate);
	}
	return { score, low: Math.max(0, score - down), high: Math.min(1, score + up) };
}

function sentenceOf({ version, rank, score, low, high, parts }: Omit<LeaderboardRow, 'sentence'>): string {
	const matured = Math.min(parts.close.of, parts.meeting.of, parts.reply.of);
	if (score === undefined || low === undefined || high === undefined) return `${version}: none of its messages is old enough for deals, so there is no score yet.`;
	const said = `performance score ${(score * 100).toFixed(2)} of 100, with 95 % certainty between ${(low * 100).toFixed(2)} and ${(high * 100).toFixed(2)}; ${percent(parts.reply.rate ?? 0)} answered, ${percent(parts.meeting.rate ?? 0)} met, ${percent(parts.close.rate ?? 0)} bought`;
	return rank === undefined ? `${version}: ${said}; ${matured} messages are old enough, too few to rank (${LEADERBOARD_POLICY.leastMatured}).` : `${rank}. ${version}: ${said}.`;
}

/**
 * Versions by what came of their messages. The order is by the lower bound of the score: a version that did well with few
 * messages does not stand above one that did nearly as well with many. Versions served different contacts at different
 * times, so the list is no proof; a comparison by rollout is.
 */
export function leaderboard(tallies: readonly PerformanceTally[], reviews: readonly VersionReviews[]): LeaderboardRow[] {
	const versions = [...new Set([...tallies.flatMap(({ keys: [version] }) => version ?? []), ...reviews.map(({ version }) => version)])];
	const rows = versions.map((version) => {
		const tally = tallies.find(({ keys: [key] }) => key === version);
		const review = reviews.find((one) => one.version === version);
		const part = (name: 'deal' | 'meeting' | 'replied' | 'opt_out' | 'complaint'): Share => shareOf(tally?.metrics[name]?.hits ?? 0, tally?.metrics[name]?.matured ?? 0);
		const parts = { close: part(PART_METRICS.close), meeting: part(PART_METRICS.meeting), reply: part(PART_METRICS.reply) };
		return {
			version,
			...scoreOf(parts),
			sent: tally?.sent ?? 0,
			parts,
			revenue: tally?.revenue ?? [],
			costUsd: review?.costUsd ?? 0,
			costKnown: review && review.drafts > 0 ? review.costKnown / review.drafts : 0,
			approval: shareOf(review?.approved ?? 0, review?.reviewed ?? 0),
			edits: shareOf(review?.edited ?? 0, review?.reviewed ?? 0),
			...(review?.editDistance === undefined ? {} : { editDistance: review.editDistance }),
			optOuts: part('opt_out'),
			complaints: part('complaint'),
		};
	});
	const enough = (row: (typeof rows)[number]): boolean => row.low !== undefined && row.parts.close.of >= LEADERBOARD_POLICY.leastMatured;
	const sorted = rows.toSorted((a, b) => Number(enough(b)) - Number(enough(a)) || (b.low ?? -1) - (a.low ?? -1) || b.sent - a.sent || (a.version < b.version ? 1 : -1));
	return sorted.map((row, place) => {
		const ranked = { ...row, ...(enough(row) ? { rank: place + 1 } : {}) };
		return { ...ranked, sentence: sentenceOf(ranked) };
	});
}
