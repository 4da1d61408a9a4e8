import { homedir } from 'node:os';
import { join } from 'node:path';
import type { IExecuteFunctions, ITriggerFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { withinExecution } from '../../store/executionScope';
import type { StoreConfig } from '../../store/config';
import { openStore } from '../../store/openStore';
import type { Store } from '../../store/store';
import { executionOf } from './executionOf';
import { readStoreCredential } from './storeCredential';

type Context = Pick<IExecuteFunctions | ITriggerFunctions, 'getCredentials' | 'getNode'>;

const used = new WeakMap<Context, StoreConfig>();

/** The store a node run has had; undefined while it had none. */
export function usedStore(context: Context): StoreConfig | undefined {
	return used.get(context);
}

function embeddedFile(): string {
	return join(process.env.N8N_USER_FOLDER ?? homedir(), '.n8n', 'lead-autopilot.sqlite');
}

/**
 * The store a node's credential names, else the embedded one.
 * @throws NodeOperationError in queue mode without a credential: every worker would have a store of its own.
 */
export async function storeConfig(context: Context): Promise<StoreConfig> {
	const chosen = context.getNode().credentials?.leadAutopilotStoreApi;
	if (!chosen) {
		if (process.env.EXECUTIONS_MODE === 'queue') {
			throw new NodeOperationError(context.getNode(), 'The embedded store cannot be shared by the workers of queue mode', {
				description: "Create a 'Lead Autopilot Store API' credential that points at Postgres and choose it in this node.",
			});
		}
		return { kind: 'sqlite', file: embeddedFile() };
	}
	return readStoreCredential(await context.getCredentials('leadAutopilotStoreApi'));
}

/**
 * Runs `work` with the store the node's credential names, or with the embedded one, and hands the store back after.
 * @throws NodeOperationError when the store cannot be reached; its text names the host, never the password.
 */
export async function withStore<T>(context: Context, work: (store: Store) => Promise<T>): Promise<T> {
	const config = await storeConfig(context);
	const store = await openStore(config);
	used.set(context, config);
	try {
		return await withinExecution(executionOf(context), async () => await work(store));
	} finally {
		await store.close();
	}
}

/** As `withStore`, for nodes that also answer without state: `work` gets undefined and the reason when no store can be had. */
export async function withStoreIfReachable<T>(context: Context, work: (store: Store | undefined, reason?: string) => Promise<T>): Promise<T> {
	let store: Store;
	try {
		const config = await storeConfig(context);
		store = await openStore(config);
		used.set(context, config);
	} catch (error) {
		return await work(undefined, error instanceof Error ? error.message : String(error));
	}
	try {
		return await withinExecution(executionOf(context), async () => await work(store));
	} finally {
		await store.close();
	}
}
