import { AbVariant } from '../../nodes/AbVariant/AbVariant.node';
import { useEmbeddedStore } from './embeddedStore';
import { runNode } from './runNode';

const node = new AbVariant();
const variants = { variant: [{ id: 'a', name: 'Short', weight: 1, control: true, template: 'Hi {name|there}' }, { id: 'b', name: 'Long', weight: 1 }] };
const create = async (experiment = 'greeting', extra = {}) => await runNode(node, [{}], { parameters: { operation: 'create', experiment, variants, ...extra } });
const people = Array.from({ length: 400 }, (_, i) => ({ email: `p${i}@example.com` }));
const variantOf = (json: object) => (json as { variant?: { variantId: string; sticky: boolean; propensity: number; name: string } }).variant;

describe('A/B Variant', () => {
	const { store, breakStore } = useEmbeddedStore();

	it('splits contacts about evenly, logs the propensity, and keeps every choice', async () => {
		await create();
		const first = await runNode(node, people);
		const chosen = first.outputs[0].map((item) => variantOf(item.json));
		const inA = chosen.filter((variant) => variant?.variantId === 'a').length;
		// 400 fair draws: 200 ± 4 standard deviations of 10.
		expect(Math.abs(inA - 200)).toBeLessThan(40);
		expect(chosen.every((variant) => variant?.propensity === 0.5 && !variant.sticky)).toBe(true);
		const again = await runNode(node, people);
		expect(again.outputs[0].map((item) => variantOf(item.json)?.variantId)).toEqual(chosen.map((variant) => variant?.variantId));
		expect(again.outputs[0].every((item) => variantOf(item.json)?.sticky)).toBe(true);
	});

	it('gives a contact that comes twice in one batch one variant', async () => {
		await create();
		const { outputs } = await runNode(node, [{ email: 'x@example.com' }, { email: 'x@example.com' }]);
		expect(variantOf(outputs[0][0].json)?.variantId).toBe(variantOf(outputs[0][1].json)?.variantId);
	});

	it('passes the item unchanged when nothing is running', async () => {
		const { outputs } = await runNode(node, [{ email: 'x@example.com', note: 1 }]);
		expect(outputs[0][0].json).toEqual({ email: 'x@example.com', note: 1 });
	});

	it('prefers the experiment of the reply’s intent', async () => {
		await create('any');
		await create('objections', { context: 'objection' });
		const reply = { intent: 'objection', optOut: { wanted: false, certainty: 0 }, sentiment: 0, language: 'en', needsAnswer: true };
		const { outputs } = await runNode(node, [{ email: 'x@example.com', reply }, { email: 'y@example.com' }]);
		expect(outputs[0].map((item) => item.json.variant)).toMatchObject([{ experimentId: 'objections' }, { experimentId: 'any' }]);
	});

	it('gives the control while paused, the winner once completed, and counts nobody for it', async () => {
		await create();
		await runNode(node, [{}], { parameters: { operation: 'pause', experiment: 'greeting' } });
		expect((await runNode(node, people, { parameters: { experiment: 'greeting' } })).outputs[0].every((item) => variantOf(item.json)?.variantId === 'a')).toBe(true);
		await runNode(node, [{}], { parameters: { operation: 'complete', experiment: 'greeting', winner: 'b' } });
		expect((await runNode(node, people, { parameters: { experiment: 'greeting' } })).outputs[0].every((item) => variantOf(item.json)?.variantId === 'b')).toBe(true);
		expect((await store().experiments.results('default', 'greeting')).reduce((sum, arm) => sum + arm.assigned, 0)).toBe(0);
	});

	it('goes on serving a paused or completed experiment that no item names: the control, then the winner', async () => {
		await create();
		const served = async (item = {}) => variantOf((await runNode(node, [{ email: 'x@example.com', ...item }])).outputs[0][0].json);
		const steer = async (operation: string, extra = {}) => await runNode(node, [{}], { parameters: { operation, experiment: 'greeting', ...extra } });
		await steer('pause');
		expect(await served()).toMatchObject({ experimentId: 'greeting', variantId: 'a', propensity: 1, sticky: false });
		await steer('complete', { winner: 'b' });
		expect(await served()).toMatchObject({ experimentId: 'greeting', variantId: 'b', propensity: 1 });
		// One that runs comes first, whatever it is for.
		await create('next');
		expect(await served()).toMatchObject({ experimentId: 'next', propensity: 0.5 });
	});

	it('takes the newest of those that rest, that of the reply’s intent before one for any', async () => {
		const save = async (id: string, context?: string) => await store().experiments.save([{ workspace: 'default', id, name: id, status: 'completed', winner: 'b', metric: 'reply', context, variants: variants.variant }]);
		let now = Date.now();
		jest.spyOn(Date, 'now').mockImplementation(() => (now += 1));
		for (const [id, context] of [['z-old', undefined], ['a-new', undefined], ['z-objection', 'objection'], ['b-objection', 'objection'], ['meeting', 'meeting']] as const) await save(id, context);
		jest.restoreAllMocks();
		const reply = (intent: string) => ({ intent, optOut: { wanted: false, certainty: 0 }, sentiment: 0, language: 'en', needsAnswer: true });
		const { outputs } = await runNode(node, [{ email: 'x@example.com' }, { email: 'x@example.com', reply: reply('objection') }, { email: 'x@example.com', reply: reply('question') }]);
		expect(outputs[0].map((item) => item.json.variant)).toMatchObject([{ experimentId: 'a-new' }, { experimentId: 'b-objection' }, { experimentId: 'a-new' }]);
	});

	it('chooses for a message of the past without keeping it, whatever else its message looks like', async () => {
		await create();
		const replays = people.slice(0, 20).map((person, i) => ({ ...person, message: { replayOf: `m${i}`, text: 7 } }));
		const first = (await runNode(node, replays)).outputs[0].map((item) => item.json.variant);
		expect(first).toMatchObject(replays.map(() => ({ propensity: 0.5, sticky: false, sentence: expect.stringMatching(/not kept/) })));
		expect((await runNode(node, replays)).outputs[0].map((item) => item.json.variant)).toEqual(first);
		expect(await store().experiments.results('default', 'greeting')).toEqual([]);
		// Live and past in one batch: the live one is kept, the past one is not.
		const { outputs } = await runNode(node, [replays[0], { email: 'live@example.com' }, { email: 'p1@example.com' }]);
		expect(outputs[0].map((item) => variantOf(item.json)?.propensity)).toEqual([0.5, 0.5, 0.5]);
		expect((await store().experiments.results('default', 'greeting')).reduce((sum, arm) => sum + arm.assigned, 0)).toBe(2);
		await runNode(node, replays, { parameters: { source: 'inline', variants } });
		expect(await store().experiments.results('default', 'inline')).toEqual([]);
	});

	it('steers only from where it makes sense', async () => {
		const steer = async (operation: string, extra = {}) => (await runNode(node, [{}], { parameters: { operation, experiment: 'greeting', ...extra } })).outputs[0][0].json.experiment as { status: string; winner?: string; resumedAt?: number };
		await create();
		const running = await steer('resume');
		// It never stopped: guardrails go on counting.
		expect([running.status, running.resumedAt]).toEqual(['running', undefined]);
		expect((await steer('pause')).status).toBe('paused');
		expect((await steer('pause')).status).toBe('paused');
		const resumed = await steer('resume');
		expect([resumed.status, typeof resumed.resumedAt]).toEqual(['running', 'number']);
		await steer('complete', { winner: 'b' });
		await expect(steer('resume')).rejects.toThrow(/'greeting' is completed with 'b', so it cannot be resumed/);
		await expect(steer('pause')).rejects.toThrow(/'greeting' is completed with 'b', so it cannot be paused/);
		expect(await steer('complete', { winner: 'a' })).toMatchObject({ status: 'completed', winner: 'a' });
		await create();
		expect((await store().experiments.find('default', ['greeting']))[0]).toMatchObject({ status: 'completed', winner: 'a' });
	});

	it('makes one output a variant', async () => {
		await create();
		const { outputs } = await runNode(node, people, { parameters: { split: true, outputIds: 'a, b' } });
		expect(outputs).toHaveLength(3);
		expect(outputs[0].every((item) => variantOf(item.json)?.variantId === 'a')).toBe(true);
		expect(outputs[0].length + outputs[1].length).toBe(400);
	});

	it('chooses inline variants by contact with the store away, and the same ones when it is back', async () => {
		const parameters = { source: 'inline', experiment: 'greeting', variants };
		const back = await runNode(node, people, { parameters });
		breakStore();
		const away = await runNode(node, people, { parameters });
		expect(away.outputs[0].map((item) => variantOf(item.json)?.variantId)).toEqual(back.outputs[0].map((item) => variantOf(item.json)?.variantId));
		expect(away.hints.join()).toMatch(/store is away/);
		await expect(runNode(node, [{ email: 'x@example.com' }])).rejects.toThrow(/Saved experiments need the store/);
	});

	it('refuses what cannot be an experiment, in a sentence', async () => {
		await expect(create('x', { variants: { variant: [variants.variant[0]] } })).rejects.toThrow(/at least two variants/);
		await expect(create('x', { variants: { variant: [variants.variant[0], variants.variant[0]] } })).rejects.toThrow(/same ID/);
		await expect(create('x', { variants: { variant: variants.variant.map((variant) => ({ ...variant, weight: 0 })) } })).rejects.toThrow(/weight above 0/);
		await expect(runNode(node, [{}], { parameters: { operation: 'pause', experiment: 'nope' } })).rejects.toThrow(/no experiment 'nope'/);
		await create();
		await expect(runNode(node, [{}], { parameters: { operation: 'complete', experiment: 'greeting', winner: 'z' } })).rejects.toThrow(/no variant/);
	});
});
