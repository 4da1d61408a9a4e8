import { sql } from 'kysely';
import type { ReadinessInput } from '../../engine/report/readiness';
import { fromJson } from '../bulk';
import type { Session } from '../session';
import { loadSettings } from '../settings';
import { ANY_CHANNEL, contactSubject } from '../suppressionList';
import { ofChannel, within, type Scope } from './scopeSql';

export type ReadinessRows = Pick<ReadinessInput, 'sentAfterOptOut' | 'optOuts' | 'contacted' | 'consented' | 'caps' | 'killSwitchTried' | 'killSwitchOn'>;

/** See `Figures.readiness`. Four statements. */
export async function readinessRows(session: Session, scope: Scope): Promise<ReadinessRows> {
	const { workspace } = scope;
	const outbound = session.table('outbound');
	const sent = sql`o.workspace = ${workspace} and o.status = 'sent' and ${within('o.sent_at', scope)} ${ofChannel('o.channel', scope)}`;
	// A lawful ground on record for the channel of the message, or the contact wrote first.
	const ground = session.dialect === 'sqlite' ? sql`exists (select 1 from json_each(c.consent) as j where j.key = people.channel)` : sql`(cast(c.consent as json) -> people.channel) is not null`;
	const join = session.dialect === 'sqlite' ? sql`cross join` : sql`join`;
	const [people] = await session.rows(sql<{ contacted: number; consented: number }>`with people as materialized (
			select o.contact_id, o.channel, min(o.sent_at) as first_at from ${outbound} as o where ${sent} group by o.contact_id, o.channel
		), grounded as (
			select people.contact_id, people.channel from people ${join} ${session.table('contacts')} as c on c.workspace = ${workspace} and c.id = people.contact_id where c.consent <> '{}' and ${ground}
			union select people.contact_id, people.channel from people ${join} ${session.table('messages')} as m on m.workspace = ${workspace} and m.contact_id = people.contact_id and m.timestamp <= people.first_at where m.direction = 'inbound'
		)
		select (select count(*) from people) as contacted, (select count(*) from grounded) as consented`);
	// A suppression that is lifted is gone: what is left stood when the message went.
	const [stops] = await session.rows(sql<{ opt_outs: number; after: number }>`select
		(select count(*) from ${session.table('suppressions')} as s where s.workspace = ${workspace}) as opt_outs,
		(select count(*) from ${outbound} as o where ${sent} and exists (select 1 from ${session.table('suppressions')} as s
			where s.workspace = o.workspace and s.subject = ${sql.lit(contactSubject(''))} || o.contact_id and s.channel in (${sql.lit(ANY_CHANNEL)}, o.channel) and s.created_at < o.sending_at)) as after`);
	const [{ contactDailyCap, workspaceDailyCap, modelSpendCapUsd, killSwitch }] = await loadSettings(session, [{ workspace }]);
	const patches = await session.rows(sql<{ patch: string }>`select patch from ${session.table('settings')} where workspace = ${workspace} and kind in ('workspace', 'account')`);
	return {
		...people,
		optOuts: stops.opt_outs,
		sentAfterOptOut: stops.after,
		caps: { ...(contactDailyCap === undefined ? {} : { contactDaily: contactDailyCap }), ...(workspaceDailyCap === undefined ? {} : { workspaceDaily: workspaceDailyCap }), ...(modelSpendCapUsd === undefined ? {} : { modelSpendUsd: modelSpendCapUsd }) },
		killSwitchTried: patches.some(({ patch }) => 'killSwitch' in fromJson<object>(patch)),
		killSwitchOn: killSwitch,
	};
}
