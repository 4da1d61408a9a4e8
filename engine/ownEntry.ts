/** A table's entry under a word that somebody else chose: `constructor` and its like are no entries. */
export function ownEntry<T>(table: Readonly<Record<string, T>>, word: string): T | undefined {
	return Object.hasOwn(table, word) ? table[word] : undefined;
}
