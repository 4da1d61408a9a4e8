import fc from 'fast-check';
import { addDays, instantOf, isZone, localDay, localText, localTime, nextOffsetChange, offsetAt } from '../../../engine/sendTime/zoneClock';
import { DAY, epochMs, HOUR, MINUTE, type EpochMs } from '../../../engine/time';

const ZONES = [
	'Australia/Lord_Howe',
	'Pacific/Chatham',
	'Pacific/Apia',
	'Asia/Kathmandu',
	'Africa/Casablanca',
	'America/New_York',
	'Europe/Berlin',
	'America/Havana',
	'America/Santiago',
	'Africa/Cairo',
	'America/Nuuk',
	'Atlantic/Azores',
	'Antarctica/Troll',
	'America/St_Johns',
	'Asia/Beirut',
	'UTC',
];
const FROM = Date.UTC(2026, 0, 1);
const TO = Date.UTC(2029, 0, 1);

const formats = new Map<string, Intl.DateTimeFormat>();
/** The second method: the runtime's own formatter. */
function byIntl(zone: string, at: number): string {
	let format = formats.get(zone);
	if (!format) {
		format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' });
		formats.set(zone, format);
	}
	const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
	return `${part.year}-${part.month}-${part.day} ${part.hour}:${part.minute}`;
}

function changesOf(zone: string): EpochMs[] {
	const changes: EpochMs[] = [];
	for (let at = nextOffsetChange(zone, epochMs(FROM), TO); at !== undefined; at = nextOffsetChange(zone, at, TO)) changes.push(at);
	return changes;
}

describe('wall clocks', () => {
	it.each(ZONES)('%s reads what Intl reads around every change of 2026 to 2028 and at random moments', (zone) => {
		for (const change of changesOf(zone)) {
			for (const shift of [-DAY, -HOUR, -MINUTE, -1, 0, 1, MINUTE, HOUR, DAY]) {
				const at = epochMs(change + shift);
				expect(localText(zone, at)).toBe(byIntl(zone, at));
			}
		}
		fc.assert(fc.property(fc.integer({ min: FROM, max: TO }), (ms) => localText(zone, epochMs(ms)) === byIntl(zone, ms)), { numRuns: 200 });
	});

	it('finds the known changes to the millisecond', () => {
		expect(nextOffsetChange('Europe/Berlin', epochMs('2026-03-01T00:00:00Z'), TO)).toBe(Date.UTC(2026, 2, 29, 1));
		expect(nextOffsetChange('America/New_York', epochMs('2026-10-01T00:00:00Z'), TO)).toBe(Date.UTC(2026, 10, 1, 6));
		// Lord Howe moves by half an hour: UTC+11 to +10:30 on the first Sunday in April at 02:00.
		const howe = epochMs(nextOffsetChange('Australia/Lord_Howe', epochMs('2026-03-01T00:00:00Z'), TO) ?? 0);
		expect(howe).toBe(Date.UTC(2026, 3, 4, 15));
		expect(offsetAt('Australia/Lord_Howe', howe) - offsetAt('Australia/Lord_Howe', epochMs(howe - 1))).toBe(-30 * MINUTE);
		expect(nextOffsetChange('Asia/Kathmandu', epochMs(FROM), TO)).toBeUndefined();
	});

	it.each(ZONES)('%s: a wall time becomes its first moment, or the jump when the clock leaves it out', (zone) => {
		const days = changesOf(zone).flatMap((change) => [-1, 0, 1].map((shift) => addDays(localTime(zone, change).date, shift)));
		for (const date of [...days, '2028-02-29', '2026-12-31']) {
			for (let minute = 0; minute < 24 * 60; minute += 15) {
				const wall = `${date} ${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
				const at = instantOf(zone, date, minute * MINUTE);
				if (byIntl(zone, at) === wall) {
					for (let before = at - 15 * MINUTE; before > at - 3 * HOUR; before -= 15 * MINUTE) expect(byIntl(zone, before)).not.toBe(wall);
				} else {
					// In a gap: the clock has not shown the time a moment before, and is past it now.
					expect(byIntl(zone, at - 1) < wall).toBe(true);
					expect(byIntl(zone, at) > wall).toBe(true);
				}
			}
		}
	});

	it('gives days their real length', () => {
		const length = (zone: string, at: string): number => {
			const day = localDay(zone, epochMs(at));
			return (day.end - day.start) / HOUR;
		};
		expect(length('Europe/Berlin', '2026-03-29T12:00:00Z')).toBe(23);
		expect(length('Europe/Berlin', '2026-10-25T12:00:00Z')).toBe(25);
		expect(length('Australia/Lord_Howe', '2026-04-05T00:00:00Z')).toBe(24.5);
		expect(length('UTC', '2028-02-29T12:00:00Z')).toBe(24);
	});

	it('knows weekdays and leap days', () => {
		expect(localTime('UTC', epochMs('2028-02-29T23:59:00Z'))).toMatchObject({ date: '2028-02-29', weekday: 2 });
		expect(localTime('Pacific/Apia', epochMs('2026-11-22T12:00:00Z'))).toMatchObject({ date: '2026-11-23', weekday: 1 });
		expect(addDays('2028-02-28', 2)).toBe('2028-03-01');
	});

	it('takes no name that is no zone, and no moment nobody can plan for', () => {
		for (const name of ['Mars/Phobos', '', ' ', 'x'.repeat(10_000), '__proto__']) expect(isZone(name)).toBe(false);
		expect(() => localTime('UTC', epochMs(8e18))).toThrow(RangeError);
		expect(() => localTime('UTC', epochMs(-1))).toThrow(RangeError);
	});
});
