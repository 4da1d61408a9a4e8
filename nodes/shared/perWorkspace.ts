import { settled, type Settled } from './batch';

/**
 * Runs `work` once a workspace over the items that belong to it and gives the results back in the items' order. A
 * workspace whose work throws fails its own items only.
 */
export async function perWorkspace<T, R>(items: readonly T[], workspaceOf: (item: T) => string, work: (workspace: string, items: T[]) => Promise<Settled<R>[]>): Promise<Settled<R>[]> {
	const places = new Map<string, number[]>();
	items.forEach((item, place) => {
		const workspace = workspaceOf(item);
		places.set(workspace, [...(places.get(workspace) ?? []), place]);
	});
	const results = new Array<Settled<R>>(items.length);
	for (const [workspace, own] of places) {
		let outcomes: Settled<R>[];
		try {
			outcomes = await work(workspace, own.map((place) => items[place]));
		} catch (error) {
			outcomes = own.map(() => settled.failed(error));
		}
		own.forEach((place, index) => (results[place] = outcomes[index]));
	}
	return results;
}
