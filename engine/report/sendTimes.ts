import { z } from 'zod';
import { ChannelSchema, type Channel } from '../channels/channel';
import { addEvidence, gatherEvidence, noEvidence } from '../sendTime/answerEvidence';
import type { SendTimeEvent } from '../sendTime/answerEvidence';
import { answerHistory, type KnownEvent } from '../sendTime/answerHistory';
import { fitEvidence } from '../sendTime/fitSendTime';
import { channelCurve } from '../sendTime/learntHours';
import { HOURS_PER_DAY, HOURS_PER_WEEK, hourOfWeek } from '../sendTime/sendTimeModel';
import { CHANNEL_LABEL, SEND_TIME_LEARNING, SEND_TIME_READING, SEGMENT_LEAST } from '../sendTime/sendTimePolicy';
import { resolveTimezone } from '../sendTime/timezone';
import { DAY, epochMs, type EpochMs } from '../time';
import { percent, shareOf, ShareSchema } from './figure';

/** One contact's sends and answers on a channel, with what tells its zone. */
export interface ContactHistory {
	contactId: string;
	timezone?: string;
	phone?: string;
	country?: string;
	events: KnownEvent[];
}
export interface ChannelHistory {
	channel: Channel;
	contacts: ContactHistory[];
}

/** How many hours are named as the best. */
const BEST_HOURS = 3;
const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;

/** `part` of `of` sends in this hour were answered. */
export const SendHourSchema = ShareSchema.extend({
	/** Of the contact's local week: 0 is Monday 00:00 to 01:00, 167 Sunday 23:00. */
	hourOfWeek: z.number().int(),
	weekday: z.enum(WEEKDAYS),
	hour: z.number().int(),
	/** How good the hour is believed to be: 1 is the week's average, 2 twice as good. */
	worth: z.number(),
});
export const SendTimeFigureSchema = z.object({
	channel: ChannelSchema,
	contacts: z.number(),
	sends: z.number(),
	/** Answers of people, more than one a send where a contact clicked and replied. */
	answers: z.number(),
	/** False: too few answers, only the channel's usual hours are believed. */
	learnt: z.boolean(),
	/** 168, in their order: the heat map. */
	hours: z.array(SendHourSchema),
	best: z.array(SendHourSchema),
	sentence: z.string(),
});
export type SendTimeFigure = z.infer<typeof SendTimeFigureSchema>;
type SendHour = z.infer<typeof SendHourSchema>;

/** Sends and answered ones by the hour of the send; an answer belongs to the newest send before it, for a day. */
function countSends(histories: readonly { zone: string; events: readonly SendTimeEvent[] }[]): { sends: number[]; answered: number[] } {
	const [sends, answered] = [new Array<number>(HOURS_PER_WEEK).fill(0), new Array<number>(HOURS_PER_WEEK).fill(0)];
	for (const { zone, events } of histories) {
		let open: { at: EpochMs; hour: number } | undefined;
		for (const { at: instant, kind } of events.toSorted((a, b) => epochMs(a.at) - epochMs(b.at))) {
			const at = epochMs(instant);
			if (kind === 'delivered') {
				open = { at, hour: hourOfWeek(zone, at) };
				sends[open.hour]++;
			} else if (kind !== 'machineOpen' && open && at - open.at <= SEND_TIME_LEARNING.answerWindowMs) {
				answered[open.hour]++;
				open = undefined;
			}
		}
	}
	return { sends, answered };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function sentenceOf(channel: Channel, learnt: boolean, { sends, answers }: { sends: number; answers: number }, best: readonly SendHour[]): string {
	const label = CHANNEL_LABEL[channel];
	const days = SEND_TIME_READING.maxAgeMs / DAY;
	if (!learnt) return `${label}: ${answers} answers to ${sends} messages in ${days} days; from ${SEGMENT_LEAST.answers} answers of ${SEGMENT_LEAST.contacts} contacts on hours are learnt, until then the channel's usual ones hold.`;
	const named = best.map(({ weekday, hour, part, of, low, high }) => `${weekday} ${String(hour).padStart(2, '0')}:00 (${part} of ${of} answered${low === undefined || high === undefined ? '' : `, ${percent(low)}–${percent(high)}`})`);
	return `${label}: learnt from ${answers} answers to ${sends} messages in ${days} days; best ${named.join(', ')}, local time of the contact.`;
}

/**
 * What is learnt of a workspace's channels, from the contacts Best Send Time learns from: how good each hour of the local
 * week is believed to be, and the sends and answers behind it. Objecting contacts are not among them.
 */
export function sendTimeFigures(channels: readonly ChannelHistory[], { now, workspaceTimezone }: { now: EpochMs; workspaceTimezone?: string }): SendTimeFigure[] {
	return channels.map(({ channel, contacts }) => {
		const histories = contacts.map(({ timezone, phone, country, events }) => ({ zone: resolveTimezone({ timezone, phone, country, workspaceTimezone }).timezone, events: answerHistory(events) }));
		const gathered = histories.map(({ zone, events }) => gatherEvidence(events, zone, now));
		const evidence = gathered.reduce(addEvidence, noEvidence());
		const learnt = evidence.answers >= SEGMENT_LEAST.answers && gathered.filter(({ answers }) => answers > 0).length >= SEGMENT_LEAST.contacts;
		const relative = learnt ? fitEvidence(evidence).relative : new Array<number>(HOURS_PER_WEEK).fill(1);
		const believed = relative.map((value, hour) => value * channelCurve(channel, hour % HOURS_PER_DAY));
		const mean = sum(believed) / HOURS_PER_WEEK;
		const { sends, answered } = countSends(histories);
		const hours = believed.map((value, hour): SendHour => ({ hourOfWeek: hour, weekday: WEEKDAYS[Math.floor(hour / HOURS_PER_DAY)], hour: hour % HOURS_PER_DAY, worth: value / mean, ...shareOf(answered[hour], sends[hour]) }));
		const best = hours.toSorted((a, b) => b.worth - a.worth || a.hourOfWeek - b.hourOfWeek).slice(0, BEST_HOURS);
		const counts = { sends: sum(sends), answers: evidence.answers };
		return { channel, contacts: contacts.length, ...counts, learnt, hours, best, sentence: sentenceOf(channel, learnt, counts, best) };
	});
}
