import type { Channel } from '../../engine/channels/channel';
import type { SendTimeEvent } from '../../engine/sendTime/answerEvidence';
import { answerHistory } from '../../engine/sendTime/answerHistory';
import { fitSendTime } from '../../engine/sendTime/fitSendTime';
import { segmentPriors, type SegmentPriors } from '../../engine/sendTime/segments';
import type { SendTimeModel } from '../../engine/sendTime/sendTimeModel';
import { SEND_TIME_READING } from '../../engine/sendTime/sendTimePolicy';
import { resolveTimezone } from '../../engine/sendTime/timezone';
import { later, type EpochMs } from '../../engine/time';
import type { RecentContact, Store } from '../../store/store';

/** One contact whose time is wanted. */
export interface Learner {
	workspace: string;
	channel: Channel;
	/** Undefined when nobody knows who it is. */
	contactId?: string;
	/** What it has in common with others, from `groupOf`. */
	group?: string;
	timezone: string;
	workspaceTimezone?: string;
}

/** The attributes that make contacts alike, the most telling first. */
const ALIKE_BY = ['industry', 'role'] as const;

/** The segment a contact belongs to besides its workspace and channel: its industry, else its role. */
export function groupOf(attributes: Record<string, unknown> | undefined): string | undefined {
	for (const name of ALIKE_BY) {
		const value = attributes?.[name];
		if (typeof value === 'string' && value.trim() !== '') return `${name}: ${value.trim().toLowerCase()}`;
	}
	return undefined;
}

/** Whom a segment is learnt from: those written to last, and of each wanted group some more. */
function choosePeers(recent: readonly RecentContact[], groups: ReadonlySet<string>): RecentContact[] {
	const { peers, peersAlike } = SEND_TIME_READING;
	const chosen = new Set(recent.slice(0, peers));
	const taken = new Map<string, number>();
	for (const contact of recent) {
		const group = groupOf(contact.attributes);
		if (group === undefined || !groups.has(group) || (taken.get(group) ?? 0) >= peersAlike) continue;
		taken.set(group, (taken.get(group) ?? 0) + 1);
		chosen.add(contact);
	}
	return [...chosen];
}

const keyOf = ({ workspace, channel }: Pick<Learner, 'workspace' | 'channel'>): string => JSON.stringify([workspace, channel]);
const personKey = (workspace: string, channel: Channel, contactId: string): string => JSON.stringify([workspace, channel, contactId]);

/**
 * A model for each contact, in their order: its own sends and answers on the channel, with the other contacts of the
 * workspace as prior. Undefined where nothing can be said. Two round trips, however many there are.
 */
export async function learnFromHistory(store: Store, learners: readonly Learner[], now: EpochMs): Promise<(SendTimeModel | undefined)[]> {
	if (learners.length === 0) return [];
	const { maxAgeMs, perContact, recentSends } = SEND_TIME_READING;
	const since = later(now, -maxAgeMs);
	const segments = [...new Map(learners.map((learner) => [keyOf(learner), learner])).values()];
	const recent = await store.answerTimes.recentContacts(segments.map(({ workspace, channel }) => ({ workspace, channel })), { since, sends: recentSends });
	const peers = segments.map((segment, at) => {
		const groups = learners.filter((learner) => keyOf(learner) === keyOf(segment)).flatMap(({ group }) => group ?? []);
		return choosePeers(recent[at], new Set(groups));
	});
	const people = new Map<string, { workspace: string; channel: Channel; contactId: string }>();
	const want = (workspace: string, channel: Channel, contactId: string): void => {
		people.set(personKey(workspace, channel, contactId), { workspace, channel, contactId });
	};
	segments.forEach(({ workspace, channel }, at) => peers[at].forEach(({ contactId }) => want(workspace, channel, contactId)));
	for (const { workspace, channel, contactId } of learners) if (contactId !== undefined) want(workspace, channel, contactId);
	const histories = await store.answerTimes.events([...people.values()], { since, perContact });
	const eventsOf = new Map([...people.keys()].map((key, at) => [key, answerHistory(histories[at])]));

	const priors = new Map<string, SegmentPriors>();
	segments.forEach((segment, at) => {
		const { workspace, channel, workspaceTimezone } = segment;
		const told = peers[at].map(({ contactId, timezone, phone, country, attributes }) => ({
			contact: contactId,
			group: groupOf(attributes),
			timezone: resolveTimezone({ timezone, phone, country, workspaceTimezone }).timezone,
			events: eventsOf.get(personKey(workspace, channel, contactId)) ?? [],
		}));
		priors.set(keyOf(segment), segmentPriors(told, now));
	});
	return learners.map((learner) => {
		const { workspace, channel, contactId, group, timezone } = learner;
		const prior = priors.get(keyOf(learner))?.(contactId ?? '', group);
		const own: readonly SendTimeEvent[] = contactId === undefined ? [] : (eventsOf.get(personKey(workspace, channel, contactId)) ?? []);
		return own.length === 0 && prior === undefined ? undefined : fitSendTime({ events: own, timezone, prior, now });
	});
}
