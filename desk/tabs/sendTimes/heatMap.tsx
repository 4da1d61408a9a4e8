import type { SendTimeFigure } from '../../../engine/report/sendTimes';
import { Fragment, h, type Child } from '../../html/element';
import { Table } from '../../parts';
import type { Language } from '../../shell/language';
import type { SendTimesWords } from './en';
import { behind, clock, dayName, dayOf, factorOf, hourName, type SendHour } from './hours';

const CELL = { width: 42, height: 15, gap: 1.5, left: 42, top: 20 } as const;
const DAYS = [0, 1, 2, 3, 4, 5, 6] as const;
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
/** From which multiple of the week's average an hour is drawn a step stronger. */
const STEPS = [0.25, 0.5, 0.8, 1.1, 1.4, 1.8, 2.4] as const;

const stepOf = ({ worth }: SendHour): number => STEPS.filter((least) => worth >= least).length;

/** The local week, days across and hours down so that it fits a phone; the same as a table below. */
export function HeatMap({ of, words, language }: { of: SendTimeFigure; words: SendTimesWords; language: Language }): Child {
	const channel = words.channels[of.channel];
	const title = words.map(channel);
	const says = words.mapSays(of.best.map((hour) => hourName(hour, language)).join(', '));
	const x = (day: number): number => CELL.left + day * CELL.width;
	const y = (hour: number): number => CELL.top + hour * CELL.height;
	const best = new Set(of.best.map(({ hourOfWeek }) => hourOfWeek));
	const at = (day: number, hour: number): SendHour => of.hours[day * HOURS.length + hour];
	return (
		<>
			<svg class="heat" viewBox={`0 0 ${x(DAYS.length)} ${y(HOURS.length) + 2}`} role="img" aria-label={`${title}. ${says}`}>
				<title>{title}</title>
				<desc>{says}</desc>
				{DAYS.map((day) => <text class="tick" x={x(day) + CELL.width / 2} y={CELL.top - 7} text-anchor="middle">{dayName(day, language, 'short')}</text>)}
				{HOURS.filter((hour) => hour % 3 === 0).map((hour) => <text class="tick" x={CELL.left - 6} y={y(hour) + 11} text-anchor="end">{clock(hour)}</text>)}
				{of.hours.map((hour) => (
					<rect class={`cell w${stepOf(hour)}${best.has(hour.hourOfWeek) ? ' best' : ''}`} x={x(dayOf(hour)) + CELL.gap / 2} y={y(hour.hour) + CELL.gap / 2} width={CELL.width - CELL.gap} height={CELL.height - CELL.gap} rx={2}>
						<title>{words.cell(hourName(hour, language), factorOf(hour, language), behind(hour, words))}</title>
					</rect>
				))}
			</svg>
			<p class="hint">{words.darker}</p>
			<details class="data">
				<summary>{words.table}</summary>
				<Table caption={words.tableOf(channel)} columns={[{ title: words.hour, main: true }, ...DAYS.map((day) => ({ title: dayName(day, language, 'short') }))]}
					rows={HOURS.map((hour) => [clock(hour), ...DAYS.map((day) => <>{words.times(factorOf(at(day, hour), language))} <span class="quiet">{behind(at(day, hour), words)}</span></>)])} />
			</details>
		</>
	);
}
