/** A JSON object whose values are not known yet. */
export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value under a path of keys, or undefined as soon as one of them is missing. */
export function at(value: unknown, ...path: string[]): unknown {
	let current = value;
	for (const key of path) {
		if (!isObject(current)) return undefined;
		current = current[key];
	}
	return current;
}

/** The text under a path of keys, or undefined when it is missing or no text. */
export function textAt(value: unknown, ...path: string[]): string | undefined {
	const found = at(value, ...path);
	return typeof found === 'string' ? found : undefined;
}

/** Parses JSON; undefined when the text is none. */
export function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** A value that may arrive as JSON text (query string, form) or as JSON already. */
export function jsonOrText(value: unknown): unknown {
	if (typeof value !== 'string') return value;
	return parseJson(value) ?? value;
}

export function listAt(value: unknown, ...path: string[]): unknown[] {
	const found = at(value, ...path);
	return Array.isArray(found) ? found : [];
}
