import { PATIENCE_MS, WORKSPACE, type World } from '../world';
import { waitFor } from '../../../sandbox/waitFor';

/** A wish to be left alone outranks everything that was planned. */
export function optOut(world: () => World): void {
	it('an opt-out in German cancels the scheduled message and holds for later ones', async () => {
		const lead = { from: '+4915112345021', name: 'Petra Lang' };
		const first = 'Guten Tag, liefern Sie auch nach Kassel?';
		const second = 'Und welche Farben haben die Fronten?';
		const third = 'Haben Sie am Samstag geöffnet?';
		const reply = 'Guten Tag Frau Lang, vielen Dank für Ihre Nachricht. Ja, wir liefern auch nach Kassel.';
		for (const text of [first, second, third]) world().script(text, { score: 65, status: 'CONTACTED', reply });
		await world().whatsApp({ ...lead, text: first });
		await world().row(lead.from, 'sent');

		// A second answer within five minutes waits for the gap between two messages to one contact.
		await world().whatsApp({ ...lead, text: second });
		const planned = await world().row(lead.from, 'scheduled');
		expect(planned.sendAt ?? 0).toBeGreaterThan(Date.now() + 60_000);

		await world().whatsApp({ ...lead, text: 'Bitte keine weiteren Nachrichten' });
		const cancelled = await world().row(lead.from, 'cancelled');
		expect(cancelled.id).toBe(planned.id);
		const moves = await world().store.outbound.transitions(WORKSPACE, planned.id);
		expect(moves.at(-1)).toMatchObject({ from: 'scheduled', to: 'cancelled', reason: expect.stringMatching(/opt/i) });
		const contact = await world().contact(lead.from);
		expect(contact.optOutChannels).toContain('whatsapp');
		expect(await world().store.suppressions.check(WORKSPACE, [{ channel: 'whatsapp', address: lead.from }])).toEqual([expect.any(String)]);
		const proof = await waitFor(
			async () => (await world().store.pipelines.activities(WORKSPACE, contact.id, 20)).find(({ kind }) => kind === 'opt_out'),
			{ what: 'the proof of the opt-out', timeoutMs: PATIENCE_MS },
		);
		expect(proof.detail).toMatchObject({ channel: 'whatsapp' });

		await world().whatsApp({ ...lead, text: third });
		const blocked = await world().row(lead.from, 'blocked');
		expect(blocked.gate).toMatchObject({ verdict: 'block' });
		await world().laterLeadAnswered();
		expect(world().received(lead.from).map(({ text }) => text)).toEqual([reply]);
		expect((await world().rows(lead.from)).map(({ status }) => status)).toEqual(['blocked', 'cancelled', 'sent']);
	});
}
