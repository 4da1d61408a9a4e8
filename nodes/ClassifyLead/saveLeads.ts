import type { Store } from '../../store/store';
import type { Classified } from './answerLeads';

/** Keeps what was found out: the reading of the message, the classification with its contact, the answer for reuse. Idempotent. */
export async function saveLeads(store: Store, workspace: string, classified: Classified[]): Promise<Classified[]> {
	const readings = classified.flatMap(({ lead }) => (lead.replyIsNew && lead.reply && lead.params.message ? [{ messageId: lead.params.message.id, reply: lead.reply }] : []));
	if (readings.length > 0) await store.messages.saveReadings(workspace, readings);
	const results = classified.flatMap(({ lead, classification }) =>
		lead.contactId !== undefined && classification ? [{ contactId: lead.contactId, ...(lead.params.message && { messageId: lead.params.message.id }), classification }] : [],
	);
	if (results.length > 0) await store.contacts.saveClassification(workspace, results);
	const answers = classified.flatMap(({ lead, classification, cacheKey }) =>
		classification && cacheKey !== undefined ? [{ hash: cacheKey, ...(lead.contactId !== undefined && { contactId: lead.contactId }), classification }] : [],
	);
	if (answers.length > 0) await store.analyses.put(workspace, answers);
	return classified;
}
