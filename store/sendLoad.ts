import { sql, type RawBuilder } from 'kysely';
import { DAY, epochMs, iso } from '../engine/time';
import { cleanText, groupBy, keyOf } from './bulk';
import type { Database } from './database';
import type { Session } from './session';
import type { SendLoad } from './store';

interface Counted {
	workspace: string;
	id: string;
	contact_id: string;
	at: number;
}

/** The rows of `wanted` (by `on`) that take room under a cap, each with the moment it counts at. */
function counted(session: Session, wanted: RawBuilder<unknown>, on: RawBuilder<unknown>, since: number): RawBuilder<Counted> {
	const join = session.dialect === 'sqlite' ? sql`cross join` : sql`join`;
	const now = sql`cast(${session.now} as bigint)`;
	// One arm a status: that is how both planners see that the partial indexes will do.
	const arm = (at: RawBuilder<unknown>, where: RawBuilder<unknown>) =>
		sql`select o.workspace, o.id, o.contact_id, ${at} as at from ${wanted} ${join} ${session.table('outbound')} as o on o.workspace = v.workspace and ${on} where ${where}`;
	return sql<Counted>`${arm(sql`o.sent_at`, sql`o.status = 'sent' and o.sent_at >= ${since}`)}
		union all ${arm(sql`case when o.send_at > ${now} then o.send_at else ${now} end`, sql`o.status = 'scheduled' and o.send_at is not null`)}
		union all ${arm(now, sql`o.status in ('claimed', 'sending')`)}
		union all ${arm(sql`o.sending_at`, sql`o.status = 'uncertain' and o.sending_at >= ${since}`)}`;
}

function withoutDrafts(session: Session, except: readonly { workspace: string; id: string }[]): RawBuilder<unknown> {
	const drafts = except.map(({ workspace, id }) => ({ workspace, id: cleanText(id) }));
	return sql`not exists (select 1 from ${session.values('e', { workspace: 'text', id: 'text' }, drafts)} where e.workspace = p.workspace and e.id = p.id)`;
}

export function createSendLoad(database: Database): SendLoad {
	return {
		async ofWorkspaces(workspaces, except) {
			if (workspaces.length === 0) return [];
			return await database.read(async (session) => {
				const wanted = session.values('v', { workspace: 'text' }, [...new Set(workspaces)].map((workspace) => ({ workspace })));
				const today = Math.floor(session.now / DAY) * DAY;
				const rows = await session.rows(sql<{ workspace: string; day: number; count: number }>`select workspace, day, count(*) as count from (
						select p.workspace, cast(p.at as bigint) / ${sql.raw(String(DAY))} as day from (${counted(session, wanted, sql`true`, today)}) as p where ${withoutDrafts(session, except)}
					) as days group by workspace, day`);
				const byWorkspace = new Map<string, Map<string, number>>();
				for (const { workspace, day, count } of rows) {
					const days = byWorkspace.get(workspace) ?? new Map<string, number>();
					byWorkspace.set(workspace, days.set(iso(epochMs(day * DAY)).slice(0, 10), count));
				}
				return workspaces.map((workspace) => byWorkspace.get(workspace) ?? new Map<string, number>());
			});
		},

		async ofContacts(keys, since, except) {
			if (keys.length === 0) return [];
			return await database.read(async (session) => {
				const people = new Map(keys.map(({ workspace, contactId }) => [keyOf(workspace, cleanText(contactId)), { workspace, contact_id: cleanText(contactId) }]));
				const wanted = session.values('v', { workspace: 'text', contact_id: 'text' }, [...people.values()]);
				const rows = await session.rows(sql<Counted>`select p.* from (${counted(session, wanted, sql`o.contact_id = v.contact_id`, since)}) as p where ${withoutDrafts(session, except)} order by p.at`);
				const byContact = groupBy(rows, ({ workspace, contact_id }) => keyOf(workspace, contact_id));
				return keys.map(({ workspace, contactId }) => (byContact.get(keyOf(workspace, cleanText(contactId))) ?? []).map(({ at }) => epochMs(at)));
			});
		},
	};
}
