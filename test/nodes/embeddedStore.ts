import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closeAllStores, openStore } from '../../store/openStore';
import type { Store } from '../../store/store';

/** A throw-away n8n user folder with its own embedded store, as a node finds it. Call inside a describe block. */
export function useEmbeddedStore(): { store: () => Store; breakStore: () => void } {
	let folder = '';
	let store: Store | undefined;
	const before = process.env.N8N_USER_FOLDER;

	beforeEach(async () => {
		folder = mkdtempSync(join(tmpdir(), 'lead-autopilot-'));
		mkdirSync(join(folder, '.n8n'));
		process.env.N8N_USER_FOLDER = folder;
		store = await openStore({ kind: 'sqlite', file: join(folder, '.n8n', 'lead-autopilot.sqlite') });
	});

	afterEach(async () => {
		await store?.close();
		await closeAllStores();
		if (before === undefined) delete process.env.N8N_USER_FOLDER;
		else process.env.N8N_USER_FOLDER = before;
		rmSync(folder, { recursive: true, force: true });
	});

	return {
		store: () => {
			if (!store) throw new Error('The store is open only inside a test');
			return store;
		},
		// A path under a device file can never be a folder: opening a store there fails.
		breakStore: () => {
			process.env.N8N_USER_FOLDER = '/dev/null/nowhere';
		},
	};
}
