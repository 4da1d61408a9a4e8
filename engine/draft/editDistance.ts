/** Beyond this many characters on either side (after what both share at the ends) the count would take too long. */
const LONGEST_COMPARED = 4_000;

/** What does not count as an edit: the way an accent is encoded, line ends, blanks at the ends. */
function comparable(text: string): string[] {
	return [...text.normalize('NFC').replace(/\r\n?/g, '\n').trim()];
}

/** Insertions, deletions and replacements that turn one into the other. Source: Levenshtein 1966, two rows of the table. */
function levenshtein(a: readonly string[], b: readonly string[]): number {
	const [longer, shorter] = a.length >= b.length ? [a, b] : [b, a];
	let above = Uint16Array.from({ length: shorter.length + 1 }, (_, place) => place);
	let row = new Uint16Array(shorter.length + 1);
	for (let i = 1; i <= longer.length; i += 1) {
		row[0] = i;
		for (let j = 1; j <= shorter.length; j += 1) {
			const replaced = above[j - 1] + (longer[i - 1] === shorter[j - 1] ? 0 : 1);
			row[j] = Math.min(replaced, above[j] + 1, row[j - 1] + 1);
		}
		[above, row] = [row, above];
	}
	return above[shorter.length];
}

/**
 * How much of a text was changed, 0 (sent as it was) to 1 (nothing kept): the Levenshtein distance in characters over
 * the length of the longer text. Changed passages of more than 4,000 characters count as changed throughout.
 */
export function editDistance(before: string, after: string): number {
	const [a, b] = [comparable(before), comparable(after)];
	const longest = Math.max(a.length, b.length);
	if (longest === 0) return 0;
	let start = 0;
	while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
	let end = 0;
	while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
	const [changedA, changedB] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
	const changed = Math.max(changedA.length, changedB.length);
	return (changed > LONGEST_COMPARED ? changed : levenshtein(changedA, changedB)) / longest;
}
