import type { z } from 'zod';
import { CACHE_MAX_AGE, cacheKey } from '../../engine/classify/cacheKey';
import type { Classification } from '../../engine/classify/classification';
import { fallbackClassification } from '../../engine/classify/fallbackClassification';
import { classificationPrompt, type Prompt } from '../../engine/classify/prompt';
import { ClassificationAnswerSchema, readClassification, stagedAnswerSchema, type ClassificationAnswer } from '../../engine/classify/readClassification';
import { classificationSentence } from '../../engine/classify/sentence';
import type { EpochMs } from '../../engine/time';
import type { ModelAccess } from '../../llm/modelAccess';
import { promptVersion } from '../../llm/promptVersion';
import { jsonSchemaOf } from '../../llm/structured';
import type { Store } from '../../store/store';
import { modelFailure, type NodeModel } from '../shared/model';
import type { Lead } from './loadLeads';

export interface Classified {
	lead: Lead;
	/** Absent when there was nothing to classify. */
	classification?: Classification;
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

function questionOf(lead: Lead, modelId: string): Question {
	const { conversation, about, pipeline, params } = lead;
	const prompt = classificationPrompt({ what: 'full', conversation, contact: about, pipeline, instructions: params.instructions });
	const schema = pipeline ? stagedAnswerSchema(pipeline) : ClassificationAnswerSchema;
	const version = promptVersion({ system: prompt.system, jsonSchema: jsonSchemaOf(schema), template: prompt.template });
	return { prompt, schema, promptVersion: version, key: cacheKey({ modelId, promptVersion: version, system: prompt.system, user: prompt.user }) };
}

function byRules(lead: Lead, now: EpochMs, why: string | undefined, retryCount = 0): Classification | undefined {
	const language = lead.params.message?.language;
	return fallbackClassification(lead.conversation, { now, language, why, retryCount }) ?? undefined;
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
		return { lead, classification: readClassification(answer.value, answer, lead.pipeline), cacheKey: question.key };
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

/** Classifies the leads of one workspace: from the cache, by the model, or by rules. One answer a lead, in order. */
export async function classifyLeads(store: Store | undefined, workspace: string, leads: Lead[], model: NodeModel, access: ModelAccess | undefined, now: EpochMs): Promise<Classified[]> {
	const open = leads.map((lead) => ({ lead, sentence: whyNot(lead) }));
	if (!access) return open.map(({ lead, sentence }) => (sentence === undefined ? { lead, classification: byRules(lead, now, model.why) } : { lead, sentence }));
	const questions = open.map(({ lead, sentence }) => (sentence === undefined ? questionOf(lead, access.modelId) : undefined));
	const hashes = [...new Set(questions.flatMap((question, place) => (question && leads[place].params.useCache ? [question.key] : [])))];
	const kept = store && hashes.length > 0 ? await store.analyses.get(workspace, hashes, CACHE_MAX_AGE) : [];
	const cache = new Map(hashes.map((hash, place) => [hash, kept[place]]));
	const asked = new Map<string, Promise<Classified>>();
	return await Promise.all(
		open.map(async ({ lead, sentence }, place): Promise<Classified> => {
			const question = questions[place];
			if (!question) return { lead, sentence };
			const known = cache.get(question.key);
			if (known) return { lead, classification: fromCache(known) };
			// The same lead twice in one batch is one question.
			const pending = asked.get(question.key);
			if (pending && lead.params.useCache) return { ...(await pending), lead };
			const answer = ask(lead, question, access, model, now);
			asked.set(question.key, answer);
			return await answer;
		}),
	);
}
