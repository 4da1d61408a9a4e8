import type { Contact } from '../../engine/message/contact';
import type { EffectiveSettings } from '../../engine/message/settings';
import { chooseSendTime } from '../../engine/sendTime/chooseSendTime';
import { ScheduleSchema, type Schedule } from '../../engine/sendTime/schedule';
import { CHANNEL_WINDOW_MS, REPLY_AGE_MS } from '../../engine/sendTime/sendTimePolicy';
import { resolveTimezone } from '../../engine/sendTime/timezone';
import { epochMs, type EpochMs } from '../../engine/time';
import type { Store } from '../../store/store';
import { settled, type ReadItem, type Settled } from '../shared/batch';
import { ItemInputError } from '../shared/errors';
import { lawfulEverywhere, type SendTimeParameters } from './readSendTimeParameters';

/** When neither the node nor the workspace says otherwise: outreach on a weekend annoys more than it wins. Replies leave on any day. */
const MONDAY_TO_FRIDAY = [1, 2, 3, 4, 5];

/** What the store knows that bears on one item; empty when it is away. */
interface Known {
	contact?: Contact;
	settings?: EffectiveSettings;
	lastInboundAt?: EpochMs;
}

async function loadKnown(store: Store, items: ReadItem<SendTimeParameters>[]): Promise<Known[]> {
	const known: Known[] = items.map(() => ({}));
	const places = new Map<string, number[]>();
	items.forEach(({ params }, place) => places.set(params.workspace, [...(places.get(params.workspace) ?? []), place]));
	for (const [workspace, indexes] of places) {
		const withContact = indexes.filter((place) => items[place].params.contactReference !== undefined);
		const contacts = await store.contacts.find(workspace, withContact.map((place) => items[place].params.contactReference ?? ''));
		withContact.forEach((place, index) => (known[place].contact = contacts[index]));
		const found = withContact.filter((place) => known[place].contact);
		const times = await store.messages.lastInboundAt(workspace, found.map((place) => ({ contactId: known[place].contact?.id ?? '', channel: items[place].params.channel })));
		found.forEach((place, index) => (known[place].lastInboundAt = times[index]));
	}
	const keys = items.map(({ params }, place) => ({ workspace: params.workspace, accountId: params.message?.accountId, contactId: known[place].contact?.id }));
	const settings = await store.settings.effective(keys);
	settings.forEach((effective, place) => (known[place].settings = effective));
	return known;
}

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

function decideOne(params: SendTimeParameters, known: Known, now: EpochMs, rng: () => number): Schedule {
	const { contact, settings } = known;
	const purpose = params.purpose === 'auto' ? (unanswered(params, now) ? 'reply' : 'outreach') : params.purpose;
	const zone = resolveTimezone({
		timezone: params.timezone ?? contact?.timezone,
		phone: params.phone ?? contact?.phone,
		country: params.country ?? contact?.country,
		workspaceTimezone: settings?.timezone,
	});
	const places = params.lawful && zone.places.length === 0 ? [{ country: 'ZZ' }] : zone.places;
	const legalHours = params.lawful === undefined ? undefined : params.lawful === 'off' ? [] : lawfulEverywhere(params.lawful, params.channel, places);
	const choice = chooseSendTime({
		channel: params.channel,
		purpose,
		timezone: zone.timezone,
		now,
		notBefore: params.notBefore,
		preference: params.preferredTime ?? contact?.bestContactTime,
		rng,
		constraints: {
			places,
			possibleZones: zone.possible,
			legalHours,
			quietHours: params.quietHours ?? settings?.quietHours,
			workingDays: params.workingDays ?? settings?.workingDays ?? MONDAY_TO_FRIDAY,
			holidays: params.holidays,
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
	return ScheduleSchema.parse({ ...choice, warnings: warnings.length > 0 ? warnings : undefined, sentence });
}

/** Chooses a time for every item: a constant number of store round trips a workspace, none when the store is away. */
export async function decideSendTimes(store: Store | undefined, items: ReadItem<SendTimeParameters>[], rng: () => number): Promise<Settled<Schedule>[]> {
	const known = store ? await loadKnown(store, items) : items.map((): Known => ({}));
	const now = store ? await store.clock.now() : epochMs(Date.now());
	return items.map(({ params }, place) => {
		try {
			return settled.ok(decideOne(params, known[place], now, rng));
		} catch (error) {
			return settled.failed(error);
		}
	});
}
