import { startSandbox, type Sandbox } from '../../sandbox/sandbox';
import { closeAllStores } from '../../store/openStore';
import { freePort } from '../../sandbox/freePort';
import type { WorkflowJson } from '../../sandbox/n8n/importing';
import { DECISION_NODES, ROWS, type DecisionNode } from './support/decisionNodes';
import { rowsInto, runRows, type RowsRun } from './support/rowsWorkflow';

/** Each of the eight decision nodes alone in the real n8n, after nothing but rows. */
const STORES = ['empty', 'away'] as const;
const SETTINGS = { retry: { retryOnFail: true, maxTries: 2, waitBetweenTries: 10 }, continue: { onError: 'continueRegularOutput' } } as const;

let sandbox: Sandbox;
const workflows = new Map<string, WorkflowJson>();
const idOf = (node: DecisionNode, store: (typeof STORES)[number], setting: keyof typeof SETTINGS): string => `${node.type.split('.')[1]}-${store}-${setting}`;

beforeAll(async () => {
	sandbox = await startSandbox({ workflows: [], model: 'none' });
	// Nobody listens on this port: the store's server is down.
	const closed = { host: '127.0.0.1', port: await freePort(), database: 'leads', user: 'autopilot', password: 'sandbox-store-password', ssl: false, schema: 'lead_autopilot' };
	await sandbox.api.importCredentials([{ name: 'Store That Is Down', type: 'leadAutopilotStoreApi', data: closed }]);
	for (const node of DECISION_NODES) {
		for (const store of STORES) {
			for (const setting of ['retry', 'continue'] as const) {
				const { name, type, parameters } = node;
				const credentials = store === 'away' ? { credentials: { leadAutopilotStoreApi: { name: 'Store That Is Down' } } } : {};
				const workflow = rowsInto(idOf(node, store, setting), { name, type, parameters, ...SETTINGS[setting], ...credentials });
				workflows.set(workflow.id, workflow);
			}
		}
	}
	await sandbox.api.importWorkflows([...workflows.values()]);
	await Promise.all([...workflows.keys()].map(async (id) => await sandbox.api.publishWorkflow(id)));
}, 600_000);

afterAll(async () => {
	await sandbox?.stop();
	await closeAllStores();
});

async function run(node: DecisionNode, store: (typeof STORES)[number], setting: keyof typeof SETTINGS, rows: readonly object[]): Promise<RowsRun> {
	const workflow = workflows.get(idOf(node, store, setting));
	if (!workflow) throw new Error('no such workflow');
	return await runRows(sandbox.api, workflow, rows.map((row) => ({ ...row })));
}

const sentenceOf = (value: unknown): unknown => (value !== null && typeof value === 'object' && 'sentence' in value ? value.sentence : undefined);
const hintsOf = ({ run: { hints } }: RowsRun): string => (hints ?? []).map(({ message }) => message).join(' ');

describe.each(DECISION_NODES)('$name alone after spreadsheet rows', (node) => {
	it('answers every row on an empty store, says why in a sentence, and keeps the row', async () => {
		const { status, items } = await run(node, 'empty', 'continue', ROWS);

		expect(status).toBe('success');
		expect(items.size).toBe(ROWS.length);
		for (const [place, json] of items) {
			expect(json).toMatchObject(ROWS[place]);
			expect(json.error).toBeUndefined();
			expect(sentenceOf(json[node.key])).toEqual(expect.stringMatching(/\w+ .*\w/));
		}
	});

	it('with Continue On Fail fails the first row alone, with a sentence that helps', async () => {
		const { status, items } = await run(node, 'empty', 'continue', [node.badRow, ...ROWS]);

		expect(status).toBe('success');
		expect(items.get(0)).toMatchObject({ error: expect.stringMatching(node.complaint) });
		expect([1, 2, 3].map((place) => sentenceOf(items.get(place)?.[node.key]))).toEqual(Array(3).fill(expect.any(String)));
	});

	it('with Retry On Fail stops with that sentence, and a later run without the row does nothing twice', async () => {
		const failed = await run(node, 'empty', 'retry', [node.badRow, ...ROWS]);
		expect(failed.status).toBe('error');
		expect(failed.error?.message).toMatch(node.complaint);

		const once = await run(node, 'empty', 'retry', ROWS);
		const again = await run(node, 'empty', 'retry', ROWS);
		expect(again.status).toBe('success');
		expect(ROWS.map((_, place) => settledPart(node, once, place))).toEqual(ROWS.map((_, place) => settledPart(node, again, place)));
	});

	if (node.withoutStore === 'answers') {
		it('answers without the store as well and says so in a hint that names no password', async () => {
			const { status, items, ...rest } = await run(node, 'away', 'retry', ROWS);

			expect(status).toBe('success');
			expect(ROWS.map((_, place) => sentenceOf(items.get(place)?.[node.key]))).toEqual(Array(3).fill(expect.any(String)));
			const hints = hintsOf({ status, items, ...rest });
			expect(hints).toMatch(/store/i);
			expect(hints).not.toContain('sandbox-store-password');
		});
	} else {
		it('says what it needs when the store is away, naming the server and no password', async () => {
			const { status, error } = await run(node, 'away', 'retry', ROWS);

			expect(status).toBe('error');
			expect(error?.message).toContain('127.0.0.1');
			expect(JSON.stringify(error)).not.toContain('sandbox-store-password');
		});
	}

	it('with the store away and Continue On Fail fails the bad row alone', async () => {
		const { status, items } = await run(node, 'away', 'continue', [node.badRow, ...ROWS]);

		expect(status).toBe('success');
		expect(items.get(0)).toMatchObject({ error: expect.stringMatching(node.complaint) });
		const others = [1, 2, 3].map((place) => items.get(place));
		if (node.withoutStore === 'answers') expect(others.map((json) => sentenceOf(json?.[node.key]))).toEqual(Array(3).fill(expect.any(String)));
		else expect(others.map((json) => json?.error)).toEqual(Array(3).fill(expect.stringContaining('127.0.0.1')));
	});
});

/** What of a node's answer must be the same in a repeated run; the rest (a clock time, "was counted before") may differ. */
function settledPart({ key }: DecisionNode, { items }: RowsRun, place: number): unknown {
	const answer = items.get(place)?.[key];
	const field = (name: string): unknown => (answer !== null && typeof answer === 'object' ? Reflect.get(answer, name) : undefined);
	switch (key) {
		case 'classification':
			return [field('score'), field('intent')];
		case 'draft':
			return answer;
		case 'allowance':
			return [field('allowed'), field('reservationId'), field('remaining')];
		case 'schedule':
			return [field('source'), field('timezone')];
		case 'stage':
			return field('stageId');
		case 'outcome':
			return [field('event'), field('attributed')];
		default:
			return answer;
	}
}

describe('the store after all those runs', () => {
	it('holds each row once', async () => {
		const store = await sandbox.openStore();
		try {
			const drafts = await store.outbound.list('default', { limit: 1000 });
			const outcomes = await store.outcomes.list('default', { limit: 1000 });
			expect(drafts.map(({ draft }) => draft.id).length).toBe(ROWS.length);
			expect(outcomes.filter(({ event }) => event === 'meeting_booked')).toHaveLength(ROWS.length);
		} finally {
			await store.close();
		}
	});
});
