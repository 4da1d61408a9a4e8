import { sql, type RawBuilder } from 'kysely';
import type { KnownEvent } from '../engine/sendTime/answerHistory';
import type { OutcomeEvent } from '../engine/outcome/outcome';
import { ReplySchema } from '../engine/reply/reply';
import { epochMs } from '../engine/time';
import { cleanText, fromJson, outOfIndex } from './bulk';
import type { Database } from './database';
import type { Session } from './session';
import type { AnswerTimes, RecentContact } from './store';

/** What an outcome says about the moment. */
const KIND: Readonly<Partial<Record<OutcomeEvent, KnownEvent['kind']>>> = { replied: 'reply', clicked: 'click', opened: 'open', read: 'open', machine_opened: 'machineOpen' };
/** A message nobody got: no answer to it was to be expected. */
const NOT_DELIVERED: readonly OutcomeEvent[] = ['bounced_hard', 'dropped', 'failed'];

const WANTED = { place: 'int', workspace: 'text', channel: 'text', contact_id: 'text' } as const;
type Key = Parameters<AnswerTimes['events']>[0][number];
type Bounds = Parameters<AnswerTimes['events']>[1];
interface Found {
	place: number;
	at: number;
	what: string | null;
}

const inList = (events: readonly string[]): RawBuilder<unknown> => sql.raw(events.map((event) => `'${event}'`).join(', '));

/** The newest of each contact's events of one source: `from` yields place, at and what. */
async function newest(session: Session, from: RawBuilder<unknown>, bounds: Bounds): Promise<Found[]> {
	return await session.rows(sql<Found>`select place, at, what from (
			select place, at, what, row_number() over (partition by place order by at desc) as rank from (${from}) as found where at >= ${bounds.since} and at <= ${session.now}
		) as ranked where rank <= ${bounds.perContact}`);
}

/** Everything is read by the index on workspace and contact, whose rows are few. */
async function knownEvents(session: Session, keys: readonly Key[], bounds: Bounds): Promise<KnownEvent[][]> {
	const join = session.dialect === 'sqlite' ? sql`cross join` : sql`join`;
	const wanted = session.values('w', WANTED, keys.map(({ workspace, channel, contactId }, place) => ({ place, workspace, channel, contact_id: cleanText(contactId) })));
	const people = sql`(select w.* from ${wanted} where not exists (
		select 1 from ${session.table('contacts')} as c where c.workspace = w.workspace and c.id = w.contact_id and c.profiling = 0)) as v`;
	const same = (alias: string) => sql`${sql.ref(`${alias}.workspace`)} = v.workspace and ${sql.ref(`${alias}.contact_id`)} = v.contact_id`;
	const sent = sql`select v.place, o.sent_at as at, null as what from ${people} ${join} ${session.table('outbound')} as o on ${same('o')} and ${outOfIndex('o.status')} = 'sent' and ${outOfIndex('o.channel')} = v.channel
		where o.sent_at >= ${bounds.since} and not exists (
			select 1 from ${session.table('outcomes')} as x where x.workspace = o.workspace and x.outbound_id = o.id and x.event in (${inList(NOT_DELIVERED)}))`;
	const told = sql`select v.place, x.occurred_at as at, x.event as what from ${people} ${join} ${session.table('outcomes')} as x
		on ${same('x')} and x.occurred_at >= ${bounds.since} where x.event in (${inList(Object.keys(KIND))}) and (x.channel is null or x.channel = v.channel)`;
	// A provider's clock ahead of ours counts as now.
	const wrote = sql`select v.place, case when m.timestamp > m.received_at then m.received_at else m.timestamp end as at, m.reply as what from ${people} ${join} ${session.table('messages')} as m
		on ${same('m')} and m.timestamp >= ${bounds.since} where m.channel = v.channel and m.direction = 'inbound' and m.source = 'channel'`;
	const events = keys.map((): KnownEvent[] => []);
	const add = (place: number, at: number, kind: KnownEvent['kind'] | undefined): void => {
		if (kind !== undefined) events[place].push({ at: epochMs(at), kind });
	};
	for (const { place, at } of await newest(session, sent, bounds)) add(place, at, 'delivered');
	for (const { place, at, what } of await newest(session, told, bounds)) add(place, at, kindOf(what));
	for (const { place, at, what } of await newest(session, wrote, bounds)) add(place, at, isAutomatic(what) ? undefined : 'written');
	return events;
}

function kindOf(event: string | null): KnownEvent['kind'] | undefined {
	return Object.entries(KIND).find(([name]) => name === event)?.[1];
}

function isAutomatic(reply: string | null): boolean {
	return reply !== null && ReplySchema.safeParse(fromJson(reply)).data?.intent === 'out_of_office';
}

export function createAnswerTimes(database: Database): AnswerTimes {
	return {
		async recentContacts(keys, { since, sends }) {
			if (keys.length === 0) return [];
			return await database.read(async (session) => {
				const join = session.dialect === 'sqlite' ? sql`cross join` : sql`join`;
				const outbound = session.table('outbound');
				const wanted = session.values('w', { place: 'int', workspace: 'text', channel: 'text' }, keys.map((key, place) => ({ place, ...key })));
				// The moment of the oldest send that still counts, so that the index is walked no further.
				const cutoff = sql`coalesce((select s.sent_at from ${outbound} as s where s.workspace = w.workspace and s.channel = w.channel and s.status = 'sent' and s.sent_at >= ${since}
					order by s.sent_at desc limit 1 offset ${Math.max(1, sends) - 1}), cast(${since} as bigint))`;
				// Postgres would otherwise find the moment anew for every send it looks at.
				const once = session.dialect === 'postgres' ? sql`offset 0` : sql``;
				const rows = await session.rows(sql<{ place: number; id: string; at: number; timezone: string | null; phone: string | null; country: string | null; attributes: string }>`
					select latest.place, c.id, latest.at, c.timezone, c.phone, c.country, c.attributes from (
						select v.place, v.workspace, o.contact_id, max(o.sent_at) as at from (select w.*, ${cutoff} as cutoff from ${wanted} ${once}) as v
						${join} ${outbound} as o on o.workspace = v.workspace and o.channel = v.channel and o.status = 'sent' and o.sent_at >= v.cutoff
						group by v.place, v.workspace, o.contact_id
					) as latest ${join} ${session.table('contacts')} as c on c.workspace = latest.workspace and c.id = latest.contact_id and c.profiling = 1
					order by latest.at desc, c.id`);
				const lists = keys.map((): RecentContact[] => []);
				for (const { place, id, at, timezone, phone, country, attributes } of rows) {
					lists[place].push({ contactId: id, sentAt: epochMs(at), timezone: timezone ?? undefined, phone: phone ?? undefined, country: country ?? undefined, attributes: fromJson(attributes) });
				}
				return lists;
			});
		},

		async events(keys, bounds) {
			if (keys.length === 0) return [];
			return await database.read(async (session) => await knownEvents(session, keys, bounds));
		},
	};
}
