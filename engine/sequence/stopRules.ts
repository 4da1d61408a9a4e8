import type { OutcomeEvent } from '../outcome/outcome';
import type { ReplyIntent } from '../reply/reply';
import { DAY, HOUR } from '../time';

/** Why an enrolment ended before its last step. */
export const STOP_CODES = ['replied', 'opt_out', 'takeover', 'meeting', 'deal', 'complaint', 'rejected', 'person', 'not_planned', 'contact_gone', 'sequence_gone'] as const;
export type StopCode = (typeof STOP_CODES)[number];

/** Times of a sequence. Ours: chosen so that a doubt costs a delay, never a message too many. */
export const SEQUENCE_POLICY = {
	/** An absence notice moves everything that is left by this much. */
	absenceMs: 7 * DAY,
	/** What a contact wrote holds the sequence for this long; if nobody has read it by then, it counts as an answer. */
	readWithinMs: HOUR,
	/** How often a step that is planned, or must wait for a switch, is looked at. What happens to it is heard of at once all the same. */
	lookAgainMs: HOUR,
	/** Tries to have a step planned before the sequence is stopped. */
	mostLeases: 3,
} as const;

export interface Stop {
	code: StopCode;
	sentence: string;
}

/** What a reported event ends; undefined when the sequence goes on. */
export function stopByEvent(event: OutcomeEvent): Stop | undefined {
	switch (event) {
		case 'replied':
			return { code: 'replied', sentence: 'Stopped: the contact answered.' };
		case 'meeting_booked':
		case 'meeting_held':
			return { code: 'meeting', sentence: 'Stopped: a meeting is booked.' };
		case 'deal_won':
			return { code: 'deal', sentence: 'Stopped: the deal is won.' };
		case 'deal_lost':
			return { code: 'deal', sentence: 'Stopped: the deal is lost.' };
		case 'complaint':
			return { code: 'complaint', sentence: 'Stopped: the contact complained.' };
		case 'unsubscribed':
			return { code: 'opt_out', sentence: 'Stopped: the contact unsubscribed.' };
		default:
			return undefined;
	}
}

export const STOPS: Readonly<Record<'replied' | 'unread' | 'optOut' | 'takeover' | 'rejected' | 'won' | 'lost' | 'notPlanned' | 'contactGone' | 'sequenceGone', Stop>> = {
	replied: { code: 'replied', sentence: 'Stopped: the contact answered.' },
	unread: { code: 'replied', sentence: 'Stopped: the contact wrote, and within an hour nothing told that it is only an absence notice.' },
	optOut: { code: 'opt_out', sentence: 'Stopped: the contact asked not to be written to.' },
	takeover: { code: 'takeover', sentence: 'Stopped: a colleague has taken the conversation over.' },
	rejected: { code: 'rejected', sentence: 'Stopped: a person said no to a message of this sequence.' },
	won: { code: 'deal', sentence: 'Stopped: the deal is won.' },
	lost: { code: 'deal', sentence: 'Stopped: the deal is lost.' },
	notPlanned: { code: 'not_planned', sentence: `Stopped: ${SEQUENCE_POLICY.mostLeases} runs of the workflow ended without planning the message. Look at its executions.` },
	contactGone: { code: 'contact_gone', sentence: 'Stopped: the contact is not on record any more.' },
	sequenceGone: { code: 'sequence_gone', sentence: 'Stopped: the sequence is not on record any more.' },
};

/** Whether what came is a machine's word that the person is away: it answers nothing. */
export const isAbsence = (intent: ReplyIntent): boolean => intent === 'out_of_office';
