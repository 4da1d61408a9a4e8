import { createHash } from 'node:crypto';
import type { INodeParameters } from 'n8n-workflow';
import { TrainingManifestSchema, type TrainingManifest } from '../../engine/training/manifest';
import { trainingSplit } from '../../engine/training/trainingSplit';
import { DAY, epochMs, later } from '../../engine/time';
import { ModelTrainer } from '../../nodes/ModelTrainer/ModelTrainer.node';
import { FigureWorld } from '../store/figureWorld';
import { useEmbeddedStore } from './embeddedStore';
import { runNode, type RunOptions } from './runNode';

const node = new ModelTrainer();
const NOW = epochMs(Date.now());
const SENT = later(NOW, -30 * DAY);
const LEADS = ['Anna Berg', 'Berta Thal', 'Carla Hof', 'Dora Feld'];

describe('Model Trainer', () => {
	const { store, breakStore } = useEmbeddedStore();
	const config = () => ({ kind: 'sqlite' as const, file: `${process.env.N8N_USER_FOLDER}/.n8n/lead-autopilot.sqlite` });

	/** Messages to contacts of their own, each reviewed: every second one edited. */
	const fill = async (count: number): Promise<void> => {
		const world = new FigureWorld('default');
		for (let at = 0; at < count; at++) {
			const [id, name] = [`c${at}`, LEADS[at % LEADS.length]];
			world.contact(id, SENT, { name, email: `lead${at}@mail${at}.example` });
			world.message(id, later(SENT, at - 1_000), { id: `in${at}`, text: `I am ${name}, lead${at}@mail${at}.example. What about number ${at}?` });
			const text = `Dear ${name}, about offer ${['one', 'two', 'three', 'four', 'five', 'six', 'seven'][at % 7]} ${Array.from({ length: 14 }, (_, k) => `word${at * 31 + k}`).join(' ')}.`;
			const sent = world.sending({ at: later(SENT, at), contact: id, draft: { text }, inbound: [`in${at}`], gate: 'pass' });
			world.review(sent, at % 2 === 0 ? 'approved' : 'edited', SENT, at % 2 === 0 ? {} : { shown_text: `Buy now, ${name}!`, edit_distance: 0.3 });
			if (at % 3 === 0) world.outcome('replied', id, later(SENT, DAY), { outbound_id: sent, label: 'positive_reply' });
		}
		await world.write(config());
	};
	const run = async (parameters: INodeParameters, options: RunOptions = {}) => await runNode(node, [{}], { parameters, ...options });
	const exportSet = async (parameters: INodeParameters = {}, options: RunOptions = {}) => {
		const { outputs, files } = await run({ operation: 'exportTrainingSet', ...parameters }, options);
		const [{ json, binary }] = outputs[0];
		return { manifest: TrainingManifestSchema.parse(json.trainingExport), json, binary, files };
	};
	const linesOf = (files: Map<string, Buffer>, name: string): string[] => (files.get(name)?.toString() ?? '').split('\n').slice(0, -1);

	it('says whether there is enough to train on', async () => {
		const before = await run({ operation: 'checkReadiness' });
		expect(before.outputs[0][0].json.readiness).toMatchObject({ ready: false, messages: 0 });
		await fill(60);
		const after = await run({ operation: 'checkReadiness' });
		// Those approved that nothing came of stand at 0.65, the message they answer being unread.
		expect(after.outputs[0][0].json.readiness).toMatchObject({ ready: true, examples: 60, pairs: 30, preferences: { ready: false }, byLabel: { none: 40, positive_reply: 20 } });
		expect((await run({ operation: 'checkReadiness', minimumExamples: 61 })).outputs[0][0].json.readiness).toMatchObject({ ready: false });
	});

	it('writes four files whose rows, bytes and hashes stand in the manifest, with nobody in them', async () => {
		await fill(80);
		const { manifest, binary, files } = await exportSet();
		expect(Object.keys(binary ?? {})).toEqual(['sftTrain', 'sftTest', 'pairsTrain', 'pairsTest']);
		for (const [field, name] of [['sftTrain', 'sft-train.jsonl'], ['sftTest', 'sft-test.jsonl'], ['pairsTrain', 'pairs-train.jsonl'], ['pairsTest', 'pairs-test.jsonl']] as const) {
			const content = files.get(name) ?? Buffer.alloc(0);
			expect(manifest.files[field]).toMatchObject({ rows: linesOf(files, name).length, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') });
			for (const line of linesOf(files, name)) expect(() => JSON.parse(line) as unknown).not.toThrow();
		}
		const all = ['sft-train.jsonl', 'sft-test.jsonl', 'pairs-train.jsonl', 'pairs-test.jsonl'].map((name) => files.get(name)?.toString()).join('');
		expect(all).not.toMatch(/anna|berta|carla|dora|berg|thal|feld|mail\d+\.example|lead\d/i);
		expect(manifest).toMatchObject({ read: 80, written: 80, exclusions: {}, byJudgement: { approved: 40, edited: 40 } });
		const salt = store().training.salt('default');
		const onTest = Array.from({ length: 80 }, (_, at) => `c${at}`).filter((id) => trainingSplit(id, salt) === 'test');
		expect(manifest.bySplit).toEqual({ train: 80 - onTest.length, test: onTest.length });
		const [record] = await store().training.exports('default', { limit: 1 });
		expect(record).toMatchObject({ id: manifest.id, state: 'ready', contacts: 80, storage: { executionId: 'execution-under-test', sftTrain: 'filesystem-v2:sft-train.jsonl' } });
	});

	it('writes the same files again, and leaves out who was erased or objected since', async () => {
		await fill(40);
		const until = new Date(NOW).toISOString();
		const hashes = ({ manifest }: { manifest: TrainingManifest }) => Object.values(manifest.files).map(({ sha256 }) => sha256);
		const first = await exportSet({ options: { until } });
		expect(hashes(await exportSet({ options: { until } }))).toEqual(hashes(first));
		await store().contacts.upsert('default', [{ id: 'c0', profiling: false }]);
		const [erased] = await store().personalData.erase('default', [{ reference: 'c1', scope: 'everything', suppress: false, by: 'mia', actor: 'person' }]);
		expect(erased.trainingExports).toContain(first.manifest.id);
		expect((await exportSet({ options: { until } })).manifest).toMatchObject({ read: 39, written: 38, exclusions: { profiling_off: 1 } });
	});

	it('leaves out who is erased while the files are written', async () => {
		await fill(30);
		let gone = false;
		const { manifest } = await exportSet({}, {
			onFile: async () => {
				if (gone) return;
				gone = true;
				await store().personalData.erase('default', [{ reference: 'c7', scope: 'everything', suppress: false, by: 'mia', actor: 'person' }]);
			},
		});
		expect(manifest.written).toBe(29);
		expect((await store().training.exports('default', { limit: 1 }))[0]).toMatchObject({ contacts: 29, erased: 0 });
	});

	it('says what to do where the files cannot be kept, and leaves no half export behind', async () => {
		await fill(5);
		const failing = { onFile: (name: string) => { if (name === 'pairs-test.jsonl') throw new Error('The disk is full'); } };
		await expect(exportSet({}, failing)).rejects.toThrow('The disk is full');
		const [record] = await store().training.exports('default', { limit: 1 });
		expect(record).toMatchObject({ state: 'failed', contacts: 0, sentence: 'The export failed: The disk is full' });
		const { outputs } = await run({ operation: 'exportTrainingSet' }, { ...failing, continueOnFail: true });
		expect(outputs[0][0].json).toEqual({ error: 'The disk is full' });
	});

	it('makes empty files of nothing, and says so', async () => {
		const { manifest, files } = await exportSet({}, { filesInMemory: true });
		expect(manifest).toMatchObject({ read: 0, written: 0, sentence: '0 examples to train on and 0 to test with, 0 and 0 preference pairs, from 0 messages.' });
		expect(files.get('sft-train.jsonl')).toHaveLength(0);
	});

	it.each([
		[{ operation: 'exportTrainingSet', days: 0 }, "'Days' must be more than 0"],
		[{ operation: 'exportTrainingSet', options: { leastQuality: 2 } }, "'Least Quality' must be from 0 to 1"],
		[{ operation: 'exportTrainingSet', options: { until: 'yesterday' } }, "'Until' is no date and time"],
		[{ operation: 'checkReadiness', minimumExamples: 1.5 }, "'Minimum Examples' must be a whole number"],
		[{ operation: 'constructor' }, "The operation 'constructor' is not known"],
	])('says what is wrong with %j', async (parameters, message) => {
		await expect(run(parameters as INodeParameters)).rejects.toThrow(message);
	});

	it('names the store when it cannot be reached', async () => {
		breakStore();
		await expect(run({ operation: 'checkReadiness' })).rejects.toThrow('lead-autopilot.sqlite');
	});
});
