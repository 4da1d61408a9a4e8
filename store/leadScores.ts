import { sql } from 'kysely';
import type { LeadScoreRecord } from '../engine/classify/learnedScore';
import { cleanText, fromJson, toJson } from './bulk';
import type { Database } from './database';
import { ensureContacts } from './intake';
import { loadPastLeads } from './pastLeads';
import type { RowOf } from './schema';
import type { Session } from './session';
import type { LeadScores } from './store';

/** Whether a contact converted between two moments after a snapshot `s`; `events` one of the outcomes wanted. */
function convertedWithin(session: Session, events: readonly string[], windowMs: number) {
	return sql<number>`case when exists (select 1 from ${session.table('outcomes')} as e where e.workspace = s.workspace and e.contact_id = s.contact_id
		and ${session.among('e.event', events)} and e.occurred_at >= s.at and e.occurred_at <= s.at + ${windowMs}) then 1 else 0 end`;
}

const allowed = (session: Session) => sql<boolean>`exists (select 1 from ${session.table('contacts')} as p where p.workspace = s.workspace and p.id = s.contact_id and p.profiling = 1)`;

export function createLeadScores(database: Database): LeadScores {
	return {
		async saveSnapshots(workspace, snapshots, conversions) {
			if (snapshots.length === 0) return;
			await database.write(async (session) => {
				const ids = await ensureContacts(session, workspace, snapshots.map(({ contactId }) => contactId));
				const own = snapshots.map((snapshot) => ({ ...snapshot, contactId: ids.get(cleanText(snapshot.contactId)) ?? snapshot.contactId }));
				const contacts = [...new Set(own.map(({ contactId }) => contactId))];
				const over = await session.rows(sql<{ contact_id: string }>`select distinct contact_id from ${session.table('outcomes')}
					where workspace = ${workspace} and ${session.among('event', conversions)} and ${session.among('contact_id', contacts)}`);
				const converted = new Set(over.map(({ contact_id: id }) => id));
				const kept = new Map((await session.matching('lead_snapshots', ['workspace', 'contact_id'], contacts.map((id) => ({ workspace, contact_id: id })), true)).map((row) => [row.contact_id, row]));
				for (const { contactId, features, baseScore, score, draw } of own) {
					if (converted.has(contactId)) continue;
					const before = kept.get(contactId);
					const seen = (before?.seen ?? 0) + 1;
					// The n-th takes the place of what is kept with chance 1/n: every one of them is the one kept with the same chance.
					const next = { workspace, contact_id: contactId, at: session.now, seen, features: toJson(features), base_score: baseScore, score };
					kept.set(contactId, before && draw * seen >= 1 ? { ...before, seen } : next);
				}
				await session.insert(
					'lead_snapshots',
					[...kept.values()].filter(({ contact_id: id }) => !converted.has(id)),
					sql`on conflict (workspace, contact_id) do update set at = excluded.at, seen = excluded.seen, features = excluded.features, base_score = excluded.base_score, score = excluded.score`,
				);
			});
		},

		async examples(workspace, { windowMs, conversions, limit }) {
			return await database.read(async (session) => {
				const rows = await session.rows(sql<{ features: string; base_score: number; converted: number }>`
					select s.features, s.base_score, ${convertedWithin(session, conversions, windowMs)} as converted from ${session.table('lead_snapshots')} as s
					where s.workspace = ${workspace} and s.at <= ${session.now - windowMs} and ${allowed(session)} order by s.at desc, s.contact_id limit ${limit}`);
				return rows.map(({ features, base_score: baseScore, converted }) => ({ features: fromJson<Record<string, number>>(features), baseScore, converted: converted === 1 }));
			});
		},

		async conversionByScore(workspace, { windowMs, conversions }) {
			return await database.read(async (session) => {
				const over = session.now - windowMs;
				const rows = await session.rows(sql<{ score: number; contacts: number; conversions: number }>`
					select score, count(*) as contacts, sum(converted) as conversions from (
						select round(s.score) as score, ${convertedWithin(session, conversions, windowMs)} as converted from ${session.table('lead_snapshots')} as s
						where s.workspace = ${workspace} and s.at <= ${over}
					) as matured group by score order by score`);
				const [{ count }] = await session.rows(sql<{ count: number }>`select count(*) as count from ${session.table('lead_snapshots')} where workspace = ${workspace} and at > ${over}`);
				return { scores: rows, tooRecent: count };
			});
		},

		async current(workspace, everyMs) {
			const [row] = await database.read(async (session) => await session.matching('score_models', ['workspace'], [{ workspace }]));
			const found = { ...(row && row.model !== null ? { record: fromJson<LeadScoreRecord>(row.model) } : {}), conversions: row?.conversions ?? 0 };
			const now = await database.clock.now();
			if (everyMs === undefined) return { ...found, due: false };
			if (row && row.tried_at > now - everyMs) return { ...found, due: false };
			const claimed = await database.write(async (session) =>
				await session.rows(sql<{ workspace: string }>`insert into ${session.table('score_models')} (workspace, model, conversions, examples, fitted_at, tried_at)
					values (${workspace}, null, 0, 0, null, ${session.now})
					on conflict (workspace) do update set tried_at = excluded.tried_at where score_models.tried_at <= ${session.now - everyMs} returning workspace`),
			);
			return { ...found, due: claimed.length > 0 };
		},

		async save(workspace, { record, conversions, examples }) {
			await database.write(async (session) => {
				const row: RowOf<'score_models'> = { workspace, model: record ? toJson(record) : null, conversions, examples, fitted_at: record ? session.now : null, tried_at: session.now };
				await session.insert(
					'score_models',
					[row],
					sql`on conflict (workspace) do update set model = excluded.model, conversions = excluded.conversions, examples = excluded.examples, fitted_at = excluded.fitted_at, tried_at = excluded.tried_at`,
				);
			});
		},

		async pastLeads(workspace, options) {
			if (options.contactIds?.length === 0) return [];
			return await database.read(async (session) => await loadPastLeads(session, workspace, options));
		},
	};
}
