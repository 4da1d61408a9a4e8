import type { IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';
import { graphFailure, GRAPH_READING, usageOf, type GraphAnswer, type GraphFailure } from '../../engine/channels/graphReading';
import { conversationFields } from '../../engine/message/intake/metaConversations';
import type { PageChannel } from '../../engine/message/intake/metaPage';
import { fieldsOf, textOf } from '../../engine/message/intake/parsed';
import { MINUTE } from '../../engine/time';
import { keyFingerprint } from '../../llm/keyLedger';

/** n8n's own, as its Facebook Graph API node takes it: nobody should have to type a token in twice. */
export const GRAPH_CREDENTIAL = 'facebookGraphApi';
const GRAPH_URL = 'https://graph.facebook.com/v23.0';
/** Meta takes long over pages with many messages. */
const ANSWER_WITHIN_MS = MINUTE;

export type GraphResult = { ok: true; body: unknown; usedShare: number } | { ok: false; failure: GraphFailure };

async function get(context: IExecuteFunctions, path: string, qs: Record<string, string | number>): Promise<GraphResult> {
	const request: IHttpRequestOptions = { method: 'GET', url: `${GRAPH_URL}/${path}`, qs, json: true, returnFullResponse: true, ignoreHttpStatusErrors: true, timeout: ANSWER_WITHIN_MS };
	let given: unknown;
	try {
		given = await context.helpers.httpRequestWithAuthentication.call(context, GRAPH_CREDENTIAL, request);
	} catch (error) {
		// The error itself holds the address, and with it the token.
		const code = textOf(fieldsOf(error).code) ?? 'no answer';
		return { ok: false, failure: { kind: 'passing', code, message: 'Meta could not be reached' } };
	}
	const { statusCode, headers, body } = fieldsOf(given);
	const answer: GraphAnswer = { status: typeof statusCode === 'number' ? statusCode : 0, headers: fieldsOf(headers), body };
	const failure = graphFailure(answer);
	return failure ? { ok: false, failure } : { ok: true, body, usedShare: usageOf(answer.headers).usedShare };
}

/** Whose token the credential holds: the page, and its Instagram account if it has one. */
export async function askOwnPage(context: IExecuteFunctions): Promise<GraphResult> {
	return await get(context, 'me', { fields: 'id,name,instagram_business_account{id}' });
}

/** One page of conversations with their newest messages. `after`: where the page before ended. */
export async function askConversations(context: IExecuteFunctions, pageId: string, { channel, size, after, withMessages = true }: { channel: PageChannel; size: number; after?: string; withMessages?: boolean }): Promise<GraphResult> {
	const fields = withMessages ? conversationFields(GRAPH_READING.messages[channel]) : 'id,updated_time';
	return await get(context, `${encodeURIComponent(pageId)}/conversations`, { platform: channel, fields, limit: size, ...(after === undefined ? {} : { after }) });
}

/** The credential's token as something to count by: the same token wherever it is used, and of no use to anybody else. */
export async function tokenFingerprint(context: IExecuteFunctions): Promise<string> {
	const { accessToken } = await context.getCredentials(GRAPH_CREDENTIAL);
	return keyFingerprint(String(accessToken ?? ''));
}
