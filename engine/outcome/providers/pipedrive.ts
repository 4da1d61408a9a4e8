import type { OutcomeEvent } from '../outcome';
import { asCurrency, asRecord, asText, asValue, fieldAt, isMail, moment, type ProviderEvent, type ReadingOptions } from './reading';
import type { EpochMs } from '../../time';
import { ownEntry } from '../../ownEntry';

const STATUS: Readonly<Record<string, OutcomeEvent>> = { won: 'deal_won', lost: 'deal_lost' };
const ADDED: readonly unknown[] = ['create', 'added'];

/** Pipedrive: a deal that was added, won or lost; webhooks of version 2 (`data`) and 1 (`current`). Any other change of a deal that was won says nothing new. */
export function readPipedrive(payload: unknown, now: EpochMs, { personField, draftField }: ReadingOptions = {}): ProviderEvent[] {
	const body = asRecord(payload);
	const meta = asRecord(body.meta);
	const deal = asRecord(body.data ?? body.current);
	const id = asText(deal.id);
	if ((meta.entity ?? meta.object) !== 'deal' || id === undefined) return [];
	const isNew = ADDED.includes(meta.action);
	const status = asText(deal.status) ?? '';
	const before = asText(asRecord(body.previous).status);
	const settled = ownEntry(STATUS, status);
	const event = settled ?? (isNew ? ('opportunity' as const) : undefined);
	if (event === undefined || (!isNew && (before === undefined || before === status))) return [];
	const at = settled === 'deal_won' ? deal.won_time : settled === 'deal_lost' ? deal.lost_time : deal.add_time;
	const named = asText(fieldAt(deal, personField));
	const number = asText(deal.person_id) ?? asText(asRecord(deal.person_id).value);
	return [
		{
			event,
			occurredAt: moment(inUtc(at) ?? meta.timestamp, now),
			// Won again after it was opened again is another event: it has another time.
			eventId: `pipedrive:${asText(meta.company_id) ?? ''}:${id}:${event}:${asText(at) ?? ''}`,
			outboundId: asText(fieldAt(deal, draftField)),
			person: isMail(named) ? named : number === undefined ? undefined : `pipedrive:${number}`,
			value: asValue(deal.value),
			currency: asCurrency(deal.currency),
		},
	];
}

/** Version 1 writes UTC without saying so: `2026-05-20 10:00:00`. */
function inUtc(value: unknown): unknown {
	return typeof value === 'string' && /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(value) ? `${value.replace(' ', 'T')}Z` : (value ?? undefined);
}
