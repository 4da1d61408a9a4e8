import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

/** How long a provider is asked to wait before it tries again; most keep to their own plan. */
const RETRY_AFTER_SECONDS = 60;

/** Answers by itself with a status n8n would not give, and starts no execution. */
export function answer(context: IWebhookFunctions, status: number, message: string, headers: Readonly<Record<string, string>> = {}): IWebhookResponseData {
	const response = context.getResponseObject();
	for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
	response.status(status).json({ message });
	return { noWebhookResponse: true };
}

export const tryLater = (context: IWebhookFunctions, message: string): IWebhookResponseData => answer(context, 503, message, { 'Retry-After': `${RETRY_AFTER_SECONDS}` });
