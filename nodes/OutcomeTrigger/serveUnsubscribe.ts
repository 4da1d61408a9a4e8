import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { honourUnsubscribe } from '../shared/honourUnsubscribe';
import { storeConfig } from '../shared/openNodeStore';
import { openStore } from '../../store/openStore';

/** The token of an unsubscribe link, when the request comes by one. */
export function linkToken(context: IWebhookFunctions): string | undefined {
	const { t } = Object.fromEntries(Object.entries(context.getQueryData() ?? {}));
	return typeof t === 'string' && t !== '' ? t : undefined;
}

/**
 * One-click unsubscription (RFC 8058) at the same address, whatever provider the node is set to: the link's own signature
 * says who it is, so no credential of a provider is asked for. Only a wish that was carried out starts the workflow.
 */
export async function serveUnsubscribe(context: IWebhookFunctions, token: string): Promise<IWebhookResponseData> {
	const { method, headers } = context.getRequestObject();
	const language = headers['accept-language'];
	const answer = await honourUnsubscribe(async () => await openStore(await storeConfig(context)), { method, token, ...(language ? { acceptLanguage: language } : {}) });
	const response = context.getResponseObject().status(answer.status);
	for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
	response.send(answer.body);
	if (answer.view !== 'done') return { noWebhookResponse: true };
	const unsubscribed: IDataObject = { cancelled: answer.cancelled, sentence: 'Unsubscribed by the link in a mail; nothing more is sent there.' };
	return { noWebhookResponse: true, workflowData: [[{ json: { unsubscribed } }]] };
}
