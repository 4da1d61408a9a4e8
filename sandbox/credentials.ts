import type { CredentialJson, NodeJson, WorkflowJson } from './n8n/importing';
import { SANDBOX, type StandIns } from './standins';

/** Which model the workflows of a sandbox use: the loopback one, none at all (rules only), or a real provider. */
export type ModelChoice = 'stand-in' | 'none' | { provider: 'openai' | 'anthropic'; apiKey: string; model?: string };

export interface PostgresChoice {
	url: string;
	/** Schema of the pack's own tables. Default lead_autopilot. */
	schema?: string;
}

/** What one client's set of workflows signs in with. */
export interface ClientAccounts {
	/** Ends the credentials' names, so that two clients' sets lie side by side. Empty for the first. */
	suffix: string;
	/** What its reviewers see at its desk. */
	workspace: string;
	metaAppId: string;
	metaAppSecret: string;
	mailUser: string;
	/** What a message leaves from when its conversation names no account. */
	phoneNumberId: string;
	pageId: string;
}

export const FIRST_CLIENT: ClientAccounts = { suffix: '', workspace: 'default', metaAppId: SANDBOX.metaAppId, metaAppSecret: SANDBOX.metaAppSecret, mailUser: SANDBOX.mailUser, phoneNumberId: SANDBOX.phoneNumberId, pageId: SANDBOX.pageId };

/** Cheap, current models: what a visitor with a key of their own is charged for. */
const DEFAULT_MODELS = { openai: 'gpt-6-luna', anthropic: 'claude-haiku-5-5' } as const;

const BUILT_IN: Readonly<Record<string, readonly string[]>> = {
	'n8n-nodes-base.whatsAppTrigger': ['whatsAppTriggerApi'],
	'n8n-nodes-base.facebookTrigger': ['facebookGraphAppApi'],
	'n8n-nodes-base.twilioTrigger': ['twilioApi'],
	'n8n-nodes-base.emailReadImap': ['imap'],
	'n8n-nodes-base.emailSend': ['smtp'],
	'n8n-nodes-base.n8n': ['n8nApi'],
};
const PACK = 'n8n-nodes-lead-autopilot.';
/** The pack's nodes that call a model; all of the pack's nodes take the store. */
const MODEL_NODES: readonly string[] = [`${PACK}classifyLead`, `${PACK}generateWithConfidence`];

/** What Model Trainer does with a model's provider. */
const TRAINING: readonly string[] = ['startTraining', 'checkTraining', 'cancelTraining'];

/** The types of credentials a node of the shipped workflows takes. */
export function credentialTypesOf(node: NodeJson): readonly string[] {
	if (node.type === 'n8n-nodes-base.httpRequest') {
		return typeof node.parameters.nodeCredentialType === 'string' ? [node.parameters.nodeCredentialType] : [];
	}
	if (node.type === `${PACK}outreachEmail`) return ['leadAutopilotStoreApi', 'smtp'];
	if (node.type === `${PACK}outcomeTrigger`) return ['leadAutopilotWebhookApi', 'leadAutopilotStoreApi'];
	if (node.type === `${PACK}reviewDeskTrigger` || (node.type === `${PACK}leadAutopilot` && node.parameters.resource === 'desk')) return ['leadAutopilotDeskApi', 'leadAutopilotStoreApi'];
	if (node.type === `${PACK}leadAutopilot` && node.parameters.operation === 'readConversations') return ['facebookGraphApi', 'leadAutopilotStoreApi'];
	if (node.type === `${PACK}modelTrainer`) return TRAINING.includes(String(node.parameters.operation)) ? ['leadAutopilotStoreApi', 'leadAutopilotModelApi'] : ['leadAutopilotStoreApi'];
	if (node.type.startsWith(PACK)) return MODEL_NODES.includes(node.type) ? ['leadAutopilotStoreApi', 'leadAutopilotModelApi'] : ['leadAutopilotStoreApi'];
	return BUILT_IN[node.type] ?? [];
}

/** The workflow with each node given the credential of its type, where there is one; shipped workflows name none. */
export function withCredentials(workflow: WorkflowJson, byType: ReadonlyMap<string, string>): WorkflowJson {
	const nodes = workflow.nodes.map((node) => {
		const found = credentialTypesOf(node).flatMap((type) => {
			const name = byType.get(type);
			return name === undefined ? [] : [[type, { id: null, name }] as const];
		});
		return found.length === 0 ? node : { ...node, credentials: { ...node.credentials, ...Object.fromEntries(found) } };
	});
	return { ...workflow, nodes };
}

/** Credentials of every type the workflows use, pointing at the stand-ins. */
export function demoCredentials(standIns: StandIns, client: ClientAccounts, model: ModelChoice, store?: PostgresChoice): CredentialJson[] {
	const { metaAppId, metaAppSecret, mailUser, suffix } = client;
	const all: CredentialJson[] = [
		{ name: 'Sandbox WhatsApp', type: 'whatsAppApi', data: { accessToken: SANDBOX.metaToken, businessAccountId: SANDBOX.whatsappBusinessId } },
		{ name: 'Sandbox WhatsApp Webhooks', type: 'whatsAppTriggerApi', data: { clientId: metaAppId, clientSecret: metaAppSecret } },
		{ name: 'Sandbox Facebook Pages', type: 'facebookGraphApi', data: { accessToken: SANDBOX.metaToken } },
		{ name: 'Sandbox Facebook App', type: 'facebookGraphAppApi', data: { accessToken: SANDBOX.metaToken, appSecret: metaAppSecret } },
		{ name: 'Sandbox Twilio', type: 'twilioApi', data: { authType: 'authToken', accountSid: SANDBOX.twilioAccountSid, authToken: SANDBOX.twilioAuthToken } },
		{ name: 'Sandbox Mail Out', type: 'smtp', data: { user: mailUser, password: SANDBOX.mailPassword, host: '127.0.0.1', port: standIns.smtpPort, secure: false, disableStartTls: true } },
		{ name: 'Sandbox Mail In', type: 'imap', data: { user: mailUser, password: SANDBOX.mailPassword, host: '127.0.0.1', port: standIns.imapPort, secure: false } },
	];
	all.push({ name: 'Sandbox Webhooks', type: 'leadAutopilotWebhookApi', data: webhookData(standIns, metaAppSecret) });
	all.push({ name: 'Sandbox Desk', type: 'leadAutopilotDeskApi', data: deskData(client) });
	if (model !== 'none') all.push({ name: 'Sandbox Model', type: 'leadAutopilotModelApi', data: modelData(standIns, model) });
	if (store) all.push({ name: 'Sandbox Store', type: 'leadAutopilotStoreApi', data: storeData(store) });
	return all.map((credential) => ({ ...credential, name: `${credential.name}${suffix}` }));
}

/** Each desk signs with a secret of its own, so that no session or invitation of one is worth anything at another. */
export function deskData({ suffix, workspace }: Pick<ClientAccounts, 'suffix' | 'workspace'>) {
	return { signingSecret: `${SANDBOX.deskSecret}${suffix}`, reviewers: { reviewer: [{ email: SANDBOX.deskReviewer, role: 'admin', workspaces: workspace }] } };
}

function webhookData({ sendgrid }: StandIns, metaAppSecret: string): Record<string, unknown> {
	const secret = SANDBOX.webhookSecret;
	return {
		calendlySigningSecret: secret,
		hmacSecret: secret,
		hubSpotClientSecret: secret,
		metaAppSecret,
		metaVerifyToken: secret,
		pipedriveUser: 'sandbox',
		pipedrivePassword: secret,
		salesforceSecret: secret,
		sendGridVerification: sendgrid.publicKey,
		twilioAuthToken: SANDBOX.twilioAuthToken,
	};
}

function modelData(standIns: StandIns, model: Exclude<ModelChoice, 'none'>): Record<string, unknown> {
	if (model === 'stand-in') return { provider: 'compatible', baseUrl: `http://127.0.0.1:${standIns.httpPort}/v1`, model: 'sandbox-model', apiKeys: SANDBOX.openaiKey, dailyBudgetPerKeyUsd: 0, dailyCapUsd: 0 };
	const { provider, apiKey } = model;
	return { provider, baseUrl: '', model: model.model ?? DEFAULT_MODELS[provider], apiKeys: apiKey, dailyBudgetPerKeyUsd: 0, dailyCapUsd: 2 };
}

function storeData({ url, schema = 'lead_autopilot' }: PostgresChoice): Record<string, unknown> {
	const { hostname, port, pathname, username, password } = new URL(url);
	return { host: hostname, port: Number(port || 5432), database: decodeURIComponent(pathname.slice(1)) || 'postgres', user: decodeURIComponent(username) || 'postgres', password: decodeURIComponent(password), ssl: false, schema };
}
