import { z } from 'zod';
import { PipelineSchema } from '../pipeline/stage';
import { REPLY_INTENTS } from '../reply/reply';
import { SequenceSchema } from '../sequence/sequence';
import clinicDe from './data/clinic.de.json';
import clinicEn from './data/clinic.en.json';
import realEstateDe from './data/real-estate.de.json';
import realEstateEn from './data/real-estate.en.json';
import solarDe from './data/solar.de.json';
import solarEn from './data/solar.en.json';

export const TRADES = ['clinic', 'real-estate', 'solar'] as const;
export type Trade = (typeof TRADES)[number];
export const STARTER_LANGUAGES = ['en', 'de'] as const;
export type StarterLanguage = (typeof STARTER_LANGUAGES)[number];

const text = z.string().min(1);

/** What a trade begins with. What only the user can know stands in `[[double brackets]]`, in knowledge pages alone. */
export const StarterPackSchema = z.object({
	id: z.enum(TRADES),
	language: z.enum(STARTER_LANGUAGES),
	name: text,
	about: text,
	written: z.iso.date(),
	source: text,
	/** Its ID is chosen where it is applied. */
	pipeline: PipelineSchema.omit({ id: true }),
	/** Bodies by the intent answered, without greeting and closing. */
	replies: z.record(z.enum(REPLY_INTENTS), text),
	sequence: SequenceSchema,
	knowledge: z.array(z.object({ id: text, title: text, text })).min(1),
	/** What law or a profession's rules ask for, with how sure we are of it. */
	compliance: z.array(z.object({ note: text, basis: text, date: z.iso.date(), confidence: z.enum(['checked', 'general knowledge, not checked']) })).min(1),
	/** What to change first. */
	changeFirst: z.array(text).min(1),
});
export type StarterPack = z.infer<typeof StarterPackSchema>;

export const STARTER_PACKS: readonly StarterPack[] = [clinicDe, clinicEn, realEstateDe, realEstateEn, solarDe, solarEn].map((data) => StarterPackSchema.parse(data));

/** The pack of a trade in a language. Every trade has one in each. */
export function starterPack(trade: Trade, language: StarterLanguage): StarterPack {
	const found = STARTER_PACKS.find((pack) => pack.id === trade && pack.language === language);
	if (!found) throw new Error(`There is no starter pack for ${trade} in ${language}.`);
	return found;
}

/** The source ID of a knowledge page: a page the user fills in and adds again under it takes the place of ours. */
export function pageId(pack: Pick<StarterPack, 'id' | 'language'>, page: string): string {
	return `starter-${pack.id}-${pack.language}-${page}`;
}
