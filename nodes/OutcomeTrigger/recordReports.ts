import type { Outcome } from '../../engine/outcome/outcome';
import type { Store } from '../../store/store';
import { reportedOutcomes, type Report } from '../shared/reportedOutcomes';
import { toOutcome } from '../shared/toOutcome';

/** Events in one transaction. Policy of this pack: few enough to keep others waiting for less than a second on SQLite. */
const EVENTS_A_TRANSACTION = 1_000;

/**
 * Puts every report on record; each transaction holds the events, what they change, and what tells a repeat. When it
 * returns all of it is committed; when it throws, what was committed is a repeat at the next try.
 */
export async function recordReports(store: Store, reports: readonly Report[]): Promise<Outcome[]> {
	const outcomes: Outcome[] = [];
	for (let from = 0; from < reports.length; from += EVENTS_A_TRANSACTION) {
		const inputs = await reportedOutcomes(store, reports.slice(from, from + EVENTS_A_TRANSACTION));
		const results = await store.outcomes.record(inputs, { durable: true });
		outcomes.push(...results.map((result, place) => toOutcome(inputs[place], result)));
	}
	return outcomes;
}
