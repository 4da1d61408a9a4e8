import { z } from 'zod';
import type { EpochMs } from '../time';
import data from './data/emailRules.json';

const DutySchema = z.object({
	required: z.boolean(),
	/** First day it holds, UTC. */
	from: z.iso.date().optional(),
	source: z.string().min(1),
	/** When the source was last looked at. */
	date: z.iso.date(),
	/** False: second-hand, not read on the lawgiver's own page. */
	checked: z.boolean(),
});
const CountrySchema = z.object({ postalAddress: DutySchema, aiDisclosure: DutySchema }).partial();
const EmailRulesSchema = z.object({ asOf: z.iso.date(), about: z.string(), unknown: CountrySchema, countries: z.record(z.string().regex(/^[A-Z]{2}$/), CountrySchema) });

/** What countries ask of outreach mail, with source and date. */
export const EMAIL_RULES = EmailRulesSchema.parse(data);

export interface EmailDuties {
	/** The sender's postal address has to stand in the mail. */
	postalAddress: boolean;
	/** It has to be said that an AI wrote it. */
	aiDisclosure: boolean;
}

/**
 * What a mail has to carry: what the recipient's country or the sender's own asks for. A recipient's country nobody knows
 * counts like the sender's; with neither known everything is asked for. A country without a rule asks for nothing.
 * @param to, from two letters (ISO 3166-1), any case.
 */
export function emailDuties({ to, from, now }: { to?: string; from?: string; now: EpochMs }): EmailDuties {
	const named = [to, from].flatMap((country) => (country === undefined || country === '' ? [] : [country.toUpperCase()]));
	const rules = named.length === 0 ? [EMAIL_RULES.unknown] : named.flatMap((country) => (Object.hasOwn(EMAIL_RULES.countries, country) ? [EMAIL_RULES.countries[country]] : []));
	const holds = (duty: 'postalAddress' | 'aiDisclosure'): boolean =>
		rules.some((rule) => rule[duty]?.required === true && Date.parse(rule[duty].from ?? '1970-01-01') <= now);
	return { postalAddress: holds('postalAddress'), aiDisclosure: holds('aiDisclosure') };
}
