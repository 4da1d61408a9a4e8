import type { OutcomeEvent } from '../outcome';
import { asRecord, asText, moment, type ProviderEvent, type ReadingOptions } from './reading';
import type { EpochMs } from '../../time';
import { ownEntry } from '../../ownEntry';

/** HubSpot's own ids of the last stages of its first pipeline; other pipelines have numbers. */
export const HUBSPOT_STAGES = { won: ['closedwon'], lost: ['closedlost'] } as const;

/** Of the property hs_meeting_outcome. */
const MEETINGS: Readonly<Record<string, OutcomeEvent>> = { SCHEDULED: 'meeting_booked', COMPLETED: 'meeting_held', NO_SHOW: 'meeting_no_show' };

function eventOf(report: Record<string, unknown>, { wonStages = HUBSPOT_STAGES.won, lostStages = HUBSPOT_STAGES.lost }: ReadingOptions): OutcomeEvent | undefined {
	const [object, change] = (asText(report.subscriptionType) ?? '').split('.');
	const name = asText(report.propertyName);
	const value = asText(report.propertyValue) ?? '';
	if (object === 'deal' && change === 'creation') return 'opportunity';
	if (change !== 'propertyChange') return undefined;
	if (name === 'dealstage') return wonStages.includes(value) ? 'deal_won' : lostStages.includes(value) ? 'deal_lost' : undefined;
	if (name === 'hs_meeting_outcome') return ownEntry(MEETINGS, value);
	if (name === 'hs_email_optout' && value === 'true') return 'unsubscribed';
	return name === 'lifecyclestage' && value === 'opportunity' ? 'opportunity' : undefined;
}

/** HubSpot's subscriptions: a list of changes that name an object by its number and nobody by name. */
export function readHubSpot(payload: unknown, now: EpochMs, options: ReadingOptions = {}): ProviderEvent[] {
	const reports = Array.isArray(payload) ? payload : [payload];
	return reports.map(asRecord).flatMap((report): ProviderEvent[] => {
		const event = eventOf(report, options);
		const object = asText(report.objectId);
		if (event === undefined || object === undefined) return [];
		const isContact = asText(report.subscriptionType)?.startsWith('contact.') === true;
		// HubSpot says of its eventId that it may come twice; what changed, and when, does not.
		const eventId = ['hubspot', asText(report.portalId) ?? '', asText(report.subscriptionType) ?? '', object, asText(report.propertyName) ?? '', asText(report.propertyValue) ?? '', asText(report.occurredAt) ?? ''].join(':');
		return [
			{
				event,
				occurredAt: moment(report.occurredAt, now),
				eventId,
				person: isContact ? `hubspot:${object}` : undefined,
				channel: event === 'unsubscribed' ? 'email' : undefined,
			},
		];
	});
}
