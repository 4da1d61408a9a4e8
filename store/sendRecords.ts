import { sql } from 'kysely';
import { VariantSchema } from '../engine/experiment/variant';
import { derivedId } from '../engine/message/spine';
import { cleanText, fromJson } from './bulk';
import type { RowOf } from './schema';
import type { Session } from './session';

/** The id of the one `sent` outcome a message has. */
export function sentOutcomeId({ workspace, id }: { workspace: string; id: string }): string {
	return derivedId('outcome', workspace, id, 'sent');
}

/** An experiment begins with the first message that leaves; its weekly looks count from there. */
async function begin(session: Session, exposed: readonly RowOf<'exposures'>[]): Promise<void> {
	if (exposed.length === 0) return;
	const sent = exposed.map(({ workspace, experiment_id, contact_id, outbound_id }) => ({ workspace, experiment_id: cleanText(experiment_id), contact_id, outbound_id }));
	const values = session.values('v', { workspace: 'text', experiment_id: 'text', contact_id: 'text', outbound_id: 'text?' }, sent);
	// A message with another arm than the contact's own exposes nobody: only what was written as an exposure counts.
	// SQLite would otherwise be free to walk all exposures once a message.
	const join = session.dialect === 'sqlite' ? sql`cross join` : sql`join`;
	await session.rows(sql`update ${session.table('experiments')} as o set started_at = ${session.now} from ${values}
		${join} ${session.table('exposures')} as e on e.workspace = v.workspace and e.experiment_id = v.experiment_id and e.contact_id = v.contact_id and e.outbound_id = v.outbound_id
		where o.workspace = v.workspace and o.id = v.experiment_id and o.started_at is null`);
}

/** What a send leaves behind besides its row: the `sent` outcome, and the contact's first exposure to the variant. Repeats change nothing. */
export async function recordSends(session: Session, rows: readonly RowOf<'outbound'>[]): Promise<void> {
	if (rows.length === 0) return;
	await session.insert(
		'outcomes',
		rows.map((row) => ({
			workspace: row.workspace,
			id: sentOutcomeId(row),
			event: 'sent',
			occurred_at: row.sent_at ?? session.now,
			outbound_id: row.id,
			provider_id: row.provider_id,
			event_id: null,
			thread_id: row.thread_id,
			contact_id: row.contact_id,
			channel: row.channel,
			error_code: null,
			value: null,
			currency: null,
			attributed: 'id',
			recorded_at: session.now,
			evidence: null,
			link: null,
			label: null,
			sentiment: null,
			message_id: null,
		})),
		sql`on conflict do nothing`,
	);
	const exposures = rows.flatMap((row): RowOf<'exposures'>[] => {
		if (row.variant === null) return [];
		const variant = VariantSchema.parse(fromJson(row.variant));
		// The control of a paused experiment or the winner of a completed one: nothing was left to chance, nothing is learnt.
		if (variant.propensity >= 1) return [];
		return [
			{
				workspace: row.workspace,
				experiment_id: variant.experimentId,
				contact_id: row.contact_id,
				variant_id: variant.variantId,
				propensity: variant.propensity,
				assigned_at: row.created_at,
				exposed_at: row.sent_at ?? session.now,
				outbound_id: row.id,
				shares: null,
			},
		];
	});
	// Two sends to one contact in one batch: the first is the exposure.
	const first = [...new Map(exposures.toReversed().map((row) => [JSON.stringify([row.workspace, row.experiment_id, row.contact_id]), row])).values()];
	await session.insert(
		'exposures',
		first,
		// The assignment that came first is kept; only the moment it was first seen is filled in.
		sql`on conflict (workspace, experiment_id, contact_id) do update set
			exposed_at = coalesce(exposures.exposed_at, excluded.exposed_at), outbound_id = coalesce(exposures.outbound_id, excluded.outbound_id)
			where exposures.variant_id = excluded.variant_id`,
	);
	await begin(session, first);
}
