import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Call, Failure, RateRule, ScriptState } from './failureScript';
import { isObject, parseJson } from './shapes';

export interface StandInRequest {
	method: string;
	path: string;
	query: URLSearchParams;
	headers: IncomingHttpHeaders;
	/** Host name without port. */
	host: string;
	rawBody: Buffer;
	/** Parsed JSON or form fields; undefined when there is no body or it cannot be read. */
	body: unknown;
}

export interface StandInAnswer {
	status: number;
	headers?: Record<string, string>;
	/** Sent as JSON. */
	body?: unknown;
	/** Sent as it is, instead of `body`. */
	text?: string | Buffer;
	delayMs?: number;
	/** `drop` closes the connection, `stall` leaves it open without an answer. */
	fate?: 'drop' | 'stall';
	/** Takes over the response, for streams. */
	stream?: (response: ServerResponse) => void;
}

export type Handler = (request: StandInRequest) => StandInAnswer | Promise<StandInAnswer>;

/** A JSON answer. */
export function json(status: number, body: unknown, headers?: Record<string, string>): StandInAnswer {
	return { status, body, headers };
}

export function bearer(request: StandInRequest): string | undefined {
	return /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
}

export function header(request: StandInRequest, name: string): string | undefined {
	const value = request.headers[name];
	return Array.isArray(value) ? value[0] : value;
}

function readBody(headers: IncomingHttpHeaders, rawBody: Buffer): unknown {
	const text = rawBody.toString('utf8');
	if (text === '') return undefined;
	const type = headers['content-type'] ?? '';
	if (type.includes('application/x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(text));
	if (type.includes('multipart/form-data')) return undefined;
	return parseJson(text);
}

async function readRequest(incoming: IncomingMessage): Promise<StandInRequest> {
	const chunks: Buffer[] = [];
	for await (const chunk of incoming) chunks.push(Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk)));
	const rawBody = Buffer.concat(chunks);
	const url = new URL(incoming.url ?? '/', 'http://sandbox');
	return {
		method: incoming.method ?? 'GET',
		path: url.pathname,
		query: url.searchParams,
		headers: incoming.headers,
		host: (incoming.headers.host ?? '').replace(/:\d+$/, ''),
		rawBody,
		body: readBody(incoming.headers, rawBody),
	};
}

function write(response: ServerResponse, answer: StandInAnswer): void {
	if (answer.fate === 'drop') {
		response.destroy();
		return;
	}
	if (answer.fate === 'stall') return;
	if (answer.stream) {
		answer.stream(response);
		return;
	}
	const text = answer.text ?? (answer.body === undefined ? '' : JSON.stringify(answer.body));
	const type = answer.text === undefined ? 'application/json; charset=utf-8' : 'text/plain; charset=utf-8';
	response.writeHead(answer.status, { 'content-type': type, 'content-length': Buffer.byteLength(text), ...answer.headers });
	response.end(text);
}

async function handle(incoming: IncomingMessage, response: ServerResponse, handler: Handler): Promise<void> {
	try {
		const answer = await handler(await readRequest(incoming));
		if (answer.delayMs) await new Promise((resolve) => setTimeout(resolve, answer.delayMs).unref());
		write(response, answer);
	} catch (error) {
		// A mistake in a stand-in must be seen as one, not as the real service's error.
		write(response, json(500, { sandboxError: error instanceof Error ? error.stack : String(error) }));
	}
}

export interface RunningServer {
	port: number;
	stop(): Promise<void>;
}

/** Serves on 127.0.0.1; port 0 picks a free one. With key and certificate over TLS. */
export async function listen(handler: Handler, port = 0, tls?: { key: string | Buffer; cert: string | Buffer }): Promise<RunningServer> {
	const onRequest = (incoming: IncomingMessage, response: ServerResponse): void => void handle(incoming, response, handler);
	const server: Server = tls ? createSecureServer(tls, onRequest) : createServer(onRequest);
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, '127.0.0.1', resolve);
	});
	return {
		port: portOf(server.address()),
		stop: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}

/** The port of a listening server; 0 when it does not listen. */
export function portOf(address: AddressInfo | string | null): number {
	return isObject(address) && typeof address.port === 'number' ? address.port : 0;
}

function disturb(answer: StandInAnswer, failure: Omit<Failure, 'times' | 'match' | 'to' | 'key'>): StandInAnswer {
	const { delayMs } = failure;
	if (failure.drop) return { status: 0, fate: 'drop', delayMs };
	if (failure.stall) return { status: 0, fate: 'stall' };
	if (failure.rubbish) return { status: 200, text: '<html><body><h1>It works!</h1>', headers: { 'content-type': 'text/html' }, delayMs };
	if (failure.status !== undefined) {
		const { body, headers, status } = failure;
		return typeof body === 'string' ? { status, headers, text: body, delayMs } : { status, headers, body: body ?? {}, delayMs };
	}
	if (failure.truncate) {
		const whole = JSON.stringify(answer.body ?? {});
		return { ...answer, text: whole.slice(0, Math.ceil(whole.length / 2)), headers: { 'content-type': 'application/json', ...answer.headers }, delayMs };
	}
	return { ...answer, delayMs };
}

/** True when the failure takes the place of the work; a mere delay or a cut answer does not. */
function replaces(failure: Failure): boolean {
	return failure.when !== 'after' && Boolean(failure.drop || failure.stall || failure.rubbish || failure.status !== undefined);
}

/** Runs a call under the script: scripted failure first, then the rate limit, then the work itself. */
export async function underScript(
	script: ScriptState,
	call: Call,
	limited: (waitMs: number, rule: RateRule) => StandInAnswer,
	work: () => StandInAnswer | Promise<StandInAnswer>,
): Promise<StandInAnswer> {
	const failure = script.take(call);
	if (failure && replaces(failure)) return disturb({ status: 200 }, failure);
	const over = script.waitFor(call, Date.now());
	if (over) return limited(over.waitMs, over.rule);
	const answer = await work();
	return failure ? disturb(answer, failure) : answer;
}

export { disturb };
