import { StageAssign } from '../../nodes/StageAssign/StageAssign.node';
import { useEmbeddedStore } from './embeddedStore';
import { runNode } from './runNode';

const ASSIGNED = 0;
const UNCHANGED = 1;
const NEEDS_REVIEW = 2;
const node = new StageAssign();

describe('Stage Assign', () => {
	const { store, breakStore } = useEmbeddedStore();

	it('places a spreadsheet row on an empty store, and leaves it there the second time', async () => {
		const rows = [{ name: 'Ann', email: 'ann@example.com', score: 70 }];
		const first = await runNode(node, rows);
		expect(first.outputs[ASSIGNED]).toHaveLength(1);
		expect(first.outputs[ASSIGNED][0].json).toMatchObject({ name: 'Ann', stage: { pipelineId: 'default', stageId: 'qualified', changed: true, rule: 'score_range' } });
		const again = await runNode(node, rows);
		expect(again.outputs[UNCHANGED][0].json).toMatchObject({ stage: { stageId: 'qualified', changed: false } });
		const [ann] = await store().contacts.find('default', ['ann@example.com']);
		expect(ann).toMatchObject({ stageId: 'qualified', stageSetBy: 'model', pipelineId: 'default' });
		expect((await store().pipelines.activities('default', ann?.id ?? '', 10)).filter((activity) => activity.kind.includes('stage'))).toHaveLength(1);
	});

	it('moves the same contact twice in one batch by the rules, in order', async () => {
		const { outputs } = await runNode(node, [
			{ email: 'bo@example.com', score: 10 },
			{ email: 'bo@example.com', score: 75 },
		]);
		const stages = outputs.flat().sort((a, b) => Number(a.json.score) - Number(b.json.score)).map((item) => item.json.stage);
		expect(stages).toMatchObject([{ stageId: 'new' }, { stageId: 'qualified' }]);
		expect(await store().contacts.find('default', ['bo@example.com'])).toMatchObject([{ stageId: 'qualified' }]);
	});

	it('lets 32 concurrent executions settle on one move, logged once', async () => {
		const item = [{ email: 'cy@example.com', score: 75 }];
		await runNode(node, [{ email: 'cy@example.com', score: 5 }]);
		const results = await Promise.all(Array.from({ length: 32 }, async () => await runNode(node, item)));
		expect(results.filter((result) => result.outputs[ASSIGNED].length === 1)).toHaveLength(1);
		expect(results.filter((result) => result.outputs[UNCHANGED].length === 1)).toHaveLength(31);
	});

	it('answers with the store away, from the item alone, and says so', async () => {
		breakStore();
		const { outputs, hints } = await runNode(node, [{ email: 'di@example.com', score: 5 }]);
		expect(outputs[ASSIGNED][0].json).toMatchObject({ stage: { stageId: 'new' } });
		expect(hints.join()).toMatch(/without the store/);
	});

	it('fails a bad item alone, on the output where it does least harm', async () => {
		const { outputs } = await runNode(node, [{ email: 'eve@example.com', score: 'very high' }, { email: 'flo@example.com', score: 20 }, { score: 3 }], { continueOnFail: true });
		expect(outputs[NEEDS_REVIEW].map((item) => item.json.error)).toEqual([expect.stringContaining("'Score' must be a number from 0 to 100"), expect.stringContaining("'Contact' is empty")]);
		expect(outputs[NEEDS_REVIEW][0].pairedItem).toEqual({ item: 0 });
		expect(outputs[ASSIGNED][0].pairedItem).toEqual({ item: 1 });
	});

	it('names the item that stops the node', async () => {
		await expect(runNode(node, [{ email: 'ok@example.com', score: 1 }, { email: 'no@example.com', score: 101 }])).rejects.toMatchObject({ context: { itemIndex: 1 } });
		expect(await store().contacts.find('default', ['ok@example.com'])).toEqual([undefined]);
	});

	it('asks for a person when there is no score, and for the pipeline that is missing', async () => {
		const { outputs } = await runNode(node, [{ email: 'gus@example.com' }]);
		expect(outputs[NEEDS_REVIEW][0].json).toMatchObject({ stage: { changed: false, sentence: 'There is no score to place the contact by.' } });
		await expect(runNode(node, [{ email: 'gus@example.com', score: 3 }], { parameters: { pipeline: 'nope' } })).rejects.toThrow(/no pipeline 'nope'/);
		await expect(runNode(node, [{ email: 'gus@example.com', score: 3 }], { parameters: { pipelineSource: 'inline', stages: '[{]' } })).rejects.toThrow(/not valid JSON/);
	});

	it('keeps two workspaces apart', async () => {
		await runNode(node, [{ email: 'hal@example.com', score: 75 }], { parameters: { workspace: 'a' } });
		const { outputs } = await runNode(node, [{ email: 'hal@example.com', score: 5 }], { parameters: { workspace: 'b' } });
		expect(outputs[ASSIGNED][0].json).toMatchObject({ stage: { stageId: 'new' } });
		expect(await store().contacts.find('a', ['hal@example.com'])).toMatchObject([{ stageId: 'qualified' }]);
	});
});
