import { chooseSendTime, type SendTimeChoice, type SendTimeRequest } from '../../../engine/sendTime/chooseSendTime';
import file from '../../../engine/sendTime/data/holidays.json';
import { HOLIDAYS_UNTIL, publicHolidays } from '../../../engine/sendTime/publicHolidays';
import { addDays } from '../../../engine/sendTime/zoneClock';

const YEARS = [2026, 2027, 2028, 2029, 2030];
const date = (year: number, month: number, day: number): string => new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10);

/** Easter Sunday by the rule of Meeus, Jones and Butcher. */
function easter(year: number): string {
	const a = year % 19;
	const b = Math.floor(year / 100);
	const c = year % 100;
	const h = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
	const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
	const m = Math.floor((a + 11 * h + 22 * l) / 451);
	return date(year, Math.floor((h + l - 7 * m + 114) / 31), ((h + l - 7 * m + 114) % 31) + 1);
}

/** The nth of a weekday (1 = Monday) in a month. */
function nth(year: number, month: number, weekday: number, n: number): string {
	const first = new Date(Date.UTC(year, month - 1, 1)).getUTCDay() || 7;
	return date(year, month, 1 + ((weekday - first + 7) % 7) + 7 * (n - 1));
}

describe('the shipped public holidays', () => {
	it('say where they come from, when they were made, and under which licence they stand', () => {
		expect(file.source).toMatch(/date-holidays \d+\.\d+\.\d+/);
		expect(file.date).toMatch(/^\d{4}-\d\d-\d\d$/);
		expect(file.licence).toContain('CC BY-SA 3.0');
		expect(file.attribution).toContain('commenthol');
		expect(file.attributions.length).toBeGreaterThan(50);
		expect([file.from, file.to, HOLIDAYS_UNTIL]).toEqual([2026, 2030, 2030]);
	});

	it('know every country outreach is likely to go to', () => {
		const union = ['AT', 'BE', 'BG', 'CY', 'CZ', 'DE', 'DK', 'EE', 'ES', 'FI', 'FR', 'GR', 'HR', 'HU', 'IE', 'IT', 'LT', 'LU', 'LV', 'MT', 'NL', 'PL', 'PT', 'RO', 'SE', 'SI', 'SK'];
		const others = ['GB', 'CH', 'NO', 'IS', 'US', 'CA', 'AU', 'NZ', 'BR', 'MX', 'AR', 'CO', 'CL', 'PE', 'TR', 'IN', 'ZA', 'JP', 'SG', 'AE', 'IL', 'KR', 'CN', 'HK', 'TW', 'PH', 'ID', 'MY', 'TH', 'SA', 'EG', 'NG', 'KE', 'UA'];
		for (const country of [...union, ...others]) {
			const years = YEARS.map((year) => [...(publicHolidays(country)?.keys() ?? [])].filter((day) => day.startsWith(`${year}-`)).length);
			expect({ country, few: years.filter((count) => count < 3) }).toEqual({ country, few: [] });
			expect({ country, many: years.filter((count) => count > 40) }).toEqual({ country, many: [] });
		}
	});

	it('are real dates, and New Year is one of them nearly everywhere', () => {
		for (const [country, names] of Object.entries<Record<string, string[]>>(file.countries)) {
			for (const [name, days] of Object.entries(names)) expect({ country, name, wrong: days.filter((day) => addDays(day, 0) !== day || day < '2025-12-31' || day > '2031-01-05') }).toEqual({ country, name, wrong: [] });
		}
		const without = Object.keys(file.countries).filter((country) => !publicHolidays(country)?.has('2027-01-01'));
		expect(without.length).toBeLessThan(25);
	});

	it.each(YEARS)('%s: Easter, the fourth Thursday of November and fixed days fall where they must', (year) => {
		const sunday = easter(year);
		const germany = publicHolidays('de');
		const expected = [date(year, 1, 1), addDays(sunday, -2), addDays(sunday, 1), date(year, 5, 1), addDays(sunday, 39), addDays(sunday, 50), date(year, 10, 3), date(year, 12, 25), date(year, 12, 26)];
		expect([...(germany?.keys() ?? [])].filter((day) => day.startsWith(String(year))).sort()).toEqual(expected.sort());
		expect(publicHolidays('US')?.get(nth(year, 11, 4, 4))).toBe('Thanksgiving Day');
		expect(publicHolidays('US')?.has(nth(year, 9, 1, 1))).toBe(true);
		expect(publicHolidays('FR')?.has(date(year, 7, 14))).toBe(true);
		expect(publicHolidays('SE')?.has(addDays(sunday, 1))).toBe(true);
	});

	it('know days that begin at sunset by the day itself, and feasts of several days by each', () => {
		// Rosh Hashanah 5787 is 12 and 13 September 2026; Turkey's Eid al-Adha is 27 to 30 May 2026, after half a day.
		expect(['2026-09-11', '2026-09-12', '2026-09-13', '2026-09-14'].map((day) => publicHolidays('IL')?.has(day))).toEqual([false, true, true, false]);
		expect(['2026-05-26', '2026-05-27', '2026-05-28', '2026-05-29', '2026-05-30', '2026-05-31'].map((day) => publicHolidays('TR')?.has(day))).toEqual([false, true, true, true, true, false]);
	});

	it('know nothing of what is no country', () => {
		for (const name of ['', 'ZZ', '__proto__', 'constructor', 'x'.repeat(1_000)]) expect(publicHolidays(name)).toBeUndefined();
	});
});

describe('outreach on public holidays', () => {
	const choose = (request: Partial<SendTimeRequest>): SendTimeChoice => chooseSendTime({ channel: 'email', purpose: 'outreach', timezone: 'Europe/Berlin', now: '2026-12-24T12:00:00Z', constraints: { publicHolidaysOf: 'DE' }, ...request });

	it('waits for the next day that is none, by the local calendar, and names the holiday', () => {
		expect(choose({})).toMatchObject({ localTime: '2026-12-27 10:00', moved: ['public holiday (DE: Christmas Day)'] });
		expect(choose({ timezone: 'Pacific/Auckland', now: '2026-12-25T23:00:00Z', constraints: { publicHolidaysOf: 'nz', workingDays: [1, 2, 3, 4, 5] } }).localTime).toBe('2026-12-29 10:00');
	});

	it('binds no reply', () => expect(choose({ purpose: 'reply', now: '2026-12-25T12:00:00Z' }).sendAt).toBe('2026-12-25T12:00:00.000Z'));

	it('says when it knows none: of the country, or of the year', () => {
		expect(choose({ constraints: { publicHolidaysOf: 'ZZ' } }).sentence).toContain("No public holidays are known for 'ZZ'");
		expect(choose({ now: '2031-02-03T00:00:00Z' }).sentence).toContain('Public holidays are known up to 2030 only');
		expect(choose({ now: '2030-02-04T00:00:00Z' }).warnings).toEqual([]);
	});
});
