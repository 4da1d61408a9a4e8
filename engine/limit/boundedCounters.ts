import { DAY, epochMs, type EpochMs, type Instant } from '../time';
import type { Allowance } from './allowance';
import { decideAllowance } from './decideAllowance';
import type { LimitRequest, LimitRule } from './rule';
import { scopesOf } from './scopes';

/** Counters of one process, for the time the store is away. Other processes count for themselves. */
export interface BoundedCounters {
	/** Times by workspace and scope key. */
	entries: Map<string, EpochMs[]>;
	/** Decisions that were allowed, by workspace and idempotency key. */
	answered: Map<string, { allowance: Allowance; at: EpochMs }>;
}

export interface BoundedOptions {
	/** Messages remembered at most. Beyond it everything is denied: counters that forget would let too much through. */
	capacity: number;
}
export const DEFAULT_BOUNDS: BoundedOptions = { capacity: 50_000 };

/** How long a counted message is kept after it left; the longest day plus the longest usual window. */
const KEEP_MS = 2 * DAY;

export function emptyCounters(): BoundedCounters {
	return { entries: new Map(), answered: new Map() };
}

/** Forgets what no window reaches any more. */
function prune(counters: BoundedCounters, now: EpochMs, keepMs: number): void {
	for (const [key, times] of counters.entries) {
		const kept = times.filter((time) => time > now - keepMs);
		if (kept.length > 0) counters.entries.set(key, kept);
		else counters.entries.delete(key);
	}
	for (const [key, answer] of counters.answered) if (answer.at <= now - keepMs) counters.answered.delete(key);
}

function longestWindowMs(rules: readonly LimitRule[]): number {
	return Math.max(KEEP_MS, ...rules.map((rule) => (rule.window.kind === 'rolling' ? rule.window.seconds * 1_000 + DAY : 0)));
}

/**
 * Decides with the process's own counters and counts the message there when allowed: the same rules, the same answer
 * for the same idempotency key, but blind to other processes and to what was counted in the store. The allowance says
 * `degraded` and has no reservation.
 */
export function reserveBounded(
	counters: BoundedCounters,
	rules: readonly LimitRule[],
	request: LimitRequest & { workspace: string; idempotencyKey: string; now: Instant },
	options: BoundedOptions = DEFAULT_BOUNDS,
): Allowance {
	const answerKey = JSON.stringify([request.workspace, request.idempotencyKey]);
	const answered = counters.answered.get(answerKey);
	if (answered) return answered.allowance;
	const now = epochMs(request.now);
	const at = epochMs(request.at);
	if (counters.answered.size >= options.capacity) prune(counters, now, longestWindowMs(rules));
	if (counters.answered.size >= options.capacity) {
		return { allowed: false, remaining: {}, degraded: true, sentence: `Limited: the store is away and this process already counts ${options.capacity} messages, as many as it may without it.` };
	}
	const keys = new Map(scopesOf(rules, request).map(({ key }) => [key, JSON.stringify([request.workspace, key])]));
	const entries = new Map([...keys].map(([key, held]) => [key, counters.entries.get(held) ?? []]));
	const decision = decideAllowance(rules, request, entries);
	const allowance: Allowance = { ...decision, degraded: true, sentence: `${decision.sentence} The store is away: only this process was counted.` };
	if (!decision.allowed) return allowance;
	for (const held of keys.values()) {
		const times = counters.entries.get(held) ?? [];
		times.push(at);
		counters.entries.set(held, times);
	}
	counters.answered.set(answerKey, { allowance, at: at > now ? at : now });
	return allowance;
}
