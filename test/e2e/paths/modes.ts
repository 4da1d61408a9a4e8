import { PATIENCE_MS, SECOND, type World } from '../world';
import { waitFor } from '../../../sandbox/waitFor';

const { workspace, phoneNumberId } = SECOND;

/** What each mode lets happen, in the workspace of the second WhatsApp number; the first one goes on by itself all the while. */
export function modes(world: () => World): void {
	const reply = 'Thank you for your message. A colleague will look into it and write to you shortly.';
	const lead = (place: number) => ({ from: `+44770090016${place}`, name: 'Sam Reed', text: `Could you tell me more about the shelves, please? Question ${place}.`, phoneNumberId });
	const writes = async (place: number): Promise<string> => {
		world().script(lead(place).text, { score: 62, status: 'CONTACTED', reply });
		await world().whatsApp(lead(place));
		return lead(place).from;
	};
	afterEach(async () => await world().set({ mode: 'auto', killSwitch: false, replyDelaySeconds: 0 }, workspace));

	it('auto: an account sends for the workspace it belongs to', async () => {
		const from = await writes(1);
		const row = await world().row(from, 'sent', workspace);
		expect(row).toMatchObject({ workspace, accountId: phoneNumberId });
		expect(world().received(from)).toMatchObject([{ from: phoneNumberId, text: reply, correlationId: row.id }]);
		expect(await world().rows(from)).toEqual([]);
		const outcomes = await waitFor(
			async () => {
				const list = await world().store.outcomes.list(workspace, { outboundId: row.id, limit: 20 });
				return list.some(({ event }) => event === 'delivered') ? list : undefined;
			},
			{ what: 'the receipt in the workspace of the account', timeoutMs: PATIENCE_MS },
		);
		expect(outcomes.map(({ event }) => event).sort()).toEqual(['delivered', 'sent']);
	});

	it('assist: every draft waits for a person', async () => {
		await world().set({ mode: 'assist' }, workspace);
		const from = await writes(2);
		const row = await world().row(from, 'in_review', workspace);
		expect(row.draft).toMatchObject({ text: reply, confidence: 0.95, decision: { autoSend: true } });
		expect(await world().reviewsOf(row)).toMatchObject([{ kind: 'draft', sentence: expect.stringContaining('assist') }]);
		expect(world().received(from)).toEqual([]);
	});

	it('off: nothing is decided until it is switched on again', async () => {
		await world().set({ mode: 'off' }, workspace);
		const from = await writes(3);
		const contact = await world().contact(from, workspace);
		await world().laterLeadAnswered();
		expect(world().timesAsked(lead(3).text)).toBe(0);
		expect(await world().rows(from, workspace)).toEqual([]);
		expect(await world().store.pipelines.activities(workspace, contact.id, 10)).toEqual([]);
		await world().set({ mode: 'auto' }, workspace);
		await world().row(from, 'sent', workspace);
		expect(world().received(from)).toHaveLength(1);
	});

	it('shadow: decides everything, tells what it would have done, and does nothing', async () => {
		await world().set({ mode: 'shadow' }, workspace);
		const from = await writes(4);
		const row = await world().row(from, 'cancelled', workspace);
		expect(row.sentence).toMatch(/^Shadow mode: would have been sent at /);
		expect(row).toMatchObject({ score: 62, draft: { text: reply }, gate: { verdict: 'pass' } });
		expect(await world().reviewsOf(row)).toEqual([]);
		expect(world().received(from)).toEqual([]);
		expect(world().timesAsked(lead(4).text)).toBe(2);
	});

	it('kill switch: stops what is decided now, and what was scheduled before', async () => {
		await world().set({ replyDelaySeconds: 10 }, workspace);
		const planned = await writes(5);
		const row = await world().row(planned, 'scheduled', workspace);
		await world().set({ killSwitch: true }, workspace);
		const held = await world().row(planned, 'in_review', workspace);
		expect(held).toMatchObject({ id: row.id, sentence: expect.stringContaining('kill switch') });
		const from = await writes(6);
		const stopped = await world().row(from, 'blocked', workspace);
		expect(stopped.sentence).toMatch(/kill switch/);
		await world().laterLeadAnswered();
		expect([...world().received(planned), ...world().received(from)]).toEqual([]);
	});
}
