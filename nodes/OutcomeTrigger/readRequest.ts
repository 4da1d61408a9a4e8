import type { IWebhookFunctions } from 'n8n-workflow';
import type { SignedRequest } from '../../engine/outcome/signatures/request';
import { epochMs } from '../../engine/time';

/** The body's bytes; undefined when n8n has taken the stream apart already (multipart forms), so that nothing signed is left. */
async function rawBody(request: ReturnType<IWebhookFunctions['getRequestObject']>): Promise<Buffer | undefined> {
	// n8n reads JSON, forms and text before it asks the node; bodies of other types only now.
	if (request.rawBody === undefined && request.contentType?.startsWith('multipart/') !== true) await request.readRawBody?.();
	return Buffer.isBuffer(request.rawBody) ? request.rawBody : undefined;
}

/** The address the provider called: n8n's public one, or the one given, with the query as it came. */
function calledUrl(context: IWebhookFunctions, publicUrl: string | undefined): string {
	const { originalUrl = '' } = context.getRequestObject();
	const query = originalUrl.includes('?') ? originalUrl.slice(originalUrl.indexOf('?')) : '';
	const known = publicUrl ?? context.getNodeWebhookUrl('default') ?? '';
	// n8n always names the production address; while the editor listens, the provider calls the test one.
	const inTest = publicUrl === undefined && originalUrl.split('?')[0].includes('/webhook-test/');
	return `${inTest ? known.replace('/webhook/', '/webhook-test/') : known}${query}`;
}

/** The request as it is to be verified, or undefined when its bytes cannot be had. */
export async function readRequest(context: IWebhookFunctions, publicUrl: string | undefined): Promise<SignedRequest | undefined> {
	const request = context.getRequestObject();
	const body = await rawBody(request);
	if (body === undefined) return undefined;
	return { rawBody: body, headers: request.headers, url: calledUrl(context, publicUrl), method: request.method, now: epochMs(Date.now()) };
}
