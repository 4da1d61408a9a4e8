import { sql } from 'kysely';
import type { Message } from '../engine/message/message';
import { derivedId } from '../engine/message/spine';
import { ReplySchema } from '../engine/reply/reply';
import type { AddressHash } from './addresses';
import { cleanText, fromJson, groupBy, keyOf } from './bulk';
import { loadContacts } from './contactRows';
import { conversationsUntil } from './conversations';
import { toMessage, type MessageRow } from './messageRows';
import { aboutMessage } from './shadowRecords';
import type { Session } from './session';
import type { Replay, ReplayOptions } from './store';

/** See `Shadow.replay`. */
export async function makeReplays(session: Session, hash: AddressHash, workspace: string, options: ReplayOptions): Promise<{ replays: Replay[]; decided: number }> {
	const threads = await silentRuns(session, workspace, options);
	const cases = threads.map((messages) => ({ messages, newest: messages[messages.length - 1] }));
	const run = cleanText(options.run);
	await session.insert(
		'shadow_decisions',
		cases.map(({ newest }) => ({
			...aboutMessage(newest), run, replay_id: replayId(workspace, run, newest.id), outbound_id: null, decision: null, reason: null, sentence: null, send_at: null, created_at: session.now, decided_at: null,
		})),
		sql`on conflict do nothing`,
	);
	const known = await session.matching('shadow_decisions', ['workspace', 'run', 'message_id'], cases.map(({ newest }) => ({ workspace, run, message_id: newest.id })));
	const done = new Set(known.filter(({ decision }) => decision !== null).map(({ message_id }) => message_id));
	const open = cases.filter(({ newest }) => !done.has(newest.id));
	const contacts = await loadContacts(session, hash, open.map(({ newest }) => ({ workspace, id: newest.contact_id })));
	const conversations = await conversationsUntil(session, open.map(({ newest }) => ({ workspace, contactId: newest.contact_id, at: newest.timestamp, seq: newest.seq })));
	const replays = open.flatMap(({ messages, newest }, at) => {
		const contact = contacts.get(keyOf(workspace, newest.contact_id));
		if (!contact) return [];
		// One reading speaks for one message; of several in a row the texts are read together, as when they come live.
		const reply = messages.length === 1 && newest.reply !== null ? { reply: ReplySchema.parse(fromJson(newest.reply)) } : {};
		return [{ message: asReplay(messages, replayId(workspace, run, newest.id)), contact: { ...contact, takenOverUntil: undefined, optOutChannels: [], summary: undefined, summaryAt: undefined }, conversation: conversations[at], ...reply }];
	});
	return { replays, decided: done.size };
}

const replayId = (workspace: string, run: string, messageId: string): string => derivedId('replay', workspace, run, messageId);

/** Messages in a row as one, under an id and a thread nothing else has. */
function asReplay(messages: readonly MessageRow[], id: string): Message & { replayOf: string } {
	const newest = toMessage(messages[messages.length - 1]);
	return {
		...newest,
		id,
		threadId: id,
		replayOf: newest.id,
		text: messages.map(({ text }) => text).filter((text) => text !== '').join('\n'),
		attachments: messages.flatMap((row) => toMessage(row).attachments),
		providerId: undefined,
		raw: undefined,
	};
}

/** The most messages in a row that are read together. */
const LONGEST_ROW = 10;

/**
 * The newest rows of messages a lead wrote before anybody answered, each oldest message first, the rows by their newest
 * message. A row ends when somebody answers or when the lead had waited out the time for an answer.
 */
async function silentRuns(session: Session, workspace: string, { since, until, channels, accountId, limit, answerMs }: ReplayOptions): Promise<MessageRow[][]> {
	const from = since - answerMs;
	const to = until + answerMs;
	const onChannels = channels ? sql`and ${session.among('channel', channels)}` : sql``;
	const ofAccount = accountId === undefined ? sql`` : sql`and account_id = ${accountId}`;
	const rows = await session.rows(sql<MessageRow & { row_number: number; row_newest: number }>`
		with said as (
			select id, channel, thread_id, timestamp as at, seq, direction from ${session.table('messages')}
				where workspace = ${workspace} and timestamp >= ${from} and timestamp <= ${to} ${onChannels} ${ofAccount}
			union all
			select id, channel, thread_id, sent_at as at, ${Number.MAX_SAFE_INTEGER} as seq, 'us' as direction from ${session.table('outbound')}
				where workspace = ${workspace} and status = 'sent' and thread_id is not null and sent_at >= ${from} and sent_at <= ${to} ${onChannels} ${ofAccount}
		), placed as (
			select said.*, lag(direction) over thread as before, lag(at) over thread as before_at, lead(direction) over thread as after
			from said window thread as (partition by channel, thread_id order by at, seq)
		), inbound as (
			select placed.*, sum(case when before = 'inbound' and at - before_at <= ${answerMs} then 0 else 1 end)
				over (partition by channel, thread_id order by at, seq rows unbounded preceding) as row_number
			from placed where direction = 'inbound'
		), newest as (
			select channel, thread_id, row_number, max(at) as row_newest from inbound
			group by channel, thread_id, row_number
			having max(at) >= ${since} and max(at) < ${until} and coalesce(max(case when after is null then at end), ${from}) <= ${session.now - answerMs}
			order by max(at) desc, channel, thread_id limit ${limit}
		)
		select m.*, newest.row_number, newest.row_newest from newest
			join inbound on inbound.channel = newest.channel and inbound.thread_id = newest.thread_id and inbound.row_number = newest.row_number
			join ${session.table('messages')} as m on m.workspace = ${workspace} and m.id = inbound.id
		order by newest.row_newest, m.channel, m.thread_id, m.timestamp, m.seq`);
	const groups = groupBy(rows, (row) => keyOf(row.channel, row.thread_id, row.row_number));
	return [...groups.values()].map((group) => group.slice(-LONGEST_ROW));
}

