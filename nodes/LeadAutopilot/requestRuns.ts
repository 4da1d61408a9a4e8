import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { Run } from '../../engine/runs/run';
import type { RunRequest, Store } from '../../store/store';
import { commitIsolated, executeBatch, settled, type Settled } from '../shared/batch';
import { withStore } from '../shared/openNodeStore';
import { readStart } from './syncOperations';

type Asked = { runs: { run: Run; created: boolean }[] };

/** A sync without an account is one of every Messenger and Instagram account in use. */
async function requestsOf(store: Store, request: RunRequest): Promise<RunRequest[]> {
	if (request.kind !== 'sync' || request.accountId !== undefined) return [request];
	const accounts = (await store.accounts.list(request.workspace)).filter(({ enabled, channel }) => enabled && (channel === 'messenger' || channel === 'instagram'));
	const wanted = accounts.filter(({ channel }) => request.options.channel === undefined || channel === request.options.channel);
	return wanted.map(({ channel, externalId }) => ({ ...request, accountId: externalId, options: { ...request.options, channel } }));
}

function sentence({ runs }: Asked): string {
	if (runs.length === 0) return 'Nothing asked for: no Messenger or Instagram account is in use here.';
	const fresh = runs.filter(({ created }) => created).length;
	return `${fresh} ${fresh === 1 ? 'run' : 'runs'} asked for${fresh < runs.length ? `; ${runs.length - fresh} of the kind wait or are under way already` : ''}.`;
}

/** Request: asks for runs as the desk does. Whoever waits for them with Autopilot Trigger takes them up. */
export async function requestRuns(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await executeBatch<RunRequest, Asked>(context, {
		outputs: 1,
		failedOutput: 0,
		read: (index) => {
			const { workspace, kind, accountId, options, requestedBy } = readStart(context, index, 'schedule');
			return { workspace, kind, ...(accountId === undefined ? {} : { accountId }), options, requestedBy };
		},
		decide: async (items) =>
			await withStore(context, async (store) => {
				const results: Settled<Asked>[] = [];
				for (const { params } of items) results.push(...(await commitIsolated([params], async ([one]) => [{ runs: await store.runs.request(await requestsOf(store, one)) }])));
				return results.length > 0 ? results : items.map(() => settled.ok({ runs: [] }));
			}),
		write: (asked) => ({ output: 0, json: { requested: { runs: asked.runs.map(({ run }) => run), sentence: sentence(asked) } } }),
	});
}
