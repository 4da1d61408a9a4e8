import { sql, type RawBuilder } from 'kysely';
import type { ColumnKind, RowOfColumns } from './schema';

export type DialectName = 'sqlite' | 'postgres';
export type Columns = Record<string, ColumnKind>;

const POSTGRES_TYPE: Readonly<Record<ColumnKind, string>> = {
	text: 'text',
	'text?': 'text',
	int: 'bigint',
	'int?': 'bigint',
	real: 'double precision',
	'real?': 'double precision',
};

/**
 * Text as both databases can hold it: NUL becomes U+FFFD (Postgres refuses it), a lone surrogate too (it has no UTF-8
 * form). Applied to everything written and to every key looked up, so that what was stored is found again.
 */
export function cleanText(text: string): string {
	const wellFormed = text.toWellFormed();
	return wellFormed.includes('\0') ? wellFormed.replaceAll('\0', '\uFFFD') : wellFormed;
}

function clean(_key: string, value: unknown): unknown {
	return typeof value === 'string' ? cleanText(value) : value;
}

/** A row whose texts are all clean, so that what a caller gets back at once is what will be read later. */
export function cleanRow<R extends Record<string, string | number | null>>(row: R): R {
	for (const [column, value] of Object.entries(row)) if (typeof value === 'string') Reflect.set(row, column, cleanText(value));
	return row;
}

/** What JSON makes of a character that may need cleaning; text that only looks like it is cleaned for nothing. */
const SUSPICIOUS = /\\u(?:0000|d[89a-f])/i;

/** A value as a JSON column keeps it. `undefined` becomes null. */
export function toJson(value: unknown): string {
	const text = JSON.stringify(value) ?? 'null';
	// Looking at every text on the way takes several times as long as writing them.
	return SUSPICIOUS.test(text) ? (JSON.stringify(value, clean) ?? 'null') : text;
}

/** A JSON column read back. Only for columns this store wrote from a value of the same type. */
export function fromJson<T>(text: string): T {
	return JSON.parse(text);
}

/**
 * A batch as one parameter: a derived table of the rows, whatever their number. One statement text for any batch
 * size keeps it in the statement cache and stays clear of the limits on parameters.
 */
export function valuesTable<C extends Columns>(dialect: DialectName, alias: string, columns: C, rows: readonly NoInfer<RowOfColumns<C>>[]): RawBuilder<unknown> {
	const names = Object.keys(columns);
	if (dialect === 'postgres') {
		// Only these columns: a row may be a whole one, and its draft would travel with every change of its status.
		const parameter = toJson(rows.map((row) => (Object.keys(row).length > names.length ? Object.fromEntries(names.map((name) => [name, Reflect.get(row, name)])) : row)));
		const typed = names.map((name) => sql`${sql.ref(name)} ${sql.raw(POSTGRES_TYPE[columns[name]])}`);
		return sql`json_to_recordset(cast(${parameter} as json)) as ${sql.ref(alias)}(${sql.join(typed)})`;
	}
	// Arrays, not objects: the names would be repeated in every row.
	const parameter = toJson(rows.map((row) => names.map((name) => Reflect.get(row, name) ?? null)));
	const extracted = names.map((name, at) => sql`json_extract(value, ${sql.raw(`'$[${at}]'`)}) as ${sql.ref(name)}`);
	return sql`(select ${sql.join(extracted)} from json_each(${parameter})) as ${sql.ref(alias)}`;
}

/** `column in (…)` with one parameter for any number of values. */
export function among(dialect: DialectName, column: string, values: readonly string[]): RawBuilder<boolean> {
	const cleaned = values.map(cleanText);
	return dialect === 'postgres'
		? sql<boolean>`${sql.ref(column)} = any(cast(${cleaned} as text[]))`
		: sql<boolean>`${sql.ref(column)} in (select value from json_each(${JSON.stringify(cleaned)}))`;
}

/**
 * A text column that is compared, but not looked up in an index. A table that was never analyzed looks to Postgres as if
 * any two columns named one row: it would as soon take the index on workspace and channel, and read every message of the
 * channel for each contact, as the one on workspace and contact.
 */
export function outOfIndex(column: string): RawBuilder<string> {
	return sql<string>`(${sql.ref(column)} || '')`;
}

/** Groups rows under a key, keeping their order. */
export function groupBy<T>(rows: readonly T[], key: (row: T) => string): Map<string, T[]> {
	const groups = new Map<string, T[]>();
	for (const row of rows) {
		const name = key(row);
		const group = groups.get(name);
		if (group) group.push(row);
		else groups.set(name, [row]);
	}
	return groups;
}

/** One string for several parts; no two different lists of parts give the same one. */
export function keyOf(...parts: (string | number | null | undefined)[]): string {
	let key = '';
	// A text stands behind its length, so that none can look like another part.
	for (const part of parts) key += typeof part === 'string' ? `${part.length}:${part}` : `${part ?? null};`;
	return key;
}
