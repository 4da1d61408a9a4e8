import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { sameSecret } from '../../engine/outcome/signatures/sameSecret';
import { answer } from './answers';
import type { TriggerSettings } from './readSettings';

const CHALLENGE = /^[\w.-]{1,200}$/;

/** Meta asks once, by GET, whether the address is ours; for all other sources nothing is to be got here. */
export function answerGet(context: IWebhookFunctions, { source, metaVerifyToken }: TriggerSettings): IWebhookResponseData {
	if (source !== 'meta') return answer(context, 405, 'Only POST is answered here', { Allow: 'POST' });
	const query: Readonly<Record<string, unknown>> = Object.fromEntries(Object.entries(context.getQueryData() ?? {}));
	const { 'hub.mode': mode, 'hub.verify_token': token, 'hub.challenge': challenge } = query;
	if (mode !== 'subscribe' || typeof challenge !== 'string' || !CHALLENGE.test(challenge)) return answer(context, 400, 'This is no subscription of Meta');
	if (metaVerifyToken === undefined || typeof token !== 'string' || !sameSecret(token, metaVerifyToken)) return answer(context, 403, "The verify token is not the one of the credential's 'Meta Verify Token'");
	context.getResponseObject().status(200).type('text/plain').send(challenge);
	return { noWebhookResponse: true };
}
