import { sql } from 'kysely';
import { StatusSchema } from '../engine/message/contact';
import { OutcomeEventSchema, type OutcomeEvent } from '../engine/outcome/outcome';
import { groupBy } from './bulk';
import type { RowOf } from './schema';
import type { Session } from './session';
import type { PastLead } from './store';

const CORRECTED = ['intent', 'score', 'status'] as const;

/** Contacts with a summary whose end is known or whom a person corrected, with what is known of that: three statements for any number. */
export async function loadPastLeads(session: Session, workspace: string, { events, contactIds, limit }: { events: readonly OutcomeEvent[]; contactIds?: string[]; limit: number }): Promise<PastLead[]> {
	const wanted = contactIds === undefined ? sql`` : sql`and ${session.among('contact_id', contactIds)}`;
	const contacts = await session.rows(sql<{ id: string; summary: string; status: string | null }>`
		select c.id, c.summary, c.status from (
			select contact_id, max(at) as at from (
				select contact_id, occurred_at as at from ${session.table('outcomes')} where workspace = ${workspace} and contact_id is not null and ${session.among('event', events)} ${wanted}
				union all
				select contact_id, at from ${session.table('labels')} where workspace = ${workspace} and ${session.among('field', CORRECTED)} ${wanted}
			) as known group by contact_id
		) as latest join ${session.table('contacts')} as c on c.workspace = ${workspace} and c.id = latest.contact_id
		where c.profiling = 1 and c.summary is not null and c.summary <> '' order by latest.at desc, c.id limit ${limit}`);
	const ids = contacts.map(({ id }) => id);
	if (ids.length === 0) return [];
	const seen = groupBy(
		await session.rows(sql<{ contact_id: string; event: string }>`select distinct contact_id, event from ${session.table('outcomes')}
			where workspace = ${workspace} and ${session.among('event', events)} and ${session.among('contact_id', ids)}`),
		({ contact_id: id }) => id,
	);
	const labels = groupBy(
		await session.rows(sql<RowOf<'labels'>>`select * from ${session.table('labels')} where workspace = ${workspace} and ${session.among('field', CORRECTED)} and ${session.among('contact_id', ids)} order by at, seq`),
		({ contact_id: id }) => id,
	);
	return contacts.map(({ id, summary, status }) => ({
		contactId: id,
		summary,
		status: StatusSchema.safeParse(status ?? undefined).data,
		events: (seen.get(id) ?? []).flatMap(({ event }) => OutcomeEventSchema.safeParse(event).data ?? []).sort(),
		corrections: Object.fromEntries((labels.get(id) ?? []).map(({ field, to_value: to }) => [field, to])),
	}));
}
