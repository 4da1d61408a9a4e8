import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { localAddresses, systemResolve, type Resolve } from './localOnly';

/** Bytes. No answer of a model comes near it. */
const LARGEST_ANSWER = 64 * 1024 * 1024;
/** Answers that have no body (RFC 9110). */
const BODILESS = new Set([204, 205, 304]);

// Own agents: the process-wide ones may be told to go through a proxy.
const agents = { 'http:': new HttpAgent({ keepAlive: true }), 'https:': new HttpsAgent({ keepAlive: true }) };

/** Connects to what was checked, whatever the name stands for a moment later. */
function pinnedTo(addresses: readonly string[]): LookupFunction {
	const all = addresses.map((address) => ({ address, family: isIP(address) }));
	return (_hostname, options, callback) => {
		if (options.all) callback(null, all);
		else callback(null, all[0].address, all[0].family);
	};
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of incoming) {
		const part = Buffer.from(chunk);
		size += part.length;
		if (size > LARGEST_ANSWER) throw new Error('The answer is too large');
		chunks.push(part);
	}
	return Buffer.concat(chunks);
}

/**
 * A `fetch` that reaches servers of one's own network only. The name is looked up once, and the connection goes to the
 * addresses that were checked; no redirect is followed and no proxy is used.
 */
export function createLocalFetch(resolve: Resolve = systemResolve): typeof fetch {
	return async (input, init) => {
		const request = new Request(input, init);
		const url = new URL(request.url);
		const addresses = await localAddresses(url.href, resolve);
		const body = Buffer.from(await request.arrayBuffer());
		const secure = url.protocol === 'https:';
		const options: RequestOptions = {
			method: request.method,
			headers: { ...Object.fromEntries(request.headers), 'accept-encoding': 'identity', 'content-length': body.length },
			agent: secure ? agents['https:'] : agents['http:'],
			signal: request.signal,
			lookup: pinnedTo(addresses),
		};
		const incoming = await new Promise<IncomingMessage>((answered, failed) => {
			const outgoing = (secure ? httpsRequest : httpRequest)(url, options, answered);
			outgoing.on('error', failed);
			outgoing.end(body);
		});
		const status = incoming.statusCode ?? 500;
		const headers = new Headers();
		for (const [name, value] of Object.entries(incoming.headers)) for (const one of [value ?? []].flat()) headers.append(name, one);
		const content = await bodyOf(incoming);
		return new Response(BODILESS.has(status) ? null : new Uint8Array(content), { status, statusText: incoming.statusMessage, headers });
	};
}
