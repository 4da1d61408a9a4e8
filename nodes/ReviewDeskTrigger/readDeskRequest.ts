import type { IWebhookFunctions } from 'n8n-workflow';
import type { DeskRequest } from '../../desk/http/request';

function one(value: unknown): string | undefined {
	return Array.isArray(value) ? value.join(', ') : typeof value === 'string' ? value : undefined;
}

/** The desk's address as n8n tells it to the outside; it knows of prefixes and proxies when WEBHOOK_URL does. */
function publicUrl(context: IWebhookFunctions, pathname: string): URL | undefined {
	const told = context.getNodeWebhookUrl('default');
	if (told === undefined || !URL.canParse(told)) return undefined;
	const url = new URL(told);
	// n8n names the production address even while the editor listens on the test one.
	if (pathname.includes('/webhook-test/')) url.pathname = url.pathname.replace('/webhook/', '/webhook-test/');
	return url;
}

/** The request as the desk reads it: bytes, headers and where it was asked for. */
export async function readDeskRequest(context: IWebhookFunctions): Promise<DeskRequest> {
	const request = context.getRequestObject();
	const [pathname, query = ''] = (request.originalUrl ?? '').split(/\?(.*)/s);
	const known = publicUrl(context, pathname);
	// n8n reads forms before it asks the node; other types only now, but for multipart forms, of which it keeps no bytes.
	if (request.method === 'POST' && request.rawBody === undefined && request.contentType?.startsWith('multipart/') !== true) await request.readRawBody?.();
	const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), one(value)]));
	return {
		method: request.method ?? 'GET',
		// A proxy may take a prefix off before n8n sees the path; the browser's cookie needs the path the browser sees.
		path: known?.pathname.endsWith(pathname) === true ? known.pathname : pathname,
		query: new URLSearchParams(query),
		headers,
		...(Buffer.isBuffer(request.rawBody) ? { body: request.rawBody } : {}),
		clientAddress: request.ip ?? request.socket?.remoteAddress ?? 'unknown',
		secure: known?.protocol === 'https:' || request.protocol === 'https' || headers['x-forwarded-proto']?.split(',')[0].trim() === 'https',
		...(known ? { publicHost: known.host } : {}),
	};
}
