import { parseChannel } from '../../channels/channel';
import { derivedId } from '../../message/spine';
import { OutcomeEventSchema, type OutcomeEvent } from '../outcome';
import { asCurrency, asRecord, asText, asValue, fieldAt, list, statedMoment, touchOf, type ProviderEvent, type ReadingOptions } from './reading';
import type { EpochMs } from '../../time';

/** The names under which a sender of no known form may give each thing; the first that is there counts. */
const NAMES = {
	event: ['event', 'type'],
	eventId: ['eventId', 'event_id', 'id'],
	occurredAt: ['occurredAt', 'occurred_at', 'timestamp', 'time'],
	person: ['contact', 'email', 'phone'],
	outboundId: ['draftId', 'draft_id', 'outboundId'],
	providerId: ['providerId', 'provider_id', 'messageId', 'message_id'],
	value: ['value', 'amount'],
	currency: ['currency'],
	channel: ['channel'],
	userAgent: ['userAgent', 'user_agent', 'useragent'],
	method: ['method'],
	url: ['url', 'link'],
} as const;

function known(name: string | undefined, eventNames: Readonly<Record<string, OutcomeEvent>>): OutcomeEvent | undefined {
	if (name === undefined) return undefined;
	if (Object.hasOwn(eventNames, name)) return eventNames[name];
	return OutcomeEventSchema.safeParse(name).data;
}

/**
 * Events in the pack's own words: one, a list, or a list under `events`. Each needs an id or a time of its own; without
 * either, a repeat could not be told from a new one, and it is left out.
 */
export function readGeneric(payload: unknown, now: EpochMs, { personField, draftField, eventNames = {} }: ReadingOptions = {}): ProviderEvent[] {
	const body = asRecord(payload);
	const entries = Array.isArray(payload) ? payload : Array.isArray(body.events) ? list(body.events) : [payload];
	return entries.flatMap((entry): ProviderEvent[] => {
		const fields = asRecord(entry);
		const first = (name: keyof typeof NAMES): unknown => NAMES[name].map((one) => fields[one]).find((value) => value !== undefined && value !== null && value !== '');
		const event = known(asText(first('event')), eventNames);
		const id = asText(first('eventId'));
		const occurredAt = statedMoment(first('occurredAt'), now);
		const about = {
			person: asText(fieldAt(entry, personField)) ?? asText(first('person')),
			outboundId: asText(fieldAt(entry, draftField)) ?? asText(first('outboundId')),
			providerId: asText(first('providerId')),
		};
		if (event === undefined || (id === undefined && occurredAt === undefined)) return [];
		if (about.person === undefined && about.outboundId === undefined && about.providerId === undefined) return [];
		const eventId = `generic:${id ?? derivedId('generic', event, about.person ?? '', about.outboundId ?? '', about.providerId ?? '', `${occurredAt}`)}`;
		return [{ event, occurredAt: occurredAt ?? now, eventId, ...about, value: asValue(first('value')), currency: asCurrency(first('currency')), channel: parseChannel(first('channel')), ...touchOf(event, { userAgent: first('userAgent'), method: first('method'), url: first('url') }) }];
	});
}
