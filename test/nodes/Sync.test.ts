import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { LeadAutopilot } from '../../nodes/LeadAutopilot/LeadAutopilot.node';
import type { Run } from '../../engine/runs/run';
import { useEmbeddedStore } from './embeddedStore';
import { runNode, type RunOptions } from './runNode';

const node = new LeadAutopilot();

describe('Lead Autopilot → Sync', () => {
	const { store } = useEmbeddedStore();
	const sync = async (operation: string, items: IDataObject[], parameters: INodeParameters = {}, options: RunOptions = {}): Promise<IDataObject[][]> =>
		(await runNode(node, items, { ...options, parameters: { resource: 'sync', operation, ...parameters } })).outputs.map((output) => output.map(({ json }) => json));
	const runOf = (item: IDataObject): Run => item.run as Run;
	const started = async (parameters: INodeParameters = {}): Promise<IDataObject> => (await sync('start', [{ accountId: 'page-1' }], parameters))[0][0];

	it('starts a run with nothing filled in but the account, and says when one is under way', async () => {
		const [open, running] = await sync('start', [{ accountId: 'page-1' }], { syncOptions: { limit: 30, skip: 2, channel: 'instagram' } });
		expect(open).toMatchObject([{ accountId: 'page-1', run: { workspace: 'default', kind: 'sync', state: 'running', accountId: 'page-1', options: { limit: 30, skip: 2, channel: 'instagram' }, requestedBy: 'workflow' } }]);
		expect(running).toEqual([]);
		expect(await sync('start', [{ accountId: 'page-1' }, { accountId: 'page-2' }])).toMatchObject([[{ run: { accountId: 'page-2' } }], [{ run: { id: runOf(open[0]).id } }]]);
	});

	it('begins what was asked for on the desk, under its own id', async () => {
		const [{ run }] = await store().runs.request([{ workspace: 'default', kind: 'reanalysis', options: {}, requestedBy: 'mia' }]);
		expect((await sync('start', [{ run }]))[0]).toMatchObject([{ run: { id: run.id, kind: 'reanalysis', state: 'running' } }]);
		await store().runs.finish('default', run.id);
		expect((await sync('start', [{ run }]))[1]).toMatchObject([{ run: { state: 'done' } }]);
	});

	it('notes what became of each contact, and a failure with its code', async () => {
		const { run } = await started();
		const items = [{ run, contact: { id: 'ann' } }, { run, contact: { id: 'bob' }, error: { message: 'No permission' } }, { run, contact: { id: 'cem' }, error: 'gone' }];
		const [output] = await sync('progress', items, { progressOptions: { platform: 'messenger', code: '200', total: 7 } });
		expect(output).toMatchObject(items.map(() => ({ run: { counts: { done: 1, failed: 2, skipped: 0, total: 7 } } })));
		expect(await store().runs.errors('default', (run as Run).id, 9)).toMatchObject([{ id: 'bob', error: 'No permission', platform: 'messenger', code: '200' }, { id: 'cem', error: 'gone' }]);
		expect((await sync('progress', [{ run, contact: { id: 'bob' } }], { result: 'skipped' }))[0]).toMatchObject([{ run: { counts: { done: 1, failed: 1, skipped: 1 } } }]);
	});

	it('goes on until somebody cancels', async () => {
		const item = await started();
		expect(await sync('isCancelled', [item])).toMatchObject([[{ run: { cancelRequested: false } }], []]);
		await store().runs.cancel('default', runOf(item).id, 'mia');
		expect(await sync('isCancelled', [item])).toMatchObject([[], [{ run: { cancelRequested: true } }]]);
		expect((await sync('finish', [item]))[0]).toMatchObject([{ run: { state: 'cancelled', sentence: 'Conversation sync stopped by mia: 0 seen.' } }]);
		expect((await sync('isCancelled', [item]))[1]).toHaveLength(1);
	});

	it('hands out the contacts of a run with their conversations until all are noted', async () => {
		await store().messages.record('default', ['ann', 'bob'].map((name) => ({ message: { channel: 'email' as const, direction: 'inbound' as const, source: 'channel' as const, threadId: name, text: `Hi from ${name}`, attachments: [], timestamp: new Date().toISOString() }, contact: { id: name, email: `${name}@mail.example` } })));
		const [[item]] = await sync('start', [{}], { work: 'reanalysis' });
		const [contacts, over] = await sync('getContacts', [item], { batchSize: 5 });
		expect(contacts).toMatchObject([{ contact: { id: 'ann' }, conversation: [{ from: 'lead', text: 'Hi from ann' }], message: { workspace: 'default' }, run: { counts: { total: 2 } } }, { contact: { id: 'bob' } }]);
		expect(over).toEqual([]);
		await sync('progress', contacts);
		expect(await sync('getContacts', [item])).toMatchObject([[], [{ run: { id: runOf(item).id, counts: { done: 2, total: 2 } } }]]);
		expect((await sync('getContacts', [{ run: { id: 'x' } }], {}, { continueOnFail: true }))[1]).toMatchObject([{ error: expect.stringContaining('There is no run') }]);
	});

	it('fails with its reason', async () => {
		const item = await started();
		expect((await sync('finish', [item], { error: 'The token has expired' }))[0]).toMatchObject([{ run: { state: 'failed', sentence: 'Conversation sync failed: The token has expired. 0 seen.' } }]);
	});

	it('says what to do when there is no such run, or none was named, each item for itself', async () => {
		const { run } = await started();
		const refused = await sync('progress', [{ run: { id: 'x' }, id: 'a' }, { id: 'a' }, { run, id: 'a' }], {}, { continueOnFail: true });
		expect(refused[0]).toMatchObject([{ error: "There is no run 'x' in this workspace" }, { error: "'Run ID' is empty" }, { run: { counts: { done: 1 } } }]);
		await expect(sync('start', [{}], { syncOptions: { limit: 0.5 } })).rejects.toMatchObject({ message: expect.stringContaining('whole number'), context: { itemIndex: 0 } });
		expect((await sync('isCancelled', [{ run, message: { workspace: 'other' } }], {}, { continueOnFail: true }))[1]).toMatchObject([{ error: expect.stringContaining('There is no run') }]);
	});
});
