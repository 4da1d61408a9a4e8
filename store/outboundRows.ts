import { sql } from 'kysely';
import { ChannelSchema } from '../engine/channels/channel';
import { DraftSchema } from '../engine/draft/draft';
import { VariantSchema } from '../engine/experiment/variant';
import { GateSchema } from '../engine/gate/gate';
import { ScheduleSchema } from '../engine/sendTime/schedule';
import { epochMs, type EpochMs } from '../engine/time';
import { cleanRow, cleanText, fromJson, keyOf, toJson } from './bulk';
import { outboundKey, statusOf, type OutboundDbRow } from './outboundMoves';
import type { Session } from './session';
import type { NewDraft, OutboundRow } from './store';

const moment = (ms: number | null): EpochMs | undefined => (ms === null ? undefined : epochMs(ms));

export function toOutbound(row: OutboundDbRow): OutboundRow {
	return {
		workspace: row.workspace,
		id: row.id,
		status: statusOf(row),
		sentence: row.sentence,
		contactId: row.contact_id,
		channel: ChannelSchema.parse(row.channel),
		to: row.to_address,
		accountId: row.account_id ?? undefined,
		threadId: row.thread_id ?? undefined,
		inboundIds: fromJson(row.inbound_ids),
		purpose: row.purpose === 'reply' ? 'reply' : 'outreach',
		draft: DraftSchema.parse(fromJson(row.draft)),
		gate: row.gate === null ? undefined : GateSchema.parse(fromJson(row.gate)),
		schedule: row.schedule === null ? undefined : ScheduleSchema.parse(fromJson(row.schedule)),
		variant: row.variant === null ? undefined : VariantSchema.parse(fromJson(row.variant)),
		score: row.score ?? undefined,
		sendAt: moment(row.send_at),
		attempts: row.attempts,
		providerId: row.provider_id ?? undefined,
		sentAt: moment(row.sent_at),
		leaseUntil: moment(row.lease_until),
		errorCode: row.error_code ?? undefined,
		createdAt: epochMs(row.created_at),
	};
}

function newRow(draft: NewDraft, now: number): OutboundDbRow {
	return cleanRow({
		workspace: draft.workspace,
		id: cleanText(draft.id),
		status: 'drafted',
		version: 1,
		sentence: draft.draft.sentence,
		contact_id: draft.contactId,
		channel: draft.channel,
		to_address: draft.to,
		account_id: draft.accountId ?? null,
		thread_id: draft.threadId ?? null,
		inbound_ids: toJson(draft.inboundIds),
		purpose: draft.purpose,
		draft: toJson(draft.draft),
		gate: null,
		variant: draft.variant ? toJson(draft.variant) : null,
		score: draft.score ?? null,
		send_at: null,
		attempts: 0,
		provider_id: null,
		sending_at: null,
		sent_at: null,
		lease_until: null,
		error_code: null,
		created_at: now,
		updated_at: now,
		schedule: null,
		model_version: draft.draft.modelVersion ?? null,
		rollout_candidate: draft.draft.rollout?.candidate ?? null,
		rollout_arm: draft.draft.rollout?.arm ?? null,
		rollout_propensity: draft.draft.rollout?.propensity ?? null,
		spared: null,
		held: null,
	});
}

/** Stores the drafts that are not there yet, each with its first transition. */
export async function insertDrafts(session: Session, drafts: readonly NewDraft[]): Promise<void> {
	if (drafts.length === 0) return;
	const rows = [...new Map(drafts.toReversed().map((draft) => [keyOf(draft.workspace, draft.id), newRow(draft, session.now)])).values()];
	await session.insert('outbound', rows, sql`on conflict do nothing`);
	await session.insert(
		'outbound_transitions',
		rows.map((row) => ({ workspace: row.workspace, outbound_id: row.id, version: 1, from_status: null, to_status: 'drafted', actor: 'engine', reason: row.sentence, at: session.now })),
		// The row was there already: so was its first transition.
		sql`on conflict do nothing`,
	);
}

/** Outbound rows by `keyOf(workspace, id)`. */
export async function loadOutbound(session: Session, keys: readonly { workspace: string; id: string }[], lock: boolean): Promise<Map<string, OutboundDbRow>> {
	const rows = await session.matching('outbound', ['workspace', 'id'], keys, lock);
	return new Map(rows.map((row) => [outboundKey(row), row]));
}

export const cleanKey = (workspace: string, id: string): string => keyOf(workspace, cleanText(id));
