import { startSandbox, type Sandbox } from '../../sandbox/sandbox';
import { SANDBOX, type ModelRequest } from '../../sandbox/standins';
import { closeAllStores } from '../../store/openStore';
import { agentWorkflow, TOOLS } from './support/agentWorkflow';

/** n8n's own AI Agent, with a scripted model that calls one tool of the pack and then repeats what the tool said. */
const WORKFLOW = agentWorkflow('agent-with-tools');

let sandbox: Sandbox;

beforeAll(async () => {
	sandbox = await startSandbox({ workflows: [], model: 'none' });
	await sandbox.api.importCredentials([{ name: 'Sandbox OpenAI', type: 'openAiApi', data: { apiKey: SANDBOX.openaiKey, url: `http://127.0.0.1:${sandbox.standIns.httpPort}/v1` } }]);
	await sandbox.api.importWorkflows([WORKFLOW]);
	await sandbox.api.publishWorkflow(WORKFLOW.id);
}, 600_000);

afterAll(async () => {
	await sandbox?.stop();
	await closeAllStores();
});

beforeEach(() => sandbox.standIns.script.reset());

interface Talk {
	answer: string;
	/** The requests the model got, in order. */
	requests: ModelRequest[];
}

/** Asks the agent; the model calls the tool with these arguments and then answers with what came back. */
async function ask(question: string, tool: string, given: Record<string, string>): Promise<Talk> {
	const requests: ModelRequest[] = [];
	sandbox.standIns.script.model((request) => {
		requests.push(request);
		const result = request.messages.findLast(({ role }) => role === 'tool');
		return result ? { text: `The tool says: ${result.text}` } : { toolCalls: [{ name: tool, arguments: given }] };
	});
	const response = await fetch(`${sandbox.n8n.url}/webhook/${WORKFLOW.id}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ question }) });
	return { answer: await response.text(), requests };
}

const names = TOOLS.map(({ name }) => name.replaceAll(' ', '_'));

describe('An AI Agent with tools of the pack', () => {
	it('is offered all four, each with a description and the fields it may fill in', async () => {
		const { requests } = await ask('Is this lead hot?', 'Classify_Lead', { text: 'We want to buy ten today.' });

		expect(requests[0].tools.map(({ name }) => name).sort()).toEqual([...names].sort());
		const classify = requests[0].tools.find(({ name }) => name === 'Classify_Lead');
		expect(JSON.stringify(classify?.schema)).toContain('What the lead wrote');
	}, 60_000);

	it('classifies a lead and answers with score and sentence', async () => {
		const { answer, requests } = await ask('How interested is somebody who writes: how much is it, can you deliver, we want to order?', 'Classify_Lead', { text: 'How much is it, can you deliver, we want to order ten, please send an invoice.' });

		expect(requests).toHaveLength(2);
		expect(answer).toMatch(/The tool says: .*classification.*score/);
	}, 60_000);

	it('has a draft checked by Quality Gate', async () => {
		const { answer } = await ask('May I send this?', 'Quality_Gate', { channel: 'email', text: 'Guaranteed risk-free!!!! Get rich quick at bit.ly/x' });

		expect(answer).toMatch(/The tool says: .*gate.*verdict.*(block|review)/);
	}, 60_000);

	it('asks for the best time to write', async () => {
		const { answer } = await ask('When should I write to Anna?', 'Best_Send_Time', { channel: 'email', phone: '+49 151 1234567' });

		expect(answer).toMatch(/The tool says: .*schedule.*sendAt.*Europe\/Berlin/);
	}, 60_000);

	it('looks a contact up', async () => {
		const store = await sandbox.openStore();
		await store.contacts.upsert('default', [{ name: 'Anna Baum', email: 'anna@baum.example' }]);
		await store.close();

		const { answer } = await ask('Who is anna@baum.example?', 'Look_Up_Contact', { contact: 'anna@baum.example' });

		expect(answer).toContain('Anna Baum');
	}, 60_000);

	it('gets a sentence, not a crash, when it uses a tool wrongly', async () => {
		const { answer } = await ask('When?', 'Best_Send_Time', { channel: 'carrier pigeon', phone: '' });

		expect(answer).toContain("Channel 'carrier pigeon' is not known");
	}, 60_000);

	it('leaves nothing behind in the store', async () => {
		const store = await sandbox.openStore();
		const [drafts, reviews] = [await store.outbound.list('default', { limit: 10 }), await store.reviews.list('default', { limit: 10 })];
		await store.close();

		expect([drafts, reviews]).toEqual([[], []]);
	});
});
