import { classificationPrompt, newSinceSummary, readUntil } from '../../engine/classify/prompt';
import { SummaryAnswerSchema } from '../../engine/classify/readClassification';
import { extractiveSummary } from '../../engine/classify/summary';
import { iso, type EpochMs } from '../../engine/time';
import type { ModelAccess } from '../../llm/modelAccess';
import type { Store } from '../../store/store';
import { modelFailure, type NodeModel } from '../shared/model';
import { whyNot } from './answerLeads';
import { redactingOf, type Lead } from './loadLeads';

/** A summary alone, as the item carries it. */
export interface Summary {
	/** Absent when the lead wrote no words. */
	text?: string;
	usedFallback: boolean;
	/** True when nothing was said since the stored summary, which then stands. */
	unchanged?: boolean;
	retryCount: number;
	modelId?: string;
	promptVersion?: string;
	sentence: string;
}
export interface Summarised {
	lead: Lead;
	summary: Summary;
}

function byRules(lead: Lead, why: string | undefined, retryCount = 0): Summary {
	const text = extractiveSummary(lead.conversation, lead.params.message?.language);
	const said = text === '' ? 'The lead has written no words yet, so there is nothing to sum up' : "Summed up in the lead's own sentences";
	return { ...(text === '' ? {} : { text }), usedFallback: true, retryCount, sentence: `${said}, because ${why ?? 'no model is set'}.` };
}

function summed({ conversation, about }: Lead): string {
	const newer = newSinceSummary(conversation, about);
	if (newer === undefined || newer.length === 0 || newer.length === conversation.length) return `${conversation.length} ${conversation.length === 1 ? 'message' : 'messages'} summed up by the model.`;
	return `The stored summary and ${newer.length} newer ${newer.length === 1 ? 'message' : 'messages'} summed up by the model.`;
}

/** The stored summary, when nothing was said since; undefined when there is something to sum up. */
function standing(lead: Lead, access: ModelAccess | undefined): Summary | undefined {
	const { summary } = lead.about;
	if (summary === undefined || newSinceSummary(lead.conversation, lead.about)?.length !== 0) return undefined;
	// What rules summed up is worth a model's summary now that there is one.
	if (access && summary === extractiveSummary(lead.conversation, lead.params.message?.language)) return undefined;
	return { text: summary, usedFallback: false, unchanged: true, retryCount: 0, sentence: 'Nothing was said since the stored summary, so it stands.' };
}

async function summarise(lead: Lead, access: ModelAccess | undefined, model: NodeModel): Promise<Summary> {
	const skipped = whyNot(lead);
	if (skipped !== undefined) return { usedFallback: true, retryCount: 0, sentence: skipped.replace('classified', 'summed up') };
	const stands = standing(lead, access);
	if (stands) return stands;
	if (!access) return byRules(lead, model.why);
	const prompt = classificationPrompt({ what: 'summary', conversation: lead.conversation, contact: lead.about, instructions: lead.params.instructions, redacting: redactingOf(lead) });
	try {
		const answer = await access.completeStructured({ system: prompt.system, messages: [{ role: 'user', content: prompt.user }], schemaName: 'summary' }, SummaryAnswerSchema, {
			purpose: 'summarise',
			correlationId: lead.params.message?.id,
			template: prompt.template,
			signal: model.signal,
		});
		const { modelId, promptVersion, retryCount, value } = answer;
		return { text: prompt.restore(value.summary), usedFallback: false, retryCount, modelId, promptVersion, sentence: summed(lead) };
	} catch (error) {
		const { why, retryCount } = modelFailure(error);
		return byRules(lead, why, retryCount);
	}
}

/** Summarises the leads of one workspace. One result a lead, in order. */
export async function summariseLeads(leads: Lead[], model: NodeModel, access: ModelAccess | undefined): Promise<Summarised[]> {
	return await Promise.all(leads.map(async (lead) => ({ lead, summary: await summarise(lead, access, model) })));
}

/** Up to when a lead was read: what came in while the model thought is newer than its summary. A channel's clock may be ahead of ours. */
export function summaryTime(lead: Lead, now: EpochMs): string {
	const newest = readUntil(lead.conversation);
	return iso(newest === undefined || newest > now ? now : newest);
}

/** Keeps the summaries with their contacts. Idempotent. */
export async function saveSummaries(store: Store, workspace: string, summarised: Summarised[], now: EpochMs): Promise<Summarised[]> {
	const updates = summarised.flatMap(({ lead, summary }) => (lead.contactId !== undefined && summary.text !== undefined && !summary.unchanged ? [{ id: lead.contactId, summary: summary.text, summaryAt: summaryTime(lead, now) }] : []));
	if (updates.length > 0) await store.contacts.upsert(workspace, updates);
	return summarised;
}
