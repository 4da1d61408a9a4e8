import { CHANNELS, type Channel } from '../../../engine/channels/channel';
import type { OutboundStatus } from '../../../engine/message/outbound';
import { whyNotSent } from '../../../engine/message/whyNotSent';
import { limitUses, sharedCounters, type LimitUse } from '../../../engine/report/limitUse';
import { outboxFigures, type OutboxFigures } from '../../../engine/report/outbox';
import { PERIODS } from '../../../engine/report/period';
import { later, MINUTE, type EpochMs } from '../../../engine/time';
import { StoreInputError } from '../../../store/errors';
import type { OutboundPage } from '../../../store/store';
import type { DeskContext } from '../tab';

export const STATES = ['planned', 'waiting', 'sent', 'not_sent', 'uncertain'] as const;
export type OutboxState = (typeof STATES)[number];
export const STATUSES_OF: Readonly<Record<OutboxState, readonly OutboundStatus[]>> = {
	planned: ['scheduled', 'claimed', 'sending'],
	waiting: ['in_review', 'drafted'],
	sent: ['sent'],
	not_sent: ['blocked', 'failed', 'cancelled'],
	uncertain: ['uncertain'],
};
const PAGE = 50;
/** Messages that are shown above all else because they leave by themselves this soon. */
const LEAVING_MS = 5 * MINUTE;
const LEAVING_SHOWN = 20;
/** Contacts of a search whose messages are shown. */
export const MATCHES = 200;
/** Longer than any name or address. */
const LONGEST_SEARCH = 200;

/** Not handed to the channel yet, and decided to leave: a person can still stop it. */
export const isStoppable = (status: OutboundStatus): boolean => status === 'scheduled' || status === 'claimed';

export interface OutboxRow {
	id: string;
	status: OutboundStatus;
	channel: Channel;
	contactId: string;
	/** Whom it goes to, as people know them. */
	name: string;
	to: string;
	subject?: string;
	text: string;
	at: EpochMs;
	why: string;
}
export interface OutboxModel {
	state: OutboxState;
	channel?: Channel;
	search: string;
	/** Whether more contacts fit the search than are looked at. */
	cut: boolean;
	leaving: readonly OutboxRow[];
	rows: readonly OutboxRow[];
	/** Whether this is the first page. */
	first: boolean;
	next?: string;
	figures: OutboxFigures;
	limits: readonly LimitUse[];
}

async function pageOf({ store, workspace }: DeskContext, state: OutboxState, channel: Channel | undefined, contactIds: string[] | undefined, after: string | undefined): Promise<OutboundPage & { first: boolean }> {
	const query = { statuses: STATUSES_OF[state], order: state === 'planned' ? 'due' : 'latest', limit: PAGE, ...(channel ? { channel } : {}), ...(contactIds ? { contactIds } : {}) } as const;
	if (after === undefined) return { ...(await store.outbound.page(workspace, query)), first: true };
	try {
		return { ...(await store.outbound.page(workspace, { ...query, after })), first: false };
	} catch (error) {
		// Not a page of this list: an old or broken address shows its beginning.
		if (error instanceof StoreInputError) return { ...(await store.outbound.page(workspace, query)), first: true };
		throw error;
	}
}

export async function loadOutbox(context: DeskContext, query: URLSearchParams): Promise<OutboxModel> {
	const { store, workspace, now, timezone } = context;
	const state = STATES.find((one) => one === query.get('state')) ?? 'planned';
	const channel = CHANNELS.find((one) => one === query.get('channel'));
	const search = (query.get('q') ?? '').trim().slice(0, LONGEST_SEARCH);
	const matches = search === '' ? undefined : await store.contacts.search(workspace, { text: search, limit: MATCHES });
	const [page, soon, figures, limits] = await Promise.all([
		pageOf(context, state, channel, matches?.contacts.map(({ contact }) => contact.id), query.get('after') ?? undefined),
		store.outbound.page(workspace, { statuses: ['scheduled', 'claimed'], order: 'due', limit: LEAVING_SHOWN }),
		store.figures.outbox({ workspace, ...PERIODS.last7Days(now, timezone) }),
		store.figures.limits(workspace, sharedCounters),
	]);
	const leaving = soon.rows.filter(({ row: { sendAt } }) => sendAt !== undefined && sendAt <= later(now, LEAVING_MS));
	const ids = [...new Set([...page.rows, ...leaving].map(({ row }) => row.contactId))];
	const contacts = new Map((await store.contacts.find(workspace, ids)).map((contact, at) => [ids[at], contact]));
	const toRow = ({ row, last }: OutboundPage['rows'][number]): OutboxRow => ({
		id: row.id,
		status: row.status,
		channel: row.channel,
		contactId: row.contactId,
		name: contacts.get(row.contactId)?.name ?? (row.to === '' ? row.contactId : row.to),
		to: row.to,
		subject: row.draft.subject,
		text: row.draft.text,
		at: (STATUSES_OF.planned.includes(row.status) ? row.sendAt : (row.sentAt ?? last?.at)) ?? row.createdAt,
		why: whyNotSent(row, now, last),
	});
	return { state, channel, search, cut: matches?.next !== undefined, leaving: leaving.map(toRow), rows: page.rows.map(toRow), first: page.first, next: page.next, figures: outboxFigures(figures), limits: limitUses(limits) };
}
