import { z } from 'zod';
import data from './data/currencies.json';

const CurrenciesSchema = z.object({ asOf: z.iso.date(), sources: z.array(z.string()).min(1), minorUnits: z.record(z.string().regex(/^\d$/), z.string()) });
const MINOR_UNITS: ReadonlyMap<string, number> = new Map(
	Object.entries(CurrenciesSchema.parse(data).minorUnits).flatMap(([digits, codes]) => codes.split(' ').map((code) => [code, Number(digits)] as const)),
);
/** Beyond this a deal is a mistake: 10^12 in the currency's own unit still adds up exactly, cents and all. */
export const LARGEST_VALUE = 1e12;

/** Digits behind the point of a currency (ISO 4217); undefined for a code that is none. */
export const minorUnits = (currency: string): number | undefined => MINOR_UNITS.get(currency);

/** A currency code in its own letters, or undefined when ISO 4217 has none such. */
export function readCurrency(text: string | undefined): string | undefined {
	const code = (text ?? '').trim().toUpperCase();
	return MINOR_UNITS.has(code) ? code : undefined;
}

/** An amount on the smallest unit of its currency. Without a currency, to the cent. */
export function roundedAmount(value: number, currency: string | undefined): number {
	const digits = (currency === undefined ? undefined : minorUnits(currency)) ?? 2;
	return Number((Math.sign(value) * Math.round(Math.abs(value) * 10 ** digits + 1e-6)) / 10 ** digits);
}

/** Why an amount cannot be the worth of a deal, in a sentence; undefined when it can. */
export function amountProblem(value: number, currency: string | undefined): string | undefined {
	if (!Number.isFinite(value) || value < 0) return 'must be a number of 0 or more';
	if (value > LARGEST_VALUE) return `is larger than ${LARGEST_VALUE}, which no deal is`;
	const rounded = roundedAmount(value, currency);
	if (Math.abs(rounded - value) > 1e-9 * Math.max(1, value)) return `has more digits behind the point than ${currency ?? 'money'} has`;
	return undefined;
}

/** What a stranger's report says a deal is worth: rounded to the currency's smallest unit, left out when it is no amount. */
export function reportedAmount(value: number | undefined, currency: string | undefined): { value?: number; currency?: string } {
	const known = readCurrency(currency);
	if (value === undefined || !Number.isFinite(value) || value < 0 || value > LARGEST_VALUE) return {};
	return { value: roundedAmount(value, known), ...(known === undefined ? {} : { currency: known }) };
}
