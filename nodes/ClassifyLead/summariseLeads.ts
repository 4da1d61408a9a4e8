import { classificationPrompt } from '../../engine/classify/prompt';
import { SummaryAnswerSchema } from '../../engine/classify/readClassification';
import { extractiveSummary } from '../../engine/classify/summary';
import { iso, type EpochMs } from '../../engine/time';
import type { ModelAccess } from '../../llm/modelAccess';
import type { Store } from '../../store/store';
import { modelFailure, type NodeModel } from '../shared/model';
import { whyNot } from './answerLeads';
import type { Lead } from './loadLeads';

/** A summary alone, as the item carries it. */
export interface Summary {
	/** Absent when the lead wrote no words. */
	text?: string;
	usedFallback: boolean;
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

async function summarise(lead: Lead, access: ModelAccess | undefined, model: NodeModel): Promise<Summary> {
	const skipped = whyNot(lead);
	if (skipped !== undefined) return { usedFallback: true, retryCount: 0, sentence: skipped.replace('classified', 'summed up') };
	if (!access) return byRules(lead, model.why);
	const prompt = classificationPrompt({ what: 'summary', conversation: lead.conversation, contact: lead.about, instructions: lead.params.instructions });
	try {
		const answer = await access.completeStructured({ system: prompt.system, messages: [{ role: 'user', content: prompt.user }], schemaName: 'summary' }, SummaryAnswerSchema, {
			purpose: 'summarise',
			correlationId: lead.params.message?.id,
			template: prompt.template,
			signal: model.signal,
		});
		const { modelId, promptVersion, retryCount, value } = answer;
		return { text: value.summary, usedFallback: false, retryCount, modelId, promptVersion, sentence: `${lead.conversation.length} messages summed up by the model.` };
	} catch (error) {
		const { why, retryCount } = modelFailure(error);
		return byRules(lead, why, retryCount);
	}
}

/** Summarises the leads of one workspace. One result a lead, in order. */
export async function summariseLeads(leads: Lead[], model: NodeModel, access: ModelAccess | undefined): Promise<Summarised[]> {
	return await Promise.all(leads.map(async (lead) => ({ lead, summary: await summarise(lead, access, model) })));
}

/** Keeps the summaries with their contacts. Idempotent. */
export async function saveSummaries(store: Store, workspace: string, summarised: Summarised[], now: EpochMs): Promise<Summarised[]> {
	const updates = summarised.flatMap(({ lead, summary }) => (lead.contactId !== undefined && summary.text !== undefined ? [{ id: lead.contactId, summary: summary.text, summaryAt: iso(now) }] : []));
	if (updates.length > 0) await store.contacts.upsert(workspace, updates);
	return summarised;
}
