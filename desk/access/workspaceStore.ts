import type { Store } from '../../store/store';

/** A call that would have reached another workspace's data. Always a fault of the code, never of the reviewer. */
export class OtherWorkspaceError extends Error {
	override name = 'OtherWorkspaceError';
}

/** What pages get of the store: everything that belongs to workspaces. */
export type WorkspaceStore = Omit<Store, 'close' | 'reviewers'>;

type Names = { foreign: boolean; own: boolean };

/** Which workspaces an argument names, however deep. */
function namesIn(value: unknown, workspace: string, depth = 0): Names {
	if (typeof value !== 'object' || value === null || depth > 8) return { foreign: false, own: false };
	const found = Object.entries(value).map(([name, inner]): Names => {
		if (name === 'workspace') return { foreign: inner !== workspace, own: inner === workspace };
		return { ...namesIn(inner, workspace, depth + 1), ...(name === 'workspaces' ? { foreign: !(Array.isArray(inner) && inner.every((one) => one === workspace)), own: true } : {}) };
	});
	return { foreign: found.some(({ foreign }) => foreign), own: found.some(({ own }) => own) };
}

/** Every way the store is told whose data is meant: a first argument, or a `workspace` in each element or object. */
function check(call: string, args: readonly unknown[], workspace: string): void {
	const [first, ...rest] = args;
	const elements = Array.isArray(first) ? first : [first];
	// A text that comes first, or a list of them, names workspaces.
	const named = elements.every((one) => (typeof one === 'string' ? one === workspace : namesIn(one, workspace).own));
	const foreign = [...elements, ...rest].some((one) => namesIn(one, workspace).foreign);
	if (!named || foreign) throw new OtherWorkspaceError(`${call} was called for another workspace than '${workspace}', or for none: a page of the desk reads and changes one workspace only.`);
}

/**
 * The store as it may be used for one workspace: any call that does not name this workspace, or names another one
 * anywhere in its arguments, is refused before it reaches the database.
 */
export function workspaceStore(store: Store, workspace: string): WorkspaceStore {
	return new Proxy<WorkspaceStore>(store, {
		get(target, name) {
			const repository: unknown = Reflect.get(target, name);
			if (name === 'close' || name === 'reviewers') throw new OtherWorkspaceError(`'${name}' of the store is not for pages of the desk.`);
			if (name === 'clock' || typeof repository !== 'object' || repository === null) return repository;
			return new Proxy(repository, {
				get(inner, method) {
					const call: unknown = Reflect.get(inner, method);
					if (typeof call !== 'function') return call;
					return (...args: unknown[]): unknown => {
						check(`${String(name)}.${String(method)}`, args, workspace);
						return Reflect.apply(call, inner, args) as unknown;
					};
				},
			});
		},
	});
}
