import type { Channel } from '../channels/channel';
import { LABEL_RULES, type OutcomeLabel } from '../outcome/labels';
import { QUALITY_POLICY, qualityOf, type QualitySignals } from './exampleQuality';

/** From when on there is enough to train. Policy of this pack; a service may ask for more, none that we know asks for more than the ten of OpenAI. */
export const READINESS_POLICY = {
	/** Examples of the least quality or more. */
	examples: 50,
	/** Preference pairs. */
	pairs: 50,
	/** Messages that went well, and that went badly, without which preferences are one person's taste. */
	goodAndBad: 10,
	/** A channel or language with fewer examples is named: what is learnt elsewhere is used there as well. */
	aGroup: 10,
} as const;

/** Messages that share everything their quality depends on. */
export interface CountedExamples {
	channel: Channel;
	language: string;
	label?: OutcomeLabel;
	signals: QualitySignals;
	pair: boolean;
	messages: number;
}

export interface Readiness {
	ready: boolean;
	/** What is missing, each as a sentence. */
	missing: string[];
	/** What is no reason to wait, but to know. */
	notes: string[];
	/** Sent long enough ago for an answer to have come, of people who do not object. */
	messages: number;
	/** Of those, fit to learn from. */
	examples: number;
	/** Texts beside what the model had written, where what was sent is fit to learn from. */
	pairs: number;
	/** Whether preference pairs can be trained on, too. */
	preferences: { ready: boolean; missing: string[] };
	/** Examples fit to learn from, by group. */
	byChannel: Record<string, number>;
	byLanguage: Record<string, number>;
	/** All messages by the label that decides; `none` where nothing came of them. */
	byLabel: Record<string, number>;
	sentence: string;
}

const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

function sumBy(counts: readonly CountedExamples[], key: (count: CountedExamples) => string): Record<string, number> {
	const sums = new Map<string, number>();
	for (const count of counts) sums.set(key(count), (sums.get(key(count)) ?? 0) + count.messages);
	return Object.fromEntries([...sums].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)));
}

const total = (counts: readonly CountedExamples[]): number => counts.reduce((sum, { messages }) => sum + messages, 0);

const valenceOf = ({ label }: CountedExamples): number => (label === undefined ? 0 : (LABEL_RULES[label].valence ?? 0));

/** Why a message is not fit to learn from, in the order in which it would be mended. */
const SHORTFALLS: readonly (readonly [(signals: QualitySignals) => boolean, string])[] = [
	[({ usedFallback }) => usedFallback, 'were written by rules because no model answered'],
	[({ judgement, labels }) => judgement === 'automatic' && labels.length === 0, 'were sent unread and nothing came of them: reviewing a share of the drafts makes examples of them'],
	[({ length }) => length === 'too_short', 'are too short to learn from'],
	[({ sameLanguage }) => sameLanguage === false, 'are in another language than the message they answer'],
	[() => true, 'went badly or were doubted'],
];

function shortfall(unfit: readonly CountedExamples[]): string {
	const reasons = sumBy(unfit, ({ signals }) => SHORTFALLS.find(([applies]) => applies(signals))?.[1] ?? '');
	const [most] = Object.entries(reasons);
	return most ? ` Most of the others: ${most[1]} ${most[0]}.` : '';
}

/**
 * Whether there is enough to train, and what is missing in words an ops person can act on.
 * @param least examples wanted, if not the policy's
 */
export function checkReadiness(counts: readonly CountedExamples[], { least = READINESS_POLICY.examples }: { least?: number } = {}): Readiness {
	const fit = counts.filter(({ signals }) => qualityOf(signals) >= QUALITY_POLICY.least);
	const [messages, examples, pairs] = [total(counts), total(fit), total(fit.filter(({ pair }) => pair))];
	const [good, bad] = [1, -1].map((valence) => total(counts.filter((count) => valenceOf(count) === valence)));
	const [byChannel, byLanguage] = [sumBy(fit, ({ channel }) => channel), sumBy(fit, ({ language }) => language)];
	const missing: string[] = [];
	if (messages === 0) missing.push('No message has been out long enough (14 days) for its answer to have come.');
	else if (examples < least) missing.push(`${plural(least - examples, 'more example')} of quality ${QUALITY_POLICY.least} or more: ${examples} of the ${least} needed, among ${plural(messages, 'message')} that are old enough.${shortfall(counts.filter((count) => !fit.includes(count)))}`);
	const { pairs: wanted, goodAndBad, aGroup } = READINESS_POLICY;
	const forPreferences = [
		...(pairs < wanted ? [`${plural(wanted - pairs, 'more preference pair')}: ${pairs} of the ${wanted} needed. A pair is made when a reviewer edits a draft.`] : []),
		...(good < goodAndBad ? [`${plural(goodAndBad - good, 'more message')} that went well: ${good} of the ${goodAndBad} needed.`] : []),
		...(bad < goodAndBad ? [`${plural(goodAndBad - bad, 'more message')} that went badly: ${bad} of the ${goodAndBad} needed, or nothing tells what to avoid.`] : []),
	];
	const ready = missing.length === 0;
	return {
		ready,
		missing,
		notes: [...thin(byChannel, aGroup), ...thin(byLanguage, aGroup)],
		messages,
		examples,
		pairs,
		preferences: { ready: forPreferences.length === 0, missing: forPreferences },
		byChannel,
		byLanguage,
		byLabel: sumBy(counts, ({ label }) => label ?? 'none'),
		sentence: ready ? `Ready to train: ${plural(examples, 'example')} of quality ${QUALITY_POLICY.least} or more and ${plural(pairs, 'preference pair')}.` : `Not ready to train. Missing: ${missing.join(' ')}`,
	};
}

/** Groups that are too few to be learnt from by themselves. */
function thin(groups: Readonly<Record<string, number>>, least: number): string[] {
	return Object.entries(groups).filter(([, count]) => count < least).map(([name, count]) => `Only ${plural(count, 'example')} for '${name}': what is written there is learnt mostly from the rest.`);
}
