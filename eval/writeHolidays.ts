import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Holidays from 'date-holidays';
import { addDays } from '../engine/sendTime/zoneClock';
import { DAY, HOUR } from '../engine/time';

/**
 * Writes engine/sendTime/data/holidays.json: the nationwide public holidays of every country date-holidays knows. The
 * package itself stays out of the installed pack: it is 32 MB of rules for what is 250 KB of dates.
 * Run: npx tsx eval/writeHolidays.ts
 */
const [FROM, TO] = [2026, 2030];
const PACKAGE = path.join(__dirname, '../node_modules/date-holidays');
const FILE = path.join(__dirname, '../engine/sendTime/data/holidays.json');
const SOURCE = 'https://github.com/commenthol/date-holidays';

function installed(): { version: string; attributions: string[] } {
	const manifest: unknown = JSON.parse(readFileSync(path.join(PACKAGE, 'package.json'), 'utf8'));
	const version = typeof manifest === 'object' && manifest !== null ? Reflect.get(manifest, 'version') : undefined;
	if (typeof version !== 'string') throw new Error('date-holidays names no version.');
	const licence = readFileSync(path.join(PACKAGE, 'LICENSE'), 'utf8');
	const attributions = [...licence.matchAll(/^https?:\/\/\S+$/gm)].map(([address]) => address);
	if (attributions.length < 50) throw new Error('The attributions of date-holidays are not where they were: look at its LICENSE.');
	return { version, attributions };
}

/** The local dates a holiday covers. Those that begin at sunset carry the date of the day itself; a half day at either end is none. */
function datesOf({ date, start, end }: { date: string; start: Date; end: Date }): string[] {
	// Two hours of tolerance: a day on which the clocks change is still a day.
	const days = Math.max(1, Math.floor((end.getTime() - start.getTime() + 2 * HOUR) / DAY));
	return Array.from({ length: days }, (_, day) => addDays(date.slice(0, 10), day));
}

function holidaysOf(country: string): Record<string, string[]> {
	const calendar = new Holidays(country);
	const byName = new Map<string, Set<string>>();
	for (let year = FROM; year <= TO; year++) {
		for (const holiday of calendar.getHolidays(year, 'en')) {
			if (holiday.type !== 'public') continue;
			const name = holiday.name.replace(/\s*\(substitute day\)$/, '').trim();
			const dates = byName.get(name) ?? new Set();
			for (const date of datesOf(holiday)) dates.add(date);
			byName.set(name, dates);
		}
	}
	return Object.fromEntries([...byName].map(([name, dates]) => [name, [...dates].sort()]));
}

const { version, attributions } = installed();
const codes = Object.keys(new Holidays().getCountries('en')).filter((code) => /^[A-Z]{2}$/.test(code)).sort();
const countries = codes.map((code) => [code, holidaysOf(code)] as const).filter(([, names]) => Object.keys(names).length > 0);
const head = {
	date: new Date().toISOString().slice(0, 10),
	source: `Public holidays that hold nationwide, computed with date-holidays ${version} (${SOURCE}) by eval/writeHolidays.ts. Those that follow the moon may be proclaimed a day earlier or later, and a few that are proclaimed year by year are known for the first years only.`,
	licence: 'CC BY-SA 3.0, https://creativecommons.org/licenses/by-sa/3.0/ (this file alone; the code around it is MIT)',
	attribution: `The data of date-holidays by commenthol and contributors, which relies on the pages listed under attributions. Changed: reduced to dates from ${FROM} to ${TO}.`,
	attributions,
	from: FROM,
	to: TO,
};
// A country a line, so that a new version shows as a difference one can read.
const lines = countries.map(([code, names]) => `\t\t${JSON.stringify(code)}: ${JSON.stringify(names)}`);
writeFileSync(FILE, `${JSON.stringify(head, null, '\t').replace(/\n\}$/, '')},\n\t"countries": {\n${lines.join(',\n')}\n\t}\n}\n`);
