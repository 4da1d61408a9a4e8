import countryFile from '../../../engine/sendTime/countryZones.json';
import phoneFile from '../../../engine/sendTime/phoneZones.json';
import { STATUTORY_HOURS } from '../../../engine/sendTime/legalHours';
import { countryCode, resolveTimezone } from '../../../engine/sendTime/timezone';
import { isZone } from '../../../engine/sendTime/zoneClock';

describe('where a contact is', () => {
	it('what is remembered of a number depends on the country it was read in, and stays right when many came between', () => {
		const zone = (country: string): string => resolveTimezone({ phone: '030 901820', country }).timezone;
		expect([zone('DE'), zone('IT'), zone('DE')]).toEqual(['Europe/Berlin', 'Europe/Rome', 'Europe/Berlin']);
		for (let number = 0; number < 6_000; number++) resolveTimezone({ phone: `x${number}` });
		expect([zone('IT'), zone('DE')]).toEqual(['Europe/Rome', 'Europe/Berlin']);
	});

	it("takes the contact's own zone without a warning", () => {
		expect(resolveTimezone({ timezone: 'Asia/Kathmandu', phone: '+12125550123' })).toMatchObject({ timezone: 'Asia/Kathmandu', possible: ['Asia/Kathmandu'], source: 'contact', guessed: false, warnings: [] });
	});

	it.each([
		['+1 212 555 0123', 'America/New_York', 'US', 'NY'],
		['+1 (415) 555-2671', 'America/Los_Angeles', 'US', 'CA'],
		['0018085550123', 'Pacific/Honolulu', 'US', 'HI'],
		['+1 602 555 0123', 'America/Phoenix', 'US', 'AZ'],
		['+1 604 555 0123', 'America/Vancouver', 'CA', 'BC'],
		['+55 92 99999 1234', 'America/Manaus', 'BR', undefined],
		['+61 7 3333 4444', 'Australia/Brisbane', 'AU', undefined],
		['+49 170 1234567', 'Europe/Berlin', 'DE', undefined],
		['491701234567', 'Europe/Berlin', 'DE', undefined],
		['+1 876 555 0123', 'America/Jamaica', 'JM', undefined],
	])('reads %s as %s', (phone, timezone, country, region) => {
		const zone = resolveTimezone({ phone });
		expect(zone).toMatchObject({ timezone, source: 'phone', guessed: true });
		expect(zone.places[0].country).toBe(country);
		expect(zone.places[0].region).toBe(region);
		expect(zone.warnings.join(' ')).toContain('guess');
	});

	it('keeps every zone of an area code that lies in two', () => {
		expect(resolveTimezone({ phone: '+18505550123' }).possible).toEqual(['America/New_York', 'America/Chicago']);
	});

	it('reads national numbers with the help of the country', () => {
		expect(resolveTimezone({ phone: '0170 1234567', country: 'Germany' }).source).toBe('phone');
	});

	it('falls back to country, workspace and UTC', () => {
		expect(resolveTimezone({ country: 'us' })).toMatchObject({ timezone: 'America/New_York', source: 'country' });
		expect(resolveTimezone({ country: 'us' }).possible).toContain('Pacific/Honolulu');
		expect(resolveTimezone({ workspaceTimezone: 'Europe/Vienna' })).toMatchObject({ timezone: 'Europe/Vienna', source: 'workspace', guessed: true });
		expect(resolveTimezone({})).toMatchObject({ timezone: 'UTC', source: 'utc', guessed: true });
	});

	it('passes over names that are no zone, with a warning, and never crashes', () => {
		const zone = resolveTimezone({ timezone: 'Mars/Phobos', phone: 'call me', country: 'Atlantis', workspaceTimezone: 'CEST!' });
		expect(zone.timezone).toBe('UTC');
		expect(zone.warnings.join(' ')).toContain("'Mars/Phobos' is not an IANA time zone");
		expect(zone.warnings.join(' ')).toContain("'Atlantis' is not a known country");
		for (const phone of ['', '+', '0', '💥', '9'.repeat(10_000), '+1', '__proto__', '+00000000000']) expect(resolveTimezone({ phone }).timezone).toBe('UTC');
		for (const country of ['__proto__', 'constructor', 'XX', '💥']) expect(resolveTimezone({ country }).timezone).toBe('UTC');
	});

	it('lets the laws of both places hold when number and country differ', () => {
		expect(resolveTimezone({ phone: '+12125550123', country: 'DE' }).places).toEqual([{ country: 'DE' }, { country: 'US', region: 'NY' }]);
	});

	it('knows countries by code and by English or German name', () => {
		expect(['de', 'Deutschland', 'Germany', 'UK', 'United Kingdom', 'USA'].map(countryCode)).toEqual(['DE', 'DE', 'DE', 'GB', 'GB', 'US']);
	});
});

describe('the data files', () => {
	it('name only zones that exist, and every prefix once', () => {
		const zones = [...Object.values(countryFile.zones).flat(), ...phoneFile.rows.flatMap((row) => row.zones)];
		expect(zones.filter((zone) => !isZone(zone))).toEqual([]);
		const prefixes = phoneFile.rows.flatMap((row) => row.prefixes);
		expect(prefixes.length).toBe(new Set(prefixes).size);
		expect(Object.keys(countryFile.zones).length).toBeGreaterThan(240);
	});

	it('give every law hours of the day that make sense', () => {
		expect(STATUTORY_HOURS.length).toBe(9);
		for (const law of STATUTORY_HOURS) expect(new Set(law.hours.flatMap((hours) => hours.days)).size).toBe(7);
	});
});
