import type { NodeJson, WorkflowJson } from '../../../sandbox/n8n/importing';

const PACK = 'n8n-nodes-lead-autopilot';
const fromAi = (name: string, what: string): string => `={{ $fromAI('${name}', '${what}', 'string') }}`;

function tool(name: string, type: string, row: number, parameters: Record<string, unknown>): NodeJson {
	return { id: type, name, type: `${PACK}.${type}Tool`, typeVersion: 1, position: [200 * row, 300], parameters };
}

/** The pack's nodes an agent may use, as somebody would drag them under it: the agent fills in the fields that matter. */
export const TOOLS: readonly NodeJson[] = [
	tool('Classify Lead', 'classifyLead', 1, { workspace: 'default', contact: '', text: fromAi('text', 'What the lead wrote'), conversation: '' }),
	tool('Quality Gate', 'qualityGate', 2, { workspace: 'default', contact: '', channel: fromAi('channel', 'Channel the draft is for'), text: fromAi('text', 'The draft') }),
	tool('Best Send Time', 'bestSendTime', 3, { workspace: 'default', contact: '', channel: fromAi('channel', 'Channel'), phone: fromAi('phone', 'Phone number of the contact'), preferredTime: '', timezone: '', country: '', purpose: 'outreach' }),
	tool('Look Up Contact', 'leadAutopilot', 4, { resource: 'contact', operation: 'get', workspace: 'default', contact: fromAi('contact', 'E-mail address or phone number'), descriptionType: 'manual', toolDescription: 'Looks a contact up, with the conversation' }),
];

/** Webhook → AI Agent with the OpenAI Chat Model and the tools; the webhook answers with the agent's words. */
export function agentWorkflow(id: string): WorkflowJson {
	const nodes: NodeJson[] = [
		{ id: 'question', name: 'Question', type: 'n8n-nodes-base.webhook', typeVersion: 2.1, position: [0, 0], webhookId: id, parameters: { path: id, httpMethod: 'POST', responseMode: 'lastNode', options: {} } },
		{ id: 'agent', name: 'AI Agent', type: '@n8n/n8n-nodes-langchain.agent', typeVersion: 3.1, position: [200, 0], parameters: { promptType: 'define', text: '={{ $json.body.question }}', options: { enableStreaming: false } } },
		{
			id: 'model',
			name: 'OpenAI Chat Model',
			type: '@n8n/n8n-nodes-langchain.lmChatOpenAi',
			typeVersion: 1.3,
			position: [0, 300],
			parameters: { model: { __rl: true, mode: 'id', value: 'gpt-6-luna' }, responsesApiEnabled: false, options: {} },
			credentials: { openAiApi: { name: 'Sandbox OpenAI' } },
		},
		...TOOLS,
	];
	const tools = Object.fromEntries(TOOLS.map(({ name }) => [name, { ai_tool: [[{ node: 'AI Agent', type: 'ai_tool', index: 0 }]] }]));
	return {
		id,
		name: id,
		nodes,
		connections: {
			Question: { main: [[{ node: 'AI Agent', type: 'main', index: 0 }]] },
			'OpenAI Chat Model': { ai_languageModel: [[{ node: 'AI Agent', type: 'ai_languageModel', index: 0 }]] },
			...tools,
		},
		settings: { executionOrder: 'v1' },
	};
}
