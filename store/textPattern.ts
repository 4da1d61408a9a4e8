import { sql, type RawBuilder } from 'kysely';
import { cleanText } from './bulk';

/** Whether a text column contains `text`, upper and lower case aside. What LIKE takes for a wildcard is taken as it is. */
export function textContains(column: RawBuilder<unknown>, text: string): RawBuilder<unknown> {
	const literal = cleanText(text).replace(/[\\%_]/g, (sign) => `\\${sign}`);
	// A database may know upper and lower case of ASCII only: any other letter may then stand in its place.
	const pattern = `%${literal.toLowerCase().replace(/[^ -~]/gu, (letter) => (letter.toLowerCase() === letter.toUpperCase() ? letter : '_'))}%`;
	return sql`lower(${column}) like ${pattern} escape '\\'`;
}
