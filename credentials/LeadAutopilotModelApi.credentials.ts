import type { ICredentialDataDecryptedObject, ICredentialTestRequest, ICredentialType, IHttpRequestOptions, INodeProperties, Icon } from 'n8n-workflow';

/** A model the pack calls itself, when no chat model is connected on the canvas. */
export class LeadAutopilotModelApi implements ICredentialType {
	name = 'leadAutopilotModelApi';

	displayName = 'Lead Autopilot Model API';

	icon: Icon = { light: 'file:leadAutopilotModelApi.svg', dark: 'file:leadAutopilotModelApi.dark.svg' };

	documentationUrl = 'https://github.com/lead-autopilot/n8n-nodes-lead-autopilot#which-model-answers';

	properties: INodeProperties[] = [
		{
			displayName: 'Provider',
			name: 'provider',
			type: 'options',
			options: [
				{ name: 'Anthropic', value: 'anthropic' },
				{ name: 'OpenAI', value: 'openai' },
				{ name: 'OpenAI-Compatible', value: 'compatible', description: 'Ollama, vLLM, LM Studio, OpenRouter and others' },
			],
			default: 'openai',
			description: 'Who serves the model',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: '',
			placeholder: 'e.g. http://localhost:11434/v1',
			description: "Where the model is served. Leave empty for the provider's own address.",
		},
		{ displayName: 'Model', name: 'model', type: 'string', default: '', required: true, placeholder: 'e.g. gpt-6-luna', description: 'The name of the model as its provider writes it' },
		{
			displayName: 'API Keys',
			name: 'apiKeys',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description: 'One key, or several separated by commas, blanks or line breaks: they are used in turn, and one that is limited or refused is skipped. May stay empty for a server that wants none. The test uses the first.',
		},
		{
			displayName: 'Budget per Key (USD a Day)',
			name: 'dailyBudgetPerKeyUsd',
			type: 'number',
			typeOptions: { minValue: 0, numberPrecision: 2 },
			default: 0,
			description: 'What each key may spend in one UTC day. 0 means no budget.',
		},
		{
			displayName: 'Spend Cap (USD a Day)',
			name: 'dailyCapUsd',
			type: 'number',
			typeOptions: { minValue: 0, numberPrecision: 2 },
			default: 0,
			description: 'What one workspace may spend in one UTC day over all keys. 0 means no cap. When it is reached, rules decide.',
		},
	];

	async authenticate(credentials: ICredentialDataDecryptedObject, requestOptions: IHttpRequestOptions): Promise<IHttpRequestOptions> {
		const [key] = String(credentials.apiKeys ?? '')
			.split(/[\s,;]+/)
			.filter((part) => part !== '');
		const version = credentials.provider === 'anthropic' ? { 'anthropic-version': '2023-06-01' } : {};
		const secret: Record<string, string> = key === undefined ? {} : credentials.provider === 'anthropic' ? { 'x-api-key': key } : { Authorization: `Bearer ${key}` };
		return { ...requestOptions, headers: { ...requestOptions.headers, ...version, ...secret } };
	}

	test: ICredentialTestRequest = {
		request: {
			baseURL:
				'={{ $credentials.baseUrl ? ($credentials.provider === "anthropic" ? $credentials.baseUrl.replace(/\\/+$/, "").replace(/\\/v1$/, "") + "/v1" : $credentials.baseUrl.replace(/\\/+$/, "")) : $credentials.provider === "anthropic" ? "https://api.anthropic.com/v1" : "https://api.openai.com/v1" }}',
			url: '/models',
			method: 'GET',
		},
	};
}
