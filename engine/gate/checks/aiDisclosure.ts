import { z } from 'zod';
import { canonicalise } from '../../reply/canonical';
import { PhraseSet } from '../../reply/phrases';
import type { Check, Severity } from '../check';
import { countryOf } from '../countryOf';
import data from '../data/aiDisclosure.json';

const RULES = z.object({ countries: z.array(z.string().length(2)), phrases: z.array(z.string()) }).parse(data);
const COUNTRIES = new Set(RULES.countries);
const PHRASES = new PhraseSet(RULES.phrases.map((phrase) => ({ phrase, tag: 'said' })));
/** Our own earlier messages looked at. */
const MOST_TURNS = 10;

/**
 * Where the law asks for it, somebody who is written to without a person in between must have been told that an AI writes:
 * in this message or in one before. Messages a person approves are no matter of this check.
 */
export function aiDisclosureCheck({ severity }: { severity: Severity }): Check {
	return (input) => {
		const { conversation, policy, canonical } = input;
		if (policy.mode === 'assist' || policy.mode === 'one_click') return [];
		const country = countryOf(input);
		if (country === undefined) return 'skipped';
		if (!COUNTRIES.has(country) || PHRASES.find(canonical).length > 0) return [];
		const ours = (conversation ?? []).filter((turn) => turn.from === 'us').slice(-MOST_TURNS);
		if (ours.some((turn) => PHRASES.find(canonicalise(turn.text)).length > 0)) return [];
		return [{ check: 'ai_disclosure', severity, reason: `Nothing says that an AI writes; people in ${country} have to be told.` }];
	};
}
