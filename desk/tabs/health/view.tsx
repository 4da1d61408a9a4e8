import type { Figure } from '../../../engine/report/figure';
import { mayAct } from '../../access/reviewer';
import { Fragment, h, type Child } from '../../html/element';
import { FigureFilters, FigureTile, Tiles } from '../../parts';
import type { DeskContext } from '../tab';
import { AlertsCard } from './alertsView';
import { CalibrationCard, CohortsCard, CostCard, DaysCard, FunnelCard, RevenueCard } from './charts';
import type { HealthWords } from './en';
import type { HealthModel } from './load';

type FigureName = keyof HealthWords['figures'];

/** Which figures stand together. One that stands nowhere here is not shown; a test holds that none is missing. */
const GROUPS: readonly [keyof HealthWords['groups'], readonly FigureName[]][] = [
	['sending', ['sent', 'failedRate', 'limited', 'blocked']],
	['speed', ['firstResponseMinutes', 'firstResponse90Minutes', 'overdueReviews', 'dueJobMinutes', 'undecidedMinutes']],
	['reviews', ['acceptedShare', 'editRate', 'rejectRate', 'editDistance', 'calibrationError']],
	['results', ['replyRate', 'meetingRate', 'dealRate', 'bounceRate', 'complaintRate', 'optOutRate']],
	['models', ['draftFallbackRate', 'classificationFallbackRate', 'modelCost', 'costPerSent', 'costPerReply']],
];

function FigureGroup({ title, names, figures, words }: { title: string; names: readonly FigureName[]; figures: readonly Figure[]; words: HealthWords }): Child {
	const own = names.flatMap((name) => figures.filter(({ key }) => key === name).map((figure) => <FigureTile figure={figure} name={words.figures[name]} />));
	return own.length === 0 ? null : <section class="figures"><h2>{title}</h2><Tiles>{own}</Tiles></section>;
}

/** What needs a person, then every figure against its target, then the pictures. */
export function healthView({ chosen, health, alerts, accounts }: HealthModel, words: HealthWords, { reviewer }: DeskContext): Child {
	return (
		<>
			<p class="intro">{words.intro}</p>
			<AlertsCard alerts={alerts} accounts={accounts} words={words} may={mayAct(reviewer.role, 'reviewer')} />
			<FigureFilters chosen={chosen} />
			{GROUPS.map(([group, names]) => <FigureGroup title={words.groups[group]} names={names} figures={health.figures} words={words} />)}
			<DaysCard days={health.days} words={words} />
			<div class="pair">
				<FunnelCard funnel={health.funnel} words={words} />
				<CalibrationCard calibration={health.calibration} words={words} />
			</div>
			<CostCard health={health} chosen={chosen} words={words} />
			<CohortsCard cohorts={health.cohorts} words={words} />
			<RevenueCard revenue={health.revenue} words={words} />
		</>
	);
}
