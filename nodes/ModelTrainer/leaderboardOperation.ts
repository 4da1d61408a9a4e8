import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { loadLeaderboard } from '../../desk/versions/loadLeaderboard';
import type { Store } from '../../store/store';
import { eachItem } from './eachItem';

async function list(store: Store, workspace: string): Promise<object> {
	const [versions, rows] = [await store.models.list(workspace, 200), await loadLeaderboard(store, workspace)];
	const of = (name: string) => versions.find(({ version }) => version === name);
	const listed = [...rows, ...versions.filter(({ version }) => !rows.some((row) => row.version === version)).map(({ version }) => ({ version, sentence: `${version}: has written nothing yet.` }))];
	const [first] = rows;
	return {
		leaderboard: {
			versions: listed.map((row) => {
				const version = of(row.version);
				return { ...row, ...(version ? { status: version.status, backend: version.backend, share: version.share } : {}) };
			}),
			sentence: first === undefined ? 'No version has written anything yet.' : first.rank === undefined ? 'No version has enough old messages to be ranked yet.' : first.sentence,
		},
	};
}

export async function leaderboardOperation(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await eachItem(context, () => undefined, list);
}
