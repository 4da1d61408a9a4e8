// The sandbox's own node_modules holds zod 3 beside its zod 4; this path means version 4 in either installation.
import { z } from 'zod/v4';
import { json, type StandInAnswer, type StandInRequest } from './httpServer';
import type { StandIns } from './index';

const failure = z.strictObject({
	status: z.int().optional(),
	body: z.unknown().optional(),
	headers: z.record(z.string(), z.string()).optional(),
	delayMs: z.number().min(0).optional(),
	stall: z.boolean().optional(),
	drop: z.boolean().optional(),
	rubbish: z.boolean().optional(),
	truncate: z.boolean().optional(),
	when: z.enum(['before', 'after']).optional(),
	times: z.int().min(1).optional(),
	to: z.string().optional(),
	key: z.string().optional(),
});
const service = z.enum(['whatsapp', 'messenger', 'instagram', 'meta', 'twilio', 'sendgrid', 'smtp', 'imap', 'openai', 'anthropic']);
const destination = { url: z.string().optional(), appId: z.string().optional(), times: z.int().min(1).optional(), attempts: z.int().min(1).optional() };
const platform = z.enum(['messenger', 'instagram']);

const replySchema = z.strictObject({
	channel: z.enum(['whatsapp', 'messenger', 'instagram', 'sms', 'email']),
	/** The lead's number, page-scoped id or mail address. */
	from: z.string().min(1),
	/** Our number, page or address; the sandbox's own when left out. */
	to: z.string().optional(),
	name: z.string().optional(),
	text: z.string(),
	subject: z.string().optional(),
	inReplyTo: z.string().optional(),
});

/** What a lead writes, on any channel. */
export type LeadReply = z.infer<typeof replySchema>;

/** Reads an answer's fields; throws with a sentence when they do not fit. */
export function readReply(body: unknown): LeadReply {
	const read = replySchema.safeParse(body);
	if (!read.success) throw new Error(z.prettifyError(read.error));
	return read.data;
}

function expectReceived(statuses: number[]): void {
	const refused = statuses.find((status) => status < 200 || status > 299);
	if (refused !== undefined) throw new Error(refused === 0 ? 'Nobody listens at the subscribed webhook; is n8n running?' : `The webhook answered with status ${refused}.`);
}

/**
 * Writes as the lead, through the channel's real way in: webhook, mailbox or event stream.
 * Throws when nobody is subscribed or the webhook does not take it.
 */
export async function replyAsLead(standIns: StandIns, reply: LeadReply): Promise<void> {
	const { channel, from, to, name, text } = reply;
	switch (channel) {
		case 'whatsapp':
			expectReceived(await standIns.meta.inboundWhatsApp({ from, name, text, phoneNumberId: to, attempts: 1 }));
			return;
		case 'messenger':
		case 'instagram':
			expectReceived(await standIns.meta.inboundPage({ platform: channel, from, text, pageId: to, attempts: 1 }));
			return;
		case 'sms':
			expectReceived(await standIns.twilio.inbound({ from, to, text, attempts: 1 }));
			return;
		case 'email':
			standIns.mail.deliver({ from, name, to, text, subject: reply.subject ?? 'Re:', inReplyTo: reply.inReplyTo });
	}
}

type Operation = (standIns: StandIns, body: unknown) => unknown;

/** Every operation by its path; the schemas keep a typing mistake from passing for a failed delivery. */
const OPERATIONS: Record<string, Operation> = {
	reply: (standIns, body) => replyAsLead(standIns, readReply(body)),
	'script/next': (standIns, body) => {
		const read = z.strictObject({ service, failure }).parse(body);
		standIns.script.next(read.service, read.failure);
	},
	'script/rate': (standIns, body) => {
		const rule = z.strictObject({ limit: z.int().min(0), windowMs: z.int().min(1), per: z.enum(['all', 'recipient']).optional() }).nullable();
		const read = z.strictObject({ service, rule }).parse(body);
		standIns.script.rate(read.service, read.rule);
	},
	'script/reset': (standIns) => standIns.script.reset(),
	'meta/inboundWhatsApp': (standIns, body) =>
		standIns.meta.inboundWhatsApp(
			z.strictObject({ from: z.string().optional(), name: z.string().optional(), text: z.string().optional(), audio: z.boolean().optional(), image: z.boolean().optional(), caption: z.string().optional(), messageId: z.string().optional(), timestamp: z.number().optional(), phoneNumberId: z.string().optional(), ...destination }).parse(body),
		),
	'meta/status': (standIns, body) =>
		standIns.meta.status(
			z.strictObject({ messageId: z.string(), status: z.enum(['sent', 'delivered', 'read', 'failed']), to: z.string(), errors: z.array(z.int()).optional(), phoneNumberId: z.string().optional(), bizOpaqueCallbackData: z.string().optional(), timestamp: z.number().optional(), ...destination }).parse(body),
		),
	'meta/whatsappEcho': (standIns, body) => standIns.meta.whatsappEcho(z.strictObject({ to: z.string(), text: z.string(), messageId: z.string().optional(), phoneNumberId: z.string().optional(), ...destination }).parse(body)),
	'meta/inboundPage': (standIns, body) => standIns.meta.inboundPage(z.strictObject({ platform, pageId: z.string().optional(), from: z.string(), text: z.string(), mid: z.string().optional(), timestamp: z.number().optional(), ...destination }).parse(body)),
	'meta/pageEcho': (standIns, body) => standIns.meta.pageEcho(z.strictObject({ platform, pageId: z.string().optional(), to: z.string(), text: z.string(), mid: z.string().optional(), metadata: z.string().optional(), fromAppId: z.string().optional(), ...destination }).parse(body)),
	'meta/failDelivery': (standIns, body) => {
		const read = z.strictObject({ code: z.int(), to: z.string().optional(), times: z.int().min(1).optional() }).parse(body);
		standIns.meta.failDelivery(read.code, read);
	},
	'meta/automatic': (standIns, body) => Object.assign(standIns.meta.automatic, z.strictObject({ statuses: z.boolean().optional(), echoes: z.boolean().optional(), delayMs: z.number().min(0).optional() }).parse(body)),
	'conversations/seed': (standIns, body) =>
		standIns.meta.conversations.seed(z.strictObject({ platform, count: z.int().min(1).max(100_000), messages: z.int().min(1).optional(), newestAt: z.number().optional(), namelessEvery: z.int().min(1).optional(), first: z.int().min(0).optional() }).parse(body)).map(({ id }) => id),
	'conversations/write': (standIns, body) => {
		const { conversationId, ...message } = z.strictObject({ conversationId: z.string(), id: z.string(), at: z.number(), fromPage: z.boolean(), text: z.string() }).parse(body);
		standIns.meta.conversations.write(conversationId, message);
	},
	'conversations/remove': (standIns, body) => standIns.meta.conversations.remove(z.strictObject({ conversationId: z.string() }).parse(body).conversationId),
	'conversations/failFor': (standIns, body) => {
		const { conversationId, code } = z.strictObject({ conversationId: z.string(), code: z.int() }).parse(body);
		standIns.meta.conversations.failFor(conversationId, code);
	},
	'conversations/limits': (standIns, body) => Object.assign(standIns.meta.conversations.limits, z.strictObject({ callsAnHour: z.int().min(1).optional(), hourMs: z.int().min(1).optional(), perSecond: z.int().min(1).optional() }).parse(body)),
	'conversations/expireToken': (standIns, body) => standIns.meta.conversations.expireToken(z.strictObject({ afterCalls: z.int().min(0).optional() }).parse(body)),
	'conversations/renewToken': (standIns) => standIns.meta.conversations.renewToken(),
	'conversations/latency': (standIns, body) => standIns.meta.conversations.latency(z.strictObject({ ms: z.number().min(0) }).parse(body).ms),
	'conversations/calls': (standIns) => standIns.meta.conversations.calls(),
	'conversations/reset': (standIns) => standIns.meta.conversations.reset(),
	'twilio/inbound': (standIns, body) => standIns.twilio.inbound(z.strictObject({ from: z.string(), to: z.string().optional(), text: z.string(), messageSid: z.string().optional(), url: z.string().optional(), times: z.int().optional(), attempts: z.int().optional() }).parse(body)),
	'mail/deliver': (standIns, body) =>
		standIns.mail.deliver(
			z.strictObject({ from: z.string(), name: z.string().optional(), to: z.string().optional(), subject: z.string(), text: z.string(), html: z.string().optional(), messageId: z.string().optional(), inReplyTo: z.string().optional(), references: z.union([z.string(), z.array(z.string())]).optional(), headers: z.record(z.string(), z.string()).optional() }).parse(body),
		),
	'mail/bounce': (standIns, body) => standIns.mail.bounce(z.strictObject({ to: z.string(), messageId: z.string(), status: z.string().optional(), diagnostic: z.string().optional() }).parse(body)),
	'fineTuning/next': (standIns, body) => {
		const fate = z.enum(['unsafe_file', 'exceeded_quota', 'server_error', 'invalid_training_file', 'stall', 'queue', 'expire_file', 'vanish']);
		standIns.fineTuning.next(z.strictObject({ fate }).parse(body).fate);
	},
	'fineTuning/pace': (standIns, body) => {
		const ms = z.number().min(0).optional();
		standIns.fineTuning.pace(z.strictObject({ validateMs: ms, queueMs: ms, runMs: ms }).parse(body));
	},
	'fineTuning/finish': (standIns) => standIns.fineTuning.finish(),
	'fineTuning/jobs': (standIns) => standIns.fineTuning.jobs(),
	settled: (standIns) => standIns.settled(),
};

function messages(standIns: StandIns, request: StandInRequest): StandInAnswer {
	const wanted = z.enum(['toLead', 'fromLead', 'fromPerson', 'any']).catch('toLead').parse(request.query.get('direction'));
	const channel = request.query.get('channel');
	return json(200, standIns.inbox.list(wanted).filter((message) => channel === null || message.channel === channel));
}

/** The stand-ins' remote control under `/__sandbox/`, for other processes. */
export async function control(standIns: StandIns, request: StandInRequest): Promise<StandInAnswer> {
	const name = request.path.slice('/__sandbox/'.length);
	if (name === 'messages' && request.method === 'GET') return messages(standIns, request);
	if (name === 'messages' && request.method === 'DELETE') {
		standIns.inbox.clear();
		return json(200, { ok: true });
	}
	if (name === 'state' && request.method === 'GET') {
		const { httpPort, httpsPort, smtpPort, imapPort } = standIns;
		return json(200, { httpPort, httpsPort, smtpPort, imapPort, subscriptions: standIns.meta.subscriptions.list(), sinks: standIns.twilio.sinks(), publicKeys: { sendgrid: standIns.sendgrid.publicKey } });
	}
	const operation = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
	if (!operation || request.method !== 'POST') return json(404, { error: `There is no ${request.method} ${request.path}. Known: ${Object.keys(OPERATIONS).join(', ')}, messages, state.` });
	// A page of another site could otherwise post here with a form.
	if (!(request.headers['content-type'] ?? '').includes('application/json')) return json(415, { error: 'Send JSON with content-type application/json.' });
	try {
		return json(200, { ok: true, result: (await operation(standIns, request.body ?? {})) ?? null });
	} catch (error) {
		return json(400, { error: error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : String(error) });
	}
}
