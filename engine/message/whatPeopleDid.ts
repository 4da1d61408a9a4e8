import { ownText } from '../reply/quotedText';
import { HOUR, later, MINUTE, type EpochMs } from '../time';

/** The numbers by which shadow decisions are held against what people did. */
export const SHADOW_POLICY = {
	/**
	 * An answer counts that comes within this time. Ours: three days bridge a weekend; nine in ten answered e-mails are
	 * answered within one day (Kooti et al., WWW 2015).
	 */
	answerHours: 72,
	/** What a person writes within this time after the first words of an answer belongs to it. Ours. */
	answerBurstMs: 10 * MINUTE,
	/** From this similarity on a draft counts as the answer the person gave. Ours: half of the words stand, in the same order. */
	alikeFrom: 0.5,
	/** Fewer comparisons than this are said to be too few. Ours, as elsewhere in the pack. */
	fewest: 30,
} as const;

/** What happened in the thread after the lead's message, in order of time. */
export interface ThreadEvent {
	/** `us`: the autopilot sent by itself. `person`: written or approved by one. `opt_out`: the contact wants no more messages. */
	from: 'lead' | 'person' | 'us' | 'opt_out';
	at: EpochMs;
	/** For `person`. */
	text?: string;
}

/**
 * answered: a person answered. no_answer: nobody did within the time. opted_out: the contact opted out first. Not to be
 * compared: wrote_again (the lead wrote on before anybody answered), autopilot (it answered by itself), open (people still
 * have time), outreach (nobody had asked).
 */
export const PEOPLE_DID = ['answered', 'no_answer', 'opted_out', 'wrote_again', 'autopilot', 'open', 'outreach'] as const;
export type PeopleDid = { did: 'answered'; text: string; afterMs: number } | { did: Exclude<(typeof PEOPLE_DID)[number], 'answered'> };

/** What people did with a lead's message of `at`, from what happened in its thread. Events before it or after the time are passed over. */
export function whatPeopleDid(events: readonly ThreadEvent[], { at, now, answerMs = SHADOW_POLICY.answerHours * HOUR }: { at: EpochMs; now: EpochMs; answerMs?: number }): PeopleDid {
	const until = later(at, answerMs);
	const after = events.filter((event) => event.at >= at && event.at <= until && event.at <= now).toSorted((a, b) => a.at - b.at);
	const first = after.at(0);
	if (!first) return { did: now < until ? 'open' : 'no_answer' };
	if (first.from === 'lead') return { did: 'wrote_again' };
	if (first.from === 'us') return { did: 'autopilot' };
	if (first.from === 'opt_out') return { did: 'opted_out' };
	return { did: 'answered', text: answerOf(after, first.at), afterMs: first.at - at };
}

/** The person's words until somebody else speaks or the burst is over, without what a mail program quotes. */
function answerOf(after: readonly ThreadEvent[], began: EpochMs): string {
	const end = after.findIndex((event) => event.from !== 'person' || event.at > began + SHADOW_POLICY.answerBurstMs);
	return after.slice(0, end === -1 ? undefined : end).map(({ text = '' }) => ownText(text)).join('\n');
}
