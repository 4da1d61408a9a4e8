import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';

export interface Received {
	method: string;
	url: string;
	headers: IncomingHttpHeaders;
	body: string;
}

/** Stands for n8n's webhook: answers Meta's challenge and keeps what it was sent. */
export interface Receiver {
	url: string;
	posts: Received[];
	/** Statuses for the next posts, then 200 again. */
	refuseWith: number[];
	stop(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
	const posts: Received[] = [];
	const refuseWith: number[] = [];
	const server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const url = new URL(request.url ?? '/', 'http://receiver');
			if (request.method === 'GET') {
				response.end(url.searchParams.get('hub.verify_token') === 'the-token' ? url.searchParams.get('hub.challenge') : 'no');
				return;
			}
			posts.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
			response.statusCode = refuseWith.shift() ?? 200;
			response.end('ok');
		});
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	const port = typeof address === 'object' && address !== null ? address.port : 0;
	return {
		url: `http://127.0.0.1:${port}/webhook`,
		posts,
		refuseWith,
		stop: async () => {
			server.close();
			server.closeAllConnections();
			await once(server, 'close');
		},
	};
}
