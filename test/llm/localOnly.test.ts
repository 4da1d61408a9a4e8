import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createModelAccess } from '../../llm/modelAccess';
import { createEmbeddingAccess } from '../../llm/embeddingAccess';
import type { ModelSource } from '../../llm/modelSource';
import { createLocalFetch } from '../../llm/localFetch';
import { localGuard } from '../../llm/localGuard';
import { isLocalAddress, localAddresses } from '../../llm/localOnly';

/** A model server in one's own network that speaks OpenAI's protocol, as Ollama does under /v1. */
let server: Server;
let root: string;
let asked: { url: string; host?: string }[] = [];
let answer: { status: number; headers?: Record<string, string>; body: unknown };
const COMPLETION = { model: 'llama3.2', choices: [{ finish_reason: 'stop', message: { role: 'assistant', content: 'Hello' } }], usage: { prompt_tokens: 3, completion_tokens: 1 } };

beforeAll(async () => {
	server = createServer((request, response) => {
		asked.push({ url: request.url ?? '', host: request.headers.host });
		request.resume().on('end', () => response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers }).end(JSON.stringify(answer.body)));
	});
	await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
	root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => await new Promise((closed) => server.close(closed)));
beforeEach(() => {
	asked = [];
	answer = { status: 200, body: COMPLETION };
});

const ask = async (source: ModelSource) => await createModelAccess({ source, workspace: 'acme', localOnly: true }).complete({ system: '', messages: [{ role: 'user', content: 'Hi' }] }, { purpose: 'draft' });
const openai = (baseUrl?: string): ModelSource => ({ kind: 'openai', modelId: 'llama3.2', baseUrl, keys: [] });

describe('an address of one’s own network', () => {
	it.each(['127.0.0.1', '127.255.255.254', '10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.1.20', '::1', 'fc00::1', 'fdff:ffff::1', '::ffff:10.1.2.3', '::ffff:7f00:1'])('is %s', (address) => {
		expect(isLocalAddress(address)).toBe(true);
	});
	it.each([
		'8.8.8.8', '9.255.255.255', '11.0.0.0', '172.15.255.255', '172.32.0.0', '192.167.255.255', '192.169.0.0', '128.0.0.1', '0.0.0.0', '169.254.169.254', '100.64.0.1', '255.255.255.255', '224.0.0.1',
		'::', '::2', 'fbff::1', 'fe00::1', 'fe80::1', 'fe80::1%eth0', '2001:4860:4860::8888', '::ffff:8.8.8.8', '::ffff:0808:0808', '64:ff9b::a00:1', '::127.0.0.1', 'localhost', '', '127.1', '10.0.0.1.example.com',
	])('is not %s', (address) => {
		expect(isLocalAddress(address)).toBe(false);
	});
});

describe('a model server’s address', () => {
	const names: Record<string, string[]> = { ollama: ['172.18.0.5'], 'gpu.office.local': ['192.168.1.9', 'fd00::9'], 'split.example': ['10.0.0.1', '93.184.216.34'], 'mapped.example': ['::ffff:93.184.216.34'], 'empty.example': [] };
	const resolve = async (hostname: string): Promise<string[]> => {
		if (!Object.hasOwn(names, hostname)) throw new Error('ENOTFOUND');
		return names[hostname];
	};
	it.each(['http://ollama:11434/v1', 'https://gpu.office.local', 'http://10.1.2.3', 'http://[::1]:11434/v1', 'http://0x7f.1:11434', 'http://2130706433/'])('may be %s', async (url) => {
		await expect(localAddresses(url, resolve)).resolves.not.toHaveLength(0);
	});
	it.each(['http://split.example', 'http://mapped.example', 'http://empty.example', 'http://unknown.example', 'http://93.184.216.34', 'http://[2001:db8::1]', 'http://3627734562/', 'file:///etc/passwd', 'ftp://10.0.0.1/', 'http://10.0.0.1@93.184.216.34/'])('may not be %s', async (url) => {
		await expect(localAddresses(url, resolve)).rejects.toMatchObject({ kind: 'not_local', message: expect.stringContaining("switch 'Local Models Only' off") });
	});
});

describe('local models only', () => {
	it('answers from a server in one’s own network, with or without its path, and embeds there', async () => {
		expect(await ask(openai(root))).toMatchObject({ text: 'Hello', modelId: 'llama3.2' });
		expect(await ask(openai(`${root}/v1/`))).toMatchObject({ text: 'Hello' });
		expect(await ask(openai(root.replace('127.0.0.1', 'localhost')))).toMatchObject({ text: 'Hello' });
		expect(asked.map(({ url }) => url)).toEqual(Array.from({ length: 3 }, () => '/v1/chat/completions'));
		answer = { status: 200, body: { data: [{ index: 0, embedding: [0.5, 0.5] }] } };
		expect(await createEmbeddingAccess({ source: { kind: 'openai', modelId: 'nomic-embed-text', baseUrl: root, keys: [] }, workspace: 'acme', localOnly: true }).embed(['Hi'])).toEqual([[0.5, 0.5]]);
	});

	it.each<[string, ModelSource]>([
		['OpenAI', { kind: 'openai', modelId: 'gpt', keys: [{ key: 'k' }] }],
		['Anthropic', { kind: 'anthropic', modelId: 'claude', keys: [{ key: 'k' }] }],
		['an address outside', { kind: 'openai', modelId: 'm', baseUrl: 'https://203.0.113.7/v1', keys: [] }],
		['a connected node that does not say', { kind: 'connected', model: { invoke: async () => ({ content: 'leaked' }) } }],
	])('refuses %s once, before anything is sent', async (_name, source) => {
		const entries: unknown[] = [];
		const access = createModelAccess({ source, workspace: 'acme', localOnly: true, callLog: { record: async (entry) => void entries.push(entry) } });
		await expect(access.complete({ system: '', messages: [{ role: 'user', content: 'Hi' }] }, { purpose: 'draft' })).rejects.toMatchObject({ kind: 'not_local', attempts: 0 });
		expect(entries).toMatchObject([{ outcome: 'not_local', attempts: 0 }]);
	});

	it('refuses an address that makes no sense', async () => {
		await expect(localGuard({ kind: 'anthropic', modelId: 'm', baseUrl: 'https://', keys: [] })()).rejects.toMatchObject({ kind: 'not_local' });
	});

	it('lets a connected Ollama node through that is told a local address, and no other', async () => {
		class ChatOllama {
			constructor(readonly baseUrl: string) {}
			async invoke(): Promise<unknown> {
				return { content: 'Hello' };
			}
		}
		class ChatSomething extends ChatOllama {}
		class ChatOpenAI {
			constructor(readonly clientConfig: { baseURL?: string }) {}
			async invoke(): Promise<unknown> {
				return { content: 'Hello' };
			}
		}
		const connected = async (model: ChatOllama | ChatOpenAI) => (await ask({ kind: 'connected', model })).text;
		expect(await connected(new ChatOllama('http://127.0.0.1:11434'))).toBe('Hello');
		expect(await connected(new ChatOpenAI({ baseURL: 'http://10.0.0.4/v1' }))).toBe('Hello');
		for (const model of [new ChatOllama('https://203.0.113.7'), new ChatSomething('http://127.0.0.1:11434'), new ChatOpenAI({}), new ChatOllama('nowhere')]) await expect(connected(model)).rejects.toMatchObject({ kind: 'not_local' });
	});

	it('follows no redirect: a server inside cannot send anything outside', async () => {
		answer = { status: 307, headers: { location: `${root}/elsewhere` }, body: {} };
		await expect(ask(openai(root))).rejects.toThrow();
		expect(new Set(asked.map(({ url }) => url))).toEqual(new Set(['/v1/chat/completions']));
	});

	it('connects to the address that was checked, though the name stands for another one a moment later', async () => {
		let looked = 0;
		const local = createLocalFetch(async () => (looked++ === 0 ? ['127.0.0.1'] : ['203.0.113.7']));
		const { port } = new URL(root);
		expect(await (await local(`http://rebound.example:${port}/v1/models`, { method: 'POST', body: '{}' })).json()).toEqual(COMPLETION);
		expect(asked).toEqual([{ url: '/v1/models', host: `rebound.example:${port}` }]);
		await expect(local(`http://rebound.example:${port}/v1/models`)).rejects.toMatchObject({ kind: 'not_local' });
		expect(asked).toHaveLength(1);
	});

	it('stops when the caller does', async () => {
		const stopping = new AbortController();
		stopping.abort();
		await expect(createLocalFetch()(`${root}/v1/models`, { signal: stopping.signal })).rejects.toThrow();
	});
});
