import { SANDBOX } from '../../../sandbox/standins';
import { waitFor } from '../../../sandbox/waitFor';
import { PATIENCE_MS, WORKSPACE, type World } from '../world';

/** What a colleague writes from the mailbox itself, in a mail program of their own. */
export function sentMail(world: () => World): void {
	it('takes mail in Sent for a takeover: nothing is sent in the thread until it is handed back', async () => {
		const lead = 'ruth.keller@haus.example';
		const subject = 'Fitted wardrobes';
		const texts = ['Hello, could you send me your price list for wardrobes, please?', 'Thank you. Does that price include the fitting?', 'And when could you start?'];
		const replies = ['Hello Ruth, thank you for asking. We are putting the price list together for you.', 'This must not be sent.', 'Thank you for your patience. We are looking at our calendar and will tell you when we can start.'];
		texts.forEach((text, at) => world().script(text, { score: 60, status: 'CONTACTED', reply: replies[at] }));
		const write = (at: number): string => world().standIns.mail.deliver({ from: lead, name: 'Ruth Keller', to: SANDBOX.mailUser, subject: at === 0 ? subject : `Re: ${subject}`, text: texts[at] });
		const received = (): string[] => world().received(lead).map(({ text }) => text.split('\n\n-- ')[0]);
		await world().store.accounts.upsert([{ workspace: WORKSPACE, channel: 'email', externalId: SANDBOX.mailUser, enabled: true }]);

		const first = write(0);
		const answered = await world().row(lead, 'sent');
		// Many servers file what leaves by SMTP in Sent as well: that is ours, not a colleague's.
		world().standIns.mail.fileSent({ from: SANDBOX.mailUser, to: lead, subject: `Re: ${subject}`, text: replies[0], messageId: `<${answered.id}@demo.example>`, inReplyTo: first });
		await world().laterLeadAnswered();
		expect((await world().contact(lead)).takenOverUntil).toBeUndefined();

		world().standIns.mail.fileSent({ from: SANDBOX.mailUser, name: 'Anna of Sales', to: lead, subject: `Re: ${subject}`, text: 'Dear Ruth, it is 2,400 euros. Kind regards, Anna', inReplyTo: first });
		const taken = await waitFor(async () => ((await world().contact(lead)).takenOverUntil === undefined ? undefined : await world().contact(lead)), { what: 'the takeover', timeoutMs: PATIENCE_MS });
		const [conversation] = await world().store.contacts.conversations(WORKSPACE, [taken.id]);
		expect(conversation.at(-1)).toMatchObject({ from: 'person', text: 'Dear Ruth, it is 2,400 euros. Kind regards, Anna' });

		write(1);
		await world().laterLeadAnswered();
		expect(received()).toEqual([replies[0]]);
		expect((await world().rows(lead)).filter(({ status }) => status === 'sent')).toHaveLength(1);

		await world().store.contacts.setTakeOver(WORKSPACE, [{ contactId: taken.id, until: null, by: 'anna@demo.example' }]);
		write(2);
		// Planned by itself again; the limit on messages to one person may let it leave some minutes later.
		const seen = async (): Promise<string[]> => (await world().rows(lead)).map(({ status, draft, sentence }) => `${status}: ${draft.text} (${sentence})`);
		await waitFor(async () => (await world().rows(lead)).some(({ status, draft }) => ['scheduled', 'sent'].includes(status) && draft.text === replies[2]), { what: 'an answer planned after the hand-back', timeoutMs: PATIENCE_MS }).catch(async (error: Error) => {
			throw new Error(`${error.message}; planned is ${(await seen()).join(' | ')}`);
		});
		expect(received()).not.toContain(replies[1]);
	});
}
