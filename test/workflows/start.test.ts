import { createServer, type AddressInfo } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readArguments, type StartArguments } from '../../sandbox/arguments';
import { checkBeforeStart } from '../../sandbox/checks';
import { LEADS } from '../../sandbox/demo/leads';
import { reportRows } from '../../sandbox/demo/report';
import { freePort } from '../../sandbox/freePort';

let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'start-'));
});
afterAll(async () => {
	await rm(folder, { recursive: true, force: true });
});
afterEach(() => {
	jest.restoreAllMocks();
});

async function problem(given: Partial<StartArguments>): Promise<string> {
	const complete: StartArguments = { port: await freePort(), model: 'stand-in', queue: false, help: false, ...given };
	return await checkBeforeStart(complete, folder).then(
		() => 'none',
		(error: Error) => error.message,
	);
}

describe('the options of npm start', () => {
	it('need nothing', () => {
		expect(readArguments([])).toEqual({ port: 5678, model: 'stand-in', postgresUrl: undefined, redisUrl: undefined, queue: false, stateFolder: undefined, help: false });
	});

	it.each([
		[['--port', 'five'], /--port must be a number from 1024 to 65535/],
		[['--queue'], /--queue needs --postgres and --redis/],
		[['--postgres', 'localhost:5432'], /--postgres must be an address that begins with postgres:/],
		[['--redis', 'http://localhost'], /--redis must be an address that begins with redis:/],
		[['--openai-key', 'a', '--anthropic-key', 'b'], /not both/],
		[['--state', ''], /--state must be a folder/],
		[['--prot', '1'], /--prot/],
	])('refuse %j in one sentence', (args, sentence) => {
		expect(() => readArguments(args)).toThrow(sentence);
	});
});

describe('the checks before the start', () => {
	it('find nothing on a machine in order', async () => {
		expect(await problem({})).toBe('none');
	});

	it('name a taken port and another one', async () => {
		const server = createServer();
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const { port } = server.address() as AddressInfo;
		expect(await problem({ port })).toBe(`Port ${port} is taken: end the program that listens there, or choose another with --port ${port + 1}.`);
		server.close();
	});

	it('name the folder whose disk is full, and what is needed', async () => {
		const files = jest.requireActual<typeof import('node:fs/promises')>('node:fs/promises');
		const real = await files.statfs(folder);
		jest.spyOn(files, 'statfs').mockResolvedValue({ ...real, bsize: 4096, bavail: 1000 });
		expect(await problem({})).toMatch(new RegExp(`^The disk of ${folder} has 0\\.0 GB free, but \\d\\.\\d GB are needed: make room and start again\\.$`));
	});

	it('name the Postgres that is not there, without its password', async () => {
		const port = await freePort();
		const sentence = await problem({ postgresUrl: `postgres://user:hidden@127.0.0.1:${port}/leads` });
		expect(sentence).toMatch(`No Postgres can be used at 127.0.0.1:${port}/leads`);
		expect(sentence).not.toMatch(/hidden/);
	});

	it('name the Redis that is not there', async () => {
		const port = await freePort();
		expect(await problem({ redisUrl: `redis://127.0.0.1:${port}` })).toMatch(`No Redis answers at 127.0.0.1:${port}`);
	});

	it.each(['openai', 'anthropic'] as const)('tell a key %s refuses', async (provider) => {
		jest.spyOn(globalThis, 'fetch').mockResolvedValue(new Response('{}', { status: 401 }));
		const sentence = await problem({ model: { provider, apiKey: 'sk-wrong' } });
		expect(sentence).toMatch(new RegExp(`does not accept this key \\(status 401\\): check --${provider}-key`));
		expect(sentence).not.toMatch(/sk-wrong/);
	});
});

describe('the sample leads', () => {
	it('are at least 32, over every way in', () => {
		expect(LEADS.length).toBeGreaterThanOrEqual(32);
		expect(new Set(LEADS.map(({ delivery }) => delivery.by))).toEqual(new Set(['whatsapp', 'messenger', 'instagram', 'sms', 'email', 'webhook', 'form', 'csv']));
	});

	it('include a text of 20,000 characters, a voice note, an empty text and emoji only', () => {
		const texts = LEADS.map(({ delivery }) => ('text' in delivery ? delivery.text : undefined));
		expect(texts.some((text) => text?.length === 20_000)).toBe(true);
		expect(texts).toEqual(expect.arrayContaining(['', '👍👍🎉']));
		expect(LEADS.some(({ delivery }) => delivery.by === 'whatsapp' && delivery.voice === true)).toBe(true);
	});

	it('are found again by the ids of their messages, with what became of each', () => {
		const burst = LEADS.filter(({ delivery }) => delivery.by === 'whatsapp' && delivery.texts !== undefined);
		expect(burst).toHaveLength(1);
		const ids = burst.flatMap(({ delivery }) => ('ids' in delivery ? delivery.ids : []));
		const records = ids.map((providerId) => ({ workspace: 'default', providerId, channel: 'whatsapp', state: 'decided' as const, score: 61, answer: { status: 'sent', sentence: 'Sent.' } }));
		expect(reportRows(burst[0], { refused: [] }, records, 0)).toEqual([{ lead: burst[0], channel: 'whatsapp', outcome: 'sent', sentence: 'Sent.', score: 61 }]);
		// A slow machine answers the first text before the others are in: still one row an answer.
		const slow = records.map((record, at) => ({ ...record, answer: at === 0 ? { id: 'a', status: 'cancelled', sentence: 'Not sent.' } : { ...record.answer, id: 'b' } }));
		expect(reportRows(burst[0], { refused: [] }, slow, 0).map(({ outcome }) => outcome)).toEqual(['blocked', 'sent']);
		expect(reportRows(burst[0], { refused: [] }, [], 0)).toMatchObject([{ outcome: 'open' }]);
		expect(reportRows(burst[0], { refused: [{ reason: 'no' }] }, [], 0)).toMatchObject([{ outcome: 'refused', sentence: 'no' }]);
	});
});
