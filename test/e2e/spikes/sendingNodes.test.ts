import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { sandboxCertificate } from '../../../sandbox/certificates';
import { connectN8n, type ExecutionItem, type N8nApi } from '../../../sandbox/n8n/api';
import type { NodeJson } from '../../../sandbox/n8n/importing';
import { ensureN8n } from '../../../sandbox/n8n/install';
import { startN8n, type N8nInstance } from '../../../sandbox/n8n/instance';
import { waitFor } from '../../../sandbox/waitFor';

/**
 * Repeats, in the pinned n8n, what docs/n8n-facts.md says about sending: the dispatch workflow depends on it,
 * and a new n8n may change it.
 */
const WINDOW_CLOSED = { error: { message: '(#131047) Re-engagement message', type: 'OAuthException', code: 131047, fbtrace_id: 'A' } };

let folder: string;
let graph: Server;
let n8n: N8nInstance;
let api: N8nApi;

beforeAll(async () => {
	await ensureN8n(() => undefined);
	folder = await mkdtemp(join(tmpdir(), 'sending-nodes-'));
	const { caPath, key, cert } = await sandboxCertificate(['graph.facebook.com'], folder);
	graph = createServer({ key, cert }, (request, response) => {
		let body = '';
		request.setEncoding('utf8').on('data', (text: string) => (body += text));
		request.on('end', () => {
			if (body.includes('hang up')) {
				request.socket.destroy();
				return;
			}
			const [status, type, answer] = body.includes('too late')
				? [400, 'application/json', JSON.stringify(WINDOW_CLOSED)]
				: body.includes('gateway')
					? [502, 'text/html', '<html>Bad gateway</html>']
					: [200, 'application/json', JSON.stringify({ messages: [{ id: 'wamid.1' }] })];
			response.writeHead(status, { 'content-type': type, 'retry-after': '7' }).end(answer);
		});
	});
	await new Promise<void>((resolve) => graph.listen(0, '127.0.0.1', resolve));
	const address = graph.address();
	if (address === null || typeof address === 'string') throw new Error('no port');
	n8n = await startN8n({ userFolder: folder, logFile: join(folder, 'n8n.log'), caCertPath: caPath, redirect: { 'graph.facebook.com': address.port } });
	api = await connectN8n(n8n.url);
	await api.importCredentials([{ name: 'WhatsApp', type: 'whatsAppApi', data: { accessToken: 'token', businessAccountId: '1' } }]);
}, 600_000);

afterAll(async () => {
	graph?.closeAllConnections();
	graph?.close();
	await n8n?.stop();
	await rm(folder, { recursive: true, force: true });
});

const whatsApp = { whatsAppApi: { name: 'WhatsApp' } };

function httpRequest(): NodeJson {
	return {
		id: 'send',
		name: 'Send',
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.5,
		position: [400, 0],
		onError: 'continueErrorOutput',
		credentials: whatsApp,
		parameters: {
			method: 'POST',
			url: 'https://graph.facebook.com/v22.0/111/messages',
			authentication: 'predefinedCredentialType',
			nodeCredentialType: 'whatsAppApi',
			sendBody: true,
			specifyBody: 'json',
			jsonBody: '={{ JSON.stringify({ text: $json.body.text }) }}',
			options: { timeout: 10_000, response: { response: { fullResponse: true, neverError: true } } },
		},
	};
}

function whatsAppNode(): NodeJson {
	return {
		id: 'send',
		name: 'Send',
		type: 'n8n-nodes-base.whatsApp',
		typeVersion: 1.1,
		position: [400, 0],
		onError: 'continueErrorOutput',
		credentials: whatsApp,
		parameters: { resource: 'message', operation: 'send', phoneNumberId: '111', recipientPhoneNumber: '+4917612345', messageType: 'text', textBody: '={{ $json.body.text }}' },
	};
}

/** Publishes Webhook → node, posts each text on its own, and gives [main output, error output] for each, in order. */
async function send(id: string, node: NodeJson, texts: readonly string[]): Promise<Array<[ExecutionItem | undefined, ExecutionItem | undefined]>> {
	const webhook: NodeJson = { id: 'hook', name: 'Webhook', type: 'n8n-nodes-base.webhook', typeVersion: 2, position: [0, 0], webhookId: id, parameters: { path: id, httpMethod: 'POST', responseMode: 'lastNode', options: {} } };
	await api.importWorkflows([{ id, name: id, nodes: [webhook, node], connections: { Webhook: { main: [[{ node: node.name, type: 'main', index: 0 }]] } } }]);
	await api.publishWorkflow(id);
	for (const text of texts) {
		await fetch(`${n8n.url}/webhook/${id}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ text }) });
	}
	const executions = await waitFor(
		async () => {
			const ended = (await api.executions({ workflowId: id, includeData: true })).filter(({ stoppedAt }) => stoppedAt !== null);
			return ended.length === texts.length ? ended.reverse() : undefined;
		},
		{ what: `${texts.length} executions of ${id}` },
	);
	return executions.map(({ data }) => {
		const outputs = data?.resultData.runData[node.name]?.[0]?.data?.main ?? [];
		return [outputs[0]?.[0], outputs[1]?.[0]];
	});
}

describe('HTTP Request with a predefined credential, full response and never error', () => {
	it('keeps the message id, the numeric error code and the status, and tells apart that no answer came', async () => {
		const [sent, tooLate, gateway, hungUp] = await send('http', httpRequest(), ['hello', 'too late', 'gateway', 'hang up']);

		expect(sent?.[0]?.json).toMatchObject({ statusCode: 200, body: { messages: [{ id: 'wamid.1' }] } });
		expect(sent?.[0]?.pairedItem).toEqual({ item: 0 });
		expect(tooLate?.[0]?.json).toMatchObject({ statusCode: 400, body: WINDOW_CLOSED, headers: { 'retry-after': '7' } });
		expect(tooLate?.[1]).toBeUndefined();
		expect(gateway?.[0]?.json).toMatchObject({ statusCode: 502, data: '<html>Bad gateway</html>' });
		expect(hungUp?.[0]).toBeUndefined();
		expect(hungUp?.[1]?.json).toMatchObject({ body: { text: 'hang up' }, details: { httpCode: 'ECONNRESET' } });
	}, 60_000);
});

describe("n8n's WhatsApp node", () => {
	it('loses the numeric error code, which is why it does not send here', async () => {
		const [sent, tooLate] = await send('node', whatsAppNode(), ['hello', 'too late']);

		expect(sent?.[0]?.json).toMatchObject({ messages: [{ id: 'wamid.1' }] });
		expect(JSON.stringify(tooLate?.[1])).not.toContain('131047');
	}, 60_000);
});
