import type { Channel } from '../channels/channel';
import { HOUR, type EpochMs } from '../time';
import { settle, type Settlement, type TimeRule } from './openHours';
import { HOURS_PER_DAY, HOURS_PER_WEEK, hourOfWeek, type SendTimeModel } from './sendTimeModel';
import { CHANNEL_DEFAULT_HOUR, SEND_TIME_LEARNING } from './sendTimePolicy';
import { addDays, instantOf, localTime } from './zoneClock';

/** How good an hour of the day is believed to be on a channel before anything is learnt: 1 at its usual hour. */
export function channelCurve(channel: Channel, hour: number): number {
	const { floor, widthHours } = SEND_TIME_LEARNING.channelCurve;
	const apart = Math.abs(hour - CHANNEL_DEFAULT_HOUR[channel]) % HOURS_PER_DAY;
	const distance = Math.min(apart, HOURS_PER_DAY - apart);
	return floor + (1 - floor) * Math.exp(-0.5 * (distance / widthHours) ** 2);
}

interface Candidate {
	dayShift: number;
	hour: number;
	worth: number;
}

/** The hours of the coming week, best first; of equals the earlier one. */
function rankHours(model: SendTimeModel, channel: Channel, zone: string, from: EpochMs): { date: string; candidates: Candidate[] } {
	const local = localTime(zone, from);
	const firstHour = Math.floor(local.msOfDay / HOUR);
	const first = hourOfWeek(zone, from);
	const daily = 1 - SEND_TIME_LEARNING.waitPerDay;
	const candidates = Array.from({ length: HOURS_PER_WEEK }, (_, wait): Candidate => {
		const hour = (firstHour + wait) % HOURS_PER_DAY;
		const worth = channelCurve(channel, hour) * model.relative[(first + wait) % HOURS_PER_WEEK] * daily ** (wait / HOURS_PER_DAY);
		return { dayShift: Math.floor((firstHour + wait) / HOURS_PER_DAY), hour, worth };
	});
	return { date: local.date, candidates: candidates.sort((a, b) => b.worth - a.worth) };
}

export interface LearntPlan {
	zone: string;
	rules: readonly TimeRule[];
	until: EpochMs;
	/** The channel takes nothing from here on. */
	closesAt?: EpochMs;
}

/**
 * The best hour of the coming week that the rules leave open, at its first open moment. `wish` is the moment the best
 * hour of all would have had, and `moved` names the rules that forbid it. Undefined when the whole week is closed.
 */
export function placeLearnt(model: SendTimeModel, channel: Channel, plan: LearntPlan, from: EpochMs): { wish: EpochMs; settled: Settlement & { at: EpochMs } } | undefined {
	const { zone, rules, until, closesAt } = plan;
	const { date, candidates } = rankHours(model, channel, zone, from);
	let wish: EpochMs | undefined;
	let moved: string[] = [];
	for (const { dayShift, hour } of candidates) {
		const day = addDays(date, dayShift);
		const start = instantOf(zone, day, hour * HOUR);
		const at = start < from ? from : start;
		const sameHour = (moment: EpochMs): boolean => {
			const local = localTime(zone, moment);
			return local.date === day && Math.floor(local.msOfDay / HOUR) === hour;
		};
		// An hour the clock jumps over is not one of that day.
		if (!sameHour(at)) continue;
		const settled = settle(rules, at, until);
		const open = settled.at !== undefined && sameHour(settled.at);
		const late = closesAt !== undefined && (settled.at ?? at) >= closesAt;
		if (wish === undefined) {
			wish = at;
			moved = [...settled.moved, ...(late ? ['channel window'] : [])];
		}
		if (settled.at !== undefined && open && !late) return { wish, settled: { at: settled.at, moved } };
	}
	return undefined;
}
