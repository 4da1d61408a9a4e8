import type { CalibrationFigure } from '../../../engine/report/calibrationFigure';
import type { Cohort } from '../../../engine/report/cohorts';
import type { Share } from '../../../engine/report/figure';
import type { ChannelDay, FunnelStep, Health } from '../../../engine/report/health';
import type { Revenue } from '../../../engine/report/money';
import { datesOf } from '../../../engine/report/period';
import { Fragment, h, type Child, type Scope } from '../../html/element';
import { Card, channelName, Chart, Empty, FigureBasis, formatNumber, formatShare, formatUsd, Table, type ChosenScope } from '../../parts';
import { CalibrationPlot } from './calibrationPlot';
import type { HealthWords } from './en';

/** More days than this are drawn as lines: the bars would be hairs. */
const MOST_BARS = 31;
const DAY_COUNTS = ['sent', 'failed', 'limited'] as const;

/** A local date in a few letters, for an axis: the year is the period's. */
function shortDate(date: string, language: Scope['language']): string {
	return new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(Date.parse(date));
}

/** Sent, failed and limited messages a day, a series a channel. */
export function DaysCard({ days, words }: { days: readonly ChannelDay[]; words: HealthWords }, { language }: Scope): Child {
	const dates = [...new Set(days.map(({ date }) => date))];
	const channels = [...new Set(days.map(({ channel }) => channel))];
	const charts = DAY_COUNTS.map((what) => {
		const total = days.reduce((sum, day) => sum + day[what], 0);
		if (total === 0) return <div><h3>{words.perDay[what]}</h3><p class="quiet">{words.none}</p></div>;
		const series = channels.map((channel) => ({ name: channelName(channel, language), values: days.filter((day) => day.channel === channel).map((day) => day[what]) }));
		return (
			<div>
				<h3>{words.perDay[what]}</h3>
				<Chart kind={dates.length > MOST_BARS ? 'line' : 'bar'} title={words.perDay[what]} description={words.perDayWhat(words.perDay[what], formatNumber(total, language), dates.length)} labels={dates.map((date) => shortDate(date, language))} series={series} />
			</div>
		);
	});
	const any = days.some((day) => DAY_COUNTS.some((what) => day[what] > 0));
	return <Card title={words.groups.sending}>{any ? <div class="day-charts">{charts}</div> : <Empty title={words.noSends}>{words.noSendsHint}</Empty>}</Card>;
}

function ShareCell({ share, words }: { share: Share; words: HealthWords }, { language }: Scope): Child {
	if (share.share === undefined) return <span class="quiet">{words.tooEarly}</span>;
	const { part, of, low, high } = share;
	return <><strong>{formatShare(share.share, language)}</strong><FigureBasis figure={{ key: 'share', name: '', unit: 'share', part, of, low, high, verdict: 'no_target', sentence: '' }} /></>;
}

export function FunnelCard({ funnel, words }: { funnel: readonly FunnelStep[]; words: HealthWords }, { language }: Scope): Child {
	const rows = funnel.map((step, place) => [words.steps[step.step], formatNumber(step.count, language), place === 0 || step.share === undefined ? '' : <ShareCell share={step} words={words} />]);
	return (
		<Card title={words.funnel}>
			<p class="quiet">{words.funnelWhat}</p>
			<Chart kind="bar" title={words.funnel} description={funnel.map(({ step, count }) => `${words.steps[step]}: ${formatNumber(count, language)}`).join(', ')} labels={funnel.map(({ step }) => words.steps[step])} series={[{ name: words.contacts, values: funnel.map(({ count }) => count) }]} />
			<Table caption={words.funnel} columns={[{ title: words.step, main: true }, { title: words.contacts, numeric: true }, { title: words.ofBefore }]} rows={rows} />
		</Card>
	);
}

export function CalibrationCard({ calibration, words }: { calibration: CalibrationFigure; words: HealthWords }): Child {
	return (
		<Card title={words.calibration}>
			<p class="quiet">{words.calibrationWhat}</p>
			{calibration.bins.length === 0 ? <Empty title={words.noCalibration}>{words.noCalibrationHint}</Empty> : <CalibrationPlot bins={calibration.bins} words={words} />}
		</Card>
	);
}

export function CostCard({ health: { costs }, chosen: { scope }, words }: { health: Health; chosen: ChosenScope; words: HealthWords }, { language }: Scope): Child {
	if (scope.channel !== undefined) return <Card title={words.costs}><p class="quiet">{words.costsOfAll}</p></Card>;
	if (costs.length === 0) return <Card title={words.costs}><Empty title={words.noCosts} /></Card>;
	const dates = datesOf(scope);
	const calls = costs.reduce((sum, one) => sum + one.calls, 0);
	const unpriced = costs.reduce((sum, one) => sum + one.unpriced, 0);
	const said = words.costsWhat(formatUsd(costs.reduce((sum, one) => sum + one.usd, 0), language), formatNumber(calls, language));
	return (
		<Card title={words.costs}>
			<p class="quiet">{said}{unpriced > 0 ? ` ${words.unpriced(formatNumber(unpriced, language))}` : ''}</p>
			<div class="one-chart">
				<Chart kind={dates.length > MOST_BARS ? 'line' : 'bar'} title={words.costs} description={said} labels={dates.map((date) => shortDate(date, language))} series={[{ name: words.usd, values: dates.map((date) => costs.find((one) => one.date === date)?.usd ?? 0) }]} format={(usd) => formatNumber(usd, language, 4)} />
			</div>
		</Card>
	);
}

export function CohortsCard({ cohorts, words }: { cohorts: readonly Cohort[]; words: HealthWords }, { language }: Scope): Child {
	const rows = cohorts.toReversed().map(({ week, contacts, replied, meeting, deal }) => [shortDate(week, language), formatNumber(contacts, language), ...[replied, meeting, deal].map((share) => <ShareCell share={share} words={words} />)]);
	return (
		<Card title={words.cohorts}>
			<p class="quiet">{words.cohortsWhat}</p>
			<Table caption={words.cohorts} columns={[{ title: words.week, main: true }, { title: words.contacts, numeric: true }, { title: words.replied }, { title: words.meetings }, { title: words.deals }]} rows={rows} empty={<Empty title={words.noCohorts} />} />
		</Card>
	);
}

export function RevenueCard({ revenue, words }: { revenue: readonly Revenue[]; words: HealthWords }, { language }: Scope): Child {
	const rows = revenue.map(({ currency, deals, value, attributed }) => [currency ?? words.noCurrency, formatNumber(deals, language), formatNumber(value, language, 2), formatNumber(attributed, language, 2)]);
	return (
		<Card title={words.revenue}>
			<Table caption={words.revenue} columns={[{ title: words.currency, main: true }, { title: words.deals, numeric: true }, { title: words.value, numeric: true }, { title: words.attributed, numeric: true }]} rows={rows} empty={<Empty title={words.noRevenue}>{words.noRevenueHint}</Empty>} />
		</Card>
	);
}
