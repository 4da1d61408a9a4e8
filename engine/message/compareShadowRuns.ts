import { SHADOW_DECISIONS, type ShadowDecisionName } from './shadowDecision';

/** How the same messages were decided in two runs. */
export interface ShadowComparison {
	/** Messages both runs decided. */
	both: number;
	same: number;
	/** Decided otherwise, most frequent first. */
	changed: { from: ShadowDecisionName; to: ShadowDecisionName; count: number }[];
	sentence: string;
}

type Decided = { messageId: string; decision: ShadowDecisionName };

/** What changed from one run to another over the messages both decided; a message only one of them has counts nowhere. */
export function compareShadowRuns(earlier: readonly Decided[], later: readonly Decided[]): ShadowComparison {
	const before = new Map(earlier.map(({ messageId, decision }) => [messageId, decision]));
	const pairs = [...new Map(later.map(({ messageId, decision }) => [messageId, decision]))].flatMap(([messageId, to]) => {
		const from = before.get(messageId);
		return from === undefined ? [] : [{ from, to }];
	});
	const same = pairs.filter(({ from, to }) => from === to).length;
	const changed = SHADOW_DECISIONS.flatMap((from) => SHADOW_DECISIONS.filter((to) => to !== from).map((to) => ({ from, to, count: pairs.filter((pair) => pair.from === from && pair.to === to).length })))
		.filter(({ count }) => count > 0)
		.sort((a, b) => b.count - a.count);
	return { both: pairs.length, same, changed, sentence: sentenceOf(pairs.length, same, changed) };
}

function sentenceOf(both: number, same: number, changed: ShadowComparison['changed']): string {
	if (both === 0) return 'The two runs have no message in common.';
	const moves = changed.map(({ from, to, count }) => `${count} from ${name(from)} to ${name(to)}`).join(', ');
	return `Of ${both} ${both === 1 ? 'message' : 'messages'} in both runs ${same} ${same === 1 ? 'was' : 'were'} decided alike${moves === '' ? '' : `; changed: ${moves}`}.`;
}

const name = (decision: ShadowDecisionName): string => decision.replace('_', ' ');
