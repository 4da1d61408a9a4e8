import { assembleDraft, type WrittenText } from '../../engine/draft/assemble';
import type { Draft, WaTemplate } from '../../engine/draft/draft';
import { draftLanguage } from '../../engine/draft/draftLanguage';
import { draftFromTemplate, replySubject } from '../../engine/draft/intentTemplates';
import { scoringOf } from '../../engine/draft/confidence';
import type { DraftMaker, LearntConfidence } from '../../engine/draft/learntConfidence';
import { draftPrompt, type DraftPrompt } from '../../engine/draft/prompt';
import { DraftAnswerSchema, readDraftAnswer, type DraftAnswer } from '../../engine/draft/readDraft';
import { renderTemplate, templateFields, type RenderedTemplate, type TemplateFields } from '../../engine/draft/template';
import { renderingOf } from '../../engine/channels/rendering';
import { parseLanguage } from '../../engine/message/language';
import type { EffectiveSettings } from '../../engine/message/settings';
import { unreadAttachments } from '../../engine/message/readConversation';
import type { ReplyIntent } from '../../engine/reply/reply';
import { nearestExamples } from '../../engine/training/nearestExamples';
import type { CallFacts, ModelAccess } from '../../llm/modelAccess';
import { modelFailure, type NodeModel } from '../shared/model';
import { nothingLearnt, type Learner } from './learnOnce';
import type { LoadedRequest } from './loadRequests';

/** A loaded request with what follows from it before anything is written. */
interface Plan {
	loaded: LoadedRequest;
	language: string;
	intent: ReplyIntent | 'outreach';
	sender: { senderName?: string; companyName?: string };
	base?: RenderedTemplate;
	/** The team's words for this intent, when nothing more particular was given. */
	own?: { template: string; rendered: RenderedTemplate; language: string };
	/** Of an e-mail that opens a conversation, filled in. */
	subject?: string;
	reviewReasons: string[];
}

const GARBLED = 'the model left a mark where personal data belongs';
const WISHES_TO_STOP = 'the lead asks not to be written to';

function planOf(loaded: LoadedRequest): Plan {
	const { request, about, conversation, reply, settings } = loaded;
	const sender = { senderName: settings?.senderName, companyName: settings?.companyName };
	const base = request.template === undefined ? undefined : renderTemplate(request.template, templateFields(about, sender));
	const subject = request.subject === undefined || !renderingOf(request.channel).subject ? undefined : renderTemplate(request.subject, templateFields(about, sender));
	const intent = request.purpose === 'outreach' ? 'outreach' : (reply?.intent ?? 'other');
	const own = base || intent === 'outreach' ? undefined : ownWords(settings?.replyTemplates, intent, templateFields(about, sender));
	const unread = unreadAttachments(request.message?.attachments ?? []);
	const reviewReasons: string[] = [];
	if (unread.length > 0) reviewReasons.push(`the lead sent ${unread.map(({ kind }) => kind).join(' and ')} without a transcript, which nobody has read`);
	const missing = [...new Set([...(base?.missing ?? []), ...(own?.rendered.missing ?? []), ...(subject?.missing ?? [])])];
	if (missing.length > 0) reviewReasons.push(notKnown(missing));
	if (wishesToStop(loaded)) reviewReasons.push(WISHES_TO_STOP);
	return {
		loaded,
		language: draftLanguage({ wanted: request.language, conversation, contact: about.language, workspace: settings?.language }),
		intent,
		sender,
		...(own && { own }),
		...(base && { base }),
		...(subject && { subject: subject.text }),
		reviewReasons,
	};
}

/** What the team answers to this intent, whatever the language: a model translates it. */
function ownWords(templates: EffectiveSettings['replyTemplates'], intent: ReplyIntent, fields: TemplateFields): Plan['own'] {
	const template = templates?.bodies[intent];
	return templates && template !== undefined ? { template, rendered: renderTemplate(template, fields), language: templates.language } : undefined;
}

const notKnown = (fields: readonly string[]): string => `the template needs ${fields.map((field) => `{${field}}`).join(', ')}, which is not known of this contact`;

function wishesToStop({ request, reply }: LoadedRequest): boolean {
	return request.purpose === 'reply' && reply?.optOut.wanted === true;
}

/** The text without a model: the template given, else the one for the intent. */
function fromTemplate(plan: Plan): WrittenText {
	const { request, about } = plan.loaded;
	const subject = request.message?.subject;
	const written = draftFromTemplate({
		intent: plan.intent,
		language: plan.language,
		channel: request.channel,
		fields: templateFields(about, plan.sender),
		// Without a model nothing is translated.
		...(plan.own && parseLanguage(plan.own.language) === parseLanguage(plan.language) && { ownBody: plan.own.template }),
		...(subject !== undefined && { threadSubject: subject }),
	});
	if (plan.subject !== undefined && request.message === undefined) written.subject = plan.subject;
	// A template of the user is in the language the user wrote it in, which is taken to be the one asked for.
	return plan.base && plan.base.text !== '' ? { ...written, text: plan.base.text, language: plan.language, usedFallback: true } : { ...written, usedFallback: true };
}

function promptOf(plan: Plan): DraftPrompt {
	const { request, about, conversation, reply, serving } = plan.loaded;
	const { channel, framework, tone, persona, instructions, facts, message, template } = request;
	return draftPrompt({
		language: plan.language,
		channel,
		intent: plan.intent,
		framework,
		tone,
		persona,
		instructions,
		baseText: plan.base?.text ?? plan.own?.rendered.text,
		baseTemplate: template ?? plan.own?.template,
		facts,
		conversation,
		contact: about,
		sender: plan.sender,
		unread: unreadAttachments(message?.attachments ?? []),
		...(serving?.version && serving.memory && { memory: { version: serving.version.version, examples: nearestExamples(serving.memory, { conversation, intent: plan.intent, channel, language: plan.language }) } }),
		...(request.redact && { redacting: { language: message?.language ?? reply?.language ?? about.language, rng: Math.random } }),
	});
}

type Answer = CallFacts & { value: DraftAnswer };

/** As many drafts of one prompt as the user asked for, at once. @throws what the first call threw when none answered. */
async function drawSamples({ loaded: { request } }: Plan, prompt: DraftPrompt, access: ModelAccess, signal: AbortSignal | undefined): Promise<{ sent: Answer; others: (Answer | undefined)[] }> {
	const asked = { system: prompt.system, messages: [{ role: 'user' as const, content: prompt.user }], schemaName: 'draft' };
	const call = async (): Promise<Answer> => {
		const answer = await access.completeStructured(asked, DraftAnswerSchema, { purpose: 'draft', correlationId: request.id, template: prompt.template, signal });
		const { text, subject, reasoning } = answer.value;
		return { ...answer, value: { ...answer.value, text: prompt.restore(text), subject: subject && prompt.restore(subject), reasoning: prompt.restore(reasoning) } };
	};
	const results = await Promise.allSettled(Array.from({ length: request.samples }, call));
	const answered = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
	if (answered.length === 0) throw results.flatMap((result): unknown[] => (result.status === 'rejected' ? [result.reason] : []))[0];
	const others = Array.from({ length: request.samples - 1 }, (_, place): Answer | undefined => answered[place + 1]);
	return { sent: answered[0], others };
}

/** Tokens and dollars of all drafts: what one confidence cost. Absent when one of them is not known. */
function spentOn(answers: readonly Answer[]): Pick<WrittenText, 'tokens' | 'costUsd'> {
	const sum = (amounts: readonly (number | undefined)[]) => amounts.reduce<number | undefined>((total, amount) => (total === undefined || amount === undefined ? undefined : total + amount), 0);
	const tokens = sum(answers.map(({ usage }) => usage && usage.inputTokens + usage.outputTokens));
	const costUsd = sum(answers.map((answer) => answer.costUsd));
	return { ...(tokens !== undefined && { tokens }), ...(costUsd !== undefined && { costUsd }) };
}

async function fromModel(plan: Plan, access: ModelAccess, signal: AbortSignal | undefined): Promise<{ written: WrittenText; maker: DraftMaker; others: (string | undefined)[]; reviewReasons: string[] }> {
	const { request } = plan.loaded;
	const prompt = promptOf(plan);
	const { sent, others } = await drawSamples(plan, prompt, access, signal);
	const { text, selfReport, reasoning, ...said } = readDraftAnswer(sent.value);
	const reviewReasons = prompt.garbled(`${said.subject ?? ''}\n${text}`) ? [...plan.reviewReasons, GARBLED] : plan.reviewReasons;
	const subject = request.message?.subject ? replySubject(request.message.subject) : (plan.subject ?? said.subject);
	const { modelId, promptVersion } = sent;
	const answers = [sent, ...others.filter((other) => other !== undefined)];
	const written: WrittenText = {
		text,
		...(renderingOf(request.channel).subject && subject !== undefined && { subject }),
		language: plan.language,
		selfReport,
		reasoning,
		usedFallback: false,
		modelId,
		promptVersion,
		...spentOn(answers),
		latencyMs: Math.round(Math.max(...answers.map(({ latencyMs }) => latencyMs))),
	};
	return { written, maker: { modelId, promptVersion, scoring: scoringOf(request.samples) }, others: others.map((other) => other?.value.text), reviewReasons };
}

function assembled(plan: Plan, written: WrittenText, reviewReasons: string[], learnt: Pick<LearntConfidence, 'calibrator' | 'bar'>, others: (string | undefined)[] = []): Draft {
	const { request, about, conversation } = plan.loaded;
	const { framework, tone, persona } = request;
	const { version, rollout } = plan.loaded.serving ?? {};
	const known = [about.name, about.company, about.email, about.phone].filter((text) => text !== undefined);
	const draft = assembleDraft({
		id: request.id,
		channel: request.channel,
		written,
		// A text no model wrote follows no framework, tone or persona, and must not be counted as one that does.
		style: written.usedFallback ? {} : { framework, tone, persona },
		facts: request.facts,
		sources: [...conversation.map(({ text }) => text), ...known, ...(plan.base ? [plan.base.text] : []), ...(request.instructions ? [request.instructions] : [])],
		reviewReasons,
		learnt,
		others,
		auditShare: request.auditShare,
		readsAll: plan.loaded.readsAll,
	});
	// Whoever was drawn for an arm stays in it, also when its model did not answer: leaving those out would compare others.
	return { ...draft, ...(version && !written.usedFallback && { modelVersion: version.version }), ...(rollout && { rollout }) };
}

function templateDraft(plan: Plan, why: string): Draft {
	const written = fromTemplate(plan);
	const other = written.language === parseLanguage(plan.language) || plan.base ? [] : [`there is no template in '${plan.language}', so it is in English`];
	return assembled(plan, written, [`written from a template because ${why}`, ...other, ...plan.reviewReasons.filter((reason) => reason !== why)], nothingLearnt(plan.loaded.request.learning));
}

/**
 * The approved template as it will arrive. Nothing of it is a model's, so there is no confidence to state: the team wrote
 * it and the provider approved it. What is not known of the contact sends it to a person all the same.
 */
function approvedDraft(plan: Plan, { name, language, parameters }: WaTemplate): Draft {
	const { request, about } = plan.loaded;
	const fields = templateFields(about, plan.sender);
	const filled = parameters.map((parameter) => renderTemplate(parameter, fields));
	const missing = filled.flatMap((parameter) => parameter.missing);
	// A fallback may be empty, a parameter may not: the sentence the provider approved would have a hole, or be refused.
	const empty = filled.flatMap(({ text }, at) => (text.trim() === '' ? [`{{${at + 1}}}`] : []));
	const reasons = [...plan.reviewReasons, ...(missing.length > 0 ? [notKnown([...new Set(missing)])] : []), ...(empty.length > 0 ? [`nothing stands for ${empty.join(', ')} of the approved template`] : []), ...(plan.base ? [] : ["the template's own words are missing, so nobody can check them"])];
	const autoSend = reasons.length === 0;
	return {
		id: request.id,
		text: plan.base?.text ?? '',
		waTemplate: { name, language, parameters: filled.map(({ text }) => text) },
		language: parseLanguage(language) ?? plan.language,
		facts: [],
		signals: {},
		usedFallback: false,
		decision: { autoSend, threshold: 1, source: 'fixed', audited: false, ...(autoSend ? {} : { sampling: 'held' as const }) },
		sentence: autoSend ? `May be sent: the approved WhatsApp template '${name}', filled in for this contact.` : `Needs review: ${reasons.join('; ')}.`,
	};
}

/** Writes one draft: by the model, or from a template when none can answer. Never fails because of a model. */
export async function writeDraft(loaded: LoadedRequest, access: ModelAccess | undefined, model: NodeModel, learner: Learner): Promise<Draft> {
	const plan = planOf(loaded);
	// No model is paid to write to somebody who asks for silence.
	if (wishesToStop(loaded)) return templateDraft(plan, WISHES_TO_STOP);
	if (loaded.request.waTemplate) return approvedDraft(plan, loaded.request.waTemplate);
	if (!access) return templateDraft(plan, model.why ?? 'no model is set');
	await learner.read();
	let drawn: Awaited<ReturnType<typeof fromModel>>;
	try {
		drawn = await fromModel(plan, access, model.signal);
	} catch (error) {
		return templateDraft(plan, modelFailure(error).why);
	}
	return assembled(plan, drawn.written, drawn.reviewReasons, await learner.about(drawn.maker, loaded.request.learning), drawn.others);
}
