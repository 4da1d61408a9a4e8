import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/max';
import { z } from 'zod';
import countryFile from './countryZones.json';
import phoneFile from './phoneZones.json';
import { isZone } from './zoneClock';

const COUNTRY_ZONES: Readonly<Record<string, string[]>> = z.record(z.string(), z.array(z.string()).min(1)).parse(countryFile.zones);

interface PhonePlace {
	country: string;
	region?: string;
	zones: string[];
}
const PHONE_PLACES: ReadonlyMap<string, PhonePlace> = new Map(
	phoneFile.rows.flatMap((row) => row.prefixes.map((prefix): [string, PhonePlace] => [prefix, { country: row.country, region: row.region, zones: row.zones }])),
);
const LONGEST_PREFIX = Math.max(...[...PHONE_PLACES.keys()].map((prefix) => prefix.length));

const COUNTRY_ALIASES: Readonly<Record<string, string>> = { UK: 'GB', USA: 'US', 'U.S.': 'US', 'U.S.A.': 'US', ENGLAND: 'GB', SCOTLAND: 'GB' };
let countryNames: ReadonlyMap<string, string> | undefined;

/** Country names in English and German, as sheets carry them, to ISO 3166-1 alpha-2. */
function namesOfCountries(): ReadonlyMap<string, string> {
	countryNames ??= new Map(
		['en', 'de'].flatMap((language) => {
			const names = new Intl.DisplayNames([language], { type: 'region' });
			return Object.keys(COUNTRY_ZONES).map((code): [string, string] => [(names.of(code) ?? code).toUpperCase(), code]);
		}),
	);
	return countryNames;
}

/** ISO 3166-1 alpha-2 of a code or an English or German name; undefined when it names no country. */
export function countryCode(text: string | undefined): string | undefined {
	const name = text?.trim().toUpperCase() ?? '';
	const code = Object.hasOwn(COUNTRY_ALIASES, name) ? COUNTRY_ALIASES[name] : name;
	return Object.hasOwn(COUNTRY_ZONES, code) ? code : namesOfCountries().get(code);
}

/** Numbers whose place is remembered: one message asks for it as it is planned, claimed and begun. */
const REMEMBERED = 5_000;
const placesByNumber = new Map<string, PhonePlace | undefined>();

/** Where a phone number is registered. Numbers move with people, so its zone is a guess. */
export function placeOfPhone(phone: string, country?: string): PhonePlace | undefined {
	if (phone.length > 40) return undefined;
	const key = `${country ?? ''} ${phone}`;
	if (placesByNumber.has(key)) return placesByNumber.get(key);
	const place = findPlace(phone, country);
	if (placesByNumber.size >= REMEMBERED) placesByNumber.clear();
	placesByNumber.set(key, place);
	return place;
}

function findPlace(phone: string, country: string | undefined): PhonePlace | undefined {
	const digits = phone.replace(/\D/g, '');
	const home = country as CountryCode | undefined;
	let number = parsePhoneNumberFromString(phone.trim().replace(/^00/, '+'), home);
	// WhatsApp ids are international numbers without their plus.
	if (!number?.isValid() && /^[1-9]\d{9,14}$/.test(digits)) number = parsePhoneNumberFromString(`+${digits}`);
	if (!number?.isPossible()) return undefined;
	const international = number.number.slice(1);
	for (let length = Math.min(LONGEST_PREFIX, international.length); length > 0; length--) {
		const place = PHONE_PLACES.get(international.slice(0, length));
		if (place) return place;
	}
	const zones = number.country === undefined ? undefined : COUNTRY_ZONES[number.country];
	return number.country === undefined || zones === undefined ? undefined : { country: number.country, zones };
}

export interface ZoneSources {
	/** The contact's own IANA zone. */
	timezone?: string;
	phone?: string;
	/** ISO 3166-1 alpha-2, or a country's English or German name. */
	country?: string;
	workspaceTimezone?: string;
}

export interface ResolvedZone {
	/** The zone local times are meant in. */
	timezone: string;
	/** Every zone the contact may be in; lawful hours must hold in all. */
	possible: string[];
	source: 'contact' | 'phone' | 'country' | 'workspace' | 'utc';
	/** True when the contact's own zone is not known. */
	guessed: boolean;
	/** Where laws may apply: the stated country and the phone's, when they differ both. */
	places: { country: string; region?: string }[];
	warnings: string[];
}

function usable(zone: string | undefined, whose: string, warnings: string[]): string | undefined {
	const name = zone?.trim();
	if (name === undefined || name === '') return undefined;
	if (isZone(name)) return name;
	warnings.push(`${whose} '${name.slice(0, 40)}' is not an IANA time zone and was ignored.`);
	return undefined;
}

function placesOf(country: string | undefined, phone: PhonePlace | undefined): ResolvedZone['places'] {
	if (phone && (country === undefined || country === phone.country)) return [{ country: phone.country, region: phone.region }];
	const places = country === undefined ? [] : [{ country }];
	return phone ? [...places, { country: phone.country, region: phone.region }] : places;
}

/**
 * The contact's zone: its own, else the phone prefix's, else the country's, else the workspace's, else UTC. Names that
 * are no zone are passed over with a warning, and every guess says so.
 */
export function resolveTimezone(sources: ZoneSources): ResolvedZone {
	const warnings: string[] = [];
	const country = countryCode(sources.country);
	if (country === undefined && sources.country?.trim()) warnings.push(`'${sources.country.trim().slice(0, 40)}' is not a known country and was ignored.`);
	const phone = sources.phone === undefined ? undefined : placeOfPhone(sources.phone, country);
	const places = placesOf(country, phone);
	const answer = (source: ResolvedZone['source'], possible: string[], how?: string): ResolvedZone => {
		const others = possible.length > 1 ? `; it may be any of ${possible.length} zones` : '';
		if (how !== undefined) warnings.push(`The time zone ${possible[0]} is a guess ${how}${others}.`);
		return { timezone: possible[0], possible, source, guessed: how !== undefined, places, warnings };
	};
	const own = usable(sources.timezone, "The contact's time zone", warnings);
	if (own !== undefined) return answer('contact', [own]);
	if (phone) return answer('phone', phone.zones, 'from the phone number');
	if (country !== undefined) return answer('country', COUNTRY_ZONES[country], `from the country ${country}`);
	const workspace = usable(sources.workspaceTimezone, "The workspace's time zone", warnings);
	if (workspace !== undefined) return answer('workspace', [workspace], "from the workspace's settings");
	return answer('utc', ['UTC'], 'because neither the contact nor the workspace has one');
}
