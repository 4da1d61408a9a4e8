import { shopPage } from '../shop/pages';
import { createAnthropic } from './anthropic';
import { control } from './control';
import { createCourier } from './delivery';
import { createScript, type Script } from './failureScript';
import { createFineTuning, type FineTuning } from './fineTuning';
import { header, json, listen, type Handler, type StandInAnswer, type StandInRequest } from './httpServer';
import { startImap } from './imap';
import { createMail, createMailbox, type Mail, type Mailbox } from './mailbox';
import { createMessageLog, type MessageLog } from './messageLog';
import { createMeta, type Meta } from './meta';
import { createOpenAi } from './openai';
import { createSendgrid, type Sendgrid } from './sendgrid';
import { startSmtp } from './smtp';
import { createTwilio, type Twilio } from './twilio';

export { SANDBOX } from './accounts';
export { anthropicError } from './anthropic';
export { replyAsLead, type LeadReply } from './control';
export type { Failure, RateRule, Script, Service } from './failureScript';
export type { FineTuning } from './fineTuning';
export type { Channel, LoggedMessage, MessageLog } from './messageLog';
export { metaError } from './metaErrors';
export type { ModelReply, ModelRequest, ModelScript } from './modelTypes';
export { openaiError } from './openai';
export { sendgridError } from './sendgrid';
export { smtpFailure } from './smtp';
export { twilioError } from './twilio';

export interface StandInOptions {
	/** Key and certificate (PEM) of the port the real hosts' names are redirected to; none, no HTTPS port. */
	httpsKey?: string | Buffer;
	httpsCert?: string | Buffer;
	/** Fixed ports; 0 or nothing picks free ones. */
	ports?: { http?: number; https?: number; smtp?: number; imap?: number };
}

/** The outside world on 127.0.0.1. */
export interface StandIns {
	/** 0 without key and certificate. */
	httpsPort: number;
	/** The same routes without TLS, and the control API. */
	httpPort: number;
	smtpPort: number;
	imapPort: number;
	/** Every message on every channel. */
	inbox: MessageLog;
	/** Failures, limits and model answers on demand. */
	script: Script;
	meta: Meta;
	twilio: Twilio;
	sendgrid: Sendgrid;
	mail: Mail;
	/** Jobs and files of the OpenAI stand-in. */
	fineTuning: FineTuning;
	/** The mailboxes behind IMAP: INBOX and Sent. */
	mailboxes: Map<string, Mailbox>;
	/** Resolves when every event under way has been delivered or given up. */
	settled(): Promise<void>;
	stop(): Promise<void>;
}

type Provider = 'meta' | 'twilio' | 'sendgrid' | 'openai' | 'anthropic';

const HOSTS: Record<string, Provider> = {
	'graph.facebook.com': 'meta',
	'graph.instagram.com': 'meta',
	'api.twilio.com': 'twilio',
	'events.twilio.com': 'twilio',
	'api.sendgrid.com': 'sendgrid',
	'api.openai.com': 'openai',
	'api.anthropic.com': 'anthropic',
};

/** By host name; on the plain port, where the host is 127.0.0.1, by path. */
function providerOf(request: StandInRequest): Provider | undefined {
	const byHost = HOSTS[request.host];
	if (byHost) return byHost;
	const { path } = request;
	if (/^\/v\d+\.\d+(\/|$)/.test(path) || path.startsWith('/__media/')) return 'meta';
	if (path.startsWith('/2010-04-01/') || /^\/v1\/(Sinks|Subscriptions)/.test(path)) return 'twilio';
	if (path.startsWith('/v3/')) return 'sendgrid';
	if (path === '/v1/messages' || (path.startsWith('/v1/') && header(request, 'anthropic-version') !== undefined)) return 'anthropic';
	return path.startsWith('/v1/') ? 'openai' : undefined;
}

/** Starts every stand-in. Rejects when a fixed port is taken; nothing stays open then. */
export async function startStandIns(options: StandInOptions = {}): Promise<StandIns> {
	const script = createScript();
	const inbox = createMessageLog();
	const courier = createCourier();
	const meta = createMeta(inbox, script, courier);
	const twilio = createTwilio(inbox, script, courier);
	const sendgrid = createSendgrid(inbox, script, courier);
	const fineTuning = createFineTuning();
	const openai = createOpenAi(script, fineTuning);
	const anthropic = createAnthropic(script);
	const mailInbox = createMailbox('INBOX');
	const mailSent = createMailbox('Sent');
	const mailboxes = new Map([mailInbox, mailSent].map((box) => [box.name, box]));

	const handlers: Record<Provider, Handler> = { meta: meta.handle, twilio: twilio.handle, sendgrid: sendgrid.handle, openai, anthropic };
	const serve = async (request: StandInRequest): Promise<StandInAnswer> => {
		const page = request.method === 'GET' ? shopPage(request.path) : undefined;
		if (page !== undefined) return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, text: page };
		const provider = providerOf(request);
		return provider ? await handlers[provider](request) : json(404, { sandboxError: `No stand-in answers ${request.method} ${request.host}${request.path}` });
	};

	const running: { stop(): Promise<void> }[] = [];
	const started = async <T extends { stop(): Promise<void> }>(server: Promise<T>): Promise<T> => {
		const up = await server;
		running.push(up);
		return up;
	};
	const stop = async (): Promise<void> => {
		await courier.stop();
		await Promise.all(running.splice(0).map((server) => server.stop()));
	};

	try {
		const { httpsKey: key, httpsCert: cert, ports = {} } = options;
		const smtp = await started(startSmtp(inbox, script, ports.smtp));
		const imap = await started(startImap(mailboxes, script, ports.imap));
		const https = key !== undefined && cert !== undefined ? await started(listen(serve, ports.https, { key, cert })) : undefined;
		const standIns: StandIns = {
			httpsPort: https?.port ?? 0,
			httpPort: 0,
			smtpPort: smtp.port,
			imapPort: imap.port,
			inbox,
			script,
			meta: meta.api,
			twilio: twilio.api,
			sendgrid: sendgrid.api,
			mail: createMail(mailInbox, mailSent, inbox),
			mailboxes,
			fineTuning: fineTuning.api,
			settled: courier.settled,
			stop,
		};
		const http = await started(listen(async (request) => (request.path.startsWith('/__sandbox/') ? await control(standIns, request) : await serve(request)), ports.http));
		standIns.httpPort = http.port;
		return standIns;
	} catch (error) {
		await stop();
		throw error;
	}
}
