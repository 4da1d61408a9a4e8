import { createHash } from 'node:crypto';

/** Letters beyond a–z as their code, so that no database's own idea of letters matters. */
const ascii = (term: string): string => term.replace(/[^a-z0-9]/gu, (letter) => `x${letter.codePointAt(0)?.toString(16)}z`);

/**
 * The terms as the index holds them: behind a mark of workspace and kind, so that one index serves all workspaces and a
 * search reads and counts only what is its own. Only a–z and 0–9: nothing in a term can be taken for query syntax.
 */
export function indexTerms(workspace: string, kind: string, terms: readonly string[]): string[] {
	const space = `w${createHash('sha256').update(JSON.stringify([workspace, kind])).digest('hex').slice(0, 10)}`;
	return terms.flatMap((term) => (term === '' ? [] : [`${space}${ascii(term)}`]));
}
