import type { InboundInput } from '../../../store/store';
import { WORKSPACE, type World } from '../world';

/** Repeats of a message, and several messages that are one. */
export function once(world: () => World): void {
	it('answers the same webhook once: twice delivered, and again after n8n was killed', async () => {
		const answered = { from: '+4915112345031', name: 'Karl Vogt', text: 'Haben Sie den Eichentisch noch auf Lager?', messageId: 'wamid.e2e-answered' };
		const takenIn = { from: '+4915112345032', name: 'Rosa Klein', text: 'Können Sie mir Ihren Katalog schicken?', messageId: 'wamid.e2e-taken-in' };
		world().script(answered.text, { score: 60, status: 'CONTACTED', reply: 'Vielen Dank für Ihre Nachricht. Wir prüfen den Bestand und melden uns gleich bei Ihnen.' });
		world().script(takenIn.text, { score: 40, status: 'CONTACTED', reply: 'Vielen Dank für Ihr Interesse. Wir schicken Ihnen den Katalog gern zu.' });
		await world().whatsApp({ ...answered, times: 2 });
		const sent = await world().row(answered.from, 'sent');
		// In mode off a message is recorded and left undecided, so the kill surely comes before this one's answer.
		await world().set({ mode: 'off' });
		await world().whatsApp({ ...takenIn, times: 2 });
		await world().contact(takenIn.from);

		await world().sandbox.n8n.kill();
		await world().set({ mode: 'auto' });
		await world().sandbox.n8n.restart();

		for (const lead of [answered, takenIn]) await world().whatsApp(lead);
		await world().row(takenIn.from, 'sent');
		await world().laterLeadAnswered();
		for (const { from, text } of [answered, takenIn]) {
			expect(world().received(from)).toHaveLength(1);
			expect(await world().rows(from)).toMatchObject([{ status: 'sent', attempts: 1, inboundIds: [expect.any(String)] }]);
			// One classification and one draft: nothing was paid for twice.
			expect(world().timesAsked(text)).toBe(2);
		}
		expect((await world().rows(answered.from))[0].id).toBe(sent.id);
	});

	it('answers three texts within five seconds with one reply to all of them', async () => {
		const from = '+447700900133';
		const texts = ['Hi', 'I need 20 chairs for our new office', 'How much is delivery to Leeds?'];
		const reply = 'Thank you for your message. We are preparing an offer for the chairs with delivery to Leeds.';
		// Only a prompt that holds the last text gets an answer, and the reply is to what all three say.
		world().script(texts[2], { score: 70, status: 'QUALIFIED', reply });
		const now = Date.now();
		for (const [place, text] of texts.entries()) await world().whatsApp({ from, name: 'Oliver Smith', text, messageId: `wamid.e2e-burst-${place}`, timestamp: now - 4_000 + 2_000 * place });
		const row = await world().row(from, 'sent');
		expect(row.inboundIds).toHaveLength(3);
		expect(await world().rows(from)).toHaveLength(1);
		expect(world().received(from).map(({ text }) => text)).toEqual([reply]);
		expect(world().timesAsked(texts[2])).toBe(2);
		const [conversation] = await world().store.contacts.conversations(WORKSPACE, [row.contactId]);
		expect(conversation.map(({ from: who, text }) => [who, text])).toEqual([...texts.map((text) => ['lead', text]), ['us', reply]]);
	});

	it('leaves an out-of-office mail without a reply', async () => {
		const from = 'm.jansen@buero.example';
		const messageId = '<away@buero.example>';
		const text = 'Ich bin bis Monat Ende nicht im Büro. Ihre Nachricht wird nicht weitergeleitet.';
		world().script(text, { score: 30, status: 'CONTACTED', reply: 'Diese Antwort darf es nicht geben.' });
		world().standIns.mail.deliver({ from, name: 'Maike Jansen', subject: 'Automatische Antwort: Ihr Angebot', text, headers: { 'Auto-Submitted': 'auto-replied' }, messageId });
		await world().contact(from);
		await world().laterLeadAnswered();
		expect(await world().rows(from)).toEqual([]);
		expect(world().received(from)).toEqual([]);
		// Settled, not forgotten: the same mail again is nothing new.
		const repeat: InboundInput['message'] = { channel: 'email', direction: 'inbound', source: 'channel', threadId: 'any', text, attachments: [], timestamp: new Date().toISOString(), providerId: messageId };
		expect(await world().store.messages.record(WORKSPACE, [{ message: repeat, contact: { email: from } }])).toMatchObject([{ repeat: 'decided' }]);
	});
}
