import { createHmac, randomBytes } from 'node:crypto';
import { isSandboxKey, SANDBOX } from './accounts';
import type { Courier } from './delivery';
import type { ScriptState } from './failureScript';
import { json, underScript, type StandInAnswer, type StandInRequest } from './httpServer';
import type { MessageLog } from './messageLog';
import { textAt } from './shapes';
import { createEventStreams, EVENT, type TwilioEvents } from './twilioEvents';

/** Characters of one message. Source: Twilio, error 21617. */
const BODY_LIMIT = 1600;
const E164 = /^\+[1-9]\d{6,14}$/;

export interface Twilio extends TwilioEvents {
	/** After an accepted send: status callbacks and events `sent`, then `delivered`. */
	automatic: { statuses: boolean };
	/** A classic signed webhook, form-encoded, to a URL of one's own. */
	classicWebhook(url: string, fields: Record<string, string>): Promise<number[]>;
}

/** Twilio's error envelope; usable as a scripted failure too: `script.next('twilio', twilioError(21610))`. */
export function twilioError(code: number, message?: string, status?: number): { status: number; body: unknown } {
	const known: Record<number, [number, string]> = {
		20003: [401, 'Authenticate'],
		20404: [404, 'The requested resource was not found'],
		20429: [429, 'Too Many Requests'],
		21211: [400, "Invalid 'To' Phone Number"],
		21212: [400, "Invalid 'From' Number"],
		21602: [400, 'Message body is required.'],
		21603: [400, "A 'From' phone number is required."],
		21604: [400, "A 'To' phone number is required."],
		21609: [400, 'Invalid StatusCallback URL'],
		21610: [400, 'Attempt to send to unsubscribed recipient'],
		21617: [400, 'The concatenated message body exceeds the 1600 character limit.'],
		30003: [400, 'Unreachable destination handset'],
		30007: [400, 'Message filtered'],
	};
	const [usual, text] = known[code] ?? [400, 'Unknown error'];
	return { status: status ?? usual, body: { code, message: message ?? text, more_info: `https://www.twilio.com/docs/errors/${code}`, status: status ?? usual } };
}

interface SmsSend {
	from: string;
	to: string;
	text: string;
	statusCallback?: string;
}

/** Checks the form of `POST …/Messages.json` in the order Twilio does. */
function readSend(body: unknown): SmsSend | { status: number; body: unknown } {
	const strip = (value: string): string => value.replace(/^whatsapp:/, '');
	const to = textAt(body, 'To');
	const from = textAt(body, 'From');
	const text = textAt(body, 'Body');
	const statusCallback = textAt(body, 'StatusCallback') || undefined;
	if (!to) return twilioError(21604);
	if (!E164.test(strip(to))) return twilioError(21211, `The 'To' number ${to} is not a valid phone number.`);
	if (!from) return twilioError(21603);
	if (!E164.test(strip(from))) return twilioError(21212, `The 'From' number ${from} is not a valid phone number, shortcode, or alphanumeric sender ID.`);
	if (from.startsWith('whatsapp:') !== to.startsWith('whatsapp:')) return twilioError(21910, "Invalid 'From' and 'To' pair. 'From' and 'To' should be of the same channel");
	if (!text) return twilioError(21602);
	if ([...text].length > BODY_LIMIT) return twilioError(21617);
	if (statusCallback !== undefined && !URL.canParse(statusCallback)) return twilioError(21609, `The StatusCallback URL ${statusCallback} is not a valid URL.`);
	return { from, to, text, statusCallback };
}

function basicAuth(request: StandInRequest): { user: string; password: string } | undefined {
	const encoded = /^Basic (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
	const [user, password] = Buffer.from(encoded ?? '', 'base64').toString('utf8').split(':');
	return user && password ? { user, password } : undefined;
}

export function createTwilio(log: MessageLog, script: ScriptState, courier: Courier): { api: Twilio; handle(request: StandInRequest): Promise<StandInAnswer> } {
	const authToken = SANDBOX.twilioAuthToken;
	const streams = createEventStreams(courier, authToken, log);
	const automatic = { statuses: true };
	const resources = new Map<string, Record<string, unknown>>();

	const classicWebhook = (url: string, fields: Record<string, string>): Promise<number[]> => {
		// Source: Twilio, "Validating requests": the URL followed by each form field's name and value, sorted by name.
		const signed = url + Object.keys(fields).sort().map((name) => name + fields[name]).join('');
		const headers = {
			'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
			'x-twilio-signature': createHmac('sha1', authToken).update(signed).digest('base64'),
		};
		return courier.deliver({ url, body: new URLSearchParams(fields).toString(), headers });
	};

	const report = (sid: string, send: SmsSend): void => {
		courier.later(async () => {
			for (const status of ['sent', 'delivered'] as const) {
				log.setState(sid, status);
				resources.set(sid, { ...resources.get(sid), status });
				const { from, to, statusCallback } = send;
				if (statusCallback) await classicWebhook(statusCallback, { AccountSid: SANDBOX.twilioAccountSid, From: from, To: to, MessageSid: sid, SmsSid: sid, MessageStatus: status, SmsStatus: status, ApiVersion: '2010-04-01' });
				await streams.emit(status === 'sent' ? EVENT.sent : EVENT.delivered, { messageSid: sid, accountSid: SANDBOX.twilioAccountSid, to, from, messageStatus: status.toUpperCase() });
			}
		}, 50);
	};

	const send = (accountSid: string, body: unknown): StandInAnswer => {
		const read = readSend(body);
		if ('status' in read) return json(read.status, read.body);
		const { from, to, text } = read;
		const sid = `SM${randomBytes(16).toString('hex')}`;
		const channel = to.startsWith('whatsapp:') ? 'whatsapp' : 'sms';
		log.add({ direction: 'toLead', channel, provider: 'twilio', from: from.replace('whatsapp:', ''), to: to.replace('whatsapp:', ''), text, providerId: sid, state: 'accepted', raw: body });
		const now = new Date().toUTCString();
		const resource = { sid, account_sid: accountSid, messaging_service_sid: null, from, to, body: text, status: 'queued', direction: 'outbound-api', num_segments: '1', num_media: '0', price: null, price_unit: 'USD', error_code: null, error_message: null, api_version: '2010-04-01', date_created: now, date_updated: now, date_sent: null, uri: `/2010-04-01/Accounts/${accountSid}/Messages/${sid}.json` };
		resources.set(sid, resource);
		if (automatic.statuses) report(sid, read);
		return json(201, resource);
	};

	const route = async (request: StandInRequest): Promise<StandInAnswer> => {
		const auth = basicAuth(request);
		if (!auth || !isSandboxKey(auth.password)) {
			const { status, body } = twilioError(20003);
			return json(status, body, { 'www-authenticate': 'Basic realm="Twilio API"' });
		}
		if (request.path.startsWith('/v1/')) return streams.handle(request);
		const [, accountSid = '', resource, sid] = /^\/2010-04-01\/Accounts\/([^/.]+)(?:\/([^/.]+))?(?:\/([^/.]+))?\.json$/.exec(request.path) ?? [];
		if (resource === undefined && accountSid !== '' && request.method === 'GET') return json(200, { sid: accountSid, friendly_name: 'Sandbox', status: 'active', type: 'Full' });
		if (resource === 'Messages' && request.method === 'POST') {
			const call = { service: 'twilio' as const, to: textAt(request.body, 'To'), body: request.body };
			const tooMany = (waitMs: number): StandInAnswer => ({ ...twilioError(20429), headers: { 'retry-after': String(Math.ceil(waitMs / 1000)) } });
			return await underScript(script, call, tooMany, () => send(accountSid, request.body));
		}
		const known = resource === 'Messages' && sid !== undefined ? resources.get(sid) : undefined;
		return known ? json(200, known) : twilioError(20404, `The requested resource ${request.path} was not found`);
	};

	return {
		api: { ...streams.events, automatic, classicWebhook },
		handle: route,
	};
}

