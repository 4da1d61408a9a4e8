import type { StandInAnswer } from './httpServer';
import { metaError } from './metaErrors';

export interface CallLimits {
	/** Calls of one token in any `hourMs`. Meta: 200 for each user. */
	callsAnHour: number;
	hourMs: number;
	/** Calls for conversations in any second. Meta: 2 for each page or Instagram account. */
	perSecond: number;
}

/** What was called, for a test to look at. */
export interface CallFigures {
	calls: number;
	/** Calls that went beyond a limit, and were refused. */
	violations: number;
	/** The most calls for conversations in any second, and of one token in any hour. */
	mostASecond: number;
	mostAnHour: number;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

/** The most of these times, ascending, in any window of `windowMs`. */
export function mostWithin(times: readonly number[], windowMs: number): number {
	let from = 0;
	return times.reduce((most, time, to) => {
		while (time - times[from] >= windowMs) from += 1;
		return Math.max(most, to - from + 1);
	}, 0);
}

/** Counts the calls of each token and refuses what is beyond the limits. */
export function createCallCounter() {
	const limits: CallLimits = { callsAnHour: 200, hourMs: 60 * MINUTE_MS, perSecond: 2 };
	const byToken = new Map<string, number[]>();
	const byPlatform = new Map<string, number[]>();
	let violations = 0;

	const add = (map: Map<string, number[]>, key: string, now: number): number[] => {
		const times = [...(map.get(key) ?? []), now];
		map.set(key, times);
		return times;
	};

	return {
		limits,
		/** Counts a call; the answer that refuses it, or undefined. `platform`: for one about conversations. */
		count(token: string, account: string, platform: string | undefined, now: number): StandInAnswer | undefined {
			const hour = add(byToken, token, now).filter((at) => now - at < limits.hourMs);
			const second = platform === undefined ? [] : add(byPlatform, `${account} ${platform}`, now).filter((at) => now - at < SECOND_MS);
			if (hour.length > limits.callsAnHour) {
				violations += 1;
				return { ...metaError(32), headers: this.headers(token, account, now) };
			}
			if (second.length <= limits.perSecond) return undefined;
			violations += 1;
			return { ...metaError(613), headers: this.headers(token, account, now) };
		},
		headers(token: string, account: string, now: number): Record<string, string> {
			const times = (byToken.get(token) ?? []).filter((at) => now - at < limits.hourMs);
			const share = Math.min(100, Math.floor((times.length / limits.callsAnHour) * 100));
			const wait = times.length > limits.callsAnHour ? Math.max(1, Math.ceil((times[times.length - limits.callsAnHour] + limits.hourMs - now) / MINUTE_MS)) : 0;
			return { 'x-business-use-case-usage': JSON.stringify({ [account]: [{ type: 'messenger', call_count: share, total_cputime: 1, total_time: 1, estimated_time_to_regain_access: wait }] }) };
		},
		figures(): CallFigures {
			const tokens = [...byToken.values()];
			return {
				calls: tokens.flat().length,
				violations,
				mostASecond: Math.max(0, ...[...byPlatform.values()].map((times) => mostWithin(times, SECOND_MS))),
				mostAnHour: Math.max(0, ...tokens.map((times) => mostWithin(times, limits.hourMs))),
			};
		},
		forget(): void {
			byToken.clear();
			byPlatform.clear();
			violations = 0;
		},
	};
}
