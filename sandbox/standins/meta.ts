import { createHmac, randomBytes } from 'node:crypto';
import { isSandboxKey, SANDBOX } from './accounts';
import type { Courier } from './delivery';
import type { Call, ScriptState } from './failureScript';
import { bearer, json, underScript, type StandInAnswer, type StandInRequest } from './httpServer';
import type { MessageLog } from './messageLog';
import { createConversations, type Conversations } from './metaConversations';
import { metaError, wrongParameter } from './metaErrors';
import { accountOf, createMetaEvents, messageIds, type MetaEvents, type PagePlatform } from './metaEvents';
import { graphParameters, readPageSend } from './metaPages';
import { createSubscriptions, type Subscriptions } from './metaSubscriptions';
import { readWhatsAppSend } from './metaWhatsApp';
import { textAt, type JsonObject } from './shapes';

/** What the Graph API stand-in does of its own accord after a send. */
export interface AutomaticEvents {
	/** WhatsApp `sent` then `delivered`; Messenger delivery events. */
	statuses: boolean;
	/** Our own messages come back as echoes on Messenger and Instagram. */
	echoes: boolean;
	/** Milliseconds between the answer to a send and its first event; default 50. With 0 the event may be first, as it may with Meta. */
	delayMs: number;
}

export interface Meta extends MetaEvents {
	automatic: AutomaticEvents;
	/** The next sends to this recipient are accepted, then reported `failed` with the code. */
	failDelivery(code: number, options?: { to?: string; times?: number }): void;
	/** The page's and its Instagram account's conversations, to be read. */
	conversations: Conversations;
	subscriptions: Pick<Subscriptions, 'list' | 'ownAccounts' | 'setSecret'>;
	/** Resolves when every automatic event has been delivered or given up. */
	settled(): Promise<void>;
}

/** Source: the ids Meta gives to Instagram professional accounts begin so. */
const INSTAGRAM_ACCOUNT = /^17841\d+$/;

export function createMeta(log: MessageLog, script: ScriptState, courier: Courier): { api: Meta; handle(request: StandInRequest): Promise<StandInAnswer> } {
	const subscriptions = createSubscriptions(courier, { id: SANDBOX.metaAppId, secret: SANDBOX.metaAppSecret });
	const events = createMetaEvents(subscriptions, log);
	const conversations = createConversations();
	const automatic: AutomaticEvents = { statuses: true, echoes: true, delayMs: 50 };
	const instagramPeople = new Set<string>();
	let failing: { code: number; to?: string; left: number }[] = [];

	const failureFor = (to: string): number | undefined => {
		const hit = failing.find((entry) => entry.to === undefined || entry.to === to);
		if (!hit) return undefined;
		hit.left -= 1;
		failing = failing.filter(({ left }) => left > 0);
		return hit.code;
	};

	const reportStatuses = (messageId: string, to: string, phoneNumberId: string, bizOpaqueCallbackData?: string): void => {
		const code = failureFor(to);
		const shared = { messageId, to, phoneNumberId, bizOpaqueCallbackData };
		if (code !== undefined) courier.later(() => events.status({ ...shared, status: 'failed', errors: [code] }, true), automatic.delayMs);
		else if (automatic.statuses) {
			courier.later(async () => {
				await events.status({ ...shared, status: 'sent' }, true);
				await events.status({ ...shared, status: 'delivered' }, true);
			}, automatic.delayMs);
		}
	};

	const sendWhatsApp = (phoneNumberId: string, body: unknown): StandInAnswer => {
		const read = readWhatsAppSend(body);
		if (!read.ok) return read.answer;
		if ('read' in read) return json(200, { success: true });
		const { to, text, template, callbackData } = read.send;
		const id = messageIds.whatsapp();
		log.add({ direction: 'toLead', channel: 'whatsapp', provider: 'meta', from: phoneNumberId, to, text, template, correlationId: callbackData, providerId: id, state: 'accepted', raw: body });
		reportStatuses(id, to, phoneNumberId, callbackData);
		return json(200, {
			messaging_product: 'whatsapp',
			contacts: [{ input: to, wa_id: to }],
			messages: [{ id, ...(template ? { message_status: 'accepted' } : {}) }],
		});
	};

	const sendPage = (platform: PagePlatform, account: string, parameters: JsonObject): StandInAnswer => {
		const read = readPageSend(parameters, platform);
		if (!read.ok) return read.answer;
		const { to, text, metadata } = read.send;
		const mid = messageIds.page();
		const pageId = account === 'me' ? accountOf(platform) : account;
		// The log is shown on a page; a token has no place there.
		const raw = Object.fromEntries(Object.entries(parameters).filter(([name]) => name !== 'access_token'));
		log.add({ direction: 'toLead', channel: platform, provider: 'meta', from: pageId, to, text, correlationId: metadata, providerId: mid, state: 'accepted', raw });
		if (automatic.echoes) courier.later(() => events.pageEcho({ platform, pageId, to, text, mid, metadata, fromAppId: SANDBOX.metaAppId }, true), automatic.delayMs);
		if (automatic.statuses && platform === 'messenger') courier.later(() => events.pageDelivery({ pageId, to, mids: [mid] }), automatic.delayMs);
		return json(200, { recipient_id: to, message_id: mid });
	};

	const messages = (request: StandInRequest, account: string): Promise<StandInAnswer> | StandInAnswer => {
		const parameters = graphParameters(request);
		const isWhatsApp = 'messaging_product' in parameters || account === SANDBOX.phoneNumberId;
		if (isWhatsApp) {
			const call: Call = { service: 'whatsapp', to: textAt(request.body, 'to'), body: request.body };
			return underScript(script, call, (_wait, { per }) => metaError(per === 'recipient' ? 131056 : 130429), () => sendWhatsApp(account, request.body));
		}
		const recipient = textAt(parameters, 'recipient', 'id');
		const isInstagram = INSTAGRAM_ACCOUNT.test(account) || (recipient !== undefined && instagramPeople.has(recipient));
		const platform = isInstagram ? 'instagram' : 'messenger';
		const call: Call = { service: platform, to: recipient, body: parameters };
		return underScript(script, call, () => metaError(613), () => sendPage(platform, account, parameters));
	};

	/** Meta refuses a call whose proof was not made with the app's secret. */
	const proofIsWrong = (request: StandInRequest, token: string, appId: string): boolean => {
		const proof = request.query.get('appsecret_proof');
		const secret = subscriptions.secretOf(appId);
		if (proof === null || secret === undefined) return false;
		const time = request.query.get('appsecret_time');
		return proof !== createHmac('sha256', secret).update(time === null ? token : `${token}|${time}`).digest('hex');
	};

	const accessToken = (request: StandInRequest): StandInAnswer => {
		const parameters = graphParameters(request);
		const secret = textAt(parameters, 'client_secret');
		const id = parameters.client_id;
		if (id === undefined) return metaError(101, { message: 'Missing client_id parameter.' });
		if (!isSandboxKey(secret)) return metaError(1, { message: 'Error validating client secret.', status: 400 });
		subscriptions.setSecret(String(id), secret);
		return json(200, { access_token: `${String(id)}|sandbox-app-token`, token_type: 'bearer' });
	};

	const readOther = (request: StandInRequest, account: string, edge: string | undefined): StandInAnswer => {
		if (edge === 'phone_numbers') return json(200, { data: [{ id: SANDBOX.phoneNumberId, display_phone_number: SANDBOX.whatsappNumber, verified_name: 'Sandbox Sales' }] });
		if (edge === 'message_templates') return json(200, { data: ['follow_up', 'hello_again'].map((name, index) => ({ id: String(index + 1), name, language: 'en', status: 'APPROVED', category: 'MARKETING' })) });
		if (account === '') return metaError(100, { message: 'Unsupported get request. Please read the Graph API documentation' });
		if (!/^\d+$/.test(account)) return metaError(2500, { message: `Unknown path components: /${account}` });
		return json(200, { id: account, messaging_product: 'whatsapp', mime_type: 'application/octet-stream', url: `https://${request.headers.host ?? 'graph.facebook.com'}/__media/${account}` });
	};

	const route = async (request: StandInRequest): Promise<StandInAnswer> => {
		if (request.path.startsWith('/__media/')) return { status: 200, text: Buffer.from('sandbox media'), headers: { 'content-type': 'application/octet-stream' } };
		const [account = '', edge] = request.path.replace(/^\/v\d+\.\d+(?=\/|$)/, '').split('/').filter(Boolean);
		if (account === 'oauth' && edge === 'access_token') return accessToken(request);
		const token = bearer(request) ?? request.query.get('access_token') ?? textAt(request.body, 'access_token');
		if (!isSandboxKey(token)) {
			return token === undefined ? metaError(2500, { message: 'An active access token must be used to query information about the current user.', status: 400 }) : metaError(190);
		}
		if (edge === 'subscriptions') {
			if (proofIsWrong(request, token, account)) return wrongParameter('Invalid appsecret_proof provided in the API argument');
			return await subscriptions.handle(request, account);
		}
		if (edge === 'subscribed_apps') return json(200, request.method === 'GET' ? { data: [{ id: SANDBOX.metaAppId, name: 'Sandbox' }] } : { success: true });
		if (edge === 'messages' && request.method === 'POST') return await messages(request, account);
		if (edge === 'media' && request.method === 'POST') return json(200, { id: String(randomBytes(5).readUIntBE(0, 5)) });
		const read = conversations.handle(request, account, edge, token);
		if (read) return read;
		if (request.method !== 'GET') return metaError(100, { message: `Unsupported ${request.method.toLowerCase()} request. Object with ID '${account}' does not support this operation` , subcode: 33 });
		return readOther(request, account, edge);
	};

	return {
		api: {
			...events,
			inboundPage(event) {
				if (event.platform === 'instagram') instagramPeople.add(event.from);
				return events.inboundPage(event);
			},
			automatic,
			conversations: conversations.api,
			failDelivery: (code, { to, times = 1 } = {}) => void failing.push({ code, to, left: times }),
			subscriptions: { list: subscriptions.list, ownAccounts: subscriptions.ownAccounts, setSecret: subscriptions.setSecret },
			settled: courier.settled,
		},
		async handle(request) {
			const answer = await route(request);
			return { ...answer, headers: { 'x-app-usage': JSON.stringify(script.usageNow()), 'facebook-api-version': 'v23.0', ...answer.headers } };
		},
	};
}
