import { createHash, createHmac, randomBytes } from 'node:crypto';
import { SANDBOX } from './accounts';
import type { Courier, DeliveryOptions } from './delivery';
import { json, type StandInAnswer, type StandInRequest } from './httpServer';
import type { MessageLog } from './messageLog';
import { parseJson, textAt } from './shapes';

export const EVENT = {
	inbound: 'com.twilio.messaging.inbound-message.received',
	sent: 'com.twilio.messaging.message.sent',
	delivered: 'com.twilio.messaging.message.delivered',
	failed: 'com.twilio.messaging.message.failed',
} as const;

export interface InboundSms extends DeliveryOptions {
	/** E.164. */
	from: string;
	to?: string;
	text: string;
	messageSid?: string;
	/** A sink of one's own instead of the subscribed ones. */
	url?: string;
}

export interface TwilioEvents {
	/** A lead's text message, as an Event Streams event. Throws when nobody subscribed. */
	inbound(event: InboundSms): Promise<number[]>;
	/** What became of a message we sent. */
	status(event: { messageSid: string; to: string; status: 'sent' | 'delivered' | 'failed'; errorCode?: number; url?: string } & DeliveryOptions): Promise<number[]>;
	sinks(): { sid: string; url: string; types: string[] }[];
}

interface Sink {
	sid: string;
	url: string;
}

interface EventSubscription {
	sid: string;
	sinkSid: string;
	types: string[];
}

const sid = (prefix: string): string => prefix + randomBytes(16).toString('hex');
const bad = (message: string): StandInAnswer => json(400, { code: 20001, message, more_info: 'https://www.twilio.com/docs/errors/20001', status: 400 });
const gone = (path: string): StandInAnswer => json(404, { code: 20404, message: `The requested resource ${path} was not found`, more_info: 'https://www.twilio.com/docs/errors/20404', status: 404 });

function typesOf(text: string | undefined): string[] | undefined {
	const read = parseJson(text ?? '');
	const entries = Array.isArray(read) ? read : [read];
	const types = entries.map((entry) => textAt(entry, 'type'));
	return types.length > 0 && types.every((type) => type !== undefined) ? types : undefined;
}

export interface EventStreams {
	handle(request: StandInRequest): StandInAnswer;
	/** Delivers to every sink that subscribed to the type; none is fine. */
	emit(type: string, data: object, to?: { url?: string } & DeliveryOptions): Promise<number[]>;
	events: TwilioEvents;
}

/** Twilio Event Streams: sinks, subscriptions, and the signed calls to them. */
export function createEventStreams(courier: Courier, authToken: string, log: MessageLog): EventStreams {
	const sinks = new Map<string, Sink>();
	const subscriptions = new Map<string, EventSubscription>();

	const emit: EventStreams['emit'] = async (type, data, to = {}) => {
		const subscribed = [...subscriptions.values()].filter((subscription) => subscription.types.includes(type)).map(({ sinkSid }) => sinks.get(sinkSid)?.url);
		const urls = to.url ? [to.url] : subscribed.filter((url) => url !== undefined);
		const event = { specversion: '1.0', type, source: `/v1/Accounts/${SANDBOX.twilioAccountSid}`, id: sid('EZ'), dataschema: 'https://events-schemas.twilio.com/Messaging.MessageStatus/1', datacontenttype: 'application/json', time: new Date().toISOString(), data: { timestamp: new Date().toISOString(), eventName: type, ...data } };
		const body = JSON.stringify([event]);
		const statuses: number[] = [];
		for (const url of urls) {
			// Source: Twilio signs JSON bodies through their SHA-256 in the query, then the URL with the account's token.
			const target = `${url}${url.includes('?') ? '&' : '?'}bodySHA256=${createHash('sha256').update(body).digest('hex')}`;
			const headers = { 'content-type': 'application/json', 'x-twilio-signature': createHmac('sha1', authToken).update(target).digest('base64') };
			statuses.push(...(await courier.deliver({ url: target, body, headers }, to)));
		}
		return statuses;
	};

	const createSink = (body: unknown): StandInAnswer => {
		const configuration = parseJson(textAt(body, 'SinkConfiguration') ?? '');
		const url = textAt(configuration, 'destination');
		if (!textAt(body, 'Description')) return bad('Missing required parameter Description in the post body');
		if (textAt(body, 'SinkType') !== 'webhook') return bad('Invalid SinkType');
		if (!url || !URL.canParse(url)) return bad('Invalid SinkConfiguration');
		const sink = { sid: sid('DG'), url };
		sinks.set(sink.sid, sink);
		return json(201, sinkView(sink));
	};

	const createSubscription = (body: unknown): StandInAnswer => {
		const types = typesOf(textAt(body, 'Types'));
		const sinkSid = textAt(body, 'SinkSid') ?? '';
		if (!types) return bad('Invalid Types');
		if (!sinks.has(sinkSid)) return bad('Invalid SinkSid');
		const subscription = { sid: sid('DF'), sinkSid, types };
		subscriptions.set(subscription.sid, subscription);
		return json(201, subscriptionView(subscription));
	};

	const subscribedEvents = (request: StandInRequest, subscription: EventSubscription): StandInAnswer => {
		if (request.method === 'POST') {
			const type = textAt(request.body, 'Type');
			if (!type) return bad('Missing required parameter Type in the post body');
			if (!subscription.types.includes(type)) subscription.types.push(type);
			return json(201, { type, subscription_sid: subscription.sid, schema_version: 1 });
		}
		return json(200, { types: subscription.types.map((type) => ({ type, subscription_sid: subscription.sid, schema_version: 1 })) });
	};

	const handle = (request: StandInRequest): StandInAnswer => {
		const [, collection, id, edge] = request.path.split('/').filter(Boolean);
		if (collection === 'Sinks' && id === undefined) return request.method === 'POST' ? createSink(request.body) : json(200, { sinks: [...sinks.values()].map(sinkView) });
		if (collection === 'Subscriptions' && id === undefined) {
			return request.method === 'POST' ? createSubscription(request.body) : json(200, { subscriptions: [...subscriptions.values()].map(subscriptionView) });
		}
		const subscription = subscriptions.get(id ?? '');
		if (collection === 'Subscriptions' && subscription && edge === 'SubscribedEvents') return subscribedEvents(request, subscription);
		const store = collection === 'Sinks' ? sinks : collection === 'Subscriptions' ? subscriptions : undefined;
		if (request.method === 'DELETE' && id !== undefined && store?.delete(id)) return { status: 204 };
		return gone(request.path);
	};

	return {
		handle,
		emit,
		events: {
			async inbound(event) {
				const { from, to = SANDBOX.smsNumber, text, messageSid = sid('SM') } = event;
				log.add({ direction: 'fromLead', channel: 'sms', provider: 'twilio', from, to, text, providerId: messageSid, raw: event });
				const statuses = await emit(EVENT.inbound, { numMedia: 0, numSegments: 1, accountSid: SANDBOX.twilioAccountSid, to, from, messageSid, body: text }, event);
				if (statuses.length === 0) throw new Error(`No sink is subscribed to ${EVENT.inbound}.`);
				return statuses;
			},
			status({ messageSid, to, status, errorCode, ...destination }) {
				log.setState(messageSid, status);
				return emit(EVENT[status], { messageSid, to, from: SANDBOX.smsNumber, messageStatus: status.toUpperCase(), ...(errorCode === undefined ? {} : { errorCode }) }, destination);
			},
			sinks: () => [...sinks.values()].map(({ sid: sinkSid, url }) => ({ sid: sinkSid, url, types: [...subscriptions.values()].filter((s) => s.sinkSid === sinkSid).flatMap((s) => s.types) })),
		},
	};
}

function sinkView({ sid: sinkSid, url }: Sink): object {
	return { sid: sinkSid, status: 'active', sink_type: 'webhook', sink_configuration: { destination: url, method: 'POST', batch_events: false } };
}

function subscriptionView({ sid: subscriptionSid, sinkSid }: EventSubscription): object {
	return { sid: subscriptionSid, account_sid: SANDBOX.twilioAccountSid, sink_sid: sinkSid, description: 'Sandbox subscription' };
}

