import type { NewDraft, OutboundRow, Store } from '../../store/store';
import { commitIsolated } from '../shared/batch';

interface Waiting {
	draft: NewDraft;
	resolve: (row: OutboundRow) => void;
	reject: (error: unknown) => void;
}

/**
 * Stores drafts as they arrive: what arrives while a write is under way goes with the next one, so that a thousand drafts
 * cost few round trips and none waits for the slowest. Answers with the stored row, which is the earlier one if there is one.
 */
export function draftSaver(store: Store): (draft: NewDraft) => Promise<OutboundRow> {
	let waiting: Waiting[] = [];
	let writing = false;

	const writeAll = async () => {
		while (waiting.length > 0) {
			const batch = waiting;
			waiting = [];
			const results = await commitIsolated(batch, async (part) => await store.outbound.saveDrafts(part.map(({ draft }) => draft)));
			batch.forEach(({ resolve, reject }, place) => {
				const result = results[place];
				if (result.ok) resolve(result.value);
				else reject(result.error);
			});
		}
		writing = false;
	};

	return async (draft) =>
		await new Promise<OutboundRow>((resolve, reject) => {
			waiting.push({ draft, resolve, reject });
			if (writing) return;
			writing = true;
			void writeAll();
		});
}
