/** Milliseconds since 1970-01-01T00:00:00Z. Branded so that a duration or a count is not taken for a moment. */
export type EpochMs = number & { readonly __epochMs: unique symbol };

/** Any way a caller may name a moment: epoch milliseconds, a Date, or an ISO-8601 string with its offset. */
export type Instant = number | string | Date;

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/**
 * The moment as epoch milliseconds.
 * @throws RangeError when the text or Date names no moment.
 */
export function epochMs(instant: Instant): EpochMs {
	const ms = typeof instant === 'number' ? instant : new Date(instant).getTime();
	if (!Number.isFinite(ms)) throw new RangeError(`Not a moment in time: ${JSON.stringify(instant)}`);
	return ms as EpochMs;
}

/** The moment `ms` milliseconds later (or earlier, when negative). */
export function later(from: EpochMs, ms: number): EpochMs {
	return epochMs(from + ms);
}

/** ISO-8601 in UTC, as items carry it. */
export function iso(instant: EpochMs): string {
	return new Date(instant).toISOString();
}
