import { randomUUID } from 'node:crypto';
import type { Draft } from '../../engine/draft/draft';
import type { Gate } from '../../engine/gate/gate';
import type { StoreConfig } from '../../store/config';
import { Database } from '../../store/database';
import type { Store } from '../../store/store';
import { draftOf, newDraft, START } from './fixtures';

/** What a review has that no person has had to do with. */
export const UNTOUCHED = { channel: null, assignee: null, resolution: null, reason: null, outcome: null, shown_text: null, shown_subject: null, edited_subject: null, gate: null, takeover_at: null, proposal: null };

export interface JudgedFixture {
	id?: string;
	draft?: Partial<Draft>;
	gate?: Gate;
	decision?: 'approved' | 'edited' | 'rejected' | null;
	editDistance?: number;
	/** Epoch milliseconds; one second later a draft unless said. */
	decidedAt?: number;
}

/** Drafts a person has decided on, as the review desk will leave them: the draft, and a closed review about it. */
export async function judge(store: Store, config: StoreConfig, workspace: string, judged: readonly JudgedFixture[]): Promise<void> {
	const drafts = judged.map(({ id = randomUUID(), draft }) => newDraft({ workspace, id, contactId: id, draft: { ...draftOf(id), ...draft } }));
	await store.outbound.saveDrafts(drafts);
	await store.outbound.recordGates(workspace, judged.flatMap(({ gate }, place) => (gate ? [{ draftId: drafts[place].id, gate }] : [])));
	const database = new Database(config);
	try {
		await database.write(async (session) => {
			await session.insert(
				'reviews',
				judged.map(({ decision = 'approved', editDistance, decidedAt }, place) => ({
					workspace,
					id: randomUUID(),
					kind: 'draft',
					subject: drafts[place].id,
					outbound_id: drafts[place].id,
					message_id: null,
					contact_id: null,
					sentence: 'Look.',
					due_at: START,
					created_at: START,
					decision,
					reviewer: 'eva@example.com',
					edited_text: null,
					edit_distance: editDistance ?? null,
					seconds_to_decide: 8,
					decided_at: decidedAt ?? START + place * 1_000,
					...UNTOUCHED,
				})),
			);
		});
	} finally {
		await database.close();
	}
}
