import { RE2JS } from 're2js';
import { canonicalise, foldWord } from '../../reply/canonical';
import { quote, spanIn, type Check, type Severity } from '../check';
import type { GateIssue } from '../gate';

/** A regular expression of the user that does not compile. */
export class PatternError extends Error {
	constructor(pattern: string, cause: string) {
		super(`The pattern '${pattern.slice(0, 60)}' is not understood: ${cause}. Use RE2 syntax (no look-around, no back-references).`);
		this.name = 'PatternError';
	}
}

/** Beyond this a pattern is not read further: the engine is linear, but slow. */
const CHARACTERS_PER_PATTERN = 20_000;
const compiled = new Map<string, RE2JS>();

function compile(pattern: string): RE2JS {
	const known = compiled.get(pattern);
	if (known) return known;
	if (compiled.size >= 500) compiled.clear();
	try {
		const regex = RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE);
		compiled.set(pattern, regex);
		return regex;
	} catch (error) {
		throw new PatternError(pattern, error instanceof Error ? error.message : String(error));
	}
}

/**
 * The user's own forbidden words (whole words, case and accents forgiven) and regular expressions.
 * @throws PatternError when a pattern is not RE2 syntax.
 */
export function ownWordsCheck({ severity, words, patterns }: { severity: Severity; words: readonly string[]; patterns: readonly string[] }): Check {
	const wanted = words.map((word) => ({ word, folded: canonicalise(word).tokens.map((token) => foldWord(token.word)).join(' ') })).filter(({ folded }) => folded !== '');
	const regexes = patterns.map(compile);
	return (input) => {
		const issues: GateIssue[] = [];
		const { text, tokens, positions } = input.canonical;
		for (const { word, folded } of wanted) {
			const at = `${text} `.indexOf(` ${folded} `);
			const token = at === -1 ? undefined : tokens[positions.indexOf(at)];
			if (token) issues.push({ check: 'own_words', severity, reason: `'${word.slice(0, 60)}' is on your list of words.`, ...spanIn(input, token.start, token.end) });
		}
		const part = input.whole.slice(0, CHARACTERS_PER_PATTERN);
		regexes.forEach((regex, place) => {
			const matcher = regex.matcher(part);
			if (!matcher.find()) return;
			const start = matcher.start();
			const end = matcher.end();
			issues.push({ check: 'own_words', severity, reason: `'${quote(input, start, end)}' fits your pattern '${patterns[place].slice(0, 40)}'.`, ...spanIn(input, start, end) });
		});
		return issues;
	};
}
