import type { IExecuteFunctions } from 'n8n-workflow';
import { CHANNELS } from '../../engine/channels/channel';
import { compareShadowRuns } from '../../engine/message/compareShadowRuns';
import { LIVE_RUN, type ShadowDecision } from '../../engine/message/shadowDecision';
import { agrees, shadowReport, similarityOf, type ShadowCase } from '../../engine/message/shadowReport';
import { SHADOW_POLICY, whatPeopleDid } from '../../engine/message/whatPeopleDid';
import { OPT_OUT_CERTAIN, readReply } from '../../engine/reply/readReply';
import type { Reply } from '../../engine/reply/reply';
import { DAY, HOUR, iso, later, type EpochMs } from '../../engine/time';
import type { Replay, Store } from '../../store/store';
import { ItemInputError } from '../shared/errors';
import { readNumber, readOptionalText, readOptionalTime, readParameter, readText } from '../shared/readParameter';

/** How far back to look when nothing is said. */
const DAYS_BACK = 30;
/** The most messages of the past one run takes up, and the most a report looks at. */
const MOST_REPLAYS = 5_000;
const MOST_CASES = 20_000;
const DEFAULT_ANSWER_MS = SHADOW_POLICY.answerHours * HOUR;

/** Past Conversations: messages of the past as items; what asked to stop is decided at once and costs no model. */
export async function pastConversations(store: Store, workspace: string, context: IExecuteFunctions): Promise<object[]> {
	const run = readText(context, 'run', 0, 'Run');
	if (run === LIVE_RUN) throw new ItemInputError(`'Run' cannot be '${LIVE_RUN}': that is the name of what is decided in mode shadow`, "Name the run after what it tries, e.g. 'threshold-0.9'.");
	const limit = readNumber(context, 'limit', 0, 'Limit');
	if (limit < 1) throw new ItemInputError(`'Limit' must be 1 or more, but is ${limit}`);
	const chosen: unknown = context.getNodeParameter('options.channels', 0, []);
	const channels = CHANNELS.filter((channel) => Array.isArray(chosen) && chosen.includes(channel));
	const accountId = readOptionalText(context, 'options.account', 0);
	const { replays, decided } = await store.shadow.replay(workspace, {
		run,
		...(await readPeriod(store, context)),
		...(channels.length > 0 ? { channels } : {}),
		...(accountId === undefined ? {} : { accountId }),
		limit: Math.min(Math.floor(limit), MOST_REPLAYS),
		answerMs: readAnswerMs(context, 'options.answerHours'),
	});
	const notInterested = context.getNodeParameter('options.notInterestedIsOptOut', 0, true) !== false;
	const read = replays.map((replay) => ({ replay, reply: readingOf(replay) }));
	const stopped = read.filter(({ reply }) => asksToStop(reply, notInterested));
	await store.shadow.settle(workspace, stopped.map(({ replay, reply }) => ({ replayId: replay.message.id, decision: stop(reply) })));
	const going = read.filter((one) => !stopped.includes(one));
	hint(context, run, { decided, stopped: stopped.length, going: going.length });
	return going.map(({ replay: { message, contact, conversation }, reply }) => ({ message, contact, conversation, ...(reply ? { reply } : {}), replay: { run, of: message.replayOf } }));
}

function readingOf({ reply, message }: Replay): Reply | undefined {
	return reply ?? (message.text.trim() === '' ? undefined : readReply(message.text, { language: message.language }));
}

/** As the intake decides it, before any draft. */
function asksToStop(reply: Reply | undefined, notInterested: boolean): boolean {
	if (!reply) return false;
	return (reply.optOut.wanted && reply.optOut.certainty >= OPT_OUT_CERTAIN) || (notInterested && reply.intent === 'not_interested');
}

function stop(reply: Reply | undefined): ShadowDecision {
	const said = reply?.intent === 'not_interested' ? 'The contact is not interested.' : 'The contact asks us to stop writing.';
	return { decision: 'block', reason: 'opt_out', sentence: `Replay: would have been blocked. ${said}` };
}

function hint(context: IExecuteFunctions, run: string, { decided, stopped, going }: { decided: number; stopped: number; going: number }): void {
	const parts = [
		...(decided > 0 ? [`${decided} ${decided === 1 ? 'message was' : 'messages were'} decided in run '${run}' before and left out.`] : []),
		...(stopped > 0 ? [`${stopped} ${stopped === 1 ? 'lead asks' : 'leads ask'} to stop: counted as blocked, no draft is needed.`] : []),
		...(going > 0 ? ['Model calls for replays use the same daily budget as live messages: once it is used up, rules decide for both.'] : []),
	];
	if (parts.length > 0) context.addExecutionHints({ message: parts.join(' '), location: 'outputPane', type: 'info' });
}

/** Shadow Mode: the report of a run as one item, its messages after it on request. */
export async function shadowMode(store: Store, workspace: string, context: IExecuteFunctions): Promise<object[]> {
	const run = readText(context, 'run', 0, 'Run');
	const other = readOptionalText(context, 'reportOptions.compareWith', 0);
	const period = await readPeriod(store, context);
	const answerMs = readAnswerMs(context, 'reportOptions.answerHours');
	const alikeFrom = readAlikeFrom(context);
	const load = async (name: string): Promise<{ cases: ShadowCase[]; undecided: number }> => await loadCases(store, workspace, name, period, answerMs);
	const { cases, undecided } = await load(run);
	const report = {
		name: 'Shadow Mode',
		workspace,
		run,
		since: iso(period.since),
		until: iso(period.until),
		answerHours: answerMs / HOUR,
		alikeFrom,
		/** Replays whose workflow has not decided them, or broke off. */
		undecided,
		...(cases.length === MOST_CASES ? { cutAt: MOST_CASES } : {}),
		...shadowReport(cases, alikeFrom),
		...(other === undefined ? {} : { comparison: { with: other, ...compareShadowRuns((await load(other)).cases, cases) } }),
	};
	const list = context.getNodeParameter('reportOptions.listMessages', 0, false) === true;
	return [{ report }, ...(list ? cases.map((one) => listed(one, alikeFrom)) : [])];
}

async function loadCases(store: Store, workspace: string, run: string, period: Period, answerMs: number): Promise<{ cases: ShadowCase[]; undecided: number }> {
	const now = await store.clock.now();
	const { cases, undecided } = await store.shadow.cases(workspace, { run, ...period, answerMs, limit: MOST_CASES });
	return { cases: cases.map(({ events, ...one }) => ({ ...one, people: events ? whatPeopleDid(events, { at: one.at, now, answerMs }) : { did: 'outreach' } })), undecided };
}

function listed(one: ShadowCase, alikeFrom: number): object {
	const { messageId, channel, decision, reason, at, sendAt, draftText, people } = one;
	const similarity = similarityOf(one);
	const agreed = agrees(decision, people, similarity, alikeFrom);
	return {
		shadow: {
			messageId,
			channel,
			decision,
			reason,
			at: iso(at),
			...(sendAt === undefined ? {} : { sendAt: iso(sendAt) }),
			...(draftText === undefined ? {} : { draftText }),
			people: { did: people.did, ...(people.did === 'answered' ? { text: people.text } : {}) },
			...(similarity === undefined ? {} : { similarity }),
			...(agreed === undefined ? {} : { agreed }),
		},
	};
}

function readAlikeFrom(context: IExecuteFunctions): number {
	const given: unknown = readParameter(context, 'reportOptions.alikeFrom', 0, '');
	if (given === '' || given === undefined || given === null) return SHADOW_POLICY.alikeFrom;
	const share = readNumber(context, 'reportOptions.alikeFrom', 0, 'Alike From');
	if (share <= 0 || share > 1) throw new ItemInputError(`'Alike From' must lie above 0 and be at most 1, but is ${share}`);
	return share;
}

interface Period {
	since: EpochMs;
	until: EpochMs;
}

async function readPeriod(store: Store, context: IExecuteFunctions): Promise<Period> {
	const until = readOptionalTime(context, 'until', 0, 'Until') ?? later(await store.clock.now(), 1);
	const since = readOptionalTime(context, 'since', 0, 'Since') ?? later(until, -DAYS_BACK * DAY);
	if (since >= until) throw new ItemInputError("'Since' is not before 'Until'", 'Choose an earlier Since, or empty both for the last 30 days.');
	return { since, until };
}

function readAnswerMs(context: IExecuteFunctions, name: string): number {
	const given: unknown = readParameter(context, name, 0, '');
	if (given === '' || given === undefined || given === null) return DEFAULT_ANSWER_MS;
	const hours = readNumber(context, name, 0, 'Answer Within (Hours)');
	if (hours <= 0) throw new ItemInputError(`'Answer Within (Hours)' must be above 0, but is ${hours}`);
	return hours * HOUR;
}
