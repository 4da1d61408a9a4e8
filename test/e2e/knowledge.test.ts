import type { NodeJson, WorkflowJson } from '../../sandbox/n8n/importing';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox';
import { knowledgeWorkflow, readWebsite } from '../../sandbox/shop/knowledgeWorkflow';
import { SHOP_PAGES } from '../../sandbox/shop/pages';
import { closeAllStores } from '../../store/openStore';

/** Lead Autopilot → Knowledge in the real n8n: every way in, what is found, what is replaced, what is gone. */
const WORKSPACE = 'default';
const PACK = 'n8n-nodes-lead-autopilot.leadAutopilot';
jest.setTimeout(120_000);

type Json = Record<string, unknown>;

/** Webhook → nodes, answered with all items of the last one. Its id is its path. */
function chain(id: string, ...rest: Pick<NodeJson, 'name' | 'type' | 'typeVersion' | 'parameters'>[]): WorkflowJson {
	const webhook = { name: 'Ask', type: 'n8n-nodes-base.webhook', typeVersion: 2.1, webhookId: id, parameters: { path: id, httpMethod: 'POST', responseMode: 'lastNode', responseData: 'allEntries', options: {} } };
	const nodes: NodeJson[] = [webhook, ...rest].map((node, place) => ({ id: `${id}-${place}`, position: [220 * place, 0], ...node }));
	return { id, name: id, nodes, connections: Object.fromEntries(nodes.slice(0, -1).map(({ name }, place) => [name, { main: [[{ node: nodes[place + 1].name, type: 'main', index: 0 }]] }])), settings: { executionOrder: 'v1' } };
}
const knowledge = (operation: string, parameters: Json) => ({ name: 'Knowledge', type: PACK, typeVersion: 1, parameters: { resource: 'knowledge', operation, workspace: WORKSPACE, ...parameters } });
const adding = (format: string) => chain(`add-${format}`, knowledge('add', { format, content: '={{ $json.body.content }}', title: '={{ $json.body.title }}', sourceId: "={{ $json.body.sourceId ?? '' }}" }));
const FILE = { name: 'File', type: 'n8n-nodes-base.convertToFile', typeVersion: 1.1, parameters: { operation: 'toText', sourceProperty: 'body.content', options: { fileName: '={{ $json.body.fileName }}' } } };

let sandbox: Sandbox | undefined;
const up = (): Sandbox => {
	if (sandbox === undefined) throw new Error('The sandbox did not start');
	return sandbox;
};
const ask = async (id: string, body: Json = {}): Promise<Json[]> => {
	const response = await fetch(`${up().n8n.url}/webhook/${id}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
	const answer: unknown = await response.json();
	if (!response.ok || !Array.isArray(answer)) throw new Error(`${id} answered ${response.status}: ${JSON.stringify(answer)}`);
	return answer as Json[];
};
const found = async (query: string): Promise<{ id: string; text: string }[]> => {
	const [item] = await ask('search', { query });
	return (item.knowledge as { results: { id: string; text: string }[] }).results;
};
const listed = async (): Promise<string[]> => (await ask('list')).map((item) => (item.knowledge as { id: string }).id);

beforeAll(async () => {
	sandbox = await startSandbox({
		workflows: ['00'],
		model: 'none',
		extraWorkflows: [
			...['text', 'markdown', 'html'].map(adding),
			chain('add-file', FILE, knowledge('add', { format: 'file', binaryField: 'data', title: '' })),
			chain('search', knowledge('search', { query: '={{ $json.body.query }}' })),
			chain('remove', knowledge('remove', { sourceId: '={{ $json.body.sourceId }}' })),
			chain('list', knowledge('list', { limit: 50 })),
		],
	});
}, 600_000);
afterAll(async () => {
	await sandbox?.stop();
	await closeAllStores();
});

it('keeps text, Markdown, a web page and a file, and finds each by its words', async () => {
	await ask('add-text', { title: 'Parking', content: 'Guests park in the yard behind the house.' });
	await ask('add-markdown', { title: 'Assembly', content: '# Assembly\n\n- Two fitters come by van.\n- Old furniture is **taken away**.' });
	await ask('add-html', { title: 'Colours', content: '<html><head><style>p{}</style><script>steal()</script></head><body><h1>Colours</h1><p>Fronts come in petrol and sand.</p></body></html>' });
	await ask('add-file', { fileName: 'vouchers.md', content: '# Vouchers\n\nVouchers are valid for three years.' });
	expect((await listed()).sort()).toEqual(['Assembly', 'Colours', 'Parking', 'vouchers.md']);
	for (const [query, id, words] of [['Where can guests park?', 'Parking', 'yard'], ['Do fitters take old furniture away?', 'Assembly', 'taken away'], ['Which colours do fronts have, petrol?', 'Colours', 'petrol and sand'], ['How long are vouchers valid?', 'vouchers.md', 'three years']]) {
		const [best] = await found(query);
		expect([query, best.id]).toEqual([query, expect.stringContaining(id)]);
		expect(best.text).toContain(words);
		expect(best.text).not.toContain('steal');
	}
});

it('replaces a changed page instead of keeping both, and the same one again changes nothing', async () => {
	const page = { title: 'Opening hours', sourceId: 'hours', content: '<p>The workshop opens at nine.</p>' };
	expect(await ask('add-html', page)).toMatchObject([{ knowledge: { changed: true } }]);
	expect(await ask('add-html', page)).toMatchObject([{ knowledge: { changed: false } }]);
	expect(await ask('add-html', { ...page, content: '<p>The workshop opens at seven.</p>' })).toMatchObject([{ knowledge: { id: 'hours', changed: true } }]);
	const texts = (await found('When does the workshop open?')).map(({ text }) => text).join('\n');
	expect(texts).toContain('opens at seven');
	expect(texts).not.toContain('nine');
	expect((await listed()).filter((id) => id === 'hours')).toHaveLength(1);
});

it('forgets what is removed, and says so when there was nothing', async () => {
	expect(await ask('remove', { sourceId: 'hours' })).toMatchObject([{ knowledge: { id: 'hours', removed: true } }]);
	expect((await found('When does the workshop open?')).filter(({ text }) => text.includes('workshop'))).toEqual([]);
	expect(await listed()).not.toContain('hours');
	expect(await ask('remove', { sourceId: 'hours' })).toMatchObject([{ knowledge: { removed: false } }]);
});

it("reads the demo shop's pages off its website, twice without doubling", async () => {
	const site = knowledgeWorkflow(`http://127.0.0.1:${up().standIns.httpPort}`, WORKSPACE);
	await up().api.importWorkflows([site]);
	await up().api.publishWorkflow(site.id);
	expect(await readWebsite(up().n8n.url)).toEqual({ pages: SHOP_PAGES.length, changed: SHOP_PAGES.length });
	expect(await readWebsite(up().n8n.url)).toEqual({ pages: SHOP_PAGES.length, changed: 0 });
	const [price] = await found('How much is the oak table?');
	expect(price).toMatchObject({ id: expect.stringContaining('en/products'), text: expect.stringContaining('The oak table costs 890 euros') });
	expect((await found('Wann ist die Ausstellung am Samstag geöffnet?'))[0].text).toContain('von 10 bis 14 Uhr');
});
