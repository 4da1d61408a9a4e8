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
