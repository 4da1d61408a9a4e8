import type { Channel } from '../channels/channel';
import { shareInterval } from '../statistics/binomial';
import { iso, MINUTE, type EpochMs } from '../time';
import { SHADOW_DECISIONS, type ShadowDecisionName } from './shadowDecision';
import { reasonName, reportSentence } from './shadowWording';
import { textSimilarity } from './textSimilarity';
import { PEOPLE_DID, SHADOW_POLICY, type PeopleDid } from './whatPeopleDid';

/** One decision of a run, and what people did with the same message. */
export interface ShadowCase {
	/** The lead's message, or the message that would have been sent where nobody had asked. */
	messageId: string;
	channel: Channel;
	decision: ShadowDecisionName;
	reason: string;
	/** When the lead's message came. */
	at: EpochMs;
	/** When the answer would have left. */
	sendAt?: EpochMs;
	/** What would have been sent, where a draft was written. */
	draftText?: string;
	people: PeopleDid;
}

/** A share with its two-sided 95 % Clopper–Pearson interval; all three undefined when there was nothing to count. */
export interface CountedShare {
	agreed: number;
	of: number;
	share?: number;
	low?: number;
	high?: number;
}
/** What people did with the messages of one decision. */
export type PeopleCounts = Record<Exclude<PeopleDid['did'], 'answered'> | 'answered_alike' | 'answered_differently', number>;
export interface Spread {
	of: number;
	/** 0–1 each. */
	median?: number;
	lowerQuartile?: number;
	upperQuartile?: number;
}
export interface ShadowReport {
	cases: number;
	decisions: Record<ShadowDecisionName, number>;
	/** Why, most frequent first. A message is counted under its first reason. */
	reasons: { decision: ShadowDecisionName; reason: string; name: string; count: number; share: number }[];
	channels: ({ channel: Channel } & Record<ShadowDecisionName, number>)[];
	/** Decision × what people did. */
	people: Record<ShadowDecisionName, PeopleCounts>;
	agreement: { all: CountedShare; send: CountedShare; silence: CountedShare };
	/** Of drafts with the answers people gave. */
	similarity: { send: Spread; review: Spread };
	/** Median minutes until people answered. */
	peopleAnswerMinutes?: number;
	/** UTC day on which most would have been sent. */
	busiestDay?: { day: string; send: number };
	sentence: string;
}

/** How alike draft and answer are; undefined unless both are known (a voice note has no words). */
export function similarityOf({ people, draftText }: ShadowCase): number | undefined {
	return people.did === 'answered' && people.text.trim() !== '' && draftText !== undefined ? textSimilarity(draftText, people.text) : undefined;
}

/**
 * Whether the decision was what people did. A send agrees when a person answered in much the same words; silence (block, no
 * reply) agrees when nobody answered. A review is no decision about the message, and what cannot be compared is neither.
 */
export function agrees(decision: ShadowDecisionName, people: PeopleDid, similarity: number | undefined, alikeFrom: number = SHADOW_POLICY.alikeFrom): boolean | undefined {
	if (decision === 'review' || !['answered', 'no_answer', 'opted_out'].includes(people.did)) return undefined;
	if (decision !== 'send') return people.did !== 'answered';
	if (people.did !== 'answered') return false;
	return similarity === undefined ? undefined : similarity >= alikeFrom;
}

/**
 * The report of a run: how many would have been sent, reviewed, blocked, why, and how often that was what people did.
 * @param alikeFrom similarity, 0–1, from which on a draft counts as the answer the person gave
 */
export function shadowReport(cases: readonly ShadowCase[], alikeFrom: number = SHADOW_POLICY.alikeFrom): ShadowReport {
	const judged = cases.map((one) => {
		const similarity = similarityOf(one);
		return { ...one, similarity, agreed: agrees(one.decision, one.people, similarity, alikeFrom) };
	});
	const counted = (of: readonly { agreed?: boolean }[]): CountedShare => {
		const comparable = of.filter(({ agreed }) => agreed !== undefined);
		const agreed = comparable.filter((one) => one.agreed === true).length;
		if (comparable.length === 0) return { agreed, of: 0 };
		return { agreed, of: comparable.length, share: agreed / comparable.length, ...shareInterval(agreed, comparable.length) };
	};
	const by = (decision: ShadowDecisionName) => judged.filter((one) => one.decision === decision);
	const perDecision = <T>(value: (decision: ShadowDecisionName) => T): Record<ShadowDecisionName, T> => ({ send: value('send'), review: value('review'), block: value('block'), no_reply: value('no_reply') });
	const similarities = (decision: ShadowDecisionName): Spread => spread(by(decision).flatMap(({ similarity }) => similarity ?? []));
	const waits = judged.flatMap(({ people }) => (people.did === 'answered' ? [people.afterMs] : []));
	const wait = quantile(waits, 0.5);
	const busiestDay = busiest(judged.flatMap(({ decision, sendAt, at }) => (decision === 'send' ? [iso(sendAt ?? at).slice(0, 10)] : [])));
	const report = {
		cases: cases.length,
		decisions: perDecision((decision) => by(decision).length),
		reasons: reasonsOf(cases),
		channels: [...Map.groupBy(cases, ({ channel }) => channel)].map(([channel, own]) => ({ channel, ...perDecision((decision) => own.filter((one) => one.decision === decision).length) })).sort((a, b) => (a.channel < b.channel ? -1 : 1)),
		people: perDecision((decision) => peopleCounts(by(decision), alikeFrom)),
		agreement: { all: counted(judged), send: counted(by('send')), silence: counted([...by('block'), ...by('no_reply')]) },
		similarity: { send: similarities('send'), review: similarities('review') },
		...(wait === undefined ? {} : { peopleAnswerMinutes: Math.round((wait / MINUTE) * 10) / 10 }),
		...(busiestDay ? { busiestDay } : {}),
	};
	return { ...report, sentence: reportSentence(report) };
}

function peopleCounts(cases: readonly { people: PeopleDid; similarity?: number }[], alikeFrom: number): PeopleCounts {
	const count = (wanted: (one: (typeof cases)[number]) => boolean): number => cases.filter(wanted).length;
	const plain = Object.fromEntries(PEOPLE_DID.filter((did) => did !== 'answered').map((did) => [did, count(({ people }) => people.did === did)]));
	const alike = count(({ people, similarity }) => people.did === 'answered' && similarity !== undefined && similarity >= alikeFrom);
	return { answered_alike: alike, answered_differently: count(({ people }) => people.did === 'answered') - alike, no_answer: 0, opted_out: 0, wrote_again: 0, autopilot: 0, open: 0, outreach: 0, ...plain };
}

function reasonsOf(cases: readonly ShadowCase[]): ShadowReport['reasons'] {
	const groups = SHADOW_DECISIONS.flatMap((decision) => {
		const own = cases.filter((one) => one.decision === decision);
		return [...Map.groupBy(own, ({ reason }) => reason)].map(([reason, { length }]) => ({ decision, reason, name: reasonName(reason), count: length, share: length / own.length }));
	});
	return groups.sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
}

function busiest(days: readonly string[]): { day: string; send: number } | undefined {
	const counts = [...Map.groupBy(days, (day) => day)].map(([day, { length }]) => ({ day, send: length }));
	return counts.sort((a, b) => b.send - a.send || (a.day < b.day ? -1 : 1)).at(0);
}

/** Linear between the two nearest values (type 7 of Hyndman & Fan, 1996); undefined for none. */
function quantile(values: readonly number[], share: number): number | undefined {
	if (values.length === 0) return undefined;
	const sorted = values.toSorted((a, b) => a - b);
	const place = share * (sorted.length - 1);
	const below = sorted[Math.floor(place)];
	return below + (sorted[Math.ceil(place)] - below) * (place - Math.floor(place));
}

function spread(values: readonly number[]): Spread {
	if (values.length === 0) return { of: 0 };
	return { of: values.length, median: quantile(values, 0.5), lowerQuartile: quantile(values, 0.25), upperQuartile: quantile(values, 0.75) };
}
