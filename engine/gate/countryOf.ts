import { parsePhoneNumberFromString } from 'libphonenumber-js';
import type { GateInput } from './check';

/** No phone number is longer, prefix and spaces included. */
const LONGEST_PHONE = 30;

/** The contact's country: as recorded, else by phone prefix, else the workspace's; ISO 3166-1 alpha-2 in capitals. */
export function countryOf({ contact, policy }: GateInput): string | undefined {
	const phone = contact?.phone?.startsWith('+') && contact.phone.length < LONGEST_PHONE ? parsePhoneNumberFromString(contact.phone)?.country : undefined;
	const named = (contact?.country ?? phone ?? policy.country)?.trim().toUpperCase();
	if (named === 'UK') return 'GB';
	return named === '' ? undefined : named;
}
