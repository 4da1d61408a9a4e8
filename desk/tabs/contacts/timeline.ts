import { z } from 'zod';
import { whyNotSent } from '../../../engine/message/whyNotSent';
import type { OutcomeEvent } from '../../../engine/outcome/outcome';
import { epochMs, type EpochMs } from '../../../engine/time';
import { StoreInputError } from '../../../store/errors';
import type { MessagePage, OutboundRow, ThreadMessage } from '../../../store/store';
import type { DeskContext } from '../tab';

const MESSAGES = 30;
/** Entries besides messages that one page of the timeline shows. */
export const EVENTS = 100;

/** What an entry's detail says, as far as this page shows it: it was written by many versions. */
const text = z.string().optional().catch(undefined);
const DetailSchema = z
	.object({ sentence: text, reason: text, actor: text, by: text, channel: text, scope: text, allChannels: z.boolean().optional().catch(undefined), until: z.number().nullish().catch(undefined), classification: z.object({ sentence: text }).optional().catch(undefined) })
	.catch({});
export type EventDetail = z.infer<typeof DetailSchema>;

export type Entry = { at: EpochMs } & (
	| { kind: 'message'; message: ThreadMessage; events: readonly OutcomeEvent[] }
	| { kind: 'unsent'; row: OutboundRow; why: string }
	| { kind: 'event'; what: string; detail: EventDetail }
);
export interface Timeline {
	/** Newest first. */
	entries: readonly Entry[];
	first: boolean;
	/** Parameters of the page of earlier ones. */
	earlier?: { before: string; until: number };
	/** Whether more happened between the messages of this page than is shown. */
	cut: boolean;
}

/** Where an address says to go on: behind which message, and before which moment for all else. */
function placeOf(query: URLSearchParams): { before: string; until: EpochMs } | undefined {
	const before = query.get('before');
	const until = Number(query.get('until'));
	return before !== null && Number.isSafeInteger(until) && until > 0 ? { before, until: epochMs(until) } : undefined;
}

/** A page of messages and what happened from the oldest of them on, up to where the page before ended. */
export async function loadTimeline(context: DeskContext, contactId: string, query: URLSearchParams): Promise<Timeline> {
	const { store, workspace, now } = context;
	let place = placeOf(query);
	const messagesAt = async (before?: string): Promise<MessagePage> => await store.messages.list(workspace, contactId, { limit: MESSAGES, ...(before === undefined ? {} : { before }) });
	const page = await messagesAt(place?.before).catch(async (error: unknown) => {
		// Not a page of this conversation: an old or broken address shows its beginning.
		if (!(error instanceof StoreInputError)) throw error;
		place = undefined;
		return await messagesAt();
	});
	const since = page.before === undefined ? undefined : page.messages.at(0)?.at;
	const within = (at: EpochMs): boolean => (since === undefined || at >= since) && (place === undefined || at < place.until);
	const [activities, stopped, outcomes] = await Promise.all([
		store.pipelines.activities(workspace, contactId, EVENTS + 1, place?.until),
		store.outbound.page(workspace, { statuses: ['blocked', 'failed', 'cancelled', 'uncertain'], contactIds: [contactId], order: 'latest', limit: EVENTS }),
		store.outcomes.list(workspace, { contactId, limit: EVENTS * 3, ...(since === undefined ? {} : { since }) }),
	]);
	const eventsOf = (id: string): OutcomeEvent[] => [...new Set(outcomes.flatMap(({ outboundId, event }) => (outboundId === id && event !== 'sent' ? [event] : [])))].toReversed();
	const happened = activities.filter(({ at }) => within(at));
	const entries: Entry[] = [
		...page.messages.map((message): Entry => ({ at: message.at, kind: 'message', message, events: message.from === 'us' ? eventsOf(message.id) : [] })),
		...stopped.rows.map(({ row, last }): Entry => ({ at: last?.at ?? row.createdAt, kind: 'unsent', row, why: whyNotSent(row, now, last) })).filter(({ at }) => within(at)),
		...happened.slice(0, EVENTS).map(({ kind, at, detail }): Entry => ({ at, kind: 'event', what: kind, detail: DetailSchema.parse(detail) })),
	];
	return {
		entries: entries.map((entry, order) => ({ entry, order })).sort((a, b) => b.entry.at - a.entry.at || b.order - a.order).map(({ entry }) => entry),
		first: place === undefined,
		...(page.before === undefined || since === undefined ? {} : { earlier: { before: page.before, until: since } }),
		cut: happened.length > EVENTS,
	};
}
