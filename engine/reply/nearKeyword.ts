import { FILLERS, isListed, OPT_OUT_ALONE, plainLetters } from './wordLists';

/** Longer messages are no keyword, however it is spelt. */
const MOST_WORDS = 4;
/** Shorter keywords are too close to other words ("ende", "dance"); two slips would turn "subscribe" into its opposite. */
const FEWEST_LETTERS = 6;
const FEWEST_SPELT = 3;

const KEYWORDS: readonly string[] = [...new Set([...OPT_OUT_ALONE].map((keyword) => keyword.replaceAll(' ', '')))];
const MOST_LETTERS = Math.max(...KEYWORDS.map(({ length }) => length)) + 1;

/** Insertions, deletions, replacements and swaps of neighbours that turn one word into the other (optimal string alignment). */
function slipsBetween(a: string, b: string): number {
	const rows = [Array.from({ length: b.length + 1 }, (_, place) => place)];
	for (let i = 1; i <= a.length; i++) {
		const row = [i];
		for (let j = 1; j <= b.length; j++) {
			let least = Math.min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
			if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, rows[i - 2][j - 2] + 1);
			row.push(least);
		}
		rows.push(row);
	}
	return rows[a.length][b.length];
}

/** How a short message comes close to a word that asks us to stop when it stands alone. */
export type NearKeyword = 'letters' | 'misspelt';

/**
 * `letters`: a keyword written letter by letter ("D U R"). `misspelt`: one with a slip, or in two parts ("un subscribe",
 * "remvoe"); a person looks at those. Undefined for anything longer or further away.
 */
export function nearKeyword(words: readonly string[]): NearKeyword | undefined {
	if (words.length >= FEWEST_SPELT && words.length <= MOST_LETTERS && words.every(({ length }) => length === 1) && KEYWORDS.includes(words.join(''))) return 'letters';
	const rest = words.filter((word) => !FILLERS.has(word));
	if (rest.length === 0 || rest.length > MOST_WORDS) return undefined;
	const joined = rest.join('');
	const plain = plainLetters(joined);
	// "anmelden" is a word of its own, not a slip of "abmelden".
	if (isListed(plain) && rest.length === 1) return undefined;
	const misspelt = KEYWORDS.some((keyword) => {
		if (keyword.length < FEWEST_LETTERS || Math.abs(keyword.length - plain.length) > 1) return false;
		return slipsBetween(plain, keyword) <= 1;
	});
	return misspelt ? 'misspelt' : undefined;
}
