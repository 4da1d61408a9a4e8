import { FigureSchema, shareFigure, shareOf, valueFigure } from '../../../engine/report/figure';
import { datesOf, lastDays, lastWeek, MOST_DAYS, periodNamed, periodOf, PERIODS } from '../../../engine/report/period';
import { quantileOf, ranksAround } from '../../../engine/report/quantile';
import { DAY, epochMs, HOUR, iso, later } from '../../../engine/time';

describe('a share', () => {
	// Clopper–Pearson of 5 in 50, from published tables: 3.33 % to 21.81 %.
	it('has its exact interval, and is met only when all of it is', () => {
		const met = shareFigure('editRate', 'Edited', { part: 5, of: 50, what: 'decided drafts' });
		expect(met).toMatchObject({ value: 0.1, part: 5, of: 50, verdict: 'met', target: { at: 'most', value: 0.3 } });
		expect(met.low).toBeCloseTo(0.0333, 4);
		expect(met.high).toBeCloseTo(0.2181, 4);
		expect(met.sentence).toBe('Edited: 10 % (5 of 50 decided drafts), between 3.3 % and 21.8 % with 95 % certainty; target at most 30 %: met.');
		expect(FigureSchema.parse(met)).toEqual(met);
	});

	it('is unsure where the line runs through the interval, and missed beyond it', () => {
		expect(shareFigure('editRate', 'Edited', { part: 2, of: 10, what: 'drafts' }).verdict).toBe('unsure');
		expect(shareFigure('editRate', 'Edited', { part: 9, of: 10, what: 'drafts' }).verdict).toBe('missed');
		expect(shareFigure('acceptedShare', 'Accepted', { part: 0, of: 1, what: 'drafts' }).verdict).toBe('unsure');
		expect(shareFigure('replyRate', 'Replied', { part: 50, of: 100, what: 'contacts' }).verdict).toBe('met');
	});

	it('of nothing is nothing, never 0', () => {
		const figure = shareFigure('editRate', 'Edited', { part: 0, of: 0, what: 'drafts' });
		expect(figure).toMatchObject({ of: 0, verdict: 'no_data', sentence: 'Edited: nothing to count yet (target at most 30 %).' });
		expect(figure).not.toHaveProperty('value');
		expect(shareOf(0, 0)).toEqual({ part: 0, of: 0 });
	});

	it('without a target line has no verdict about one', () => {
		expect(shareFigure('dealRate', 'Deals', { part: 1, of: 1, what: 'contacts' })).toMatchObject({ value: 1, low: expect.closeTo(0.025, 12), high: 1, verdict: 'no_target' });
	});
});

describe('a number', () => {
	it('is spoken in a unit that can be read', () => {
		const minutes = (value: number) => valueFigure('x', 'Wait', { value, unit: 'minutes' }).sentence;
		expect([minutes(5), minutes(119), minutes(150), minutes(4_320)]).toEqual(['Wait: 5 minutes.', 'Wait: 119 minutes.', 'Wait: 2.5 hours.', 'Wait: 3 days.']);
		expect(valueFigure('x', 'Cost', { value: 0.00123, unit: 'usd' }).sentence).toBe('Cost: 0.0012 USD.');
	});

	it('meets its target up to the line', () => {
		expect(valueFigure('firstResponseMinutes', 'First response', { value: 60, unit: 'minutes' }).verdict).toBe('met');
		expect(valueFigure('firstResponseMinutes', 'First response', { value: 60.1, unit: 'minutes' })).toMatchObject({ verdict: 'missed', sentence: 'First response: 60.1 minutes; target at most 60 minutes: missed.' });
		expect(valueFigure('firstResponseMinutes', 'First response', { value: undefined, unit: 'minutes' }).verdict).toBe('no_data');
	});
});

describe('a quantile', () => {
	const ranked = (values: number[]) => values.map((value, place) => ({ rank: place + 1, value }));
	it('lies between the two nearest values', () => {
		expect(quantileOf(ranked([1, 2, 3, 10]), 50, 4)).toBe(2.5);
		expect(quantileOf(ranked([1, 2, 3, 4, 10]), 90, 5)).toBeCloseTo(7.6, 12);
		expect(quantileOf(ranked([7]), 95, 1)).toBe(7);
		expect(quantileOf([], 50, 0)).toBeUndefined();
	});
	it('needs no more than the two values around it', () => {
		expect(ranksAround(90, 1_001)).toEqual([901, 901]);
		expect(quantileOf([{ rank: 500, value: 4 }, { rank: 501, value: 8 }], 50, 1_000)).toBe(6);
		expect(quantileOf([{ rank: 500, value: 4 }], 50, 1_000)).toBeUndefined();
	});
});

describe('a period', () => {
	const NOW = epochMs('2026-04-01T10:00:00Z');

	it('of days begins at local midnight, across the change of the clock', () => {
		const { since, until, zone } = lastDays(NOW, 7, 'Europe/Berlin');
		expect([iso(since), until, zone]).toEqual(['2026-03-25T23:00:00.000Z', NOW + 1, 'Europe/Berlin']);
		expect(datesOf(lastDays(NOW, 7, 'Europe/Berlin'))).toEqual(['2026-03-26', '2026-03-27', '2026-03-28', '2026-03-29', '2026-03-30', '2026-03-31', '2026-04-01']);
	});

	it('of the last week is Monday to Sunday, an hour short when the clocks go forward', () => {
		const { since, until } = lastWeek(NOW, 'Europe/Berlin');
		expect([iso(since), iso(until)]).toEqual(['2026-03-22T23:00:00.000Z', '2026-03-29T22:00:00.000Z']);
		expect(until - since).toBe(7 * DAY - HOUR);
		expect(datesOf(lastWeek(epochMs('2026-03-02T00:00:00Z')))).toEqual(['2026-02-23', '2026-02-24', '2026-02-25', '2026-02-26', '2026-02-27', '2026-02-28', '2026-03-01']);
	});

	it('knows every clock change of the year before its end', () => {
		const { offsets } = lastDays(NOW, 7, 'Europe/Berlin');
		expect(offsets.slice(1).map(({ from, offsetMs }) => [iso(from), offsetMs / HOUR])).toEqual([['2025-10-26T01:00:00.000Z', 1], ['2026-03-29T01:00:00.000Z', 2]]);
		expect(lastDays(NOW, 7, 'Asia/Kolkata').offsets.map(({ offsetMs }) => offsetMs / HOUR)).toEqual([5.5]);
	});

	it('takes what is no zone for UTC and says so', () => {
		for (const zone of ['Mars/Olympus', '', "'; drop", 'x'.repeat(10_000)]) expect(lastDays(NOW, 1, zone)).toMatchObject({ zone: 'UTC', unknownZone: zone.slice(0, 64) });
		expect(lastDays(NOW, 1)).not.toHaveProperty('unknownZone');
	});

	it('refuses what cannot be counted', () => {
		expect(() => periodOf({ since: NOW, until: NOW })).toThrow('its beginning is not before its end');
		expect(() => periodOf({ since: NOW, until: later(NOW, MOST_DAYS * DAY + 1) })).toThrow('longer than 367 days');
		expect(() => periodOf({ since: epochMs(-1), until: NOW })).toThrow('outside the years');
	});

	it('has a name', () => {
		for (const name of Object.keys(PERIODS)) expect(periodNamed(name, NOW, 'UTC')?.until).toBeLessThanOrEqual(NOW + 1);
		expect(periodNamed('toString', NOW)).toBeUndefined();
	});
});
