import { NodeApiError, type IDataObject, type INodeParameters } from 'n8n-workflow';
import { retentionDays } from '../../engine/privacy/retention';
import { resultOf } from '../../nodes/LeadAutopilot/executionOperations';
import { LeadAutopilot } from '../../nodes/LeadAutopilot/LeadAutopilot.node';
import { useEmbeddedStore } from './embeddedStore';
import { runNode, type RunOptions } from './runNode';

const node = new LeadAutopilot();
const n8n = { id: 'x', name: 'Delete Execution', type: 'n8n', typeVersion: 1, position: [0, 0] as [number, number], parameters: {} };
const INSTANCE = 'n8n-under-test';

describe('Lead Autopilot → Privacy: executions that hold an erased person', () => {
	const { store } = useEmbeddedStore();
	const run = async (resource: string, operation: string, items: IDataObject[], parameters: INodeParameters = {}, options: RunOptions = {}) =>
		(await runNode(node, items, { ...options, parameters: { resource, operation, ...parameters } })).outputs[0].map(({ json }) => json);
	const held = async (reference: string) => ((await store().personalData.export('default', [reference]))[0]?.tables.execution_traces ?? []).map(({ execution_id }) => execution_id);

	it('are those a node wrote in, only read in, or failed in', async () => {
		await run('contact', 'upsert', [{ email: 'ann@mail.example' }], {}, { executionId: '1' });
		await run('contact', 'get', [{}], { contact: 'ann@mail.example' }, { executionId: '2' });
		await expect(run('contact', 'setStage', [{ email: 'ann@mail.example' }], { stage: '' }, { executionId: '3' })).rejects.toThrow();
		await run('contact', 'upsert', [{ email: 'bob@mail.example' }], {}, { executionId: '4' });
		await run('message', 'record', [{ email: 'ann@mail.example', text: 'Hello' }], {}, { executionId: '5' });
		expect((await held('ann@mail.example')).sort()).toEqual(['1', '2', '3', '5']);
		expect(await held('bob@mail.example')).toEqual(['4']);
	});

	it('are those in which they stood as evidence beside somebody else', async () => {
		const [{ id }] = await store().contacts.upsert('default', [{ email: 'ann@mail.example' }]);
		await run('contact', 'get', [{ email: 'bob@mail.example', classification: { evidence: [{ id: `lead:${id}`, text: 'won: wanted an oak kitchen' }, { id: 'document:7#1' }] } }], {}, { executionId: '6' });
		expect(await held(id)).toEqual(['6']);
	});

	it('are handed out, the asking one excepted, and taken off the list when they are gone', async () => {
		for (const executionId of ['1', '2', '3', '4']) await run('contact', 'upsert', [{ email: 'ann@mail.example' }], {}, { executionId });
		const [{ erasure }] = await run('contact', 'erase', [{ email: 'ann@mail.example' }], {}, { executionId: '5' });
		expect(erasure).toMatchObject({ executions: expect.arrayContaining([{ executionId: '1', workflowId: 'workflow-under-test' }]) });
		const listed = await run('privacy', 'getExecutions', [{}], {}, { executionId: '5' });
		expect(listed.map(({ execution }) => (execution as IDataObject).id)).toEqual(['1', '2', '3', '4']);
		expect(await run('privacy', 'getExecutions', [{}], { executionLimit: 1 }, { executionId: '6' })).toMatchObject([{ execution: { id: '1', tries: 0 } }]);
		const answers = [
			{ execution: '1', id: '1', status: 'success' },
			{ execution: '2', error: { message: 'The resource you are requesting could not be found', httpCode: '404' } },
			{ execution: '3', error: { message: 'Bad request', description: 'Cannot delete a running execution', httpCode: '400' } },
			{ execution: '4', error: { message: 'Authorization failed', httpCode: '401' } },
			// Without its credential n8n's node hands on what came in.
			{ execution: '5' },
		];
		const confirmed = await run('privacy', 'confirmExecutions', answers, { executionId: '={{ $json.execution }}' }, { executionId: '6' });
		expect(confirmed.map(({ execution }) => (execution as IDataObject).deleted)).toEqual([true, true, false, false, false]);
		expect(confirmed.map(({ alert }) => alert !== undefined)).toEqual([true, false, false, false, false]);
		expect(confirmed[0].alert).toMatchObject({ kind: 'executions_not_deleted', sentence: expect.stringMatching(/3 executions that could not be deleted: Authorization failed/) });
		expect((await store().executions.toDelete('default', INSTANCE, { limit: 9 })).map(({ executionId, tries }) => [executionId, tries])).toEqual([['3', 1], ['4', 1], ['5', 1]]);
	});

	it('alert nobody while they only have to end first', async () => {
		await run('contact', 'erase', [{ email: 'ann@mail.example' }], {}, { executionId: '5' });
		const [confirmed] = await run('privacy', 'confirmExecutions', [{ error: { message: 'Cannot delete a running execution' } }], { executionId: '5' }, { executionId: '6' });
		expect(confirmed).toMatchObject({ execution: { deleted: false, sentence: expect.stringContaining('has not ended yet') } });
		expect(confirmed).not.toHaveProperty('alert');
	});

	it('are known as deleted or missing from what n8n throws', () => {
		const error = new NodeApiError(n8n, { message: 'Not Found' }, { httpCode: '404' });
		expect(resultOf('7', { json: {}, error })).toEqual({ executionId: '7', deleted: true });
		expect(resultOf('7', { json: {}, error: new NodeApiError(n8n, { message: 'no' }, { httpCode: '500' }) })).toMatchObject({ deleted: false });
		expect(resultOf('7', { json: { id: '8' } })).toMatchObject({ deleted: false, error: expect.stringContaining("Choose an 'n8n API' credential") });
		expect(resultOf('7', { json: { id: 7 } })).toMatchObject({ deleted: true });
	});
});

describe('Lead Autopilot → consent, audit trail and retention', () => {
	const { store } = useEmbeddedStore();
	const run = async (resource: string, operation: string, items: IDataObject[], parameters: INodeParameters = {}, options: RunOptions = {}) =>
		(await runNode(node, items, { ...options, parameters: { resource, operation, ...parameters } })).outputs[0].map(({ json }) => json);

	it('records consent, withdraws it, and shows both in the trail with what the person can do', async () => {
		const person = { email: 'ann@mail.example' };
		const [recorded] = await run('contact', 'recordConsent', [person], { channel: 'email', basis: 'opt_in', consentSource: 'form', proof: 'form 7', consentAt: '2026-03-01T09:00:00Z', by: 'mia' });
		expect(recorded).toMatchObject({ consent: { channel: 'email', basis: 'opt_in', at: '2026-03-01T09:00:00.000Z', holds: true } });
		const [withdrawn] = await run('contact', 'withdrawConsent', [person], { channel: 'email', reason: 'by letter', by: 'mia' });
		expect(withdrawn).toMatchObject({ consent: { holds: false, cancelled: [] } });
		const trail = (await run('contact', 'auditTrail', [person])).map(({ decision }) => decision as IDataObject);
		expect(trail.map(({ kind }) => kind).sort()).toEqual(['consent', 'consent', 'opt_out']);
		expect(trail.find(({ kind }) => kind === 'consent')).toMatchObject({ actor: 'mia', automated: false, means: expect.stringContaining('art. 7(3) GDPR') });
		expect(await run('contact', 'auditTrail', [person], { auditLimit: 1 })).toHaveLength(1);
		expect(await run('contact', 'auditTrail', [person], { auditOptions: { automatedOnly: true } })).toEqual([]);
		await expect(run('contact', 'recordConsent', [person], { channel: 'email', basis: '={{ "hope" }}' })).rejects.toThrow("'Legal Basis' is not known");
	});

	it('keeps the days of one kind with those set before, and refuses too few', async () => {
		await run('settings', 'set', [{}], { retention: { rawPayloads: 7 } });
		const [{ settings }] = await run('settings', 'set', [{}], { retention: { modelCalls: 60 } });
		expect(settings).toMatchObject({ retentionDays: { rawPayloads: 7, modelCalls: 60 } });
		await expect(run('settings', 'set', [{}], { retention: { outcomes: 7 } })).rejects.toThrow("'Retention (Days)' does not fit: at least 90 days");
	});

	it('offers every kind of data with the default that holds', () => {
		const retention = node.description.properties.find(({ name }) => name === 'retention');
		const offered = Object.fromEntries((retention?.options ?? []).flatMap((option) => ('default' in option ? [[option.name, option.default]] : [])));
		expect(offered).toEqual(retentionDays());
	});

	it('says of what something was deleted, and nothing of the rest', async () => {
		const old = '2020-01-01T00:00:00Z';
		await store().modelCalls.callLog().record({ workspace: 'default', purpose: 'draft', modelId: 'm', promptVersion: 'v', latencyMs: 1, attempts: 1, outcome: 'ok', at: old });
		expect(await run('privacy', 'applyRetention', [{}])).toEqual([{ retention: { workspace: 'default', kind: 'modelCalls', days: 365, rows: 1, more: false, sentence: '1 logged model calls older than 365 days were deleted.' } }]);
		expect(await run('privacy', 'applyRetention', [{}])).toEqual([]);
	});

	it('allows local models only for a whole workspace, never for a part of it', async () => {
		await run('settings', 'set', [{}], { patch: { localModelsOnly: true } });
		expect((await store().settings.effective([{ workspace: 'default' }, { workspace: 'other' }])).map(({ localModelsOnly }) => localModelsOnly)).toEqual([true, undefined]);
		await expect(run('settings', 'set', [{ email: 'ann@mail.example' }], { scope: 'contact', patch: { localModelsOnly: false } })).rejects.toThrow('holds for a whole workspace');
	});
});
