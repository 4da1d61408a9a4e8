import { sql } from 'kysely';
import { ChannelSchema } from '../engine/channels/channel';
import type { Conversation } from '../engine/message/message';
import { DAY, epochMs, later } from '../engine/time';
import { ReplySchema } from '../engine/reply/reply';
import type { AddressHash } from './addresses';
import { fromJson, groupBy, keyOf } from './bulk';
import { loadContacts } from './contactRows';
import { loadConversations } from './conversations';
import { BY_PERSON, decideMessages, toMessage, type MessageRow } from './messageRows';
import { openReviews } from './reviewRows';
import type { Session } from './session';
import { loadSettings } from './settings';
import type { Messages, ReadyConversation } from './store';

type Options = Parameters<Messages['claimReady']>[0];

/** How long a person has to look at a message the autopilot could not decide. */
const CLASSIFICATION_REVIEW_MS = DAY;

const threadKey = (row: MessageRow): string => keyOf(row.workspace, row.channel, row.thread_id);
const last = <T>(items: readonly T[]): T => items[items.length - 1];

/** Leases the threads that are ready and returns each as one conversation; see `Messages.claimReady`. */
export async function claimReady(session: Session, hash: AddressHash, options: Options): Promise<ReadyConversation[]> {
	await session.lock('ready', ['']);
	const threads = await readyThreads(session, options);
	if (threads.length === 0) return [];
	const used = threads.filter((thread) => Math.max(...thread.map(({ lease_count }) => lease_count)) >= options.maxLeases);
	await giveToPerson(session, used, options.maxLeases);
	const rest = threads.filter((thread) => !used.includes(thread));

	const keys = rest.map((thread) => ({ workspace: last(thread).workspace, id: last(thread).contact_id }));
	const contacts = await loadContacts(session, hash, keys);
	const leaseUntil = later(session.now, options.leaseMs);
	await session.update(
		'messages',
		['workspace', 'id'],
		['lease_until', 'lease_count'],
		rest.flatMap((thread) => {
			const leaseCount = Math.max(...thread.map(({ lease_count }) => lease_count)) + 1;
			return thread.map(({ workspace, id }) => ({ workspace, id, lease_until: leaseUntil, lease_count: leaseCount }));
		}),
	);

	const newest = rest.map(last);
	const settings = await loadSettings(session, newest.map((row) => ({ workspace: row.workspace, accountId: row.account_id ?? undefined, contactId: row.contact_id })));
	const conversations = await loadConversations(session, newest.map((row) => ({ workspace: row.workspace, contactId: row.contact_id })));
	return rest.flatMap((thread, at) => {
		const row = last(thread);
		const key = keyOf(row.workspace, row.contact_id);
		const contact = contacts.get(key);
		if (!contact) return [];
		return [
			{
				workspace: row.workspace,
				message: merged(thread),
				contact,
				conversation: settings[at].mode === 'shadow' ? until(conversations.get(key) ?? [], row.timestamp) : (conversations.get(key) ?? []),
				mode: settings[at].mode,
				reply: row.reply === null ? undefined : ReplySchema.parse(fromJson(row.reply)),
				leaseUntil,
				leaseCount: Math.max(...thread.map(({ lease_count }) => lease_count)) + 1,
			},
		];
	});
}

/**
 * The undecided messages of each ready thread, oldest first; threads in the order in which they began to wait. What a
 * colleague holds waits until the takeover ends: it is theirs to answer, and if they do not, it must not be lost.
 */
async function readyThreads(session: Session, options: Options): Promise<MessageRow[][]> {
	const messages = session.table('messages');
	const inWorkspaces = options.workspaces ? sql`and ${session.among('m.workspace', options.workspaces)}` : sql``;
	const rows = await session.rows(sql<MessageRow & { waiting_since: number }>`
		select m.*, ready.waiting_since from (
			select m.workspace, m.channel, m.thread_id, min(m.seq) as waiting_since from ${messages} as m
			where m.state = 'received' and m.direction = 'inbound' ${inWorkspaces} and not exists (
				select 1 from ${session.table('settings')} as s where s.workspace = m.workspace and s.mode = 'off' and (
					s.kind = 'workspace' or (s.kind = 'account' and s.scope_id = m.account_id) or (s.kind = 'contact' and s.scope_id = m.contact_id)))
				and not exists (select 1 from ${session.table('contacts')} as c where c.workspace = m.workspace and c.id = m.contact_id and c.taken_over_until > ${session.now})
			group by m.workspace, m.channel, m.thread_id
			having max(m.received_at) <= ${session.now - options.quietMs} and max(coalesce(m.lease_until, 0)) <= ${session.now}
			order by min(m.seq), m.workspace, m.channel, m.thread_id limit ${options.limit}
		) as ready join ${messages} as m on m.workspace = ready.workspace and m.channel = ready.channel and m.thread_id = ready.thread_id
		where m.state = 'received' and m.direction = 'inbound'
		order by ready.waiting_since, m.workspace, m.channel, m.thread_id, m.timestamp, m.seq`);
	return [...groupBy(rows, threadKey).values()];
}

async function giveToPerson(session: Session, threads: readonly MessageRow[][], leases: number): Promise<void> {
	if (threads.length === 0) return;
	const reason = `Not decided in ${leases} tries: a person should read it.`;
	await openReviews(
		session,
		threads.map(last).map((row) => ({
			workspace: row.workspace,
			kind: 'classification',
			messageId: row.id,
			contactId: row.contact_id,
			channel: ChannelSchema.parse(row.channel),
			sentence: reason,
			dueAt: later(session.now, CLASSIFICATION_REVIEW_MS),
		})),
	);
	await decideMessages(session, threads.flat().map((row) => ({ workspace: row.workspace, messageId: row.id, reason, actor: 'engine', answeredBy: BY_PERSON })));
}

/** In shadow mode people answer meanwhile, and what they wrote must not be seen by the draft it is held against. */
function until(conversation: Conversation, at: number): Conversation {
	return conversation.filter(({ timestamp }) => epochMs(timestamp) <= at);
}

/** The burst as one message: the newest, with the texts of all. */
function merged(thread: readonly MessageRow[]): ReadyConversation['message'] {
	const newest = toMessage(last(thread));
	if (thread.length === 1) return newest;
	return {
		...newest,
		text: thread.map(({ text }) => text).filter((text) => text !== '').join('\n'),
		attachments: thread.flatMap((row) => toMessage(row).attachments),
		mergedIds: thread.slice(0, -1).map(({ id }) => id),
	};
}
