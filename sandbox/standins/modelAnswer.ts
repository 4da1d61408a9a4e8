import type { ScriptState } from './failureScript';
import { factFor, lastLeadMessage, readLead } from './leadReading';
import type { ModelReply, ModelRequest } from './modelTypes';
import { answerFor, replyOf } from './schemaAnswer';

/** The answer given when no script decides otherwise: the same request always gets the same one. */
export function defaultAnswer(request: ModelRequest): ModelReply {
	const said = readLead(lastLeadMessage(request));
	const fact = said.warmth === 'leaving' ? undefined : factFor(request, said);
	const reading = fact === undefined ? said : { ...said, fact };
	const forced = request.forcedTool === 'any' ? request.tools[0] : request.tools.find(({ name }) => name === request.forcedTool);
	if (forced) return { toolCalls: [{ name: forced.name, arguments: answerFor(forced.schema, forced.schema, reading, '') }] };
	if (request.schema) return { json: answerFor(request.schema, request.schema, reading, '') };
	if (request.wantsJson) {
		const { score, confidence, language, intent, reasons } = reading;
		return { json: { score, confidence, language, intent, reasons, text: replyOf(reading) } };
	}
	return { text: replyOf(reading) };
}

/** Asks the script, then the default. */
export async function answerModel(script: ScriptState, request: ModelRequest): Promise<ModelReply> {
	const scripted = await script.modelScript()?.(request);
	if (scripted === undefined || scripted === 'default') return defaultAnswer(request);
	return typeof scripted === 'string' ? { text: scripted } : scripted;
}

/** The text of a reply, or the JSON it stands for. */
export function replyText(reply: ModelReply): string {
	return reply.text ?? (reply.json === undefined ? '' : JSON.stringify(reply.json));
}

/** About four characters a token, as a rule of thumb. */
export function tokensOf(text: string): number {
	return Math.max(1, Math.ceil(text.length / 4));
}

/** What the call used, scripted or counted. */
export function usageOf(request: ModelRequest, reply: ModelReply): { input: number; output: number } {
	const prompt = request.system + request.messages.map(({ text }) => text).join('\n');
	const calls = reply.toolCalls ? JSON.stringify(reply.toolCalls) : '';
	return reply.usage ?? { input: tokensOf(prompt), output: tokensOf(replyText(reply) + calls + (reply.refusal ?? '')) };
}

/** True when the scripted reply is a failure of the service rather than an answer. */
export function isFailure(reply: ModelReply): boolean {
	return Boolean(reply.drop || reply.stall || reply.rubbish || reply.status !== undefined);
}
