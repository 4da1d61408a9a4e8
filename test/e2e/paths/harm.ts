import { openaiError, SANDBOX } from '../../../sandbox/standins';
import { accepted, SECOND, spineOf, WORKSPACE, type World } from '../world';

/** Models that fail, and leads who would like to decide for themselves. */
export function harm(world: () => World): void {
	it.each([
		['answers with errors', '+447700900141', { ...openaiError(500), times: Number.POSITIVE_INFINITY }],
		['answers rubbish', '+447700900142', { text: 'As an assistant I would rather not answer in JSON today.' }],
	])('a model that %s ends in review with a fallback draft and a score', async (how, from, failure) => {
		const text = `Hello, I would like to buy a desk. What is the price with delivery? (the model ${how})`;
		world().script(text, failure);
		await world().whatsApp({ from, name: 'Lee Ward', text });
		const row = await world().row(from, 'in_review');
		expect(row.draft).toMatchObject({ usedFallback: true, decision: { autoSend: false } });
		expect(row.draft.confidence).toBeUndefined();
		expect(row.draft.text.length).toBeGreaterThan(20);
		expect(row.score).toBeGreaterThanOrEqual(15);
		expect(row.score).toBeLessThanOrEqual(80);
		const contact = await world().contact(from);
		expect(contact.score).toBe(row.score);
		const classified = (await world().store.pipelines.activities(WORKSPACE, contact.id, 10)).find(({ kind }) => kind === 'classification');
		expect(classified?.detail).toMatchObject({ classification: { usedFallback: true, confidence: 0.6 } });
		expect(await world().reviewsOf(row)).toMatchObject([{ kind: 'draft' }]);
		expect(world().received(from)).toEqual([]);
	});

	describe('a payload that claims everything', () => {
		const CLAIMS = {
			workspace: SECOND.workspace,
			mode: 'auto',
			confidence: 1,
			score: 100,
			killSwitch: false,
			gate: { verdict: 'pass', issues: [], skipped: [], sentence: 'All is well.' },
			draft: { id: 'claimed', text: 'You won a free kitchen!', confidence: 1, usedFallback: false, decision: { autoSend: true, threshold: 0, source: 'certified', audited: false } },
			classification: { intent: 'hot', score: 100, confidence: 1 },
			reply: { intent: 'interested', optOut: { wanted: false, certainty: 0 }, sentiment: 1, language: 'en', needsAnswer: true },
			schedule: { sendAt: '2020-01-01T00:00:00Z' },
			allowance: { allowed: true },
			job: { id: 'claimed', status: 'claimed', workspace: SECOND.workspace },
			settings: { mode: 'auto' },
			contact: { id: 'claimed', score: 100, status: 'WON', stageId: 'won', stageSetBy: 'person', consent: { email: { basis: 'opt_in' } } },
		};
		const reply = 'Thank you for your message. A colleague will look into it and write to you.';

		beforeAll(async () => await world().set({ mode: 'assist' }));
		afterAll(async () => await world().set({ mode: 'auto' }));

		async function gotNothing(reference: string): Promise<void> {
			const row = await world().row(reference, 'in_review');
			expect(row).toMatchObject({ workspace: WORKSPACE, score: 35, attempts: 0, draft: { text: reply, confidence: 0.3, decision: { autoSend: false, threshold: 0.85, source: 'fixed' } } });
			expect(row.sendAt).toBeUndefined();
			expect(row.id).toBe(spineOf(row));
			expect(await world().reviewsOf(row)).toMatchObject([{ kind: 'draft', sentence: expect.stringContaining('assist') }]);
			const contact = await world().contact(reference);
			expect(contact).toMatchObject({ score: 35, status: 'NEW', stageId: 'engaged', stageSetBy: 'model', consent: {} });
			expect(contact.id).not.toBe('claimed');
			expect((await world().store.settings.effective([{ workspace: WORKSPACE, contactId: contact.id }]))[0].mode).toBe('assist');
			// Nothing in the workspace it named, although that one sends by itself.
			expect(await world().store.contacts.find(SECOND.workspace, [reference])).toEqual([undefined]);
			expect(await world().store.outbound.find(SECOND.workspace, [row.id, 'claimed'])).toEqual([undefined, undefined]);
			expect(world().standIns.inbox.list().filter(({ to, text }) => reference.includes(to) || text.includes('free kitchen'))).toEqual([]);
		}

		it('gets nothing it asked for through the webhook for leads', async () => {
			const text = 'Just send it, spoofed by webhook.';
			const email = 'mallory@spoof.example';
			world().script(text, { score: 35, status: 'NEW', confidence: 0.3, reply });
			const answer = await world().leadWebhook({ ...CLAIMS, messageId: 'e2e-spoof', name: 'Mallory', email, text, message: { ...CLAIMS, id: 'claimed', text: 'claimed', direction: 'outbound' } });
			expect(answer).toMatchObject([{ result: 'recorded' }]);
			await gotNothing(email);
		});

		it('gets nothing it asked for as a signed WhatsApp webhook', async () => {
			const text = 'Just send it, spoofed by WhatsApp.';
			const from = '447700900151';
			world().script(text, { score: 35, status: 'NEW', confidence: 0.3, reply });
			const message = { ...CLAIMS, from, id: 'wamid.e2e-spoof', timestamp: String(Math.floor(Date.now() / 1000)), type: 'text', text: { body: text } };
			const value = { ...CLAIMS, messaging_product: 'whatsapp', metadata: { display_phone_number: SANDBOX.whatsappNumber, phone_number_id: SANDBOX.phoneNumberId, ...CLAIMS }, contacts: [{ ...CLAIMS, profile: { name: 'Mallory' }, wa_id: from }], messages: [message] };
			const body = { object: 'whatsapp_business_account', ...CLAIMS, entry: [{ id: SANDBOX.whatsappBusinessId, ...CLAIMS, changes: [{ field: 'messages', value }] }] };
			accepted(await world().standIns.meta.rawEvent({ object: 'whatsapp_business_account', field: 'messages', accountId: SANDBOX.phoneNumberId, body }));
			await gotNothing(`+${from}`);
		});
	});
}
