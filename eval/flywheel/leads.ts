import { pick, uniform, type Random } from '../uniform';
import type { LeadFacts } from './texts';

export interface Lead extends LeadFacts {
	email: string;
	country: string;
	timezone: string;
}

const NAMES = ['Ana', 'Bela', 'Clara', 'David', 'Emil', 'Frida', 'Goran', 'Hanna', 'Ivo', 'Jana', 'Karl', 'Lena', 'Milan', 'Nora', 'Otto', 'Paula', 'Rosa', 'Sven', 'Tina', 'Viktor'];
const HOUSES = ['Linde', 'Sonne', 'Krone', 'Adler', 'Post', 'Traube', 'Anker', 'Brücke', 'Kastanie', 'Hirsch', 'Lamm', 'Rose'];
const INDUSTRIES = ['hotel', 'dental', 'fitness', 'catering', 'travel'];
const PLACES = [
	{ city: 'Graz', country: 'AT', timezone: 'Europe/Vienna' },
	{ city: 'Leeds', country: 'GB', timezone: 'Europe/London' },
	{ city: 'Cork', country: 'IE', timezone: 'Europe/Dublin' },
	{ city: 'Utrecht', country: 'NL', timezone: 'Europe/Amsterdam' },
	{ city: 'Patras', country: 'GR', timezone: 'Europe/Athens' },
] as const;

/** The same lead for the same seed and number, whatever happened before: runs with and without learning write to the same people. */
export function leadOf(seed: number, number: number): Lead {
	const rng = streamOf(seed, 'lead', number);
	const industry = pick(INDUSTRIES, rng);
	return { name: pick(NAMES, rng), company: `${industry[0].toUpperCase()}${industry.slice(1)} ${pick(HOUSES, rng)} ${number}`, industry, ...pick(PLACES, rng), email: `lead${number}@s${seed}.example` };
}

/** Random numbers of one lead for one purpose: the same in both arms of a seed, so that their difference is not luck. */
export function streamOf(seed: number, purpose: 'lead' | 'draft' | 'fate' | 'review' | 'hour', number: number): Random {
	const code = { lead: 1, draft: 2, fate: 3, review: 4, hour: 5 }[purpose];
	const rng = uniform(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b) ^ Math.imul(code, 0xc2b2ae35));
	// Seeds that lie close together begin alike.
	for (let turn = 0; turn < 3; turn += 1) rng();
	return rng;
}

/** The sentence each variant opens with. */
export const OPENINGS: Readonly<Record<string, string>> = {
	a: 'A short note from somebody who reads a lot of guest mail.',
	b: 'One question, and I will keep it short.',
	c: 'We have just finished a project next door to you.',
};

export const openingOf = (variantId: string): string => OPENINGS[variantId] ?? OPENINGS.a;

