import { OutcomeTrack } from '../../nodes/OutcomeTrack/OutcomeTrack.node';
import { useEmbeddedStore } from './embeddedStore';
import { runNode } from './runNode';

const node = new OutcomeTrack();
const sentTo = async (email: string, options = {}) =>
	await runNode(node, [{ email, text: 'Hello' }], { parameters: { operation: 'recordSent', options: { channel: 'whatsapp', providerId: 'wamid.1', occurredAt: '2026-05-20T10:00:00Z', ...options } } });
const status = { id: 'wamid.1', status: 'delivered', timestamp: '1779271300', recipient_id: '49151' };

describe('Outcome Track', () => {
	const { store, breakStore } = useEmbeddedStore();

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
});
