/**
 * The outputs a user sees, by the operation chosen; an operation that is not in the table has one.
 * @param key expression over `$parameter` that gives the table's key, e.g. `$parameter.operation`.
 */
export function outputsOf(table: Readonly<Record<string, readonly string[]>>, key: string): `={{${string}}}` {
	const named = Object.fromEntries(Object.entries(table).map(([operation, names]) => [operation, names.map((displayName) => ({ type: 'main', displayName }))]));
	return `={{ (${JSON.stringify(named)})[${key}] ?? [{ type: 'main' }] }}`;
}
