import { createHash } from 'node:crypto';
import { pastLeadDocument } from '../../engine/classify/evidence';
import { termsOf } from '../../engine/retrieval/terms';
import type { PastLead, Store } from '../../store/store';

/** Makes past leads findable as neighbours of new ones. What is the same as before is left alone. */
export async function indexPastLeads(store: Pick<Store, 'knowledge'>, workspace: string, leads: readonly PastLead[]): Promise<void> {
	const documents = leads.flatMap((lead) => {
		const document = pastLeadDocument(lead);
		if (!document) return [];
		const { text, label } = document;
		const hash = createHash('sha256').update(JSON.stringify([text, label])).digest('hex');
		return [{ kind: 'lead' as const, id: lead.contactId, label, hash, characters: text.length, chunks: [{ text, terms: termsOf(text) }] }];
	});
	if (documents.length > 0) await store.knowledge.put(workspace, documents);
}
