import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { CHECKS, DEFAULT_ACTIONS, type CheckName } from '../../engine/gate/check';
import { modelField, redactField } from '../shared/modelParameters';
import { channelField, contactField, workspaceField } from '../shared/parameters';

const CHECK_TEXTS: Readonly<Record<CheckName, { name: string; says: string }>> = {
	opted_out: { name: 'Contact Opted Out', says: 'The address or contact asked us to stop' },
	mode: { name: 'Mode and Kill Switch', says: 'The kill switch is on or the mode is off. In assist modes the autopilot’s drafts go to review.' },
	takeover: { name: 'Human Takeover', says: 'A colleague is talking to the contact' },
	consent: { name: 'Consent', says: 'No sufficient ground is recorded for writing on this channel in the contact’s country' },
	confidence: { name: 'Confidence', says: 'The draft is under its threshold or was marked for review' },
	empty: { name: 'Empty Text', says: 'There is nothing to send' },
	channel_rules: { name: 'Channel Rules', says: 'Too long, or the 24-hour window is closed and a template is needed' },
	placeholder: { name: 'Leaked Placeholder', says: 'A field was not filled in, or the model talks about its answer' },
	pii: { name: 'Personal Data and Secrets', says: 'Card or account numbers that are not in the facts, passwords, API keys' },
	compliance: { name: 'Compliance Phrases', says: 'Promises such as guaranteed, risk-free or get rich quick, in nine languages' },
	moderation: { name: 'Moderation', says: 'Insulting, threatening or sexual words, in nine languages' },
	spam: { name: 'Spam Signals', says: 'Shouting, exclamation marks, emoji runs, link shorteners' },
	wrong_name: { name: 'Wrong Name', says: 'The greeting names somebody else' },
	wrong_language: { name: 'Wrong Language', says: 'Not the language the contact writes in' },
	facts: { name: 'Unknown Price, Date or Link', says: 'Neither in the facts nor in the conversation' },
	injection: { name: 'Prompt Injection', says: 'The contact’s last message gives orders to the model' },
	ai_disclosure: { name: 'AI Disclosure', says: 'Nobody approves the message, the contact’s country asks to say that an AI writes, and no message of ours says so. Off by default.' },
	own_words: { name: 'Own Words and Patterns', says: 'Words and patterns of the options below' },
};

const ACTIONS: INodePropertyOptions[] = [
	{ name: 'Block', value: 'block' },
	{ name: 'Off', value: 'off' },
	{ name: 'Review', value: 'review' },
];

// The default stands in the engine's table; the rule sees only literals.
// eslint-disable-next-line n8n-nodes-base/node-param-default-missing
const actionFields = CHECKS.map((check): INodeProperties => ({
	displayName: CHECK_TEXTS[check].name,
	name: check,
	type: 'options',
	options: ACTIONS,
	default: DEFAULT_ACTIONS[check],
	description: CHECK_TEXTS[check].says,
})).sort((a, b) => a.displayName.localeCompare(b.displayName));

const WITH_MODEL = { hide: { model: ['none'] } };
const OUTBOUND = { show: { check: ['outbound'] } };
const INBOUND = { show: { check: ['inbound'] } };

const lines = (displayName: string, name: string, placeholder: string, description: string): INodeProperties => ({ displayName, name, type: 'string', typeOptions: { rows: 3 }, default: '', placeholder, description });

const recordResult: INodeProperties = {
	displayName: 'Record Result',
	name: 'recordResult',
	type: 'boolean',
	default: true,
	description: 'Whether to write the outcome to the store: verdict, reading, opt-out. Always off when an AI agent uses the node as a tool.',
};

export const qualityGateProperties: INodeProperties[] = [
	{
		displayName: 'Check',
		name: 'check',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Inbound Message', value: 'inbound', description: 'What a lead wrote: opt-out wish, spam, prompt injection' },
			{ name: 'Outbound Draft', value: 'outbound', description: 'What would be sent' },
		],
		default: 'outbound',
	},
	workspaceField,
	contactField,
	channelField,
	{
		displayName: 'Text',
		name: 'text',
		type: 'string',
		typeOptions: { rows: 3 },
		default: "={{ $json.draft?.text ?? $json.text ?? $json.body ?? (typeof $json.message === 'string' ? $json.message : '') }}",
		description: 'The message to check. A draft that is stored is checked as stored, because that is what will be sent.',
		displayOptions: OUTBOUND,
	},
	{ displayName: 'Subject', name: 'subject', type: 'string', default: "={{ $json.draft?.subject ?? $json.subject ?? '' }}", description: 'Subject of an e-mail', displayOptions: OUTBOUND },
	{
		displayName: 'Language',
		name: 'language',
		type: 'string',
		default: "={{ $json.reply?.language ?? $json.message?.language ?? $json.contact?.language ?? $json.language ?? '' }}",
		placeholder: 'e.g. de',
		description: 'ISO code of the language the contact should be answered in. Empty: taken from the conversation.',
		displayOptions: OUTBOUND,
	},
	{
		displayName: 'Text',
		name: 'inboundText',
		type: 'string',
		typeOptions: { rows: 3 },
		default: "={{ $json.message?.text ?? $json.text ?? $json.body ?? (typeof $json.message === 'string' ? $json.message : '') }}",
		description: 'What the lead wrote',
		displayOptions: INBOUND,
	},
	{
		...modelField,
		default: 'none',
		noDataExpression: true,
		description: 'Who looks besides the rules. A model is asked about what no rule blocked; it can object, never clear.',
	},
	{
		displayName: 'Model Checks',
		name: 'modelActions',
		type: 'collection',
		placeholder: 'Change a Check',
		default: {},
		description: 'What happens when the model objects. Without a change it moderates drafts (Review) and does not judge prompt injection.',
		displayOptions: WITH_MODEL,
		options: [
			{ displayName: 'Moderation', name: 'model_moderation', type: 'options', options: ACTIONS, default: 'review', description: 'Insults, threats, hate and the like in a draft, also in words no list knows' },
			{ displayName: 'Prompt Injection', name: 'model_injection', type: 'options', options: ACTIONS, default: 'off', description: 'What the contact wrote gives orders to a model. Off by default: it is one more text for the model to read.' },
		],
	},
	{ ...redactField, displayOptions: WITH_MODEL },
	{ displayName: 'Actions', name: 'actions', type: 'collection', placeholder: 'Change a Check', default: {}, options: actionFields, description: 'What happens when a check objects. Checks not listed keep their default.', displayOptions: OUTBOUND },
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		displayOptions: OUTBOUND,
		options: [
			lines('Allowed Link Domains', 'allowedDomains', 'e.g. example.com', 'Domains a link may always lead to, one a line'),
			lines('Known Facts', 'known', 'e.g. The starter plan costs 49 €.', 'Prices, dates and links that may be used besides the facts of the draft'),
			lines('Own Patterns', 'patterns', 'e.g. \\bproject\\s+x\\b', 'Regular expressions in RE2 syntax, one a line, that must not occur'),
			lines('Own Words', 'words', 'e.g. competitor name', 'Words or phrases that must not occur, one a line'),
			recordResult,
		],
	},
	{
		displayName: 'Options',
		name: 'inboundOptions',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		displayOptions: INBOUND,
		options: [
			{
				displayName: 'Out of Office',
				name: 'outOfOffice',
				type: 'options',
				options: [
					{ name: 'Block', value: 'block', description: 'No answer is needed: the message is settled. Nothing is suppressed.' },
					{ name: 'Pass', value: 'pass' },
					{ name: 'Review', value: 'review' },
				],
				default: 'block',
				description: 'What to do with an automatic reply. It is never taken for an opt-out.',
			},
			{ displayName: 'Prompt Injection', name: 'injection', type: 'options', options: ACTIONS, default: 'review', description: 'What to do with a message that gives orders to the model' },
			recordResult,
			{ displayName: 'Spam', name: 'spam', type: 'options', options: ACTIONS, default: 'review', description: 'What to do with a message that looks like spam' },
			{
				displayName: "Treat 'Not Interested' as Opt-Out",
				name: 'notInterestedIsOptOut',
				type: 'boolean',
				default: true,
				description: 'Whether somebody who says they are not interested is not written to again on that channel',
			},
		],
	},
];
