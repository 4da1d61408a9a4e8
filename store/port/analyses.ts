import type { Classification } from '../../engine/classify/classification';

export interface Analyses {
	/** Classifications by exact content hash, not older than `maxAgeMs`. */
	get(workspace: string, hashes: string[], maxAgeMs: number): Promise<(Classification | undefined)[]>;
	put(workspace: string, entries: { hash: string; contactId?: string; classification: Classification }[]): Promise<void>;
}
