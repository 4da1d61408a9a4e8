import { NodeConnectionTypes, type IExecuteFunctions } from 'n8n-workflow';
import { z } from 'zod';
import { isConnectedModel } from '../../llm/connectedChatModel';
import type { ModelSource } from '../../llm/modelSource';

export const MODEL_CHOICES = ['automatic', 'connected', 'credential', 'none'] as const;
export type ModelChoice = (typeof MODEL_CHOICES)[number];

export type FoundModel =
	| { kind: 'model'; source: ModelSource; /** USD per UTC day, from the credential. */ dailyCapUsd?: number }
	/** `hint` tells the user how to get a model; absent when rules were asked for. `why` finishes "because …". */
	| { kind: 'rules'; why: string; hint?: string };

const positive = z.coerce.number().positive().optional().catch(undefined);
const CredentialSchema = z.object({
	provider: z.enum(['openai', 'anthropic', 'compatible']).default('openai'),
	baseUrl: z.string().trim().optional().catch(undefined),
	model: z.string().trim().default(''),
	apiKeys: z.string().default(''),
	dailyBudgetPerKeyUsd: positive,
	dailyCapUsd: positive,
});

function noModel(problem: string, remedy: string): FoundModel {
	return { kind: 'rules', why: problem, hint: `${problem.charAt(0).toUpperCase()}${problem.slice(1)}, so rules decided. ${remedy}` };
}

async function fromConnection(context: IExecuteFunctions): Promise<FoundModel | undefined> {
	// As a tool of an agent the node has no inputs at all.
	if (isToolRun(context)) return undefined;
	const connected: unknown = await context.getInputConnectionData(NodeConnectionTypes.AiLanguageModel, 0);
	const model: unknown = Array.isArray(connected) ? connected[0] : connected;
	return isConnectedModel(model) ? { kind: 'model', source: { kind: 'connected', model } } : undefined;
}

/** What the node's model credential says. */
export interface ModelCredential {
	provider: 'openai' | 'anthropic' | 'compatible';
	baseUrl?: string;
	model: string;
	keys: { key: string; dailyBudgetUsd?: number }[];
	dailyCapUsd?: number;
}

/** The node's model credential; undefined when none is chosen, `unreadable` when its fields make no sense. */
export async function modelCredential(context: IExecuteFunctions): Promise<ModelCredential | 'unreadable' | undefined> {
	if (!context.getNode().credentials?.leadAutopilotModelApi) return undefined;
	const parsed = CredentialSchema.safeParse(await context.getCredentials('leadAutopilotModelApi'));
	if (!parsed.success) return 'unreadable';
	const { provider, model, apiKeys, dailyBudgetPerKeyUsd, dailyCapUsd } = parsed.data;
	const keys = apiKeys
		.split(/[\s,;]+/)
		.filter((key) => key !== '')
		.map((key) => ({ key, ...(dailyBudgetPerKeyUsd && { dailyBudgetUsd: dailyBudgetPerKeyUsd }) }));
	return { provider, model, keys, baseUrl: parsed.data.baseUrl || undefined, dailyCapUsd };
}

async function fromCredential(context: IExecuteFunctions): Promise<FoundModel | undefined> {
	const credential = await modelCredential(context);
	if (credential === undefined) return undefined;
	if (credential === 'unreadable') return noModel('the model credential cannot be read', "Open 'Lead Autopilot Model API' and save it again.");
	const { provider, model, keys, baseUrl, dailyCapUsd } = credential;
	if (model === '') return noModel('the model credential names no model', "Fill in 'Model' in 'Lead Autopilot Model API'.");
	if (provider === 'compatible' && !baseUrl) return noModel('the model credential has no base URL', "Fill in 'Base URL' in 'Lead Autopilot Model API', e.g. http://localhost:11434/v1.");
	if (provider !== 'compatible' && keys.length === 0) return noModel('the model credential has no API key', "Fill in 'API Keys' in 'Lead Autopilot Model API'.");
	return { kind: 'model', source: { kind: provider === 'anthropic' ? 'anthropic' : 'openai', modelId: model, baseUrl, keys }, dailyCapUsd };
}

/** Whether an agent runs the node as its tool: n8n wraps it under the same name with `Tool` behind. */
export function isToolRun(context: Pick<IExecuteFunctions, 'getNode'>): boolean {
	return context.getNode().type.endsWith('Tool');
}

/** Finds the model a node is to use. Does not throw for a missing or unusable one: rules decide then, with a hint. */
export async function findModel(context: IExecuteFunctions): Promise<FoundModel> {
	const wanted: unknown = context.getNodeParameter('model', 0, 'automatic');
	const choice = MODEL_CHOICES.find((one) => one === wanted) ?? 'automatic';
	if (choice === 'none') return { kind: 'rules', why: 'no model was asked for' };
	const connected = choice === 'credential' ? undefined : await fromConnection(context);
	if (connected) return connected;
	if (choice === 'connected') return noModel('no chat model is connected', 'Connect one to the Model input, or choose another option under Model.');
	const credential = await fromCredential(context);
	if (credential) return credential;
	if (choice === 'credential') return noModel('no model credential is chosen', "Choose or create a 'Lead Autopilot Model API' credential.");
	return noModel('no model is set', "Connect a chat model, choose a 'Lead Autopilot Model API' credential, or set Model to None (Rules Only).");
}
