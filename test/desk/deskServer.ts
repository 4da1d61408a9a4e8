import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Desk } from '../../desk/createDesk';

/** A desk behind a real HTTP server on loopback, at the path n8n would give it. */
export async function serveDesk(desk: Desk): Promise<{ url: string; close(): Promise<void> }> {
	const server = createServer((request, response) => {
		void (async () => {
			const chunks: Buffer[] = [];
			for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array));
			const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
			const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]));
			const answer = await desk.handle({ method: request.method ?? 'GET', path: pathname, query: searchParams, headers, ...(request.method === 'POST' ? { body: Buffer.concat(chunks) } : {}), clientAddress: '127.0.0.1', secure: false });
			for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, typeof value === 'string' ? value : [...value]);
			response.writeHead(answer.status).end(answer.body);
		})();
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook/an-id/desk`,
		async close() {
			server.closeAllConnections();
			await new Promise<void>((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())));
		},
	};
}
