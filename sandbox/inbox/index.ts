import type { ServerResponse } from 'node:http';
import { readReply, replyAsLead } from '../standins/control';
import { json, listen, type StandInAnswer, type StandInRequest } from '../standins/httpServer';
import type { StandIns } from '../standins';
import { BEHAVIOUR, STYLE } from './assets';
import { conversationList, inboxPage } from './page';

export interface Inbox {
	url: string;
	port: number;
	stop(): Promise<void>;
}

const SECURITY = {
	'content-security-policy': "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
	'x-content-type-options': 'nosniff',
	'referrer-policy': 'no-referrer',
	'cache-control': 'no-store',
};

function text(body: string, type: string, headers: Record<string, string> = {}): StandInAnswer {
	return { status: 200, text: body, headers: { ...SECURITY, 'content-type': `${type}; charset=utf-8`, ...headers } };
}

/**
 * Serves the inbox page on 127.0.0.1: every conversation on every channel, live, with a box to answer as the lead.
 * Port 0 or none picks a free one. Rejects when the port is taken.
 */
export async function startInbox(standIns: StandIns, options: { port?: number } = {}): Promise<Inbox> {
	const { inbox } = standIns;

	const events = (response: ServerResponse): void => {
		response.writeHead(200, { ...SECURITY, 'content-type': 'text/event-stream', connection: 'keep-alive' });
		response.write('retry: 2000\n\n');
		const stop = inbox.subscribe(({ id }) => response.write(`data: ${id}\n\n`));
		response.on('close', stop);
	};

	const answer = async (request: StandInRequest): Promise<StandInAnswer> => {
		const { origin, host } = request.headers;
		// Another site's page must not write as a lead through the visitor's browser.
		if (origin !== undefined && origin !== `http://${host ?? ''}`) return json(403, { error: 'Answers are taken from this page only.' });
		const isForm = (request.headers['content-type'] ?? '').includes('form-urlencoded');
		try {
			await replyAsLead(standIns, readReply(request.body));
		} catch (error) {
			return json(400, { error: error instanceof Error ? error.message : String(error) });
		}
		return isForm ? { status: 303, headers: { location: '/' } } : json(200, { ok: true });
	};

	const serve = (request: StandInRequest): StandInAnswer | Promise<StandInAnswer> => {
		// A foreign name that resolves to this computer (DNS rebinding) gets nothing.
		if (!['127.0.0.1', 'localhost'].includes(request.host)) return json(403, { error: 'Open this page at http://127.0.0.1.' });
		const route = `${request.method} ${request.path}`;
		switch (route) {
			case 'GET /':
				return text(inboxPage(inbox.list('any')), 'text/html');
			case 'GET /conversations':
				return text(conversationList(inbox.list('any')), 'text/html', { 'x-sent': String(inbox.list('toLead').length) });
			case 'GET /inbox.css':
				return text(STYLE, 'text/css');
			case 'GET /inbox.js':
				return text(BEHAVIOUR, 'text/javascript');
			case 'GET /events':
				return { status: 200, stream: events };
			case 'POST /reply':
				return answer(request);
			default:
				return json(404, { error: 'There is no such page.' });
		}
	};

	const server = await listen(serve, options.port ?? 0);
	return { url: `http://127.0.0.1:${server.port}/`, port: server.port, stop: server.stop };
}
