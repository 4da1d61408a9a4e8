import { ChannelSchema } from '../engine/channels/channel';
import { derivedId } from '../engine/message/spine';
import { OutcomeEventSchema } from '../engine/outcome/outcome';
import { epochMs } from '../engine/time';
import type { Attribution } from './attribution';
import { cleanText } from './bulk';
import type { RowOf } from './schema';
import { sentOutcomeId } from './sendRecords';
import type { Session } from './session';
import type { OutcomeInput, StoredOutcome } from './store';

/** What makes two reports the same one. */
function outcomeId(event: OutcomeInput, { row, how }: Attribution): string {
	// A message leaves once, whoever says so first: the provider's word and Mark Sent's are one outcome.
	if (row && how === 'id' && event.event === 'sent') return sentOutcomeId(row);
	const about = row?.id ?? event.outboundId ?? event.providerId ?? event.threadId ?? event.contactId ?? '';
	const identity = event.eventId ? ['event', event.eventId, event.event] : ['about', about, event.event, `${event.occurredAt}`];
	return derivedId('outcome', event.workspace, ...identity.map(cleanText));
}

export function outcomeRow(session: Session, event: OutcomeInput, { row, how }: Attribution): RowOf<'outcomes'> {
	return {
		workspace: event.workspace,
		id: outcomeId(event, { row, how }),
		event: event.event,
		occurred_at: event.occurredAt,
		outbound_id: row?.id ?? event.outboundId ?? null,
		provider_id: event.providerId ?? row?.provider_id ?? null,
		event_id: event.eventId ?? null,
		thread_id: event.threadId ?? row?.thread_id ?? null,
		contact_id: event.contactId ?? row?.contact_id ?? null,
		channel: event.channel ?? row?.channel ?? null,
		error_code: event.errorCode ?? null,
		value: event.value ?? null,
		currency: event.currency ?? null,
		attributed: how,
		recorded_at: session.now,
		// Who is told by the provider that it was a machine has that as evidence.
		evidence: event.evidence ?? (event.event.startsWith('machine_') ? 'provider' : null),
		link: event.link ?? null,
		label: event.label ?? null,
		sentiment: event.sentiment ?? null,
		message_id: event.messageId ?? null,
	};
}

const ATTRIBUTED = ['id', 'thread', 'contact', 'none'] as const;

export function toStoredOutcome(row: RowOf<'outcomes'>): StoredOutcome {
	return {
		workspace: row.workspace,
		event: OutcomeEventSchema.parse(row.event),
		occurredAt: epochMs(row.occurred_at),
		outboundId: row.outbound_id ?? undefined,
		providerId: row.provider_id ?? undefined,
		eventId: row.event_id ?? undefined,
		threadId: row.thread_id ?? undefined,
		contactId: row.contact_id ?? undefined,
		channel: row.channel === null ? undefined : ChannelSchema.parse(row.channel),
		errorCode: row.error_code ?? undefined,
		value: row.value ?? undefined,
		currency: row.currency ?? undefined,
		evidence: row.evidence ?? undefined,
		link: row.link ?? undefined,
		label: row.label ?? undefined,
		sentiment: row.sentiment ?? undefined,
		messageId: row.message_id ?? undefined,
		attributed: ATTRIBUTED.find((how) => how === row.attributed) ?? 'none',
	};
}
