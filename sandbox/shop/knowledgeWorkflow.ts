import type { NodeJson, WorkflowJson } from '../n8n/importing';
import { SHOP_PAGES } from './pages';

const PATH = 'lead-autopilot-product-pages';

/**
 * Reads the product pages off the website and adds each to the knowledge: the same page again changes nothing, a changed
 * one takes the place of the old. The demo begins it by its webhook; a schedule would do the same.
 */
export function knowledgeWorkflow(siteUrl: string, workspace: string): WorkflowJson {
	const pages = SHOP_PAGES.map(({ path, title, language }) => ({ url: `${siteUrl}/shop/${path}`, title, language }));
	const nodes: NodeJson[] = [
		{ id: 'pages-ask', name: 'Read the Website', type: 'n8n-nodes-base.webhook', typeVersion: 2.1, position: [0, 0], webhookId: PATH, parameters: { httpMethod: 'POST', path: PATH, responseMode: 'lastNode', responseData: 'allEntries', options: {} } },
		{ id: 'pages-settings', name: 'Settings', type: 'n8n-nodes-base.set', typeVersion: 3.4, position: [220, 0], parameters: { assignments: { assignments: [{ id: 'workspace', name: 'workspace', type: 'string', value: workspace }, { id: 'pages', name: 'pages', type: 'array', value: `={{ ${JSON.stringify(pages)} }}` }] }, options: {} } },
		{ id: 'pages-each', name: 'One Item a Page', type: 'n8n-nodes-base.splitOut', typeVersion: 1, position: [440, 0], parameters: { fieldToSplitOut: 'pages', options: {} } },
		{ id: 'pages-get', name: 'Get the Page', type: 'n8n-nodes-base.httpRequest', typeVersion: 4.2, position: [660, 0], parameters: { url: '={{ $json.url }}', options: { response: { response: { responseFormat: 'text', outputPropertyName: 'html' } } } } },
		{
			id: 'pages-add',
			name: 'Add to Knowledge',
			type: 'n8n-nodes-lead-autopilot.leadAutopilot',
			typeVersion: 1,
			position: [880, 0],
			parameters: { resource: 'knowledge', operation: 'add', workspace: "={{ $('Settings').first().json.workspace }}", format: 'html', content: '={{ $json.html }}', title: "={{ $('One Item a Page').item.json.title }}", sourceId: "={{ $('One Item a Page').item.json.url.split('/shop/')[1] }}" },
		},
	];
	const names = nodes.map(({ name }) => name);
	return {
		id: 'leadAutopilotDemoPages',
		name: 'Demo · Product pages become knowledge',
		nodes,
		connections: Object.fromEntries(names.slice(0, -1).map((name, place) => [name, { main: [[{ node: names[place + 1], type: 'main', index: 0 }]] }])),
		settings: { executionOrder: 'v1' },
	};
}

/** Begins it and waits: how many pages are known, and how many of them are new or changed. */
export async function readWebsite(n8nUrl: string): Promise<{ pages: number; changed: number }> {
	const response = await fetch(`${n8nUrl}/webhook/${PATH}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
	const added: unknown = response.ok ? await response.json() : undefined;
	if (!Array.isArray(added)) throw new Error(`The product pages could not be read: the workflow answered with status ${response.status}`);
	const changed = added.filter((item: { knowledge?: { changed?: boolean } }) => item.knowledge?.changed === true).length;
	return { pages: added.length, changed };
}
