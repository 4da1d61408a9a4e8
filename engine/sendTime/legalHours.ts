import { z } from 'zod';
import { ChannelSchema, type Channel } from '../channels/channel';
import { parseClockTime } from './clockTime';
import { openHours, type TimeRule } from './openHours';
import file from './quietHours.json';
import type { LawfulHours } from './schedule';

export const LegalHoursSchema = z.object({
	/** ISO 3166-1 alpha-2. */
	country: z.string().length(2),
	/** State or province; without it the rule holds in the whole country. */
	region: z.string().optional(),
	law: z.string(),
	channels: z.array(ChannelSchema),
	/** When writing is lawful, local time, [from, to). */
	hours: z.array(z.object({ days: z.array(z.number().int().min(1).max(7)), from: z.string(), to: z.string() })),
});
/** One law's lawful hours. */
export type LegalHours = z.infer<typeof LegalHoursSchema>;

/** The shipped file of statutory hours, with its date and source inside. Users can replace it. */
export const STATUTORY_HOURS: readonly LegalHours[] = z.array(LegalHoursSchema).parse(file.rules);

export interface LegalPlace {
	country?: string;
	region?: string;
	channel: Channel;
}

/** Stands for a place nobody knows. */
const NOWHERE = 'ZZ';

/**
 * Own lawful hours as the laws of every place a contact may be in; `off` leaves none, and without any the shipped ones
 * hold. Where the contact is does not matter to own hours, so an unknown place has them, too.
 */
export function lawsInstead(lawful: LawfulHours | undefined, channel: Channel, places: readonly { country?: string; region?: string }[]): { places: readonly { country?: string; region?: string }[]; legalHours?: LegalHours[] } {
	if (lawful === undefined) return { places };
	if (lawful === 'off') return { places, legalHours: [] };
	const known = places.length === 0 ? [{ country: NOWHERE }] : places;
	const countries = new Set(known.map(({ country }) => country ?? NOWHERE));
	const hours = [{ days: [1, 2, 3, 4, 5, 6, 7], ...lawful }];
	return { places: known, legalHours: [...countries].map((country) => ({ country, law: `lawful hours ${lawful.from}-${lawful.to}`, channels: [channel], hours })) };
}

/** The laws that hold at a place on a channel: country-wide ones and, when the region is known, its own. */
export function lawsAt(place: LegalPlace, laws: readonly LegalHours[] = STATUTORY_HOURS): LegalHours[] {
	const country = place.country?.toUpperCase();
	const region = place.region?.toUpperCase();
	return laws.filter((law) => law.country === country && (law.region === undefined || law.region === region) && law.channels.includes(place.channel));
}

/** One time rule for each law and each zone the contact may be in: lawful hours must hold in all of them. */
export function legalRules(laws: readonly LegalHours[], zones: readonly string[]): TimeRule[] {
	return laws.flatMap((law) => {
		const ranges = law.hours.map((hours) => ({ days: hours.days, from: parseClockTime(hours.from) ?? 0, to: hours.to === '24:00' ? 86_400_000 : (parseClockTime(hours.to) ?? 0) }));
		const name = `statutory quiet hours (${law.law})`;
		return zones.map((zone) => openHours(name, zone, (local) => ranges.filter((range) => range.days.includes(local.weekday))));
	});
}
