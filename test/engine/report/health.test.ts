import type { JudgedDraft } from '../../../engine/draft/learntConfidence';
import { calibrationFigure } from '../../../engine/report/calibrationFigure';
import { healthFigures, HealthSchema } from '../../../engine/report/health';
import type { HealthRows } from '../../../engine/report/healthRows';
import { costFigures, revenueByCurrency } from '../../../engine/report/money';
import { lastDays } from '../../../engine/report/period';
import { DAY, epochMs, MINUTE } from '../../../engine/time';

const NOW = epochMs('2026-03-04T10:00:00Z');
const PERIOD = lastDays(NOW, 3);
const EMPTY: HealthRows = {
	now: NOW, counts: [], funnel: { contacts: 0, contacted: 0, replied: 0, meetings: 0, deals: 0 }, responses: { answered: 0, open: 0, ranked: [] }, cohorts: [], drafts: { made: 0, fallback: 0 }, classifications: { made: 0, fallback: 0 },
	judged: [], costs: [], revenue: [], sends: { sent: 0, bounced: 0, complained: 0, contacts: 0, replied: 0, optedOut: 0 }, queues: { reviews: 0, overdueReviews: 0, dueJobs: 0, undecided: 0 },
};
const day = (date: string): number => Date.parse(date) / DAY;
const figure = (rows: Partial<HealthRows>, key: string, channel?: string) => healthFigures({ ...EMPTY, ...rows }, PERIOD, channel).figures.find((one) => one.key === key);

describe('health', () => {
	it('of an empty workspace has every figure, and no number that was not measured', () => {
		const health = healthFigures(EMPTY, PERIOD);
		expect(HealthSchema.parse(health)).toEqual(health);
		expect(new Set(health.figures.map(({ key }) => key)).size).toBe(health.figures.length);
		expect(health.figures.filter(({ verdict, value }) => verdict === 'no_data' && value !== undefined)).toEqual([]);
		expect(health.figures.filter(({ unit, value }) => unit === 'share' && value !== undefined)).toEqual([]);
		expect(health).toMatchObject({ days: [], cohorts: [], costs: [], revenue: [] });
		expect(JSON.stringify(health)).not.toMatch(/NaN|Infinity|undefined/);
	});

	it('lists every day of every channel that had anything', () => {
		const { days, figures } = healthFigures({ ...EMPTY, counts: [
			{ day: day('2026-03-02'), channel: 'sms', what: 'sent', count: 3 },
			{ day: day('2026-03-04'), channel: 'email', what: 'approved', count: 2 },
			{ day: day('2026-03-04'), channel: 'email', what: 'rejected', count: 1 },
			{ day: day('2026-03-04'), channel: 'email', what: 'limited', count: 4 },
			{ day: day('2026-03-04'), channel: 'email', what: 'failed', count: 1 },
		] }, PERIOD);
		expect(days.map(({ date, channel, sent, reviewed }) => [date, channel, sent, reviewed])).toEqual([
			['2026-03-02', 'email', 0, 0], ['2026-03-02', 'sms', 3, 0], ['2026-03-03', 'email', 0, 0], ['2026-03-03', 'sms', 0, 0], ['2026-03-04', 'email', 0, 3], ['2026-03-04', 'sms', 0, 0],
		]);
		expect(days[4].sentence).toBe('2026-03-04, email: 1 failed, 4 limited, 3 reviewed.');
		expect(days[2].sentence).toBe('2026-03-03, email: nothing.');
		expect(figures.find(({ key }) => key === 'failedRate')).toMatchObject({ part: 1, of: 4, value: 0.25 });
		expect(figures.find(({ key }) => key === 'rejectRate')).toMatchObject({ part: 1, of: 3 });
		expect(figures.find(({ key }) => key === 'limited')).toMatchObject({ value: 4 });
	});

	it('measures the median and the ninth of ten waits', () => {
		const responses = { answered: 5, open: 2, ranked: [{ rank: 3, value: 3 * MINUTE }, { rank: 4, value: 40 * MINUTE }, { rank: 5, value: 100 * MINUTE }] };
		expect(figure({ responses }, 'firstResponseMinutes')).toMatchObject({ value: 3, of: 5, verdict: 'met', sentence: 'First response, median: 3 minutes (5 first messages answered, 2 not); target at most 60 minutes: met.' });
		// 40 + 0.6 × 60.
		expect(figure({ responses }, 'firstResponse90Minutes')?.value).toBeCloseTo(76, 9);
	});

	it('shows the funnel as shares of the step before', () => {
		const { funnel } = healthFigures({ ...EMPTY, funnel: { contacts: 40, contacted: 20, replied: 5, meetings: 0, deals: 0 } }, PERIOD);
		expect(funnel.map(({ step, count, share }) => [step, count, share])).toEqual([['new', 40, undefined], ['contacted', 20, 0.5], ['replied', 5, 0.25], ['meeting', 0, 0], ['deal', 0, undefined]]);
	});

	it('counts in a cohort only whose window is over, and sums cohorts up', () => {
		const cohorts = [
			{ week: day('2026-02-23'), contacts: 9, replyOf: 0, replied: 0, meetingOf: 0, meetings: 0, dealOf: 0, deals: 0 },
			{ week: day('2026-01-26'), contacts: 10, replyOf: 10, replied: 3, meetingOf: 10, meetings: 1, dealOf: 0, deals: 0 },
		];
		const health = healthFigures({ ...EMPTY, cohorts }, PERIOD);
		expect(health.cohorts.map(({ week, replied, deal }) => [week, replied.share, deal.share])).toEqual([['2026-01-26', 0.3, undefined], ['2026-02-23', undefined, undefined]]);
		expect(health.cohorts[0].sentence).toBe('Week of 2026-01-26, 10 contacts: replied 30 % (3 of 10), meetings 10 % (1 of 10), deals: too early.');
		expect(health.figures.find(({ key }) => key === 'replyRate')).toMatchObject({ part: 3, of: 10 });
	});

	it('says how long the oldest waits', () => {
		const queues = { reviews: 3, overdueReviews: 1, oldestReviewAt: epochMs(NOW - 90 * MINUTE), dueJobs: 1, oldestJobAt: epochMs(NOW - 11 * MINUTE), undecided: 0 };
		expect(figure({ queues }, 'overdueReviews')).toMatchObject({ value: 1, of: 3, verdict: 'missed', sentence: 'Overdue reviews: 1 (3 open, the oldest for 90 minutes); target at most 0: missed.' });
		expect(figure({ queues }, 'dueJobMinutes')).toMatchObject({ value: 11, verdict: 'missed' });
		expect(figure({ queues }, 'undecidedMinutes')).toMatchObject({ value: 0, verdict: 'met' });
	});

	it('names no cost for one channel, since a model call knows none', () => {
		const costs = [{ day: day('2026-03-02'), calls: 4, unpriced: 1, usd: 0.6 }];
		expect(figure({ costs }, 'modelCost')).toMatchObject({ value: 0.6, of: 4 });
		expect(figure({ costs }, 'modelCost', 'email')).toBeUndefined();
		expect(healthFigures({ ...EMPTY, costs }, PERIOD, 'email').costs).toEqual([]);
	});
});

describe('cost and revenue', () => {
	it('are shared out over what was sent and who replied', () => {
		const [cost, perSent, perReply] = costFigures([{ day: 1, calls: 2, unpriced: 0, usd: 1 }, { day: 2, calls: 2, unpriced: 1, usd: 2 }], { sent: 12, replies: 3 });
		expect([cost.value, perSent.value, perReply.value]).toEqual([3, 0.25, 1]);
		expect(cost.sentence).toBe('Model cost: 3.00 USD (4 calls, 1 of unknown price not counted).');
	});

	it('are not made up where no price is known or nobody replied', () => {
		expect(costFigures([{ day: 1, calls: 2, unpriced: 2, usd: 0 }], { sent: 12, replies: 0 }).map(({ value }) => value)).toEqual([undefined, undefined, undefined]);
		expect(costFigures([], { sent: 0, replies: 0 })[0].value).toBe(0);
	});

	it('stay apart by currency', () => {
		const rows = revenueByCurrency([{ currency: 'USD', deals: 1, valued: 1, value: 70, attributed: 0 }, { currency: 'EUR', deals: 3, valued: 2, value: 150.5, attributed: 100 }, { deals: 1, valued: 0, value: 0, attributed: 0 }]);
		expect(rows.map(({ sentence }) => sentence)).toEqual([
			'3 deals won: 150.5 EUR, 1 without a value; 100 EUR of it came of our messages.',
			'1 deal won: 0 of no named currency, 1 without a value; 0 of no named currency of it came of our messages.',
			'1 deal won: 70 USD; 0 USD of it came of our messages.',
		]);
	});
});

describe('calibration', () => {
	const judged = (confidence: number, accepted: number, of: number, more: Partial<JudgedDraft> = {}): JudgedDraft[] =>
		Array.from({ length: of }, (_, at) => ({ draftId: `${confidence}-${at}-${JSON.stringify(more)}`, raw: confidence, confidence, decision: at < accepted ? 'approved' : 'rejected', sampling: 'full', gateIssues: [], decidedAt: at, ...more }));

	it('is the distance of stated and observed, weighted by drafts', () => {
		const { error, bins } = calibrationFigure([...judged(0.95, 18, 20), ...judged(0.55, 5, 20)]);
		// |0.90 − 0.95| × 20 + |0.25 − 0.55| × 20, over 40.
		expect(error.value).toBeCloseTo(0.175, 12);
		expect(error.verdict).toBe('missed');
		expect(bins.map(({ from, part, of, confidence }) => [from, part, of, Number(confidence.toFixed(9))])).toEqual([[0.5, 5, 20, 0.55], [0.9, 18, 20, 0.95]]);
	});

	it('puts the edges where they belong', () => {
		expect(calibrationFigure([...judged(0, 0, 1), ...judged(0.3, 1, 1), ...judged(0.7, 1, 1), ...judged(1, 1, 1)]).bins.map(({ from }) => from)).toEqual([0, 0.3, 0.7, 0.9]);
	});

	it('says nothing from fewer than thirty reviews', () => {
		expect(calibrationFigure(judged(0.9, 29, 29)).error).toMatchObject({ verdict: 'no_data', sentence: 'Calibration error: nothing to measure yet (29 of 30 reviews) (target at most 5 %).' });
	});

	it('takes the first decision, and no draft that its own content brought before a person', () => {
		const twice: JudgedDraft[] = [{ ...judged(0.9, 1, 1)[0], draftId: 'x', decidedAt: 1, decision: 'edited', editDistance: 0.4 }, { ...judged(0.9, 1, 1)[0], draftId: 'x', decidedAt: 2 }];
		const { bins } = calibrationFigure([...twice, ...judged(0.9, 1, 1, { sampling: 'held' }), ...judged(0.9, 1, 1, { gateIssues: [{ check: 'spam', severity: 'review' }] }), ...judged(0.9, 1, 1, { confidence: undefined })]);
		expect(bins).toMatchObject([{ part: 0, of: 1 }]);
	});
});
