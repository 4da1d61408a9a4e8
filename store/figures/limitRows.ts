import { sql } from 'kysely';
import type { LimitCounter, LimitRows } from '../../engine/report/limitUse';
import { DAY, iso, later } from '../../engine/time';
import { cleanText } from '../bulk';
import type { Session } from '../session';
import { loadSettings } from '../settings';

const COUNTERS = { place: 'int', scope: 'text', since: 'int' } as const;

/**
 * See `Figures.limits`. Five statements.
 * @param today messages that count under the workspace's daily cap
 * @param countersOf which shared counters there are, from the accounts that send
 */
export async function limitRows(session: Session, workspace: string, countersOf: (accounts: string[]) => LimitCounter[], today: number): Promise<LimitRows> {
	const { now } = session;
	const outbound = session.table('outbound');
	const yesterday = later(now, -DAY);
	const [{ contactDailyCap, workspaceDailyCap, modelSpendCapUsd }] = await loadSettings(session, [{ workspace }]);
	const [people] = await session.rows(sql<{ busiest: number; at_cap: number }>`select coalesce(max(messages), 0) as busiest, count(case when messages >= ${contactDailyCap ?? Number.MAX_SAFE_INTEGER} then 1 end) as at_cap
		from (select count(*) as messages from ${outbound} as o where o.workspace = ${workspace} and o.status = 'sent' and o.sent_at >= ${yesterday} group by o.contact_id) as people`);
	const day = iso(now).slice(0, 10);
	const [spend] = await session.rows(sql<{ spent: number; held: number }>`select
		(select coalesce(sum(s.spent_usd), 0) from ${session.table('model_spend')} as s where s.workspace = ${workspace} and s.day = ${day}) as spent,
		(select coalesce(sum(h.amount_usd), 0) from ${session.table('model_holds')} as h where h.workspace = ${workspace} and h.day = ${day} and h.expires_at > ${now}) as held`);
	const accounts = await session.rows(sql<{ external_id: string }>`select distinct a.external_id from ${session.table('accounts')} as a where a.workspace = ${workspace} order by a.external_id`);
	const counters = countersOf(accounts.map(({ external_id }) => external_id));
	const wanted = counters.map(({ scope, windowMs }, place) => ({ place, scope: cleanText(scope), since: now - windowMs }));
	const join = session.dialect === 'sqlite' ? sql`cross join` : sql`join`;
	// What is planned for later is not used yet.
	const used = await session.rows(sql<{ place: number; used: number }>`select v.place, count(*) as used from ${session.values('v', COUNTERS, wanted)} ${join} ${session.table('limit_entries')} as e
		on e.workspace = ${workspace} and e.scope = v.scope and e.at > v.since and e.at <= ${now} where e.expires_at is null or e.expires_at > ${now} group by v.place`);
	return {
		caps: { ...(contactDailyCap === undefined ? {} : { contactDaily: contactDailyCap }), ...(workspaceDailyCap === undefined ? {} : { workspaceDaily: workspaceDailyCap }), ...(modelSpendCapUsd === undefined ? {} : { modelSpendUsd: modelSpendCapUsd }) },
		today,
		busiestContact: people.busiest,
		contactsAtCap: people.at_cap,
		spentUsd: spend.spent,
		heldUsd: spend.held,
		counters: counters.map((counter, place) => ({ ...counter, used: used.find((row) => row.place === place)?.used ?? 0 })),
	};
}
