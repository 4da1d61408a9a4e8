/** Cormack, Clarke & Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning Methods", SIGIR 2009. */
const RANK_OFFSET = 60;

/**
 * Several rankings of the same things as one: each gives 1 ÷ (60 + place). Best first; equals in the order of the first ranking
 * that names them.
 */
export function fuseRankings(rankings: readonly (readonly string[])[]): string[] {
	const points = new Map<string, number>();
	for (const ranking of rankings) {
		[...new Set(ranking)].forEach((id, place) => points.set(id, (points.get(id) ?? 0) + 1 / (RANK_OFFSET + place + 1)));
	}
	return [...points].sort((a, b) => b[1] - a[1]).map(([id]) => id);
}

/** At most `most`, taken in turn from each list; a list that has run out gives its turns to the others. */
export function takeInTurn<T>(lists: readonly (readonly T[])[], most: number): T[] {
	const taken: T[] = [];
	for (let round = 0; taken.length < most && lists.some((list) => round < list.length); round += 1) {
		for (const list of lists) if (round < list.length && taken.length < most) taken.push(list[round]);
	}
	return taken;
}
