import type { EpochMs } from '../time';
import type { SendTimeEvent } from './answerEvidence';
import { SEND_TIME_READING } from './sendTimePolicy';

/** A send or an answer as the store knows it. */
export interface KnownEvent {
	at: EpochMs;
	/** `written` is a message of the contact itself, `reply` the report of one by a provider or a workflow. */
	kind: SendTimeEvent['kind'] | 'written';
}

/**
 * One contact's sends and answers as they are learnt from, oldest first. Several messages in a row with nothing sent
 * between them are one answer, and a reported reply is none besides the message itself.
 */
export function answerHistory(known: readonly KnownEvent[]): SendTimeEvent[] {
	const { burstMs } = SEND_TIME_READING;
	const sorted = [...known].sort((a, b) => a.at - b.at);
	const written = sorted.filter(({ kind }) => kind === 'written').map(({ at }) => at);
	const events: SendTimeEvent[] = [];
	/** The contact's last message, when nothing was sent since. */
	let last: EpochMs | undefined;
	/** The first of `written` that is not long before the event. */
	let near = 0;
	for (const { at, kind } of sorted) {
		while (near < written.length && written[near] < at - burstMs) near++;
		if (kind === 'delivered') last = undefined;
		if (kind === 'reply' && near < written.length && written[near] <= at + burstMs) continue;
		if (kind === 'written') {
			const more = last !== undefined && at - last <= burstMs;
			last = at;
			if (more) continue;
		}
		events.push({ at, kind: kind === 'written' ? 'reply' : kind });
	}
	return events;
}
