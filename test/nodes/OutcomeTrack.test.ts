import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { OutcomeSchema } from '../../engine/outcome/outcome';
import { OutcomeTrack } from '../../nodes/OutcomeTrack/OutcomeTrack.node';
import { useEmbeddedStore } from './embeddedStore';
import { useModelStandIn } from './modelStandIn';
import { runNode } from './runNode';

const node = new OutcomeTrack();
const sentTo = async (email: string, options = {}) =>
	await runNode(node, [{ email, text: 'Hello' }], { parameters: { operation: 'recordSent', options: { channel: 'whatsapp', providerId: 'wamid.1', occurredAt: '2026-05-20T10:00:00Z', ...options } } });
const status = { id: 'wamid.1', status: 'delivered', timestamp: '1779271300', recipient_id: '49151' };

describe('Outcome Track', () => {
	const { store, breakStore } = useEmbeddedStore();
	const model = useModelStandIn();

	it('records a message nobody planned as sent, once', async () => {
		const first = await sentTo('ann@example.com');
		expect(first.outputs[0][0].json.outcome).toMatchObject({ event: 'sent', recorded: true, occurredAt: '2026-05-20T10:00:00.000Z' });
		const again = await sentTo('ann@example.com');
		expect(again.outputs[0][0].json.outcome).toMatchObject({ event: 'sent', recorded: false });
		expect(await store().outbound.list('default', { limit: 10 })).toMatchObject([{ status: 'sent', providerId: 'wamid.1' }]);
	});

	it('ties a provider’s report to that message, and counts it once however often it comes', async () => {
		const { outputs } = await sentTo('ann@example.com');
		const { outboundId } = outputs[0][0].json.outcome as { outboundId: string };
		const run = async () => await runNode(node, [{ body: { statuses: [status] } }, { body: { statuses: [status] } }], { parameters: { operation: 'recordPayload' } });
		const first = (await run()).outputs[0].map((item) => item.json.outcome);
		expect(first).toMatchObject([
			{ event: 'delivered', attributed: 'id', outboundId, recorded: true },
			{ event: 'delivered', attributed: 'id', outboundId, recorded: false },
		]);
		expect((await run()).outputs[0].every((item) => (item.json.outcome as { recorded: boolean }).recorded)).toBe(false);
		const kept = await store().outcomes.list('default', { outboundId, limit: 10 });
		expect(kept.map((outcome) => outcome.event).sort()).toEqual(['delivered', 'sent']);
	});

	it('attributes an event to the last message of a contact, and says when there is none', async () => {
		await sentTo('bo@example.com', { occurredAt: '' });
		const { outputs } = await runNode(node, [{ email: 'bo@example.com' }, { email: 'nobody@example.com' }], { parameters: { operation: 'recordEvent', event: 'meeting_booked' } });
		expect(outputs[0].map((item) => item.json.outcome)).toMatchObject([
			{ event: 'meeting_booked', attributed: 'contact' },
			{ event: 'meeting_booked', attributed: 'none', sentence: expect.stringContaining('unattributed') },
		]);
	});

	it('credits nothing to a draft that never left, even when the event names it', async () => {
		const draft = { id: 'draft-in-review', text: 'Hi', language: 'en', facts: [], signals: {}, usedFallback: false, decision: { autoSend: false, threshold: 0.85, source: 'fixed' as const, audited: false }, sentence: '' };
		await store().outbound.saveDrafts([{ workspace: 'default', id: draft.id, contactId: 'dee', channel: 'email', to: 'dee@example.com', inboundIds: [], purpose: 'outreach', draft }]);
		const { outputs } = await runNode(node, [{ draft: { id: draft.id } }], { parameters: { operation: 'recordEvent', event: 'meeting_booked' } });
		expect(outputs[0][0].json.outcome).toMatchObject({ attributed: 'none', attribution: {} });
	});

	it('counts an event without id or time once a day, so that a retry changes nothing', async () => {
		await sentTo('fay@example.com', { occurredAt: '' });
		const booked = async () => await runNode(node, [{ email: 'fay@example.com' }], { parameters: { operation: 'recordEvent', event: 'meeting_booked' } });
		expect((await booked()).outputs[0][0].json.outcome).toMatchObject({ recorded: true });
		expect((await booked()).outputs[0][0].json.outcome).toMatchObject({ recorded: false });
	});

	it('keeps value and currency, and refuses what is neither', async () => {
		await sentTo('cy@example.com');
		const deal = (options: object) => runNode(node, [{ email: 'cy@example.com' }], { parameters: { operation: 'recordEvent', event: 'deal_won', options: { ...options } } });
		expect((await deal({ value: 1200.5, currency: 'eur' })).outputs[0][0].json.outcome).toMatchObject({ value: 1200.5, currency: 'EUR' });
		await expect(deal({ value: 'a lot' })).rejects.toThrow(/'Value' must be a number/);
		await expect(deal({ value: 10.5, currency: 'JPY' })).rejects.toThrow(/more digits behind the point than JPY has/);
		await expect(deal({ value: 1, currency: 'euros' })).rejects.toThrow(/'Currency' is no currency/);
	});

	it('says what it needs: something to attribute to, a known payload, the store', async () => {
		await expect(runNode(node, [{ foo: 1 }])).rejects.toThrow(/names no message and no person/);
		await expect(runNode(node, [{ foo: 1 }], { parameters: { operation: 'recordPayload' } })).rejects.toThrow(/no report this node knows/);
		breakStore();
		await expect(runNode(node, [{ email: 'x@example.com' }])).rejects.toThrow(/store/i);
	});

	it('fails the bad item alone', async () => {
		const { outputs } = await runNode(node, [{ body: 'rubbish' }, { body: { statuses: [status] } }], { continueOnFail: true, parameters: { operation: 'recordPayload' } });
		expect(outputs[0][0].json.error).toMatch(/not valid JSON/);
		expect(outputs[0][1].json.outcome).toMatchObject({ event: 'delivered', attributed: 'none' });
	});

	describe('Analyse Reply', () => {
		const analyse = async (items: IDataObject[], more: INodeParameters = {}, credentials = {}) => await runNode(node, items, { parameters: { operation: 'analyseReply', model: 'none', ...more }, credentials });

		it('says how an answer is meant and what it is worth, and records it once', async () => {
			await sentTo('ann@example.com', { occurredAt: '' });
			const { outputs } = await analyse([{ email: 'ann@example.com', text: 'Sounds great, I am interested. Please send me an offer.' }]);
			expect(outputs[0][0].json.outcome).toMatchObject({ event: 'replied', label: 'positive_reply', weight: 3, attributed: 'contact', recorded: true });
			const { reward } = OutcomeSchema.parse(outputs[0][0].json.outcome);
			expect(reward).toBeGreaterThan(0);
			expect(reward).toBeLessThanOrEqual(0.3);
			expect((await analyse([{ email: 'ann@example.com', text: 'Sounds great, I am interested. Please send me an offer.' }])).outputs[0][0].json.outcome).toMatchObject({ recorded: false });
			expect(await store().outcomes.list('default', { events: ['replied'], limit: 9 })).toHaveLength(1);
		});

		it('takes a wish to stop for that, an absence notice for nothing, and records neither for nobody', async () => {
			const { outputs } = await analyse([{ email: 'bo@example.com', text: 'Please unsubscribe me and stop writing.' }, { email: 'cy@example.com', text: 'I am out of office until Monday. This is an automatic reply.' }, { text: 'How much is it?' }]);
			expect(outputs[0].map(({ json }) => OutcomeSchema.parse(json.outcome).label)).toEqual(['opt_out', 'automatic_reply', 'positive_reply']);
			expect(outputs[0][2].json.outcome).toMatchObject({ recorded: false, sentence: expect.stringContaining('names no message and no person') });
			expect(await store().outcomes.list('default', { events: ['replied'], limit: 9 })).toMatchObject([{ contactId: 'bo@example.com', label: 'opt_out', attributed: 'none' }]);
		});

		it('works without a store, with a hint, and needs a text', async () => {
			breakStore();
			const { outputs, hints } = await analyse([{ email: 'ann@example.com', text: 'Too expensive for us, sorry.' }]);
			expect(outputs[0][0].json.outcome).toMatchObject({ label: 'objection', weight: 1, recorded: false });
			expect(hints.join()).toContain('not put on record');
			await expect(analyse([{ email: 'ann@example.com' }])).rejects.toThrow(/no answer to analyse/);
		});

		it('is refined by a model where one is there, and stays by rules when it fails', async () => {
			model.answers({ intent: 'objection', asksToStop: false, sentiment: -0.5 });
			const text = 'Well, I suppose we shall see about that, then.';
			const refined = await analyse([{ email: 'ann@example.com', text }], { model: 'credential' }, model.credential());
			expect(refined.outputs[0][0].json.outcome).toMatchObject({ label: 'objection', sentiment: -0.5, reward: expect.closeTo(-0.075, 10) });
			model.fails({ status: 400 });
			const failed = await analyse([{ email: 'bo@example.com', text }], { model: 'credential' }, model.credential());
			expect(failed.outputs[0][0].json.outcome).toMatchObject({ sentence: expect.stringContaining('Read by rules, because') });
		});
	});

	it('finds what is on record, with the message it came of', async () => {
		await sentTo('ann@example.com', { occurredAt: '' });
		await runNode(node, [{ email: 'ann@example.com' }], { parameters: { operation: 'recordEvent', event: 'meeting_booked' } });
		const find = async (parameters: INodeParameters) => (await runNode(node, [{}], { parameters: { operation: 'find', ...parameters } })).outputs[0].map(({ json }) => OutcomeSchema.parse(json.outcome).event);
		expect((await find({})).sort()).toEqual(['meeting_booked', 'sent']);
		expect(await find({ filters: { events: ['meeting_booked'] }, contact: 'ann@example.com' })).toEqual(['meeting_booked']);
		expect(await find({ contact: 'nobody@example.com' })).toEqual([]);
		expect(await find({ limit: 1 })).toHaveLength(1);
	});

	it('shows performance by group, with what is too young left out and small numbers called that', async () => {
		const long = new Date(Date.now() - 40 * 86_400_000).toISOString();
		await sentTo('ann@example.com', { occurredAt: long });
		await sentTo('bo@example.com', { occurredAt: '', providerId: 'wamid.2' });
		const { outputs } = await runNode(node, [{}], { parameters: { operation: 'performance', by: 'channel', metric: 'meeting' } });
		expect(outputs[0].map(({ json }) => json.performance)).toMatchObject([{ by: 'channel', group: 'whatsapp', sent: 2, matured: 1, hits: 0, enough: false, sentence: expect.stringContaining('too few to judge by') }]);
		expect((await runNode(node, [{}], { parameters: { operation: 'performance', show: 'strategies' } })).outputs[0]).toEqual([]);
		await expect(runNode(node, [{}], { parameters: { operation: 'performance', days: 0 } })).rejects.toThrow(/'Days' must be more than 0/);
	});
});
