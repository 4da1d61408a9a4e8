import type { DeskRequest } from './request';

/** Bytes of a form at most; the longest is an edited draft. */
export const FORM_LIMIT = 256 * 1024;
const FIELD_LIMIT = 200;

export type ReadForm = { form: FormValues } | { refused: 413 | 415 | 400 };

/** What a form sent, by field; a name that came several times keeps all values. */
export class FormValues {
	readonly #values: ReadonlyMap<string, readonly string[]>;

	constructor(pairs: Iterable<readonly [string, string]>) {
		const values = new Map<string, string[]>();
		for (const [name, value] of pairs) values.set(name, [...(values.get(name) ?? []), value]);
		this.#values = values;
	}

	get(name: string): string | undefined {
		return this.#values.get(name)?.[0];
	}

	all(name: string): readonly string[] {
		return this.#values.get(name) ?? [];
	}

	/** For a schema: a field that came once is a text, one that came several times a list. */
	toObject(): Record<string, string | readonly string[]> {
		return Object.fromEntries([...this.#values].map(([name, values]) => [name, values.length === 1 ? values[0] : values]));
	}
}

/** The fields of a form as browsers send it. Files and other types are not taken. */
export function readForm({ headers, body }: DeskRequest): ReadForm {
	const type = headers['content-type']?.split(';')[0].trim().toLowerCase();
	if (Number(headers['content-length'] ?? 0) > FORM_LIMIT || (body?.length ?? 0) > FORM_LIMIT) return { refused: 413 };
	if (type !== 'application/x-www-form-urlencoded' || body === undefined) return { refused: 415 };
	const pairs = [...new URLSearchParams(body.toString('utf8'))];
	if (pairs.length > FIELD_LIMIT) return { refused: 400 };
	// Text fields send line ends as CR LF whatever was typed.
	return { form: new FormValues(pairs.map(([name, value]) => [name, value.replace(/\r\n?/g, '\n')] as const)) };
}
