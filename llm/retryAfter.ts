function headerValue(headers: unknown, name: string): string | undefined {
	if (typeof headers !== 'object' || headers === null) return undefined;
	if (headers instanceof Headers) return headers.get(name) ?? undefined;
	for (const [key, value] of Object.entries(headers)) {
		if (key.toLowerCase() === name && typeof value === 'string') return value;
	}
	return undefined;
}

/**
 * Milliseconds to wait according to a Retry-After value: seconds or an HTTP date (RFC 9110 §10.2.3).
 * Never negative; undefined when the value is neither.
 */
export function parseRetryAfter(value: string, now: number): number | undefined {
	const trimmed = value.trim();
	if (/^\d+(\.\d+)?$/.test(trimmed)) return Math.round(Number(trimmed) * 1000);
	// Date.parse takes "-5" for a year; an HTTP date always begins with a weekday's letters.
	const at = /^[A-Za-z]/.test(trimmed) ? Date.parse(trimmed) : Number.NaN;
	return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

/** Milliseconds to wait according to the response headers; OpenAI's `retry-after-ms` is finer and wins. */
export function retryAfterFrom(headers: unknown, now: number): number | undefined {
	const fine = headerValue(headers, 'retry-after-ms');
	if (fine !== undefined && /^\d+(\.\d+)?$/.test(fine.trim())) return Math.round(Number(fine));
	const value = headerValue(headers, 'retry-after');
	return value === undefined ? undefined : parseRetryAfter(value, now);
}
