import fc from 'fast-check';
import { ModelError, type ChatModel } from '../../llm/chatModel';
import { inMemoryKeyLedger, keyFingerprint, type KeyLedger } from '../../llm/keyLedger';
import { createKeyRing, type ModelKey } from '../../llm/keyRing';
import { fakeTime } from './fakeTime';

function ringOf(keys: ModelKey[], options: { ledger?: KeyLedger; time?: ReturnType<typeof fakeTime> } = {}) {
	const time = options.time ?? fakeTime();
	const errors: unknown[] = [];
	const connect = (key: string): ChatModel => ({ modelId: key, complete: () => Promise.reject(new Error('not called')) });
	const ring = createKeyRing({ keys, connect, ledger: options.ledger ?? inMemoryKeyLedger(), now: time.now, onStoreError: (error) => errors.push(error) });
	/** Uses the ring once; `fate` says how each key fares. */
	const use = async (fate: (key: string) => ModelError | undefined = () => undefined, cost?: number) => {
		const used: string[] = [];
		const result = await ring
			.run(
				async (model) => {
					used.push(model.modelId);
					const error = fate(model.modelId);
					if (error) throw error;
					return model.modelId;
				},
				() => cost,
			)
			.then(({ value }) => value, (error: unknown) => error);
		return { used, result };
	};
	return { ring, use, time, errors };
}

const limited = (retryAfterMs?: number) => new ModelError('rate_limited', 'slow down', { retryAfterMs, status: 429 });

describe('the key ring', () => {
	it('needs a key and counts equal keys once', () => {
		expect(() => ringOf([])).toThrow(RangeError);
		expect(ringOf([{ key: 'a' }, { key: 'a' }, { key: 'b' }]).ring.size).toBe(2);
	});

	it('goes on where another process left off', async () => {
		const ledger = inMemoryKeyLedger();
		const time = fakeTime();
		const keys = [{ key: 'a' }, { key: 'b' }];
		await ringOf(keys, { ledger, time }).use();
		time.advance(1);
		expect((await ringOf(keys, { ledger, time }).use()).used).toEqual(['b']);
	});

	it("respects another process's ban", async () => {
		const ledger = inMemoryKeyLedger();
		const time = fakeTime();
		const keys = [{ key: 'a' }, { key: 'b' }];
		await ringOf(keys, { ledger, time }).use((key) => (key === 'a' ? new ModelError('invalid_key', 'no') : undefined));
		expect((await ringOf(keys, { ledger, time }).use()).used).toEqual(['b']);
	});

	it('waits for the key that is free first when all are limited', async () => {
		const { use } = ringOf([{ key: 'a' }, { key: 'b' }]);
		const { result } = await use((key) => limited(key === 'a' ? 9000 : 4000));
		expect(result).toMatchObject({ kind: 'rate_limited', retryAfterMs: 4000 });
	});

	it('leaves a limited key alone for a second when no time was named', async () => {
		const { use, time } = ringOf([{ key: 'a' }]);
		await use(() => limited());
		expect((await use()).result).toMatchObject({ kind: 'rate_limited', retryAfterMs: 1000 });
		time.advance(1000);
		expect((await use()).result).toBe('a');
	});

	it('skips a key whose budget for the day is spent, until midnight UTC', async () => {
		// The fake clock starts at noon.
		const { use, time } = ringOf([{ key: 'a', dailyBudgetUsd: 0.5 }, { key: 'b' }]);
		expect((await use(undefined, 0.5)).used).toEqual(['a']);
		expect((await use(undefined, 0.5)).used).toEqual(['b']);
		expect((await use(undefined, 0.5)).used).toEqual(['b']);
		time.advance(12 * 3_600_000);
		expect((await use(undefined, 0.5)).used).toEqual(['a']);
	});

	it('says that no budget is left when that is why', async () => {
		const { use } = ringOf([{ key: 'a', dailyBudgetUsd: 0.5 }]);
		await use(undefined, 0.6);
		expect((await use()).result).toMatchObject({ kind: 'quota' });
	});

	it('skips a key without credit and takes the next', async () => {
		const { use } = ringOf([{ key: 'a' }, { key: 'b' }]);
		const fate = (key: string) => (key === 'a' ? new ModelError('quota', 'no credit') : undefined);
		expect((await use(fate)).used).toEqual(['a', 'b']);
		expect((await use(fate)).used).toEqual(['b']);
	});

	it('does not try other keys when the failure is not about the key', async () => {
		const { use } = ringOf([{ key: 'a' }, { key: 'b' }]);
		const { used, result } = await use(() => new ModelError('unavailable', 'down'));
		expect(used).toEqual(['a']);
		expect(result).toMatchObject({ kind: 'unavailable', keyFingerprint: keyFingerprint('a') });
	});

	it('works on when the ledger does not, and tells', async () => {
		const down = new Error('store down');
		const { use, errors } = ringOf([{ key: 'a' }, { key: 'b' }], { ledger: { load: () => Promise.reject(down), record: () => Promise.reject(down) } });
		expect((await use((key) => (key === 'a' ? new ModelError('invalid_key', 'no') : undefined))).result).toBe('b');
		expect((await use()).used).toEqual(['b']);
		expect(errors).toContain(down);
	});

	it('asks the ledger once in ten seconds, however many calls there are', async () => {
		const ledger = inMemoryKeyLedger();
		const load = jest.spyOn(ledger, 'load');
		const { use, time } = ringOf([{ key: 'a' }], { ledger });
		await Promise.all(Array.from({ length: 20 }, () => use()));
		time.advance(9_999);
		await use();
		expect(load).toHaveBeenCalledTimes(1);
		time.advance(1);
		await use();
		expect(load).toHaveBeenCalledTimes(2);
	});

	it('never tries a key twice in one run, nor one that is banned (law)', async () => {
		const fates = fc.constantFrom<ModelError['kind'] | 'ok'>('ok', 'rate_limited', 'invalid_key', 'quota');
		await fc.assert(
			fc.asyncProperty(fc.array(fc.tuple(fates, fates, fates), { minLength: 1, maxLength: 8 }), async (rounds) => {
				const names = ['a', 'b', 'c'];
				const { use } = ringOf(names.map((key) => ({ key })));
				const banned = new Set<string>();
				for (const round of rounds) {
					const { used } = await use((key) => {
						const kind = round[names.indexOf(key)];
						return kind === undefined || kind === 'ok' ? undefined : new ModelError(kind, 'no');
					});
					expect(new Set(used).size).toBe(used.length);
					for (const key of used) {
						expect(banned.has(key)).toBe(false);
						if (round[names.indexOf(key)] !== 'ok') banned.add(key);
					}
				}
			}),
			{ numRuns: 100 },
		);
	});

	it('names a key by the start of its SHA-256', () => {
		// printf abc | sha256sum
		expect(keyFingerprint('abc')).toBe('ba7816bf8f01');
	});
});
