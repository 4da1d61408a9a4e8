import { sql } from 'kysely';
import { cleanText, groupBy, keyOf } from './bulk';
import type { Database } from './database';
import type { MailRecords } from './store';

/** Of a long exchange the newest mails are read. */
const MOST_MAILS = 50;

interface TallyRow {
	account_id: string | null;
	sent: number;
	bounced: number;
	complained: number;
}

export function createMailRecords(database: Database): MailRecords {
	return {
		async threads(workspace, keys) {
			if (keys.length === 0) return [];
			return await database.read(async (session) => {
				const people = new Map(keys.map(({ contactId, accountId }) => [keyOf(cleanText(contactId), accountId ?? ''), { contact_id: cleanText(contactId), account_id: accountId ?? '' }]));
				const wanted = session.values('v', { contact_id: 'text', account_id: 'text' }, [...people.values()]);
				const join = session.dialect === 'sqlite' ? sql`cross join` : sql`join`;
				const ours = sql`(o.account_id is null or v.account_id = '' or o.account_id = v.account_id)`;
				const rows = await session.rows(sql<{ contact_id: string; account_id: string; provider_id: string }>`select contact_id, account_id, provider_id from (
						select p.*, row_number() over (partition by p.contact_id, p.account_id order by p.at desc, p.provider_id) as newest from (
							select v.contact_id, v.account_id, o.provider_id, o.sent_at as at from ${wanted} ${join} ${session.table('outbound')} as o
								on o.workspace = ${workspace} and o.contact_id = v.contact_id and o.status = 'sent' where o.channel = 'email' and o.provider_id is not null and ${ours}
							union all
							select v.contact_id, v.account_id, o.provider_id, o.timestamp as at from ${wanted} ${join} ${session.table('messages')} as o
								on o.workspace = ${workspace} and o.contact_id = v.contact_id where o.channel = 'email' and o.provider_id is not null and ${ours}
						) as p
					) as mails where newest <= ${MOST_MAILS} order by newest desc`);
				const byKey = groupBy(rows, ({ contact_id, account_id }) => keyOf(contact_id, account_id));
				return keys.map(({ contactId, accountId }) => (byKey.get(keyOf(cleanText(contactId), accountId ?? '')) ?? []).map(({ provider_id }) => provider_id));
			});
		},

		async tallies(workspace, { since, deadMailboxCodes }) {
			return await database.read(async (session) => {
				const reported = (event: string) => sql`exists (select 1 from ${session.table('outcomes')} as e where e.workspace = o.workspace and e.outbound_id = o.id and e.event = ${event} and e.attributed = 'id')`;
				const dead = deadMailboxCodes.length === 0 ? sql`1 = 0` : session.among('error_code', deadMailboxCodes);
				// A refusal at once leaves no sent_at: it counts at the moment it was begun.
				const rows = await session.rows(sql<TallyRow>`select account_id, count(*) as sent, sum(bounced) as bounced, sum(complained) as complained from (
						select o.account_id, case when ${reported('bounced_hard')} then 1 else 0 end as bounced, case when ${reported('complaint')} then 1 else 0 end as complained
							from ${session.table('outbound')} as o where o.workspace = ${workspace} and o.channel = 'email' and o.status = 'sent' and o.sent_at >= ${since}
						union all
						select o.account_id, 1 as bounced, 0 as complained
							from ${session.table('outbound')} as o where o.workspace = ${workspace} and o.channel = 'email' and o.status = 'failed' and o.sending_at >= ${since} and ${dead}
					) as mails group by account_id order by account_id`);
				return rows.map(({ account_id, sent, bounced, complained }) => ({
					workspace,
					...(account_id === null ? {} : { accountId: account_id }),
					sent: Number(sent),
					hardBounces: Number(bounced),
					complaints: Number(complained),
				}));
			});
		},
	};
}
