/** A value with its place in the ascending order, 1 the least. */
export interface RankedValue {
	rank: number;
	value: number;
}

/** The two ranks between which a quantile lies, of `total` values. `percent` 0–100, whole. */
export function ranksAround(percent: number, total: number): [number, number] {
	const place = percent * (total - 1);
	return [Math.floor(place / 100) + 1, Math.floor((place + 99) / 100) + 1];
}

/** Linear between the two nearest values (type 7 of Hyndman & Fan, 1996), when `ranked` holds both; undefined for none. */
export function quantileOf(ranked: readonly RankedValue[], percent: number, total: number): number | undefined {
	if (total <= 0) return undefined;
	const [below, above] = ranksAround(percent, total);
	const low = ranked.find(({ rank }) => rank === below)?.value;
	const high = ranked.find(({ rank }) => rank === above)?.value;
	if (low === undefined || high === undefined) return undefined;
	return low + (high - low) * ((percent * (total - 1)) / 100 - (below - 1));
}
