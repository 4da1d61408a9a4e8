import { inMemoryCallLog } from '../../llm/callLog';
import { withinTime } from '../../llm/callWindow';
import { ModelError, type ChatModel } from '../../llm/chatModel';
import { createLimiter } from '../../llm/concurrency';
import { createModelAccess } from '../../llm/modelAccess';
import { RETRY_POLICY, waitBefore, withRetry } from '../../llm/retry';
import { parseRetryAfter } from '../../llm/retryAfter';
import { createSpendCap, estimateTokens, inMemorySpendLedger } from '../../llm/spendCap';
import { fakeTime, START } from './fakeTime';

const unavailable = (retryAfterMs?: number) => new ModelError('unavailable', 'down', { retryAfterMs });

describe('retrying', () => {
	it('draws the wait from zero to a window that doubles up to eight seconds', () => {
		const policy = { ...RETRY_POLICY, maxTries: 9 };
		const top = (nextTry: number) => waitBefore(nextTry, unavailable(), policy, () => 0.999999);
		expect([2, 3, 4, 5, 6, 7, 8].map(top)).toEqual([500, 1000, 2000, 4000, 8000, 8000, 8000]);
		expect(waitBefore(2, unavailable(), policy, () => 0)).toBe(0);
	});

	it('never waits less than Retry-After', () => {
		expect(waitBefore(2, unavailable(3000), RETRY_POLICY, () => 0.5)).toBe(3000);
		expect(waitBefore(2, unavailable(10), RETRY_POLICY, () => 0.5)).toBe(250);
	});

	it("shortens a call to what is left of the item's time", async () => {
		const time = fakeTime();
		const given: number[] = [];
		const work = withRetry(
			async ({ timeoutMs }) => {
				given.push(timeoutMs);
				time.advance(timeoutMs);
				throw new ModelError('timeout', 'slow');
			},
			{ deadline: START + 50_000, time, policy: { ...RETRY_POLICY, maxTries: 5 } },
		);
		// 30 s, a wait of 0.25 s, then the 19.75 s that are left, and no third try.
		await expect(work).rejects.toMatchObject({ kind: 'timeout', attempts: 2 });
		expect(given).toEqual([30_000, 19_750]);
	});

	it.each(['invalid_key', 'quota', 'bad_request', 'refused', 'bad_output', 'spend_cap', 'aborted'] as const)('does not repeat after %s', async (kind) => {
		let tries = 0;
		const work = withRetry(
			() => {
				tries += 1;
				return Promise.reject(new ModelError(kind, 'no'));
			},
			{ deadline: START + 90_000, time: fakeTime() },
		);
		await expect(work).rejects.toMatchObject({ kind, attempts: 1 });
		expect(tries).toBe(1);
	});
});

describe('Retry-After', () => {
	it.each([
		['12', 12_000],
		['0', 0],
		[' 1.5 ', 1500],
		[new Date(START + 5000).toUTCString(), 5000],
		[new Date(START - 5000).toUTCString(), 0],
		['-5', undefined],
		['soon', undefined],
		['', undefined],
	])('reads %j', (value, expected) => {
		expect(parseRetryAfter(value, START)).toBe(expected);
	});
});

describe('the call window', () => {
	it('settles in time even when the work ignores its signal', async () => {
		await expect(withinTime({ timeoutMs: 20 }, () => new Promise(() => undefined))).rejects.toMatchObject({ kind: 'timeout' });
	});

	it('does not begin what is already aborted', async () => {
		const work = jest.fn(async () => 1);
		await expect(withinTime({ timeoutMs: 20, signal: AbortSignal.abort() }, work)).rejects.toMatchObject({ kind: 'aborted' });
		expect(work).not.toHaveBeenCalled();
	});
});

describe('the limiter', () => {
	it('runs five at once and the rest in order', async () => {
		const limiter = createLimiter(5);
		const finish: (() => void)[] = [];
		const begun: number[] = [];
		const all = Array.from({ length: 12 }, (_unused, i) =>
			limiter.run(() => {
				begun.push(i);
				return new Promise<void>((resolve) => finish.push(resolve));
			}),
		);
		await Promise.resolve();
		expect(begun).toEqual([0, 1, 2, 3, 4]);
		expect([limiter.active, limiter.waiting]).toEqual([5, 7]);
		for (let i = 0; i < 12; i += 1) {
			finish[i]?.();
			await all[i];
			expect(limiter.active).toBeLessThanOrEqual(5);
		}
		expect(begun).toEqual(Array.from({ length: 12 }, (_unused, i) => i));
		expect([limiter.active, limiter.waiting]).toEqual([0, 0]);
	});

	it('frees the place of a failed piece of work', async () => {
		const limiter = createLimiter(1);
		await expect(limiter.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
		await expect(limiter.run(async () => 'yes')).resolves.toBe('yes');
	});

	it.each([0, -1, 1.5, Number.NaN])('refuses %p places', (places) => {
		expect(() => createLimiter(places)).toThrow(RangeError);
	});
});

describe('the item', () => {
	it("begins its 90 seconds with its place, so a queue does not eat them, and at most five are under way", async () => {
		const time = fakeTime();
		let active = 0;
		let most = 0;
		const model: ChatModel = {
			modelId: 'slow',
			async complete({ timeoutMs }) {
				active += 1;
				most = Math.max(most, active);
				expect(timeoutMs).toBe(30_000);
				await new Promise((resolve) => setImmediate(resolve));
				time.advance(20_000);
				active -= 1;
				return { text: 'Yes.', modelId: 'slow', latencyMs: 20_000 };
			},
		};
		const access = createModelAccess({ source: { kind: 'port', model }, workspace: 'acme', time });
		const items = Array.from({ length: 20 }, () => access.complete({ system: '', messages: [{ role: 'user', content: 'Hi' }] }, { purpose: 'draft' }));
		expect(await Promise.all(items)).toHaveLength(20);
		expect(most).toBe(5);
		expect(access.priceKnown).toBe(false);
	});

	it('turns an unforeseen failure of a model into a ModelError and tells what it was', async () => {
		const bug = new TypeError('x is undefined');
		const told: unknown[] = [];
		const log = inMemoryCallLog();
		const model: ChatModel = { modelId: 'odd', complete: () => Promise.reject(bug) };
		const access = createModelAccess({ source: { kind: 'port', model }, workspace: 'acme', time: fakeTime(), callLog: log, onStoreError: (error) => told.push(error) });
		await expect(access.complete({ system: '', messages: [{ role: 'user', content: 'Hi' }] }, { purpose: 'draft' })).rejects.toBeInstanceOf(ModelError);
		expect(told).toEqual([bug]);
		expect(log.entries).toMatchObject([{ outcome: 'unavailable' }]);
	});
});

describe('the spend cap', () => {
	const price = { input: 1_000_000, output: 1_000_000 }; // one USD a token, for sums by hand
	const request = { system: '', messages: [{ role: 'user' as const, content: '' }], timeoutMs: 1000 };
	// 3 parts of nothing are 48 tokens of framing; with at most 2 out, a call holds back 50 USD.
	const held = 50;
	const capOf = (dailyCapUsd: number | undefined, ledger = inMemorySpendLedger(() => START)) => ({
		ledger,
		run: createSpendCap({ workspace: 'acme', dailyCapUsd, ledger, priceOf: (id) => (id === 'free' ? undefined : price), modelId: 'm', now: () => START, onStoreError: () => undefined }),
	});
	const answer = (tokens: number) => ({ text: 'x', modelId: 'm', latencyMs: 1, usage: { inputTokens: tokens, outputTokens: 0 } });

	it('estimates from bytes, generously for every script', () => {
		expect(estimateTokens(request, 2)).toEqual({ inputTokens: 48, outputTokens: 2 });
		// "日本" is six bytes in UTF-8: two tokens more.
		expect(estimateTokens({ ...request, system: '日本' }, 2).inputTokens).toBe(50);
	});

	it('lets no more concurrent calls through than fit under the cap together', async () => {
		const { run, ledger } = capOf(3 * held + 10);
		let calls = 0;
		const results = await Promise.allSettled(
			Array.from({ length: 20 }, () =>
				run(request, 2, async () => {
					calls += 1;
					await new Promise((resolve) => setImmediate(resolve));
					return answer(held);
				}),
			),
		);
		expect(calls).toBe(3);
		expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(17);
		expect(await ledger.spentToday('acme', '2026-03-02')).toBe(3 * held);
	});

	it('gives back what a cheap or failed call did not use', async () => {
		const { run, ledger } = capOf(held + 5);
		await run(request, 2, async () => answer(5));
		await expect(run(request, 2, () => Promise.reject(unavailable()))).rejects.toMatchObject({ kind: 'unavailable' });
		expect(await ledger.spentToday('acme', '2026-03-02')).toBe(5);
		await run(request, 2, async () => answer(1));
		await expect(run(request, 2, async () => answer(1))).rejects.toMatchObject({ kind: 'spend_cap' });
	});

	it('counts a timeout and an answer without token count in full', async () => {
		const { run, ledger } = capOf(1000);
		await expect(run(request, 2, () => Promise.reject(new ModelError('timeout', 'slow')))).rejects.toMatchObject({ kind: 'timeout' });
		await run(request, 2, async () => ({ text: 'x', modelId: 'm', latencyMs: 1 }));
		expect(await ledger.spentToday('acme', '2026-03-02')).toBe(2 * held);
	});

	it('keeps days and workspaces apart', async () => {
		const ledger = inMemorySpendLedger(() => START);
		await capOf(1000, ledger).run(request, 2, async () => answer(7));
		expect(await ledger.spentToday('other', '2026-03-02')).toBe(0);
		expect(await ledger.spentToday('acme', '2026-03-03')).toBe(0);
	});

	it('drops the hold of a process that died', async () => {
		let at = START;
		const ledger = inMemorySpendLedger(() => at);
		const hold = { workspace: 'acme', day: '2026-03-02', amountUsd: 9, capUsd: 10, expiresAt: START + 300_000 };
		expect(await ledger.reserve(hold)).toMatchObject({ granted: true });
		expect(await ledger.reserve(hold)).toEqual({ granted: false });
		at += 300_000;
		expect(await ledger.reserve(hold)).toMatchObject({ granted: true });
	});

	it('calls no model when the ledger cannot be asked', async () => {
		const call = jest.fn();
		const ledger = { ...inMemorySpendLedger(), reserve: () => Promise.reject(new Error('store down')) };
		await expect(capOf(10, ledger).run(request, 2, call)).rejects.toMatchObject({ kind: 'spend_cap' });
		expect(call).not.toHaveBeenCalled();
	});
});
