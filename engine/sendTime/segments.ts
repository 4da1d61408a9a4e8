import type { EpochMs } from '../time';
import { addEvidence, gatherEvidence, noEvidence, withoutEvidence, type AnswerEvidence, type SendTimeEvent } from './answerEvidence';
import { fitEvidence } from './fitSendTime';
import type { SendTimeModel } from './sendTimeModel';
import { SEGMENT_LEAST } from './sendTimePolicy';

/** One contact others may be told by. */
export interface Peer {
	contact: string;
	/** What it has in common with some of the others, e.g. its industry. */
	group?: string;
	/** IANA zone the contact lives in. */
	timezone: string;
	events: readonly SendTimeEvent[];
}

interface Sum {
	evidence: AnswerEvidence;
	/** How many contacts have an answer in it. */
	answering: number;
}

const plus = (sum: Sum, { evidence, answering }: Sum): Sum => ({ evidence: addEvidence(sum.evidence, evidence), answering: sum.answering + answering });
const minus = (sum: Sum, part: Sum | undefined): Sum => (part ? { evidence: withoutEvidence(sum.evidence, part.evidence), answering: sum.answering - part.answering } : sum);
const enough = ({ evidence, answering }: Sum): boolean => answering >= SEGMENT_LEAST.contacts && evidence.answers >= SEGMENT_LEAST.answers;
const NOTHING: Sum = { evidence: noEvidence(), answering: 0 };

/** What is believed of a contact by the others: those of its group when they are enough, else everybody. Undefined while there are too few. */
export type SegmentPriors = (contact: string, group?: string) => SendTimeModel | undefined;

/**
 * Learns from the contacts of one workspace and channel what to believe of any of them, known or not. A contact's own
 * events never count in its prior, or they would count twice. Evidence is a sum, so that they are simply taken out.
 * @throws RangeError when a time is none, or outside 1970 to 2999.
 */
export function segmentPriors(peers: readonly Peer[], now: EpochMs): SegmentPriors {
	const own = new Map<string, { group?: string; sum: Sum }>();
	const groups = new Map<string, Sum>();
	let all = NOTHING;
	for (const { contact, group, timezone, events } of peers) {
		if (own.has(contact)) continue;
		const evidence = gatherEvidence(events, timezone, now);
		const sum = { evidence, answering: evidence.answers > 0 ? 1 : 0 };
		own.set(contact, { group, sum });
		all = plus(all, sum);
		if (group !== undefined) groups.set(group, plus(groups.get(group) ?? NOTHING, sum));
	}
	const ofStrangers = new Map<string | undefined, SendTimeModel | undefined>();
	const prior = (contact: string, group: string | undefined): SendTimeModel | undefined => {
		const known = own.get(contact);
		const alike = group === undefined ? NOTHING : minus(groups.get(group) ?? NOTHING, known?.group === group ? known?.sum : undefined);
		// Not one upon the other: what other groups like would stay believed of hours this one was never sent at.
		const segment = enough(alike) ? alike : minus(all, known?.sum);
		return enough(segment) ? fitEvidence(segment.evidence) : undefined;
	};
	return (contact, group) => {
		if (own.has(contact)) return prior(contact, group);
		if (!ofStrangers.has(group)) ofStrangers.set(group, prior(contact, group));
		return ofStrangers.get(group);
	};
}
