/** Pairs each key with what a bulk look-up found for it, in the same order; keys of which nothing was found are left out. */
export function foundByKey<T>(keys: readonly string[], values: readonly (T | undefined)[]): Map<string, T> {
	return new Map(keys.flatMap((key, place): [string, T][] => (values[place] === undefined ? [] : [[key, values[place]]])));
}
