import { withoutOthersTexts } from '../../engine/classify/evidence';
import { LEARNING_POLICY } from '../../engine/classify/learnedScore';
import { readUntil } from '../../engine/classify/prompt';
import type { EpochMs } from '../../engine/time';
import type { Store } from '../../store/store';
import type { Classified } from './answerLeads';

/** Keeps what was found out: the reading of the message, the classification with its contact, a snapshot to learn from, the answer for reuse. */
export async function saveLeads(store: Store, workspace: string, classified: Classified[], now: EpochMs): Promise<Classified[]> {
	const read = (lead: Classified['lead']): { readUntil?: EpochMs } => {
		const newest = readUntil(lead.conversation);
		// A channel's clock may be ahead of ours.
		return newest === undefined ? {} : { readUntil: newest < now ? newest : now };
	};
	const readings = classified.flatMap(({ lead, refined }) => {
		const reply = refined ?? (lead.replyIsNew ? lead.reply : undefined);
		return reply && lead.params.message ? [{ messageId: lead.params.message.id, reply, refined: refined !== undefined }] : [];
	});
	if (readings.length > 0) await store.messages.saveReadings(workspace, readings);
	const results = classified.flatMap(({ lead, classification }) =>
		lead.contactId !== undefined && classification
			? [{ contactId: lead.contactId, ...(lead.params.message && { messageId: lead.params.message.id }), ...read(lead), classification: withoutOthersTexts(classification) }]
			: [],
	);
	if (results.length > 0) await store.contacts.saveClassification(workspace, results);
	const snapshots = classified.flatMap(({ lead, classification, features }) =>
		lead.contactId !== undefined && classification && features ? [{ contactId: lead.contactId, features, baseScore: classification.learned?.baseScore ?? classification.score, score: classification.score, draw: Math.random() }] : [],
	);
	if (snapshots.length > 0) await store.leadScores.saveSnapshots(workspace, snapshots, LEARNING_POLICY.conversions);
	const answers = classified.flatMap(({ lead, answer, cacheKey }) => (answer && cacheKey !== undefined ? [{ hash: cacheKey, ...(lead.contactId !== undefined && { contactId: lead.contactId }), classification: answer }] : []));
	if (answers.length > 0) await store.analyses.put(workspace, answers);
	return classified;
}
