import { METRIC_DEFINITIONS, METRICS } from '../../../engine/experiment/metrics';
import { changeRefused, lookAt, PLAN_POLICY, type ExperimentPlan } from '../../../engine/experiment/plan';
import { DAY, epochMs, later } from '../../../engine/time';

const START = epochMs('2026-03-02T12:00:00Z');
const plan: ExperimentPlan = { metric: 'positive_reply', method: 'weighted', horizon: 26, guardrails: PLAN_POLICY.guardrails };
const variants = [{ id: 'a', template: 'Hi' }, { id: 'b' }];

describe('lookAt', () => {
	it('is one look a week, however often somebody asks', () => {
		const days = (day: number) => lookAt(START, later(START, day * DAY), 26);
		expect([0, 3, 6.99, 7, 8, 13.9, 14].map((day) => days(day).look)).toEqual([0, 0, 0, 1, 1, 1, 2]);
		expect(days(8)).toEqual(days(13.9));
		expect(days(13)).toEqual({ look: 1, asOf: later(START, 7 * DAY), nextAt: later(START, 14 * DAY) });
	});

	it('sees the present before the first look, and nothing new after the last', () => {
		expect(lookAt(START, later(START, DAY), 2)).toEqual({ look: 0, asOf: later(START, DAY), nextAt: later(START, 7 * DAY) });
		expect(lookAt(START, later(START, 900 * DAY), 2)).toEqual({ look: 2, asOf: later(START, 14 * DAY) });
		expect(lookAt(START, later(START, -DAY), 2).look).toBe(0);
		expect(lookAt(undefined, START, 2)).toEqual({ look: 0, asOf: START });
	});
});

describe('changeRefused', () => {
	it('lets weights, names and guardrails change once there are contacts', () => {
		expect(changeRefused({ plan, variants }, { plan: { ...plan, guardrails: { optOuts: 0.5, complaints: 0 } }, variants: [{ id: 'b', template: '' }, variants[0]] })).toBeUndefined();
	});

	it.each([
		['metric', { plan: { ...plan, metric: 'click' as const } }, /metric stays 'positive_reply'/],
		['method', { plan: { ...plan, method: 'thompson' as const } }, /method stays Weighted/],
		['horizon', { plan: { ...plan, horizon: 4 } }, /horizon stays 26/],
		['a new variant', { variants: [...variants, { id: 'c' }] }, /'c' was not there/],
		['a variant less', { variants: [variants[1]] }, /'a' has contacts; give it weight 0/],
		['another template', { variants: [{ id: 'a', template: 'Hello' }, variants[1]] }, /template of 'a'/],
	])('refuses another %s', (_, change, sentence) => {
		expect(changeRefused({ plan, variants }, { plan, variants, ...change })).toMatch(sentence);
	});
});

it('windows are those of the design', () => {
	expect(METRICS.map((metric) => [metric, METRIC_DEFINITIONS[metric].windowMs / DAY])).toEqual([['positive_reply', 14], ['reply', 14], ['open', 7], ['click', 7], ['meeting', 30], ['conversion', 90], ['reviewer_approval', 0]]);
});
