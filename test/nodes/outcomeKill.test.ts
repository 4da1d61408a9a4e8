import { spawn, type ChildProcess } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { useEmbeddedStore } from './embeddedStore';

jest.setTimeout(60_000);

const SECRET = 'hmac-secret';
const EVENTS = 3_000;
const body = (batch: string): string => JSON.stringify(Array.from({ length: EVENTS }, (_, at) => ({ event: 'clicked', id: `${batch}-${at}`, email: `p${at % 100}@mail.example`, time: '2026-05-19T08:00:00Z' })));

describe('an n8n that is killed', () => {
	const { store } = useEmbeddedStore();
	let child: ChildProcess | undefined;
	const kill = async (): Promise<void> => {
		const killed = child;
		child = undefined;
		if (!killed || killed.exitCode !== null) return;
		const ended = new Promise((resolve) => killed.once('exit', resolve));
		killed.kill('SIGKILL');
		await ended;
	};
	afterEach(kill);

	async function start(): Promise<string> {
		const started = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'outcomeListener.ts'), SECRET], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, NODE_NO_WARNINGS: '1' } });
		child = started;
		return await new Promise<string>((resolve, reject) => {
			createInterface({ input: started.stdout }).once('line', (line) => resolve(JSON.parse(line) as string));
			started.once('exit', () => reject(new Error('The listener ended without a word')));
		});
	}
	/** The status, or 0 when the line was cut. */
	const post = async (url: string, text: string): Promise<number> => {
		const headers = { 'content-type': 'application/json', 'x-signature': createHmac('sha256', SECRET).update(text).digest('hex') };
		return await fetch(url, { method: 'POST', headers, body: text }).then(
			({ status }) => status,
			() => 0,
		);
	};
	const onRecord = async (batch: string): Promise<number> => (await store().outcomes.list('default', { limit: 100_000 })).filter(({ eventId }) => eventId?.startsWith(`generic:${batch}-`)).length;

	it('has lost nothing that it answered', async () => {
		expect(await post(await start(), body('answered'))).toBe(200);
		await kill();
		expect(await onRecord('answered')).toBe(EVENTS);
	});

	it.each([5, 60, 150, 300])('%i ms after the request: a second try completes what it left', async (delay) => {
		const batch = `cut-${delay}`;
		const answered = post(await start(), body(batch));
		await pause(delay);
		await kill();
		const status = await answered;
		const before = await onRecord(batch);
		// Whole transactions of a thousand events or none of them; all of them when it was answered.
		expect([0, 1000, 2000, EVENTS]).toContain(before);
		if (status === 200) expect(before).toBe(EVENTS);
		expect(await post(await start(), body(batch))).toBe(200);
		expect(await onRecord(batch)).toBe(EVENTS);
	});
});
