import { iso } from '../engine/time';
import type { Database } from './database';
import { classificationFallbacks, costsByDay, dayCounts, draftFallbacks, meanEditDistance, queuesNow, revenueCounts, sendCounts } from './figures/healthCounts';
import { cohortCounts, funnelCounts, responseTimes } from './figures/healthPeople';
import { experimentRows } from './figures/experimentRows';
import { limitRows } from './figures/limitRows';
import { modelCallRows, modelDrafts } from './figures/modelRows';
import { outboxRows } from './figures/outboxRows';
import { pipelineRows } from './figures/pipelineRows';
import { readinessRows } from './figures/readinessRows';
import { readJudgedDrafts } from './judgedDrafts';
import type { AnswerTimes, Experiments, Figures, SendLoad } from './store';

/** Decisions a calibration is drawn from: as many as the confidence is learnt from. */
const JUDGED_READ = 2_000;

export function createFigures(database: Database, { answerTimes, experiments, sendLoad }: { answerTimes: AnswerTimes; experiments: Experiments; sendLoad: SendLoad }): Figures {
	return {
		async health(scope) {
			return await database.read(async (session) => {
				const editDistance = await meanEditDistance(session, scope);
				return {
					now: session.now,
					counts: await dayCounts(session, scope),
					...(editDistance === undefined ? {} : { editDistance }),
					funnel: await funnelCounts(session, scope),
					responses: await responseTimes(session, scope),
					cohorts: await cohortCounts(session, scope),
					drafts: await draftFallbacks(session, scope),
					classifications: await classificationFallbacks(session, scope),
					judged: await readJudgedDrafts(session, scope.workspace, JUDGED_READ, scope),
					costs: await costsByDay(session, scope),
					revenue: await revenueCounts(session, scope),
					sends: await sendCounts(session, scope),
					queues: await queuesNow(session, scope),
				};
			});
		},

		async models(scope) {
			return await database.read(async (session) => ({ drafts: await modelDrafts(session, scope), calls: await modelCallRows(session, scope) }));
		},

		async pipelines(scope) {
			return await database.read(async (session) => await pipelineRows(session, scope));
		},

		async outbox(scope) {
			return await database.read(async (session) => await outboxRows(session, scope));
		},

		async limits(workspace, countersOf) {
			const [planned] = await sendLoad.ofWorkspaces([workspace], []);
			return await database.read(async (session) => await limitRows(session, workspace, countersOf, planned.get(iso(session.now).slice(0, 10)) ?? 0));
		},

		async experiments(workspace, lookOf) {
			return await experimentRows(experiments, workspace, lookOf, await database.clock.now());
		},

		async sendTimes(workspace, channels, { since, sends, contacts, perContact }) {
			const recent = (await answerTimes.recentContacts(channels.map((channel) => ({ workspace, channel })), { since, sends })).map((list) => list.slice(0, contacts));
			const keys = recent.flatMap((list, at) => list.map(({ contactId }) => ({ workspace, channel: channels[at], contactId })));
			const events = await answerTimes.events(keys, { since, perContact });
			let next = 0;
			return recent.map((list, at) => ({ channel: channels[at], contacts: list.map(({ contactId, timezone, phone, country }) => ({ contactId, timezone, phone, country, events: events[next++] })) }));
		},

		async readiness(scope) {
			return await database.read(async (session) => await readinessRows(session, scope));
		},
	};
}
