import type { SendTimeFigure } from '../../../engine/report/sendTimes';
import { HOURS_PER_DAY } from '../../../engine/sendTime/sendTimeModel';
import { DAY } from '../../../engine/time';
import { formatNumber } from '../../parts/figures';
import type { Language } from '../../shell/language';
import type { SendTimesWords } from './en';

export type SendHour = SendTimeFigure['hours'][number];

/** A Monday. */
const MONDAY = Date.UTC(2024, 0, 1);

/** Name of a day of the week, 0 is Monday. */
export function dayName(day: number, language: Language, length: 'long' | 'short' = 'long'): string {
	return new Intl.DateTimeFormat(language, { weekday: length, timeZone: 'UTC' }).format(MONDAY + day * DAY);
}

export const clock = (hour: number): string => `${String(hour).padStart(2, '0')}:00`;

export const dayOf = ({ hourOfWeek }: SendHour): number => Math.floor(hourOfWeek / HOURS_PER_DAY);

/** e.g. "Tuesday 09:00". */
export const hourName = (hour: SendHour, language: Language): string => `${dayName(dayOf(hour), language)} ${clock(hour.hour)}`;

export const factorOf = ({ worth }: SendHour, language: Language): string => formatNumber(worth, language, 1);

/** What the belief rests on. */
export const behind = ({ part, of }: SendHour, words: SendTimesWords): string => (of === 0 ? words.noSends : words.of(part, of));
