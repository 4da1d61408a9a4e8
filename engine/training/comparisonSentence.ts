import type { VersionComparison } from './compareVersions';
import { HARM_NAMES, type HarmFinding } from './harm';
import type { Lift } from './lift';
import type { Needed } from './sendsNeeded';
import { versionMetricName } from './versionMetrics';

const percent = (share: number, digits = 1): string => `${(share * 100).toFixed(digits)} %`;
const signed = (share: number): string => `${share >= 0 ? '+' : '−'}${percent(Math.abs(share), 0)}`;
const number = (count: number): string => Math.round(count).toLocaleString('en-US');

/** Beyond this many weeks, another way to compare is offered. */
const PATIENCE_WEEKS = 26;

function harmText({ harm, candidate, control }: HarmFinding): string {
	return `${candidate.events} ${HARM_NAMES[harm]} among its ${number(candidate.contacts)} contacts against ${control.events} among ${number(control.contacts)} of the deployed version`;
}

function liftText(lift: Lift | undefined): string {
	return lift ? `${signed(lift.value)}, with 95 % certainty above ${signed(lift.low)} and as surely below ${signed(lift.high)}` : 'too few successes to say how they compare';
}

function neededText({ step, contacts, weeks, reviews }: Needed): string {
	const what = step === 'ramp' ? 'to give it more contacts' : 'to promote it';
	if (!Number.isFinite(contacts)) return `; nothing has succeeded yet, so nobody can say how many more contacts it takes ${what}`;
	const time = weeks === undefined ? '' : `, ${number(weeks)} week${weeks === 1 ? '' : 's'} at this pace`;
	const otherwise = reviews !== undefined && (weeks === undefined || weeks > PATIENCE_WEEKS) ? `; compared by reviewer approval, about ${number(reviews)} reviews would do` : '';
	return `; about ${number(contacts)} more contacts are needed ${what}${time}${otherwise}`;
}

/** One line an ops person reads. */
export function comparisonSentence(comparison: Omit<VersionComparison, 'sentence'>, share: number): string {
	const { verdict, candidate, control, lift, harms, heldBy, waits, needed, metric, look, horizon } = comparison;
	const name = candidate.version;
	const rates = `${percent(candidate.rate)} ${versionMetricName(metric)} among ${number(candidate.contacts)} contacts against ${percent(control.rate)} among ${number(control.contacts)} (${liftText(lift)})`;
	const harm = harms.find((one) => one.verdict === 'harm');
	if (verdict === 'roll_back' && harm) return `Roll ${name} back: ${harmText(harm)} are more than chance explains.`;
	switch (verdict) {
		case 'promote':
			return `Promote ${name}: ${rates}, and chance does not explain it at look ${look} of ${horizon}.`;
		case 'ramp':
			return `Give ${name} ${percent(comparison.nextShare ?? share, 0)} of contacts: ${rates}.`;
		case 'worse':
			return `Take ${name} out: ${rates}, and chance does not explain it at look ${look} of ${horizon}.`;
		case 'no_difference':
			return `End of ${horizon} looks without proof that ${name} is better: ${rates}. Keep ${control.version}.`;
		case 'split_broken':
			return `${name} cannot be compared: ${number(candidate.contacts)} contacts against ${number(control.contacts)} is not the split that was drawn. Find out which messages are missing first.`;
		default: {
			const held = heldBy === undefined ? undefined : harms.find((one) => one.harm === heldBy);
			if (held) return `${name} stays at ${percent(share, 0)} of contacts for now: ${harmText(held)} may be harm; ${rates}.`;
			return `${name} keeps ${percent(share, 0)} of contacts (look ${look} of ${horizon}): ${rates}${waits ? '; it gets more when the next weekly look, with figures of this share, finds the same' : ''}${needed ? neededText(needed) : ''}.`;
		}
	}
}
