import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { endNodeProcesses, NodeProcess } from '../services/nodeProcess';
import { useEmbeddedStore } from './embeddedStore';

jest.setTimeout(60_000);

const SECRET = 'hmac-secret';
const EVENTS = 3_000;
const body = (batch: string): string => JSON.stringify(Array.from({ length: EVENTS }, (_, at) => ({ event: 'clicked', id: `${batch}-${at}`, email: `p${at % 100}@mail.example`, time: '2026-05-19T08:00:00Z' })));

describe('an n8n that is killed', () => {
	const { store } = useEmbeddedStore();
	afterEach(endNodeProcesses);

	const start = async (): Promise<string> => z.string().parse(await new NodeProcess(join(__dirname, 'outcomeListener.ts'), [SECRET]).first);
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
		await endNodeProcesses();
		expect(await onRecord('answered')).toBe(EVENTS);
	});

	it.each([5, 60, 150, 300])('%i ms after the request: a second try completes what it left', async (delay) => {
		const batch = `cut-${delay}`;
		const answered = post(await start(), body(batch));
		await pause(delay);
		await endNodeProcesses();
		const status = await answered;
		const before = await onRecord(batch);
		// Whole transactions of a thousand events or none of them; all of them when it was answered.
		expect([0, 1000, 2000, EVENTS]).toContain(before);
		if (status === 200) expect(before).toBe(EVENTS);
		expect(await post(await start(), body(batch))).toBe(200);
		expect(await onRecord(batch)).toBe(EVENTS);
	});
});
