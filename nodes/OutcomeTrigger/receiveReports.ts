import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { readProviderEvents } from '../../engine/outcome/providerEvents';
import type { Outcome } from '../../engine/outcome/outcome';
import { withStore } from '../shared/openNodeStore';
import { answer, tryLater } from './answers';
import { providerOf, readPayload } from './readPayload';
import { readRequest } from './readRequest';
import type { TriggerSettings } from './readSettings';
import { recordReports } from './recordReports';

/**
 * Verifies, reads, commits, answers: in this order. A request that is refused has done no work; one that is answered
 * with 200 is on record, whatever becomes of the execution it starts.
 */
export async function receiveReports(context: IWebhookFunctions, settings: TriggerSettings): Promise<IWebhookResponseData> {
	const { source, workspace, verify, reading, limitBytes, publicUrl } = settings;
	const refuse = (status: number, why: string): IWebhookResponseData => {
		context.logger.warn('autopilot_webhook_refused', { provider: source, status, why });
		return answer(context, status, why);
	};
	const request = await readRequest(context, publicUrl);
	if (request === undefined) return refuse(400, 'The body cannot be read as it was signed');
	if (request.rawBody.length > limitBytes) return refuse(413, 'The body is too large');
	const verdict = verify(request);
	if (!verdict.ok) return refuse(verdict.status, verdict.why);
	const payload = readPayload(source, request);
	if (payload === undefined) return refuse(400, 'The body is signed and cannot be read');

	const events = readProviderEvents(providerOf(source, payload.value), payload.value, request.now, reading);
	if (events.length === 0 && source === 'hmac') return refuse(400, 'No event in it: each needs a known event, an ID or a time, and a contact or message');
	let outcomes: Outcome[];
	try {
		outcomes = events.length === 0 ? [] : await withStore(context, async (store) => await recordReports(store, events.map((event) => ({ workspace, event }))));
	} catch (error) {
		context.logger.error('autopilot_webhook_not_recorded', { provider: source, events: events.length, reason: error instanceof Error ? error.name : 'unknown' });
		return tryLater(context, 'The events could not be put on record; send them again');
	}
	return told(outcomes);
}

/** What was new goes on to the workflow; what was on record starts nothing. */
function told(outcomes: readonly Outcome[]): IWebhookResponseData {
	const fresh = outcomes.filter(({ recorded }) => recorded);
	const webhookResponse = { recorded: fresh.length, repeated: outcomes.length - fresh.length };
	if (fresh.length === 0) return { webhookResponse };
	return { webhookResponse, workflowData: [fresh.map((outcome) => ({ json: { outcome: { ...outcome } as IDataObject } }))] };
}
