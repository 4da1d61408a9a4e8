import { createSign, generateKeyPairSync, randomBytes } from 'node:crypto';
// See control.ts for the path.
import { z } from 'zod/v4';
import { isSandboxKey } from './accounts';
import type { Courier, DeliveryOptions } from './delivery';
import type { ScriptState } from './failureScript';
import { bearer, json, underScript, type StandInAnswer, type StandInRequest } from './httpServer';
import type { MessageLog } from './messageLog';
import { listAt, textAt } from './shapes';

const address = z.strictObject({ email: z.email(), name: z.string().optional() });
const personalization = z.strictObject({
	to: z.array(address).min(1).max(1000),
	cc: z.array(address).min(1).optional(),
	bcc: z.array(address).min(1).optional(),
	from: address.optional(),
	subject: z.string().min(1).optional(),
	headers: z.record(z.string(), z.string()).optional(),
	custom_args: z.record(z.string(), z.string()).optional(),
	substitutions: z.record(z.string(), z.string()).optional(),
	dynamic_template_data: z.record(z.string(), z.unknown()).optional(),
	send_at: z.int().optional(),
});

/** Source: SendGrid, v3 Mail Send reference. Unknown fields are refused, as SendGrid does. */
const mailSend = z.strictObject({
	personalizations: z.array(personalization).min(1).max(1000),
	from: address,
	reply_to: address.optional(),
	reply_to_list: z.array(address).optional(),
	subject: z.string().min(1).optional(),
	content: z.array(z.strictObject({ type: z.string().min(1), value: z.string().min(1) })).min(1).optional(),
	template_id: z.string().optional(),
	headers: z.record(z.string(), z.string()).optional(),
	custom_args: z.record(z.string(), z.string()).optional(),
	categories: z.array(z.string()).max(10).optional(),
	attachments: z.array(z.looseObject({ content: z.string(), filename: z.string() })).optional(),
	send_at: z.int().optional(),
	batch_id: z.string().optional(),
	asm: z.looseObject({ group_id: z.int() }).optional(),
	ip_pool_name: z.string().optional(),
	mail_settings: z.record(z.string(), z.unknown()).optional(),
	tracking_settings: z.record(z.string(), z.unknown()).optional(),
});

export interface SendgridEvent extends DeliveryOptions {
	url: string;
	event: 'processed' | 'delivered' | 'open' | 'click' | 'bounce' | 'dropped' | 'deferred' | 'spamreport' | 'unsubscribe';
	email: string;
	/** The X-Message-Id the send was answered with. */
	messageId: string;
	/** Custom arguments and other fields of the event. */
	fields?: Record<string, unknown>;
	/** Seconds; default now. */
	timestamp?: number;
}

export interface Sendgrid {
	/** Public key of the event webhook, base64 DER, as SendGrid's settings page shows it. */
	publicKey: string;
	/** A signed event webhook; several events in one call come as one batch. */
	event(events: SendgridEvent | [SendgridEvent, ...SendgridEvent[]]): Promise<number[]>;
}

/** SendGrid's error envelope; usable as a scripted failure too. */
export function sendgridError(status: number, message: string, field: string | null = null): { status: number; body: unknown } {
	return { status, body: { errors: [{ message, field, help: null }] } };
}

type Mail = z.infer<typeof mailSend>;

function refusal(body: unknown): { mail: Mail } | { status: number; body: unknown } {
	if (body === undefined) return sendgridError(400, 'Bad Request');
	const read = mailSend.safeParse(body);
	if (!read.success) {
		const [issue] = read.error.issues;
		return sendgridError(400, issue?.message ?? 'Bad Request', issue?.path.join('.') || null);
	}
	const { data: mail } = read;
	if (mail.template_id === undefined) {
		if (mail.personalizations.some((entry) => (entry.subject ?? mail.subject) === undefined)) {
			return sendgridError(400, 'The subject is required. You can get around this requirement if you use a template with a subject defined or if every personalization has a subject defined.', 'subject');
		}
		if (mail.content === undefined) return sendgridError(400, 'Unless a valid template_id is provided, the content parameter is required. There must be at least one defined content block.', 'content');
	}
	return { mail };
}

export function createSendgrid(log: MessageLog, script: ScriptState, courier: Courier): { api: Sendgrid; handle(request: StandInRequest): Promise<StandInAnswer> } {
	const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

	const send = (body: unknown): StandInAnswer => {
		const read = refusal(body);
		if ('status' in read) return json(read.status, read.body);
		const { mail } = read;
		const messageId = randomBytes(16).toString('base64url');
		for (const entry of mail.personalizations) {
			const customArguments = { ...mail.custom_args, ...entry.custom_args };
			const headers = Object.fromEntries(Object.entries({ ...mail.headers, ...entry.headers }).map(([name, value]) => [name.toLowerCase(), value]));
			const plain = mail.content?.find(({ type }) => type === 'text/plain') ?? mail.content?.[0];
			for (const { email } of entry.to) {
				log.add({ direction: 'toLead', channel: 'email', provider: 'sendgrid', from: mail.from.email, to: email, subject: entry.subject ?? mail.subject, text: plain?.value ?? `[template ${mail.template_id ?? ''}]`, headers, correlationId: Object.values(customArguments)[0], providerId: messageId, state: 'accepted', raw: mail });
			}
		}
		return { status: 202, text: '', headers: { 'x-message-id': messageId } };
	};

	return {
		api: {
			publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
			event(given) {
				const events = Array.isArray(given) ? given : [given];
				const [first] = Array.isArray(given) ? given : [given];
				const now = Math.floor(Date.now() / 1000);
				const body = JSON.stringify(
					events.map(({ event, email, messageId, fields, timestamp }) => ({ email, event, timestamp: timestamp ?? now, sg_event_id: randomBytes(16).toString('base64url'), sg_message_id: `${messageId}.recvd-sandbox-0`, ...fields })),
				);
				const timestamp = String(now);
				const headers = {
					'content-type': 'application/json',
					'x-twilio-email-event-webhook-timestamp': timestamp,
					'x-twilio-email-event-webhook-signature': createSign('sha256').update(timestamp + body).sign(privateKey, 'base64'),
				};
				return courier.deliver({ url: first.url, body, headers }, first);
			},
		},
		async handle(request) {
			const key = bearer(request);
			if (!isSandboxKey(key)) return sendgridError(401, 'The provided authorization grant is invalid, expired, or revoked');
			if (request.path === '/v3/scopes' || request.path === '/v3/marketing/contacts') return json(200, { scopes: ['mail.send'] });
			if (request.path !== '/v3/mail/send') return sendgridError(404, 'not found');
			if (request.method !== 'POST') return sendgridError(405, 'method not allowed');
			const first = textAt(listAt(listAt(request.body, 'personalizations')[0], 'to')[0], 'email');
			const limited = (waitMs: number): StandInAnswer => ({ ...sendgridError(429, 'too many requests'), headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(Math.ceil((Date.now() + waitMs) / 1000)) } });
			return await underScript(script, { service: 'sendgrid', to: first, body: request.body }, limited, () => send(request.body));
		},
	};
}
