import type { OutcomeEvent } from '../outcome';
import { asCurrency, asRecord, asText, asValue, fieldAt, isMail, moment, type ProviderEvent, type ReadingOptions } from './reading';
import type { EpochMs } from '../../time';

export const SALESFORCE_STAGES = { won: ['Closed Won'], lost: ['Closed Lost'] } as const;

/** Salesforce: an Opportunity as a Flow or Apex callout sends it, one or a list, with Salesforce's own field names in any case. */
export function readSalesforce(payload: unknown, now: EpochMs, options: ReadingOptions = {}): ProviderEvent[] {
	const opportunities = Array.isArray(payload) ? payload : [payload];
	return opportunities.flatMap((one) => readOpportunity(asRecord(one), now, options));
}

function readOpportunity(raw: Record<string, unknown>, now: EpochMs, options: ReadingOptions): ProviderEvent[] {
	const fields = new Map(Object.entries(raw).map(([name, value]) => [name.toLowerCase(), value]));
	const text = (name: string): string | undefined => asText(fields.get(name));
	const id = text('id');
	const event = eventOf(fields, options);
	if (id === undefined || event === undefined) return [];
	const mail = asText(fieldAt(raw, options.personField)) ?? text('contactemail') ?? text('email');
	const contact = text('contactid');
	return [
		{
			event,
			occurredAt: moment(fields.get('lastmodifieddate') ?? fields.get('systemmodstamp') ?? fields.get('createddate'), now),
			// A Flow sends every later change of a closed opportunity too: it is won, or lost, once.
			eventId: `salesforce:${id}:${event}`,
			outboundId: asText(fieldAt(raw, options.draftField)),
			person: isMail(mail) ? mail : contact === undefined ? undefined : `salesforce:${contact}`,
			value: asValue(fields.get('amount')),
			currency: asCurrency(fields.get('currencyisocode')),
		},
	];
}

function eventOf(fields: ReadonlyMap<string, unknown>, { wonStages = SALESFORCE_STAGES.won, lostStages = SALESFORCE_STAGES.lost }: ReadingOptions): OutcomeEvent | undefined {
	const stage = asText(fields.get('stagename'));
	if (fields.get('iswon') === true || (stage !== undefined && wonStages.includes(stage))) return 'deal_won';
	if (fields.get('isclosed') === true || (stage !== undefined && lostStages.includes(stage))) return 'deal_lost';
	return stage === undefined ? undefined : 'opportunity';
}
