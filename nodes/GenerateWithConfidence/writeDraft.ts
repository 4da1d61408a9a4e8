import { assembleDraft, type WrittenText } from '../../engine/draft/assemble';
import type { Draft } from '../../engine/draft/draft';
import { draftLanguage } from '../../engine/draft/draftLanguage';
import { draftFromTemplate, replySubject } from '../../engine/draft/intentTemplates';
import { draftPrompt } from '../../engine/draft/prompt';
import { DraftAnswerSchema, readDraftAnswer } from '../../engine/draft/readDraft';
import { renderTemplate, templateFields, type RenderedTemplate } from '../../engine/draft/template';
import { renderingOf } from '../../engine/channels/rendering';
import { parseLanguage } from '../../engine/message/language';
import { unreadAttachments } from '../../engine/message/readConversation';
import type { ReplyIntent } from '../../engine/reply/reply';
import type { ModelAccess } from '../../llm/modelAccess';
import { modelFailure, type NodeModel } from '../shared/model';
import type { LoadedRequest } from './loadRequests';

/** A loaded request with what follows from it before anything is written. */
interface Plan {
	loaded: LoadedRequest;
	language: string;
	intent: ReplyIntent | 'outreach';
	sender: { senderName?: string; companyName?: string };
	base?: RenderedTemplate;
	reviewReasons: string[];
}

const WISHES_TO_STOP = 'the lead asks not to be written to';

function planOf(loaded: LoadedRequest): Plan {
	const { request, about, conversation, reply, settings } = loaded;
	const sender = { senderName: settings?.senderName, companyName: settings?.companyName };
	const base = request.template === undefined ? undefined : renderTemplate(request.template, templateFields(about, sender));
	const unread = unreadAttachments(request.message?.attachments ?? []);
	const reviewReasons: string[] = [];
	if (unread.length > 0) reviewReasons.push(`the lead sent ${unread.map(({ kind }) => kind).join(' and ')} without a transcript, which nobody has read`);
	if (base && base.missing.length > 0) reviewReasons.push(`the template needs ${base.missing.map((field) => `{${field}}`).join(', ')}, which is not known of this contact`);
	if (wishesToStop(loaded)) reviewReasons.push(WISHES_TO_STOP);
	return {
		loaded,
		language: draftLanguage({ wanted: request.language, conversation, contact: about.language, workspace: settings?.language }),
		intent: request.purpose === 'outreach' ? 'outreach' : (reply?.intent ?? 'other'),
		sender,
		...(base && { base }),
		reviewReasons,
	};
}

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
		...(subject !== undefined && { threadSubject: subject }),
	});
	// A template of the user is in the language the user wrote it in, which is taken to be the one asked for.
	return plan.base && plan.base.text !== '' ? { ...written, text: plan.base.text, language: plan.language, usedFallback: true } : { ...written, usedFallback: true };
}

async function fromModel(plan: Plan, access: ModelAccess, signal: AbortSignal | undefined): Promise<WrittenText> {
	const { request, about, conversation } = plan.loaded;
	const { channel, framework, tone, persona, instructions, facts, message, template } = request;
	const prompt = draftPrompt({
		language: plan.language,
		channel,
		intent: plan.intent,
		framework,
		tone,
		persona,
		instructions,
		baseText: plan.base?.text,
		baseTemplate: template,
		facts,
		conversation,
		contact: about,
		sender: plan.sender,
		unread: unreadAttachments(message?.attachments ?? []),
	});
	const answer = await access.completeStructured({ system: prompt.system, messages: [{ role: 'user', content: prompt.user }], schemaName: 'draft' }, DraftAnswerSchema, {
		purpose: 'draft',
		correlationId: request.id,
		template: prompt.template,
		signal,
	});
	const { text, selfReport, reasoning, ...said } = readDraftAnswer(answer.value);
	const subject = message?.subject ? replySubject(message.subject) : said.subject;
	return {
		text,
		...(renderingOf(channel).subject && subject !== undefined && { subject }),
		language: plan.language,
		selfReport,
		reasoning,
		usedFallback: false,
		modelId: answer.modelId,
		promptVersion: answer.promptVersion,
		...(answer.usage && { tokens: answer.usage.inputTokens + answer.usage.outputTokens }),
		...(answer.costUsd !== undefined && { costUsd: answer.costUsd }),
		latencyMs: Math.round(answer.latencyMs),
	};
}

function assembled(plan: Plan, written: WrittenText, reviewReasons: string[]): Draft {
	const { request, about, conversation } = plan.loaded;
	const { framework, tone, persona } = request;
	const known = [about.name, about.company, about.email, about.phone].filter((text) => text !== undefined);
	return assembleDraft({
		id: request.id,
		channel: request.channel,
		written,
		// A text no model wrote follows no framework, tone or persona, and must not be counted as one that does.
		style: written.usedFallback ? {} : { framework, tone, persona },
		facts: request.facts,
		sources: [...conversation.map(({ text }) => text), ...known, ...(plan.base ? [plan.base.text] : []), ...(request.instructions ? [request.instructions] : [])],
		reviewReasons,
		threshold: request.threshold,
		auditShare: request.auditShare,
	});
}

function templateDraft(plan: Plan, why: string): Draft {
	const written = fromTemplate(plan);
	const other = written.language === parseLanguage(plan.language) || plan.base ? [] : [`there is no template in '${plan.language}', so it is in English`];
	return assembled(plan, written, [`written from a template because ${why}`, ...other, ...plan.reviewReasons.filter((reason) => reason !== why)]);
}

/** Writes one draft: by the model, or from a template when none can answer. Never fails because of a model. */
export async function writeDraft(loaded: LoadedRequest, access: ModelAccess | undefined, model: NodeModel): Promise<Draft> {
	const plan = planOf(loaded);
	// No model is paid to write to somebody who asks for silence.
	if (wishesToStop(loaded)) return templateDraft(plan, WISHES_TO_STOP);
	if (!access) return templateDraft(plan, model.why ?? 'no model is set');
	let written: WrittenText;
	try {
		written = await fromModel(plan, access, model.signal);
	} catch (error) {
		return templateDraft(plan, modelFailure(error).why);
	}
	return assembled(plan, written, plan.reviewReasons);
}
