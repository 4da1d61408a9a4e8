import { chooseSendTime } from '../../engine/sendTime/chooseSendTime';
import type { DailyCap } from '../../engine/sendTime/dailyCaps';
import { lawsInstead } from '../../engine/sendTime/legalHours';
import { ScheduleSchema, type Schedule } from '../../engine/sendTime/schedule';
import type { SendTimeModel } from '../../engine/sendTime/sendTimeModel';
import { CHANNEL_WINDOW_MS, REPLY_AGE_MS } from '../../engine/sendTime/sendTimePolicy';
import { resolveTimezone, type ResolvedZone } from '../../engine/sendTime/timezone';
import { epochMs, type EpochMs } from '../../engine/time';
import type { Store } from '../../store/store';
import { settled, type ReadItem, type Settled } from '../shared/batch';
import { ItemInputError } from '../shared/errors';
import { freeCapacity } from './freeCapacity';
import { groupOf, learnFromHistory, type Learner } from './learnFromHistory';
import type { SendTimeParameters } from './readSendTimeParameters';
import { contactIdOf, whatIsKnown, type Known } from './whatIsKnown';

/** When neither the node nor the workspace says otherwise: outreach on a weekend annoys more than it wins. Replies leave on any day. */
const MONDAY_TO_FRIDAY = [1, 2, 3, 4, 5];

/** An inbound message under 24 hours old that nobody answered after it. */
function unanswered({ message, conversation }: SendTimeParameters, now: EpochMs): boolean {
	if (message?.direction !== 'inbound') return false;
	const at = epochMs(message.timestamp);
	const answered = conversation?.some((turn) => turn.from !== 'lead' && epochMs(turn.timestamp) > at) ?? false;
	return now - at < REPLY_AGE_MS && !answered;
}

/** When the channel stops taking this free-form message. Outreach that may still become a template is not held to it. */
function windowClose(params: SendTimeParameters, known: Known, purpose: Schedule['purpose']): EpochMs | undefined {
	const length = CHANNEL_WINDOW_MS[params.channel];
	if (length === undefined || params.draft?.waTemplate || (purpose === 'outreach' && !params.draft)) return undefined;
	const { message } = params;
	const opens = message?.direction === 'inbound' && message.source === 'channel' && message.channel === params.channel ? [epochMs(message.timestamp)] : [];
	const inbound = [...opens, ...(known.lastInboundAt === undefined ? [] : [known.lastInboundAt])];
	return inbound.length === 0 ? undefined : ((Math.max(...inbound) + length) as EpochMs);
}

function takenOverUntil(params: SendTimeParameters, known: Known, now: EpochMs): EpochMs | undefined {
	const ends = [known.contact?.takenOverUntil, known.contact ? undefined : params.contact?.takenOverUntil].flatMap((end) => (end === undefined ? [] : [epochMs(end)]));
	const until = Math.max(...ends);
	return until > now ? (until as EpochMs) : undefined;
}

/** What is settled about an item before history and capacity are read. */
interface Question {
	purpose: Schedule['purpose'];
	zone: ResolvedZone;
	preference?: string;
}

function questionOf(params: SendTimeParameters, { contact, settings }: Known, now: EpochMs): Question {
	return {
		purpose: params.purpose === 'auto' ? (unanswered(params, now) ? 'reply' : 'outreach') : params.purpose,
		zone: resolveTimezone({
			timezone: params.timezone ?? contact?.timezone,
			phone: params.phone ?? contact?.phone,
			country: params.country ?? contact?.country,
			workspaceTimezone: settings?.timezone,
		}),
		preference: params.preferredTime ?? contact?.bestContactTime,
	};
}

/** Whom there is something to learn about; undefined for replies, for stated preferences, and for people who object to profiling. */
function learnerOf(params: SendTimeParameters, known: Known, { purpose, zone, preference }: Question): Learner | undefined {
	const contact = known.contact ?? params.contact;
	if (!params.learn || purpose === 'reply' || preference !== undefined || contact?.profiling === false) return undefined;
	const { workspace, channel } = params;
	return { workspace, channel, contactId: contactIdOf(params, known), group: groupOf(contact?.attributes), timezone: zone.timezone, workspaceTimezone: known.settings?.timezone };
}

interface Found {
	model?: SendTimeModel;
	dailyCaps?: readonly DailyCap[];
}

function decideOne(params: SendTimeParameters, known: Known, { purpose, zone, preference }: Question, { model, dailyCaps }: Found, now: EpochMs, rng: () => number): Schedule {
	const { settings } = known;
	const choice = chooseSendTime({
		model,
		channel: params.channel,
		purpose,
		timezone: zone.timezone,
		now,
		notBefore: params.notBefore,
		preference,
		explore: params.explore,
		rng,
		constraints: {
			...lawsInstead(params.lawful, params.channel, zone.places),
			possibleZones: zone.possible,
			quietHours: params.quietHours ?? settings?.quietHours,
			workingDays: params.workingDays ?? settings?.workingDays ?? MONDAY_TO_FRIDAY,
			holidays: params.holidays,
			// The stated country comes first, then the phone's.
			publicHolidaysOf: params.avoidHolidays ? zone.places[0]?.country : undefined,
			dailyCaps,
			minimumDelayMs: params.minimumDelayMs,
			replyDelayMs: params.replyDelayMs,
			takenOverUntil: takenOverUntil(params, known, now),
			windowClosesAt: windowClose(params, known, purpose),
		},
	});
	// An item without a time must not go on: whatever sends it would send it at once.
	if (choice.sendAt === undefined) throw new ItemInputError(choice.sentence, 'Change the rule that is named, send an approved template, or hand the conversation to a person.');
	const warnings = [...zone.warnings, ...choice.warnings];
	const sentence = [choice.sentence, ...zone.warnings].join(' ');
	return ScheduleSchema.parse({ ...choice, warnings: warnings.length > 0 ? warnings : undefined, lawful: params.lawful, sentence });
}

/** Keeps the choices with their drafts: dispatch keeps the same lawful hours, and the chance of an explored time is on record. */
async function record(store: Store, items: ReadItem<SendTimeParameters>[], results: Settled<Schedule>[]): Promise<void> {
	const byWorkspace = new Map<string, { draftId: string; schedule: Schedule }[]>();
	items.forEach(({ params: { workspace, draft } }, place) => {
		const result = results[place];
		if (draft && result.ok) byWorkspace.set(workspace, [...(byWorkspace.get(workspace) ?? []), { draftId: draft.id, schedule: result.value }]);
	});
	for (const [workspace, schedules] of byWorkspace) await store.outbound.recordSchedules(workspace, schedules);
}

/** Chooses a time for every item: a constant number of store round trips a workspace, none when the store is away. */
export async function decideSendTimes(store: Store | undefined, items: ReadItem<SendTimeParameters>[], rng: () => number): Promise<Settled<Schedule>[]> {
	const known = store ? await whatIsKnown(store, items) : items.map((): Known => ({}));
	const now = store ? await store.clock.now() : epochMs(Date.now());
	const questions = items.map(({ params }, place) => questionOf(params, known[place], now));
	const learners = items.map(({ params }, place) => learnerOf(params, known[place], questions[place]));
	const learnt = store ? await learnFromHistory(store, learners.filter((learner) => learner !== undefined), now) : [];
	const models = learners.map((learner) => (learner === undefined ? undefined : learnt.shift()));
	const capacity = store && (await freeCapacity(store, items, known, now));
	const results = items.map(({ params }, place): Settled<Schedule> => {
		try {
			const schedule = decideOne(params, known[place], questions[place], { model: models[place], dailyCaps: capacity?.capsOf(place) }, now, rng);
			capacity?.take(place, epochMs(schedule.sendAt));
			return settled.ok(schedule);
		} catch (error) {
			return settled.failed(error);
		}
	});
	if (store) await record(store, items, results);
	return results;
}
