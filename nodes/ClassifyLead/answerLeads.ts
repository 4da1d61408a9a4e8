import type { z } from 'zod';
import { CACHE_MAX_AGE, cacheKey } from '../../engine/classify/cacheKey';
import type { Classification } from '../../engine/classify/classification';
import { fallbackClassification } from '../../engine/classify/fallbackClassification';
import { correctionLines, type Snippet } from '../../engine/classify/evidence';
import { classificationPrompt, type Prompt } from '../../engine/classify/prompt';
import { ClassificationAnswerSchema, readClassification, stagedAnswerSchema, type ClassificationAnswer } from '../../engine/classify/readClassification';
import { classificationSentence } from '../../engine/classify/sentence';
import { refineReply } from '../../engine/reply/refineReply';
import type { Reply } from '../../engine/reply/reply';
import type { EpochMs } from '../../engine/time';
import type { ModelAccess } from '../../llm/modelAccess';
import { promptVersion } from '../../llm/promptVersion';
import { jsonSchemaOf } from '../../llm/structured';
import type { Store } from '../../store/store';
import { modelFailure, type NodeModel } from '../shared/model';
import { redactingOf, type Lead } from './loadLeads';

export interface Classified {
	lead: Lead;
	/** Absent when there was nothing to classify. */
	classification?: Classification;
	/** What the model said, before anything was added: kept for reuse. */
	answer?: Classification;
	/** What was known of the lead, as numbers. */
	features?: Record<string, number>;
	/** How the newest message reads once the model has refined it; absent when it changed nothing. */
	refined?: Reply;
	/** Under which the answer is kept for reuse; absent for what rules said. */
	cacheKey?: string;
	/** Why there is no classification. */
	sentence?: string;
}

interface Question {
	prompt: Prompt;
	schema: z.ZodType<ClassificationAnswer>;
	promptVersion: string;
	key: string;
}

/** Why a lead is not classified at all, or undefined. */
export function whyNot({ about, conversation }: Pick<Lead, 'about' | 'conversation'>): string | undefined {
	if (about.profiling === false) return 'Not classified: the contact has objected to profiling.';
	if (conversation.length === 0) return 'Not classified: there are no messages yet.';
	return undefined;
}

function questionOf(lead: Lead, snippets: readonly Snippet[], modelId: string): Question {
	const { conversation, about, pipeline, params } = lead;
	const asked = { what: 'full' as const, conversation, contact: about, pipeline, instructions: params.instructions, snippets, corrections: correctionLines(lead.corrections) };
	const prompt = classificationPrompt({ ...asked, redacting: redactingOf(lead) });
	// Every answer replaces the stored summary; named by the messages themselves, the same question is known again. Named by
	// what is hidden too, or one lead would get the answer with another's address. That it was hidden is in the version.
	const whole = classificationPrompt({ ...asked, contact: { ...about, summary: undefined } });
	const schema = pipeline ? stagedAnswerSchema(pipeline) : ClassificationAnswerSchema;
	const version = promptVersion({ system: prompt.system, jsonSchema: jsonSchemaOf(schema), template: prompt.template });
	return { prompt, schema, promptVersion: version, key: cacheKey({ modelId, promptVersion: version, system: whole.system, user: whole.user }) };
}

function byRules(lead: Lead, now: EpochMs, why: string | undefined, retryCount = 0): Classification | undefined {
	const language = lead.params.message?.language;
	return fallbackClassification(lead.conversation, { now, language, why, retryCount }) ?? undefined;
}

function refinement(reply: Reply | undefined, { newestMessage }: Classification): { refined?: Reply } {
	const refined = reply && newestMessage ? refineReply(reply, newestMessage) : reply;
	return refined === reply ? {} : { refined };
}

async function ask(lead: Lead, question: Question, access: ModelAccess, model: NodeModel, now: EpochMs): Promise<Classified> {
	const { prompt, schema } = question;
	try {
		const answer = await access.completeStructured({ system: prompt.system, messages: [{ role: 'user', content: prompt.user }], schemaName: 'classification' }, schema, {
			purpose: 'classify',
			correlationId: lead.params.message?.id,
			template: prompt.template,
			promptVersion: question.promptVersion,
			signal: model.signal,
		});
		const { summary, reasons } = answer.value;
		const value = { ...answer.value, summary: prompt.restore(summary), reasons: reasons.map(prompt.restore) };
		const classification = readClassification(value, answer, lead.pipeline);
		return { lead, classification, answer: classification, cacheKey: question.key, ...refinement(lead.reply, classification) };
	} catch (error) {
		// Whatever went wrong with the model, the lead still gets a score.
		const { why, retryCount } = modelFailure(error);
		return { lead, classification: byRules(lead, now, why, retryCount) };
	}
}

function fromCache(classification: Classification): Classification {
	const cached = { ...classification, cached: true, retryCount: 0 };
	return { ...cached, sentence: classificationSentence(cached) };
}

export interface Asking {
	store: Store | undefined;
	workspace: string;
	model: NodeModel;
	access: ModelAccess | undefined;
	now: EpochMs;
}

/**
 * Classifies the leads of one workspace: from the cache, by the model, or by rules. One answer a lead, in order.
 * @param evidence what was found for each lead.
 */
export async function classifyLeads({ store, workspace, model, access, now }: Asking, leads: Lead[], evidence: readonly Snippet[][]): Promise<Classified[]> {
	const open = leads.map((lead) => ({ lead, sentence: whyNot(lead) }));
	if (!access) return open.map(({ lead, sentence }) => (sentence === undefined ? { lead, classification: byRules(lead, now, model.why) } : { lead, sentence }));
	const questions = open.map(({ lead, sentence }, place) => (sentence === undefined ? questionOf(lead, evidence[place], access.modelId) : undefined));
	const hashes = [...new Set(questions.flatMap((question, place) => (question && leads[place].params.useCache ? [question.key] : [])))];
	const kept = store && hashes.length > 0 ? await store.analyses.get(workspace, hashes, CACHE_MAX_AGE) : [];
	const cache = new Map(hashes.map((hash, place) => [hash, kept[place]]));
	const asked = new Map<string, Promise<Classified>>();
	return await Promise.all(
		open.map(async ({ lead, sentence }, place): Promise<Classified> => {
			const question = questions[place];
			if (!question) return { lead, sentence };
			const known = cache.get(question.key);
			if (known) return { lead, classification: fromCache(known), ...refinement(lead.reply, known) };
			// The same lead twice in one batch is one question.
			const pending = asked.get(question.key);
			if (pending && lead.params.useCache) return { ...(await pending), lead };
			const answer = ask(lead, question, access, model, now);
			asked.set(question.key, answer);
			return await answer;
		}),
	);
}
