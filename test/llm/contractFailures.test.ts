import { inspect } from 'node:util';
import type { ModelAccessConfig } from '../../llm/modelAccess';
import { RETRY_POLICY } from '../../llm/retry';
import { inMemorySpendLedger } from '../../llm/spendCap';
import { START } from './fakeTime';
import { startModelServer, type ModelServer } from './modelServer';
import { context, failureOf, FIRST, openAccess, request, subjects } from './subjects';

let server: ModelServer;
beforeAll(async () => {
	server = await startModelServer();
});
afterAll(() => server.stop());
beforeEach(() => server.reset());

describe.each(subjects)('a failing call through $name', ({ model, cost, source }) => {
	const open = (more: Partial<ModelAccessConfig> = {}, keys = [FIRST]) => openAccess(source(server.url, keys), more);

	it.each([
		['seconds', '7'],
		['an HTTP date', new Date(START + 7000).toUTCString()],
	])('waits as long as Retry-After says in %s, then succeeds', async (_form, value) => {
		server.plan({ status: 429, message: 'Slow down.', code: 'rate_limit_exceeded', headers: { 'retry-after': value } });
		const { access, time, log } = open();
		const answer = await access.complete(request, context);
		expect(time.waits).toEqual([7000]);
		expect(answer).toMatchObject({ attempts: 2, retryCount: 1, latencyMs: 7000 });
		expect(log.entries).toHaveLength(1);
		expect(log.entries[0]).toMatchObject({ attempts: 2, outcome: 'ok', latencyMs: 7000 });
	});

	it("does not wait past the item's 90 seconds", async () => {
		server.plan({ status: 429, message: 'Slow down.', headers: { 'retry-after': '120' } });
		const { access, time } = open();
		const error = await failureOf(access.complete(request, context));
		expect(error).toMatchObject({ kind: 'rate_limited', attempts: 1, retryAfterMs: 120_000 });
		expect(time.waits).toEqual([]);
	});

	it('backs off with jitter and ends as unavailable after three failures', async () => {
		for (let i = 0; i < 3; i += 1) server.plan({ status: 500, message: 'Oops.' });
		const { access, time, log } = open();
		const error = await failureOf(access.complete(request, context));
		expect(error).toMatchObject({ kind: 'unavailable', status: 500, attempts: 3 });
		// Half of 500 ms, half of 1,000 ms: the random number is 0.5.
		expect(time.waits).toEqual([250, 500]);
		expect(server.seen).toHaveLength(3);
		expect(log.entries).toHaveLength(1);
		expect(log.entries[0]).toMatchObject({ outcome: 'unavailable', attempts: 3, modelId: model });
	});

	it.each([
		['a web page', { html: true as const }],
		['a closed connection', { drop: true as const }],
	])('takes %s for an unavailable provider and tries again', async (_what, plan) => {
		server.plan(plan);
		const { access } = open();
		expect((await access.complete(request, context)).attempts).toBe(2);
	});

	it('ends a stalled call in time', async () => {
		server.plan({ stall: true }, { stall: true }, { stall: true });
		const { access } = open({ policy: { ...RETRY_POLICY, callTimeoutMs: 60 } });
		expect(await failureOf(access.complete(request, context))).toMatchObject({ kind: 'timeout', attempts: 3 });
	});

	it('stops when the caller aborts, without another try', async () => {
		const stop = new AbortController();
		server.plan(() => {
			setImmediate(() => stop.abort());
			return { stall: true };
		});
		const { access } = open();
		expect(await failureOf(access.complete(request, { ...context, signal: stop.signal }))).toMatchObject({ kind: 'aborted' });
		expect(server.seen).toHaveLength(1);
	});

	it('does not repeat a request the provider rejects', async () => {
		server.plan({ status: 404, message: 'No such model.' });
		const { access } = open();
		const error = await failureOf(access.complete(request, context));
		expect(error).toMatchObject({ kind: 'bad_request', status: 404 });
		expect(error.message).toContain(model);
		expect(server.seen).toHaveLength(1);
	});

	it('refuses before any request when the spend cap is reached', async () => {
		const spendLedger = inMemorySpendLedger(() => START);
		const hold = await spendLedger.reserve({ workspace: 'acme', day: '2026-03-02', amountUsd: 1, capUsd: 1, expiresAt: START + 1 });
		if (!hold.granted) throw new Error('The first hold fits.');
		await spendLedger.settle(hold.reservationId, 1);
		const { access, log } = open({ spendLedger, dailyCapUsd: 1 });
		const error = await failureOf(access.complete(request, context));
		expect(error.kind).toBe('spend_cap');
		expect(error.message).toContain('1 USD');
		expect(server.seen).toEqual([]);
		expect(log.entries).toMatchObject([{ outcome: 'spend_cap', attempts: 0 }]);
	});

	it('settles the real cost with the spend ledger', async () => {
		server.plan({ text: 'Yes.' }, { status: 400, message: 'No.' });
		const spendLedger = inMemorySpendLedger(() => START);
		const { access } = open({ spendLedger, dailyCapUsd: 1 });
		await access.complete(request, context);
		await failureOf(access.complete(request, context));
		expect(await spendLedger.spentToday('acme', '2026-03-02')).toBeCloseTo(cost, 12);
	});

	it('never shows the key in an error or the log, however loudly the provider repeats it', async () => {
		const { access, log, errors } = open({ policy: { ...RETRY_POLICY, maxTries: 1 } });
		const seen: unknown[] = [];
		for (const status of [400, 401, 403, 404, 429, 500]) {
			server.plan({ status, message: `Key ${FIRST} (Bearer ${FIRST}) is at fault.` });
			seen.push(await failureOf(open({ policy: { ...RETRY_POLICY, maxTries: 1 } }).access.complete(request, context)));
		}
		server.accept('another');
		seen.push(await failureOf(access.complete(request, context)));
		const shown = inspect([seen, log.entries, errors, access], { depth: 20, showHidden: true });
		expect(shown).not.toContain(FIRST);
		expect(shown).not.toContain(FIRST.slice(4, 20));
		expect(JSON.stringify([seen, log.entries])).not.toContain(FIRST.slice(4, 20));
	});

	it('says what to do when the key is refused', async () => {
		server.accept('another');
		const { access } = open();
		const error = await failureOf(access.complete(request, context));
		expect(error).toMatchObject({ kind: 'invalid_key', status: 401, attempts: 1 });
		expect(error.message).toMatch(/refused the API key/);
		expect(server.seen).toHaveLength(1);
	});

	it('goes on when the log cannot be written, and tells', async () => {
		const lost = new Error('disk full');
		const { access, errors } = open({ callLog: { record: () => Promise.reject(lost) } });
		expect((await access.complete(request, context)).text).toBe('Hello.');
		expect(errors).toEqual([lost]);
	});
});
