import { z } from 'zod';
import { ConsentSchema, type Consent } from '../../message/contact';
import type { Check, Severity } from '../check';
import { countryOf } from '../countryOf';
import data from '../data/consent.json';

const RULE_NAMES = ['none', 'inbound', 'business', 'opt_in', 'express'] as const;
const RuleName = z.enum(RULE_NAMES);
const CountrySchema = z.object({ email: RuleName, sms: RuleName, law: z.string().min(1), date: z.iso.date(), confidence: z.enum(['checked', 'general knowledge, not checked']) });
const LawSchema = z.object({
	rules: z.record(RuleName, z.array(ConsentSchema.shape.basis).nullable()),
	platforms: z.record(z.string(), RuleName),
	elsewhere: CountrySchema,
	countries: z.record(z.string().length(2), CountrySchema),
});
const LAW = LawSchema.parse(data);

export type ConsentLaw = z.infer<typeof CountrySchema>;

/** What a country asks for, and how sure we are of it; undefined for a country that is not listed, which is read strictly. */
export const consentLaw = (country: string): ConsentLaw | undefined => LAW.countries[country.toUpperCase()];

interface Demand {
	/** The bases that suffice; null when no record is needed. */
	bases: readonly Consent['basis'][] | null;
	law?: string;
}

/** What writing asks for; undefined when it depends on a country we do not know. */
function demandOf(channel: string, country: string | undefined): Demand | undefined {
	const platform = LAW.platforms[channel];
	if (platform) return { bases: LAW.rules[platform] };
	if (channel !== 'email' && channel !== 'sms') return { bases: null };
	// Texts need consent wherever we looked, so an unknown country changes nothing; for e-mail it does.
	if (country === undefined && channel === 'email') return undefined;
	const rule = (country === undefined ? undefined : consentLaw(country)) ?? LAW.elsewhere;
	return { bases: LAW.rules[rule[channel]], law: country === undefined ? undefined : rule.law };
}

/** Bases that suffice in every listed country. */
const ANYWHERE: ReadonlySet<Consent['basis']> = new Set(LAW.rules.express ?? []);

/**
 * Whether the recorded ground for writing suffices for the channel in the contact's country. An answer to the contact's own
 * message needs none. Outreach for which that cannot be told goes to a person: an open question is no consent.
 */
export function consentCheck({ severity }: { severity: Severity }): Check {
	const found = consentFound({ severity });
	return (input) => {
		const result = found(input);
		if (result !== 'skipped' || input.policy.purpose !== 'outreach') return result;
		const lacks = !input.contact || input.channel === undefined ? 'contact or channel' : "the contact's country";
		return [{ check: 'consent', severity, reason: `Whether this may be written unasked is open: ${lacks} is not known.` }];
	};
}

/** As `consentCheck`, but `skipped` wherever it cannot be told. */
export function consentFound({ severity }: { severity: Severity }): Check {
	return (input) => {
		const { contact, channel, conversation, policy } = input;
		const withdrawnAt = channel === undefined ? undefined : contact?.consent?.[channel]?.withdrawnAt;
		// Whoever took it back is not written to on other grounds either.
		if (withdrawnAt !== undefined && policy.purpose !== 'reply') return [{ check: 'consent', severity: 'block', reason: `Consent to write by ${channel ?? 'this channel'} was withdrawn on ${withdrawnAt.slice(0, 10)}.` }];
		if (policy.purpose === 'reply' || (policy.purpose === undefined && conversation?.some((turn) => turn.from === 'lead'))) return [];
		if (!contact || channel === undefined) return 'skipped';
		const country = countryOf(input);
		const recorded = contact.consent?.[channel]?.basis;
		const demand = demandOf(channel, country);
		if (!demand) return recorded && ANYWHERE.has(recorded) ? [] : 'skipped';
		if (demand.bases === null || (recorded && demand.bases.includes(recorded))) return [];
		const where = country === undefined ? '' : ` in ${country.slice(0, 2)}`;
		const why = demand.law === undefined ? '' : ` (${demand.law})`;
		const reason = recorded ? `'${recorded.replaceAll('_', ' ')}' is not enough to write by ${channel}${where}${why}.` : `No consent is recorded for writing by ${channel}${where}${why}.`;
		return [{ check: 'consent', severity, reason }];
	};
}
