import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { z } from 'zod';
import { ConsentSchema, type Consent } from '../../message/contact';
import type { Check, GateInput, Severity } from '../check';
import data from '../data/consent.json';

const Basis = ConsentSchema.shape.basis;
const LawSchema = z.object({
	everywhere: z.record(z.string(), z.array(Basis)),
	optInEmail: z.array(z.string().length(2)),
	optInEmailBases: z.array(Basis),
	otherEmailBases: z.array(Basis),
	noRecordNeededEmail: z.array(z.string().length(2)),
});
const LAW = LawSchema.parse(data);

function countryOf({ contact, policy }: GateInput): string | undefined {
	const phone = contact?.phone?.startsWith('+') && contact.phone.length < 30 ? parsePhoneNumberFromString(contact.phone)?.country : undefined;
	return (contact?.country ?? phone ?? policy.country)?.toUpperCase();
}

/** The bases that suffice; 'none' when no record is needed; undefined when it depends on a country we do not know. */
function sufficient(channel: string, country: string | undefined): readonly Consent['basis'][] | 'none' | undefined {
	const everywhere = LAW.everywhere[channel];
	if (everywhere) return everywhere;
	if (channel !== 'email') return 'none';
	if (country === undefined) return undefined;
	if (LAW.noRecordNeededEmail.includes(country)) return 'none';
	return LAW.optInEmail.includes(country) ? LAW.optInEmailBases : LAW.otherEmailBases;
}

/** Whether the recorded ground for writing suffices for the channel in the contact's country. An answer to the contact's own message needs none. */
export function consentCheck({ severity }: { severity: Severity }): Check {
	return (input) => {
		const { contact, channel, conversation, policy } = input;
		if (policy.purpose === 'reply' || (policy.purpose === undefined && conversation?.some((turn) => turn.from === 'lead'))) return [];
		if (!contact || channel === undefined) return 'skipped';
		const country = countryOf(input);
		const bases = sufficient(channel, country);
		if (bases === 'none') return [];
		const recorded = contact.consent?.[channel]?.basis;
		if (bases === undefined) return recorded && LAW.optInEmailBases.includes(recorded) ? [] : 'skipped';
		if (recorded && bases.includes(recorded)) return [];
		const where = country === undefined ? '' : ` in ${country}`;
		const reason = recorded ? `'${recorded.replaceAll('_', ' ')}' is not enough to write by ${channel}${where}.` : `No consent is recorded for writing by ${channel}${where}.`;
		return [{ check: 'consent', severity, reason }];
	};
}
