import type { PerformanceTally } from '../../../engine/outcome/performance';
import { leaderboard } from '../../../engine/training/leaderboard';

const tally = (version: string | undefined, matured: number, [replied, meeting, deal]: [number, number, number], revenue: PerformanceTally['revenue'] = []): PerformanceTally => ({
	keys: [version], sent: matured + 50, revenue,
	metrics: { replied: { matured: matured + 40, hits: replied }, meeting: { matured: matured + 20, hits: meeting }, deal: { matured, hits: deal }, opt_out: { matured, hits: 3 }, complaint: { matured, hits: 0 } },
});

describe('the leaderboard', () => {
	it('scores deals by a half, meetings by three tenths and replies by a fifth, each among the messages old enough', () => {
		const [row] = leaderboard([tally('v2.1.0', 1_000, [104, 51, 20])], []);
		expect(row.score).toBeCloseTo(0.5 * 0.02 + 0.3 * (51 / 1_020) + 0.2 * (104 / 1_040), 9);
		expect((row.low ?? 0) < (row.score ?? 0) && (row.score ?? 0) < (row.high ?? 0)).toBe(true);
		expect(row).toMatchObject({ rank: 1, sent: 1_050, optOuts: { count: 3, of: 1_000 } });
	});

	it('puts what is proven before what is lucky, and ranks nothing by a handful', () => {
		const rows = leaderboard([tally('lucky', 110, [30, 12, 8]), tally('proven', 20_000, [4_500, 1_600, 1_200]), tally('few', 40, [39, 38, 37]), tally(undefined, 9_000, [1, 1, 1])], []);
		expect(rows.map(({ version, rank }) => [version, rank])).toEqual([['proven', 1], ['lucky', 2], ['few', undefined]]);
		expect((rows[1].score ?? 0) > (rows[0].score ?? 0)).toBe(true);
		expect(rows[2].sentence).toContain('too few to rank (100)');
	});

	it('keeps currencies apart and tells what people made of the drafts', () => {
		const revenue = [{ currency: 'EUR', value: 900, deals: 2 }, { currency: 'USD', value: 50, deals: 1 }];
		const [row] = leaderboard([tally('v1.1.0', 200, [20, 10, 3], revenue)], [{ version: 'v1.1.0', drafts: 10, reviewed: 8, approved: 5, edited: 2, rejected: 1, editDistance: 0.2, costUsd: 0.5, costKnown: 9 }]);
		expect(row).toMatchObject({ revenue, costUsd: 0.5, costKnown: 0.9, approval: { count: 5, of: 8, rate: 0.625 }, edits: { count: 2, of: 8, rate: 0.25 }, editDistance: 0.2 });
	});

	it('has no score where nothing is old enough, and nothing to say of nothing', () => {
		expect(leaderboard([tally('new', 0, [3, 1, 0])], [])[0]).toMatchObject({ version: 'new', sentence: expect.stringContaining('no score yet') });
		expect(leaderboard([], [{ version: 'drafted', drafts: 1, reviewed: 0, approved: 0, edited: 0, rejected: 0, costUsd: 0, costKnown: 0 }])).toHaveLength(1);
		expect(leaderboard([], [])).toEqual([]);
	});
});
