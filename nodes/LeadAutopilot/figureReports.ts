import type { IExecuteFunctions } from 'n8n-workflow';
import { judgedSenders } from '../../desk/judgedSenders';
import { CHANNELS, type Channel } from '../../engine/channels/channel';
import { experimentFigures, lookOf } from '../../engine/report/experiments';
import { healthFigures, type Health } from '../../engine/report/health';
import { limitUses, sharedCounters } from '../../engine/report/limitUse';
import { modelFigures } from '../../engine/report/models';
import { outboxFigures } from '../../engine/report/outbox';
import { pipelineFigures } from '../../engine/report/pipelines';
import { readinessForAuto } from '../../engine/report/readiness';
import { sendTimeFigures } from '../../engine/report/sendTimes';
import { weekLetter } from '../../engine/report/weekLetter';
import { SEND_TIME_READING } from '../../engine/sendTime/sendTimePolicy';
import { iso, later } from '../../engine/time';
import type { FigureScope, Store } from '../../store/store';
import { readFigureScope } from './readFigureScope';

type Report = (store: Store, workspace: string, context: IExecuteFunctions) => Promise<object[]>;
interface Row {
	sentence: string;
}

/** One item a row, each saying what report and what kind of row it is. */
function items(name: string, about: object, kinds: Record<string, readonly Row[]>): object[] {
	return Object.entries(kinds).flatMap(([kind, rows]) => rows.map((row) => ({ report: { name, kind, ...about, ...row } })));
}

function aboutOf({ workspace, channel: only, since, until, zone }: FigureScope): object {
	return { workspace, ...(only === undefined ? {} : { only }), period: { since: iso(since), until: iso(until), zone } };
}

const healthOf = async (store: Store, scope: FigureScope): Promise<Health> => healthFigures(await store.figures.health(scope), scope, scope.channel);

/** Each figure group of the desk: what it reads and the items it makes. */
export const FIGURE_REPORTS = {
	async health(store, workspace, context) {
		const scope = await readFigureScope(store, workspace, context);
		const { figures, days, funnel, calibration, cohorts, costs, revenue } = await healthOf(store, scope);
		return items('Health', aboutOf(scope), { figure: figures, channelDay: days, funnelStep: funnel, calibrationBin: calibration.bins, cohort: cohorts, costDay: costs, revenue });
	},

	async models(store, workspace, context) {
		const scope = await readFigureScope(store, workspace, context);
		const { drafts, calls } = modelFigures(await store.figures.models(scope));
		return items('Models', aboutOf(scope), { drafts, calls });
	},

	async pipelines(store, workspace, context) {
		const scope = await readFigureScope(store, workspace, context);
		const { stages, moves, ...whole } = pipelineFigures(await store.figures.pipelines(scope));
		return items('Pipeline', aboutOf(scope), { stage: stages, move: moves, whole: [whole] });
	},

	async outbox(store, workspace, context) {
		const scope = await readFigureScope(store, workspace, context);
		const { standing, planned, notSent, sent, sentence } = outboxFigures(await store.figures.outbox(scope));
		const whole = { sent, sentence };
		return items('Outbox', aboutOf(scope), { whole: [whole], standing, planned, notSent });
	},

	async limits(store, workspace) {
		return items('Limits', { workspace, asOf: iso(await store.clock.now()) }, { limit: limitUses(await store.figures.limits(workspace, sharedCounters)) });
	},

	async experiments(store, workspace) {
		const now = await store.clock.now();
		return items('Experiments', { workspace, asOf: iso(now) }, { experiment: experimentFigures(await store.figures.experiments(workspace, lookOf), now) });
	},

	async sendTimes(store, workspace, context) {
		const { channel } = await readFigureScope(store, workspace, context);
		const now = await store.clock.now();
		const { maxAgeMs, recentSends, peers, perContact } = SEND_TIME_READING;
		const channels: Channel[] = channel === undefined ? [...CHANNELS] : [channel];
		const [{ timezone }] = await store.settings.effective([{ workspace }]);
		const histories = await store.figures.sendTimes(workspace, channels, { since: later(now, -maxAgeMs), sends: recentSends, contacts: peers, perContact });
		return items('Send Times', { workspace, asOf: iso(now) }, { channel: sendTimeFigures(histories.filter(({ contacts }) => contacts.length > 0), { now, workspaceTimezone: timezone }) });
	},

	async readiness(store, workspace, context) {
		const scope = await readFigureScope(store, workspace, context);
		const { figures } = await healthOf(store, scope);
		const { lines, ...whole } = readinessForAuto({ figures, deliverability: await judgedSenders(store, workspace), ...(await store.figures.readiness(scope)) });
		return items('Readiness for Auto', aboutOf(scope), { whole: [whole], condition: lines });
	},

	async weeklyLetter(store, workspace, context) {
		const scope = await readFigureScope(store, workspace, context);
		const [{ companyName }] = await store.settings.effective([{ workspace }]);
		const [health, outbox] = [await healthOf(store, scope), outboxFigures(await store.figures.outbox(scope))];
		const experiments = experimentFigures(await store.figures.experiments(workspace, lookOf), await store.clock.now());
		const letter = weekLetter({ client: companyName ?? workspace, period: scope, health, outbox, experiments });
		return items('Weekly Letter', aboutOf(scope), { letter: [letter] });
	},
} satisfies Record<string, Report>;
