import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js';
import { epochMs, type EpochMs } from '../../time';

/** Epoch numbers below this are seconds: as milliseconds they would lie before 1973. */
const SECONDS_BELOW = 100_000_000_000;
/** The earliest time believed: no channel of today is older. */
const EARLIEST = Date.UTC(1990, 0, 1);
/** A raw payload is kept up to this many characters of JSON. */
export const RAW_CHARACTERS = 16_000;

/** Text without what no channel shows and no database takes: NUL characters. */
export function cleaned(text: string): string {
	return text.replaceAll('\0', '');
}

/**
 * When a message was written: epoch seconds or milliseconds (number or digits), ISO-8601 or an e-mail date. What lies in
 * the future or cannot be read is `now`: a wrong clock must not hold back or reorder a conversation.
 */
export function messageTime(value: unknown, now: EpochMs): EpochMs {
	const ms = readTime(value);
	return ms === undefined || ms > now || ms < EARLIEST ? now : epochMs(ms);
}

function readTime(value: unknown): number | undefined {
	if (value instanceof Date) return Number.isFinite(value.getTime()) ? value.getTime() : undefined;
	const number = typeof value === 'number' ? value : typeof value === 'string' && /^\d{9,16}$/.test(value.trim()) ? Number(value) : undefined;
	if (number !== undefined) return Number.isFinite(number) ? Math.round(Math.abs(number) < SECONDS_BELOW ? number * 1000 : number) : undefined;
	if (typeof value !== 'string' && (typeof value !== 'object' || value === null)) return undefined;
	// Luxon's DateTime prints itself as ISO-8601.
	const ms = Date.parse(String(value));
	return Number.isNaN(ms) ? undefined : ms;
}

/** The phone number in E.164 when it can be told (from `+`, `00` or the country), else as written. */
export function phoneNumber(text: string, country?: string): string {
	const written = text.trim().replace(/^(?:whatsapp:|tel:)/i, '').replace(/^00(?=[1-9])/, '+');
	const region = country !== undefined && /^[A-Za-z]{2}$/.test(country) ? country.toUpperCase() : undefined;
	const parsed = parsePhoneNumberFromString(written, isCountry(region) ? region : undefined);
	return parsed?.isPossible() ? parsed.number : written;
}

function isCountry(region: string | undefined): region is CountryCode {
	return region !== undefined;
}

/** The payload as it came, or only its size when it is longer than is worth keeping. */
export function boundedRaw(payload: unknown): unknown {
	const json = JSON.stringify(payload, (_key, value: unknown) => (typeof value === 'string' ? cleaned(value) : value)) ?? 'null';
	return json.length <= RAW_CHARACTERS ? JSON.parse(json) : { left_out: `${json.length} characters of JSON, more than the ${RAW_CHARACTERS} that are kept` };
}
