import type { IExecuteFunctions } from 'n8n-workflow';
import { LeadAutopilotModelApi } from '../../credentials/LeadAutopilotModelApi.credentials';
import { modelFailure } from '../../nodes/shared/model';
import { findModel } from '../../nodes/shared/modelSource';
import { ModelError } from '../../llm/chatModel';

const FILLED = { provider: 'openai', model: 'm', apiKeys: 'k1' };
const connected = { invoke: async () => ({ content: '' }) };

function context(options: { choice?: string; credential?: Record<string, unknown>; connected?: unknown; type?: string } = {}): IExecuteFunctions {
	const { choice = 'automatic', credential, type = 'n8n-nodes-lead-autopilot.classifyLead' } = options;
	return {
		getNodeParameter: () => choice,
		getNode: () => ({ type, credentials: credential ? { leadAutopilotModelApi: { id: '1', name: 'x' } } : {} }),
		getCredentials: async () => credential,
		getInputConnectionData: async () => options.connected,
	} as unknown as IExecuteFunctions;
}

describe('findModel', () => {
	it('takes the connected model before the credential, and the credential before rules', async () => {
		expect(await findModel(context({ connected, credential: FILLED }))).toMatchObject({ source: { kind: 'connected' } });
		expect(await findModel(context({ connected: [connected] }))).toMatchObject({ source: { kind: 'connected' } });
		expect(await findModel(context({ credential: FILLED }))).toMatchObject({ source: { kind: 'openai', modelId: 'm' } });
		expect(await findModel(context())).toMatchObject({ kind: 'rules', why: 'no model is set' });
	});

	it('does what is asked for and nothing else', async () => {
		expect(await findModel(context({ choice: 'credential', connected, credential: FILLED }))).toMatchObject({ source: { kind: 'openai' } });
		expect(await findModel(context({ choice: 'connected', credential: FILLED }))).toMatchObject({ kind: 'rules', hint: expect.stringContaining('Connect one to the Model input') });
		expect(await findModel(context({ choice: 'credential' }))).toMatchObject({ kind: 'rules', hint: expect.stringContaining("'Lead Autopilot Model API'") });
		expect(await findModel(context({ choice: 'none', connected, credential: FILLED }))).toEqual({ kind: 'rules', why: 'no model was asked for' });
	});

	it('asks for no connected model as a tool of an agent', async () => {
		expect(await findModel(context({ connected, credential: FILLED, type: 'n8n-nodes-lead-autopilot.classifyLeadTool' }))).toMatchObject({ source: { kind: 'openai' } });
	});

	it('reads one key or many, budgets and cap; 0 and empty mean none', async () => {
		const found = await findModel(context({ credential: { ...FILLED, apiKeys: ' k1, k2\nk3;k4 ', dailyBudgetPerKeyUsd: 2, dailyCapUsd: 5 } }));
		expect(found).toMatchObject({ dailyCapUsd: 5, source: { keys: ['k1', 'k2', 'k3', 'k4'].map((key) => ({ key, dailyBudgetUsd: 2 })) } });
		const none = await findModel(context({ credential: { ...FILLED, dailyBudgetPerKeyUsd: 0, dailyCapUsd: '' } }));
		expect(none).toMatchObject({ dailyCapUsd: undefined, source: { keys: [{ key: 'k1' }] } });
	});

	it('lets a server without keys be used, and names what is missing otherwise', async () => {
		expect(await findModel(context({ credential: { provider: 'compatible', model: 'llama', baseUrl: 'http://localhost:11434/v1', apiKeys: '' } }))).toMatchObject({ source: { kind: 'openai', keys: [], baseUrl: 'http://localhost:11434/v1' } });
		expect(await findModel(context({ credential: { ...FILLED, provider: 'anthropic' } }))).toMatchObject({ source: { kind: 'anthropic' } });
		for (const [change, hint] of [
			[{ apiKeys: ' ' }, "'API Keys'"],
			[{ model: '' }, "'Model'"],
			[{ provider: 'compatible' }, "'Base URL'"],
			[{ provider: 'elsewhere' }, 'save it again'],
		] as const) {
			expect(await findModel(context({ credential: { ...FILLED, ...change } }))).toMatchObject({ kind: 'rules', hint: expect.stringContaining(hint) });
		}
	});
});

describe('modelFailure', () => {
	it('says why in words and how often it was tried again', () => {
		expect(modelFailure(new ModelError('timeout', 'x', { attempts: 3 }))).toEqual({ why: 'the model did not answer in time', retryCount: 2 });
		expect(modelFailure(new Error('boom'))).toEqual({ why: 'the model call failed', retryCount: 0 });
	});
});

describe('the model credential', () => {
	const credential = new LeadAutopilotModelApi();

	it('signs the test request with the first key, each provider its own way', async () => {
		const sign = async (data: Record<string, string>) => (await credential.authenticate(data, { url: '/models' })).headers;
		expect(await sign({ provider: 'openai', apiKeys: 'k1, k2' })).toEqual({ Authorization: 'Bearer k1' });
		expect(await sign({ provider: 'anthropic', apiKeys: 'k1' })).toEqual({ 'anthropic-version': '2023-06-01', 'x-api-key': 'k1' });
		expect(await sign({ provider: 'compatible', apiKeys: '' })).toEqual({});
	});
});
