import { findPersonalData } from './personalData';

/** What may not be quoted, by what stands for it. */
const NAMES = { email: '[e-mail address]', phone: '[phone number]' } as const;
/** WhatsApp ids and the like are international numbers without a plus; codes of providers are shorter. */
const BARE_NUMBER = /(?<![\w.#-])\d{10,15}(?![\w.-]?\d)/g;
/** What stands before the end of a date: the rest of it is no phone number. */
const INSIDE_DATE = /\d[-/.]$/;
/** A local part whose domain was cut off, or is none by the rules. */
const HALF_ADDRESS = /[^\s<>"'@]{1,64}@[^\s<>"']{0,255}/g;

/** A provider's words without the e-mail addresses and phone numbers in them, so that they may be kept with a message or shown. */
export function withoutAddresses(text: string): string {
	let plain = '';
	let end = 0;
	for (const span of findPersonalData(text, { types: ['email', 'phone'] })) {
		if (span.type === 'phone' && INSIDE_DATE.test(text.slice(Math.max(0, span.start - 8), span.start))) continue;
		plain += text.slice(end, span.start) + NAMES[span.type === 'email' ? 'email' : 'phone'];
		end = span.end;
	}
	return (plain + text.slice(end)).replace(HALF_ADDRESS, NAMES.email).replace(BARE_NUMBER, NAMES.phone);
}
