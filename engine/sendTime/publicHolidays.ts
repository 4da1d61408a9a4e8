import { z } from 'zod';
import file from './data/holidays.json';

/** The last year the shipped dates cover. */
export const HOLIDAYS_UNTIL: number = file.to;

/** By country, ISO 3166-1 alpha-2: the English name of each holiday and its local dates, YYYY-MM-DD. */
const CountriesSchema = z.record(z.string(), z.record(z.string(), z.array(z.string())));

let countries: ReadonlyMap<string, ReadonlyMap<string, string>> | undefined;

/** Read when first asked for: most processes that load the engine never need them. */
function byCountry(): ReadonlyMap<string, ReadonlyMap<string, string>> {
	countries ??= new Map(
		Object.entries(CountriesSchema.parse(file.countries)).map(([country, names]) => [country, new Map(Object.entries(names).flatMap(([name, dates]) => dates.map((date): [string, string] => [date, name])))]),
	);
	return countries;
}

/**
 * The nationwide public holidays of a country, by local date (YYYY-MM-DD) with the English name; undefined when none
 * are known of it. Source, licence and attribution are inside data/holidays.json.
 * @param country ISO 3166-1 alpha-2, in any case.
 */
export function publicHolidays(country: string): ReadonlyMap<string, string> | undefined {
	return byCountry().get(country.toUpperCase());
}
