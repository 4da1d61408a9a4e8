import type { Figure } from '../../engine/report/figure';
import { Fragment, h, type Child, type Scope } from '../html/element';
import type { Language } from '../shell/language';
import { FIGURE_WORDS } from './figureWords';
import { Badge, StatTile, type Tone } from './show';

const localeOf = (language: Language): string => (language === 'en' ? 'en-GB' : language);

/** A number as it is written in the language, with no more decimals than named. */
export function formatNumber(value: number, language: Language, decimals = 1): string {
	return new Intl.NumberFormat(localeOf(language), { maximumFractionDigits: decimals }).format(value);
}

/** 0–1 as percent. */
export function formatShare(share: number, language: Language): string {
	return new Intl.NumberFormat(localeOf(language), { style: 'percent', maximumFractionDigits: 1 }).format(share);
}

/** Small amounts keep two digits that say something: a model call costs fractions of a cent. */
export function formatUsd(usd: number, language: Language): string {
	const small = usd !== 0 && Math.abs(usd) < 0.01;
	return `${new Intl.NumberFormat(localeOf(language), small ? { maximumSignificantDigits: 2 } : { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(usd)} USD`;
}

function formatMinutes(minutes: number, language: Language): string {
	const { days, hours, minutes: word } = FIGURE_WORDS[language];
	if (minutes >= 48 * 60) return `${formatNumber(minutes / 1_440, language)} ${days}`;
	return minutes >= 120 ? `${formatNumber(minutes / 60, language)} ${hours}` : `${formatNumber(minutes, language)} ${word}`;
}

/** A figure's value, or a bound or target of it, in its unit. */
export function formatFigure(value: number, unit: Figure['unit'], language: Language): string {
	switch (unit) {
		case 'share':
		case 'distance':
			return formatShare(value, language);
		case 'minutes':
			return formatMinutes(value, language);
		case 'usd':
			return formatUsd(value, language);
		case 'count':
			return formatNumber(value, language);
	}
}

const TONES: Readonly<Record<Figure['verdict'], Tone>> = { met: 'good', missed: 'warn', unsure: 'neutral', no_target: 'neutral', no_data: 'neutral' };

/** What a figure rests on: how many of how many, and how sure that is. */
export function FigureBasis({ figure: { unit, part, of, low, high } }: { figure: Figure }, { language }: Scope): Child {
	const words = FIGURE_WORDS[language];
	const number = (value: number): string => formatNumber(value, language, 0);
	const counted = of === undefined ? [] : [part === undefined ? words.of(number(of)) : words.share(number(part), number(of))];
	const sure = low === undefined || high === undefined ? [] : [words.interval(formatFigure(low, unit, language), formatFigure(high, unit, language))];
	const said = [...counted, ...sure];
	return said.length === 0 ? null : <p class="basis">{said.join(' · ')}</p>;
}

function targetText({ target, unit }: Figure, language: Language): string | undefined {
	return target && FIGURE_WORDS[language][target.at](formatFigure(target.value, unit, language));
}

/** One figure with its target line, verdict, counts and interval. */
export function FigureTile({ figure, name }: { figure: Figure; name: string }, { language }: Scope): Child {
	const { value, unit, verdict } = figure;
	const text = targetText(figure, language);
	const target = text === undefined ? undefined : { text, verdict: FIGURE_WORDS[language].verdicts[verdict], ...(verdict === 'met' || verdict === 'missed' ? { met: verdict === 'met' } : {}) };
	return <StatTile label={name} value={value === undefined ? '–' : formatFigure(value, unit, language)} {...(target ? { target } : {})}><FigureBasis figure={figure} /></StatTile>;
}

/** The same in the cell of a table. */
export function FigureCell({ figure }: { figure: Figure }, { language }: Scope): Child {
	const { value, unit, verdict } = figure;
	if (value === undefined) return <span class="quiet">–</span>;
	const text = targetText(figure, language);
	return (
		<>
			<strong>{formatFigure(value, unit, language)}</strong>
			<FigureBasis figure={figure} />
			{text === undefined ? null : <p class="basis">{text} <Badge tone={TONES[verdict]}>{FIGURE_WORDS[language].verdicts[verdict]}</Badge></p>}
		</>
	);
}
