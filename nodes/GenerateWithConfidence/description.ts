import type { INodeProperties } from 'n8n-workflow';
import { DEFAULT_AUDIT_SHARE, DEFAULT_ERROR_SHARE, DEFAULT_THRESHOLD } from '../../engine/draft/decision';
import { FRAMEWORKS, TONES } from '../../engine/draft/style';
import { instructionsField, modelField, redactField } from '../shared/modelParameters';
import { channelField, contactField, conversationField, textField, workspaceField } from '../shared/parameters';
import { MOST_SAMPLES } from './readDraftRequest';

export const GENERATE_OUTPUTS = ['Auto-Send', 'Needs Review'] as const;

const styleOptions = (styles: Readonly<Record<string, { name: string; instruction: string }>>) => [
	...Object.entries(styles).map(([value, { name, instruction }]) => ({ name, value, description: `${instruction.charAt(0).toUpperCase()}${instruction.slice(1)}` })),
	{ name: 'None', value: '', description: 'Left to the model' },
];

export const generateWithConfidenceProperties: INodeProperties[] = [
	modelField,
	workspaceField,
	contactField,
	channelField,
	{ ...textField, description: 'The message to answer. Left empty, the draft opens a conversation.' },
	conversationField,
	{
		displayName: 'Campaign Step',
		name: 'step',
		type: 'string',
		default: "={{ $json.followUp?.step ?? '' }}",
		placeholder: 'e.g. follow-up-2',
		description: 'For outreach that answers no message: one step is one draft a contact, however often it runs. Left empty, the draft belongs to the message it answers.',
	},
	{
		displayName: 'Language',
		name: 'language',
		type: 'string',
		default: "={{ $json.message?.language ?? $json.reply?.language ?? '' }}",
		placeholder: 'e.g. de',
		description: 'Two-letter code. Left empty, the draft is in the language the lead writes in.',
	},
	{ displayName: 'Framework', name: 'framework', type: 'options', options: styleOptions(FRAMEWORKS), default: '', description: 'How the message is built' },
	{ displayName: 'Tone', name: 'tone', type: 'options', options: styleOptions(TONES), default: 'friendly', description: 'How the message sounds' },
	{ displayName: 'Persona', name: 'persona', type: 'string', default: '', placeholder: 'e.g. Anna, a consultant who plans kitchens', description: 'Who is writing' },
	{
		displayName: 'Facts',
		name: 'facts',
		type: 'string',
		typeOptions: { rows: 4 },
		default: "={{ $json.facts ?? '' }}",
		placeholder: 'e.g. Delivery takes 10 working days.',
		description: 'What the message may rely on, one fact a line or a list. Figures and links from elsewhere lower the confidence.',
	},
	{
		displayName: 'Look Up Knowledge',
		name: 'useKnowledge',
		type: 'boolean',
		default: true,
		description: 'Whether passages of the added knowledge that fit the message count as facts, too',
	},
	{
		displayName: 'Template',
		name: 'template',
		type: 'string',
		typeOptions: { rows: 3 },
		default: "={{ $json.variant?.template ?? $json.followUp?.template ?? '' }}",
		placeholder: 'e.g. Hi {firstName|there}, about {company}: …',
		description: 'What the message follows. {field|fallback} is filled in from the contact; a field that is missing and has no fallback sends the draft to review.',
	},
	{ displayName: 'Subject', name: 'subject', type: 'string', default: "={{ $json.followUp?.subject ?? '' }}", placeholder: 'e.g. Your request to {companyName|us}', description: 'Of an e-mail that opens a conversation, with {field|fallback}. Left empty, it is written with the text.' },
	{
		displayName: 'WhatsApp Template',
		name: 'waTemplate',
		type: 'string',
		default: "={{ $json.followUp?.waTemplate ?? '' }}",
		placeholder: 'e.g. {"name": "follow_up", "language": "en", "parameters": ["{firstName|there}"]}',
		description: "The approved template to send, as JSON. Then 'Template' holds its words, no model writes, and it goes out at any time.",
	},
	instructionsField,
	redactField,
	{
		displayName: 'Model Version',
		name: 'modelVersion',
		type: 'options',
		options: [
			{ name: 'Deployed', value: 'deployed', description: 'What Model Trainer has deployed, or the candidate it is compared with for its share of contacts. While nothing is deployed, the model as it is.' },
			{ name: 'Fixed', value: 'fixed', description: 'A version you name, for everybody' },
			{ name: 'None', value: 'none', description: 'The model as it is, without examples' },
		],
		default: 'deployed',
		description: 'Which version of what was learnt writes the draft. Versions with examples work with any model; a fine-tuned model needs the model credential.',
	},
	{
		displayName: 'Version',
		name: 'version',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. v2.1.0',
		displayOptions: { show: { modelVersion: ['fixed'] } },
		description: 'As Model Trainer lists it',
	},
	{
		displayName: 'Threshold Mode',
		name: 'thresholdMode',
		type: 'options',
		options: [
			{ name: 'Certified', value: 'certified', description: 'From the score above which earlier reviews certify few enough errors; until they do, every draft is reviewed' },
			{ name: 'Fixed', value: 'fixed', description: 'From a confidence you choose' },
		],
		default: 'fixed',
		description: 'From where on a draft leaves on Auto-Send',
	},
	{
		displayName: 'Auto-Send From',
		name: 'threshold',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: 1, numberPrecision: 2 },
		default: DEFAULT_THRESHOLD,
		displayOptions: { show: { thresholdMode: ['fixed'] } },
		description: 'The confidence (0–1) from which a draft leaves on Auto-Send',
	},
	{
		displayName: 'Accepted Error Share',
		name: 'acceptedErrorShare',
		type: 'number',
		typeOptions: { minValue: 0.002, maxValue: 0.5, numberPrecision: 3 },
		default: DEFAULT_ERROR_SHARE,
		displayOptions: { show: { thresholdMode: ['certified'] } },
		description: 'The share of drafts on Auto-Send that a person would not have accepted, at most. It takes at least 59 reviews to certify 0.05, and 299 for 0.01.',
	},
	{
		displayName: 'Accepted Edit Distance',
		name: 'acceptedEditDistance',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: 1, numberPrecision: 2 },
		default: 0,
		description: 'The share (0–1) of characters a reviewer may change for the draft still to count as accepted. 0 counts unedited ones only.',
	},
	{
		displayName: 'Audit Share',
		name: 'auditShare',
		type: 'number',
		typeOptions: { minValue: 0, maxValue: 1, numberPrecision: 2 },
		default: DEFAULT_AUDIT_SHARE,
		description: 'The share (0–1) of drafts fit for Auto-Send that is reviewed all the same, to keep the confidence honest',
	},
	{
		displayName: 'Use Winning Strategies',
		name: 'useWinning',
		type: 'boolean',
		default: false,
		description: 'Whether the framework and tone that brought more positive replies from leads of the same industry, beyond what chance explains, take the place of those above. Looked up at most every ten minutes; where nothing is proven, those above hold.',
	},
	{
		displayName: 'Drafts per Message',
		name: 'samples',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: MOST_SAMPLES },
		default: 1,
		description: 'How many drafts the model writes for one message. From 2 on their agreement counts towards the confidence. Each one is a model call that costs as much as the first.',
	},
];
