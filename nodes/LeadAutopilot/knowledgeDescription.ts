import type { INodeProperties } from 'n8n-workflow';

const show = (...operation: string[]): INodeProperties['displayOptions'] => ({ show: { resource: ['knowledge'], operation } });

export const knowledgeProperties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: ['knowledge'] } },
		options: [
			{ name: 'Add', value: 'add', action: 'Add knowledge', description: 'Keep a text, a Markdown or HTML page or a file to look things up in' },
			{ name: 'List', value: 'list', action: 'List knowledge', description: 'Get what was added, the newest first, one item each' },
			{ name: 'Remove', value: 'remove', action: 'Remove knowledge', description: 'Forget what was added under a source ID' },
			{ name: 'Search', value: 'search', action: 'Search knowledge', description: 'Get the passages that fit some words best' },
		],
		default: 'add',
	},
	{
		displayName: 'Format',
		name: 'format',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'File', value: 'file', description: 'A text, Markdown or HTML file of the item. PDF is not read: put Extract From File before and add its text.' },
			{ name: 'HTML', value: 'html', description: 'A web page; only its readable text is kept' },
			{ name: 'Markdown', value: 'markdown', description: 'Text with headings; each section is kept together where it fits' },
			{ name: 'Text', value: 'text', description: 'Plain text' },
		],
		default: 'text',
		displayOptions: show('add'),
	},
	{
		displayName: 'Content',
		name: 'content',
		type: 'string',
		typeOptions: { rows: 6 },
		default: "={{ $json.content ?? $json.text ?? '' }}",
		displayOptions: { show: { resource: ['knowledge'], operation: ['add'], format: ['html', 'markdown', 'text'] } },
		description: 'What is to be known, up to 200,000 characters',
	},
	{
		displayName: 'Input Binary Field',
		name: 'binaryField',
		type: 'string',
		default: 'data',
		displayOptions: { show: { resource: ['knowledge'], operation: ['add'], format: ['file'] } },
		description: 'Name of the field of the item that holds the file',
	},
	{ displayName: 'Title', name: 'title', type: 'string', default: "={{ $json.title ?? '' }}", placeholder: 'e.g. Price list 2026', displayOptions: show('add'), description: 'What the source is called where it is shown as evidence. Left empty, a file goes by its name.' },
	{
		displayName: 'Source ID',
		name: 'sourceId',
		type: 'string',
		default: "={{ $json.sourceId ?? $json.knowledge?.id ?? '' }}",
		placeholder: 'e.g. price-list',
		displayOptions: show('add', 'remove'),
		description: 'The same ID again replaces what was there. When adding it may stay empty: the title is the ID then, or the content itself.',
	},
	{ displayName: 'Query', name: 'query', type: 'string', default: "={{ $json.query ?? $json.message?.text ?? $json.text ?? '' }}", displayOptions: show('search'), description: 'Words to look for; a whole question will do' },
	{ displayName: 'Limit', name: 'limit', type: 'number', typeOptions: { minValue: 1 }, default: 50, displayOptions: show('list'), description: 'Max number of results to return' },
	{ displayName: 'Passages', name: 'passages', type: 'number', typeOptions: { minValue: 1, maxValue: 50 }, default: 4, displayOptions: show('search'), description: 'How many to return at most, 1–50' },
];
