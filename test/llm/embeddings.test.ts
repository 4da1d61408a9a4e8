import { inMemoryCallLog } from '../../llm/callLog';
import { createEmbeddingAccess, type EmbeddingAccessConfig } from '../../llm/embeddingAccess';
import { inMemorySpendLedger } from '../../llm/spendCap';
import { useModelStandIn } from '../nodes/modelStandIn';

describe('embeddings', () => {
	const model = useModelStandIn();
	const open = (changes: Partial<EmbeddingAccessConfig> = {}, keys?: string) => {
		const { baseUrl, apiKeys } = model.credential().leadAutopilotModelApi;
		return createEmbeddingAccess({ source: { kind: 'openai', modelId: 'text-embedding-3-small', baseUrl: String(baseUrl), keys: (keys ?? String(apiKeys)).split(',').map((key) => ({ key })) }, workspace: 'acme', ...changes });
	};

	it('come from an OpenAI-compatible server in the order asked, in calls of 96, and are logged with their cost', async () => {
		const callLog = inMemoryCallLog();
		const texts = Array.from({ length: 200 }, (_, at) => `text number ${at}`);
		const vectors = await open({ callLog }).embed(texts);
		expect(vectors).toHaveLength(200);
		const [alone] = await open().embed([texts[150]]);
		expect(vectors[150]).toEqual(alone);
		expect(callLog.entries).toHaveLength(3);
		for (const { purpose, modelId, inputTokens, costUsd, outcome } of callLog.entries) {
			// Two cents a million tokens.
			expect([purpose, modelId, outcome, costUsd]).toEqual(['embed', 'text-embedding-3-small', 'ok', ((inputTokens ?? 0) * 0.02) / 1_000_000]);
		}
		expect(await open().embed([])).toEqual([]);
	});

	it('leave a refused key for the next', async () => {
		const callLog = inMemoryCallLog();
		const good = String(model.credential().leadAutopilotModelApi.apiKeys);
		await open({ callLog }, `no-such-key,${good}`).embed(['a text']);
		expect(callLog.entries).toMatchObject([{ outcome: 'ok' }]);
		await expect(open({}, 'no-such-key').embed(['a text'])).rejects.toMatchObject({ kind: 'invalid_key', message: expect.not.stringContaining('no-such-key') });
	});

	it('stop at the daily spend cap before anything is sent', async () => {
		const spendLedger = inMemorySpendLedger();
		const callLog = inMemoryCallLog();
		await expect(open({ spendLedger, callLog, dailyCapUsd: 1e-9 }).embed(['a text that costs more'])).rejects.toMatchObject({ kind: 'spend_cap' });
		expect(callLog.entries).toMatchObject([{ outcome: 'spend_cap' }]);
		await open({ spendLedger, dailyCapUsd: 1 }).embed(['a text']);
		expect(await spendLedger.spentToday('acme', new Date().toISOString().slice(0, 10))).toBeGreaterThan(0);
	});

	it('come from a connected node, whose nonsense is no vector', async () => {
		const connected = (answer: unknown) => createEmbeddingAccess({ source: { kind: 'connected', embeddings: { model: 'own', embedDocuments: async () => answer } }, workspace: 'acme' });
		expect(connected([[1]]).modelId).toBe('connected:own');
		expect(await connected([[1, 2]]).embed(['a'])).toEqual([[1, 2]]);
		for (const nonsense of [undefined, 'x', [[1], [2]], [[]], [['a']]]) {
			await expect(connected(nonsense).embed(['a'])).rejects.toMatchObject({ name: 'ModelError' });
		}
	}, 30_000);
});
