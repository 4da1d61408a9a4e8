import { waitFor } from '../../../sandbox/waitFor';
import type { OutcomeEvent } from '../../../engine/outcome/outcome';
import { epochMs, HOUR, later } from '../../../engine/time';
import { accepted, PATIENCE_MS, spineOf, WORKSPACE, type World } from '../world';
import { BY_HAND, PATHS } from './channels';

const SUMMARY = 'The lead asked about our furniture. Nothing is offered yet.';

/** All channels at once, as on a real day; then each is looked at by itself. */
export function perChannel(world: () => World): void {
	beforeAll(async () => {
		for (const path of PATHS) {
			const { text, score, status, reply } = path;
			world().script(text, { score, status, reply, confidence: 0.93, summary: SUMMARY });
			await path.write(world(), path);
		}
	});

	describe.each(PATHS)('$channel', (path) => {
		const { channel, address, messageId, text, language, score, stageId, intent, status, reply, below = '' } = path;

		it('brings the answer to the lead who wrote', async () => {
			const row = await world().row(address, 'sent');
			const received = world().received(address);
			expect(received).toHaveLength(1);
			expect(received[0]).toMatchObject({ direction: 'toLead', channel, text: `${reply}${below}`, providerId: row.providerId });
			path.sent?.(received[0], row.id);
		});

		it('keeps one row from draft to sent under one id', async () => {
			const row = await world().row(address, 'sent');
			expect(await world().rows(address)).toHaveLength(1);
			expect(row).toMatchObject({
				workspace: WORKSPACE,
				channel,
				to: address,
				purpose: 'reply',
				score,
				attempts: 1,
				draft: { text: reply, language, confidence: 0.93, usedFallback: false, modelId: 'sandbox-model', decision: { autoSend: true, threshold: 0.85, source: 'fixed', audited: false } },
				gate: { verdict: 'pass' },
			});
			expect(row.inboundIds).toHaveLength(1);
			expect(row.id).toBe(spineOf(row));
			expect(row.draft.id).toBe(row.id);
			const moves = await world().store.outbound.transitions(WORKSPACE, row.id);
			expect(moves.map(({ to, actor }) => `${to} by ${actor}`)).toEqual(['drafted by engine', 'scheduled by engine', 'claimed by dispatcher', 'sending by dispatcher', 'sent by dispatcher']);
			expect(row.sendAt).toBeLessThanOrEqual(row.sentAt ?? 0);
		});

		it('keeps what was read and decided with the contact', async () => {
			const { inboundIds } = await world().row(address, 'sent');
			const contact = await world().contact(address);
			expect(contact).toMatchObject({ score, status, summary: SUMMARY, pipelineId: 'default', stageId, stageSetBy: 'model', optOutChannels: [] });
			const [reading] = await world().store.messages.readings(WORKSPACE, inboundIds);
			expect(reading).toMatchObject({ language, needsAnswer: true, optOut: { wanted: false } });
			const activities = await world().store.pipelines.activities(WORKSPACE, contact.id, 10);
			expect(activities.find(({ kind }) => kind === 'classification')?.detail).toMatchObject({ messageId: inboundIds[0], classification: { score, status, intent, confidence: 0.93, usedFallback: false } });
			expect(activities.find(({ kind }) => kind === 'stage')?.detail).toMatchObject({ stageId, rule: 'score_range' });
			const [conversation] = await world().store.contacts.conversations(WORKSPACE, [contact.id]);
			expect(conversation.map(({ from, text: said }) => [from, said])).toEqual([['lead', text], ['us', reply]]);
		});

		it('counts the message against the limits once', async () => {
			const { contactId, sentAt } = await world().row(address, 'sent');
			const at = epochMs(sentAt ?? 0);
			// A reservation that is refused takes nothing, but is shown what is counted.
			const scopes = [`contact:${contactId}`, `contact:${contactId}:${channel}`].map((key) => ({ key, from: later(at, -HOUR), to: later(at, HOUR) }));
			const [{ decision }] = await world().store.limits.reserve(
				[{ workspace: WORKSPACE, idempotencyKey: `look at ${messageId}`, at, scopes, decide: (entries) => ({ allowed: false, counted: scopes.map(({ key }) => entries.get(key)?.length ?? 0) }) }],
				1_000,
			);
			expect(decision.counted).toEqual([1, 1]);
		});

		it('records what the provider reports on the same id', async () => {
			const { id } = await world().row(address, 'sent');
			const wanted: OutcomeEvent[] = ['sent', ...path.reported];
			const outcomes = await waitFor(
				async () => {
					const list = await world().store.outcomes.list(WORKSPACE, { outboundId: id, limit: 20 });
					return wanted.every((event) => list.some((outcome) => outcome.event === event)) ? list : undefined;
				},
				{ what: `${wanted.join(' and ')} on record for ${channel}`, timeoutMs: PATIENCE_MS },
			);
			expect(outcomes.map(({ event }) => event).sort()).toEqual(wanted.sort());
			expect(outcomes.every(({ attributed }) => attributed === 'id')).toBe(true);
		});
	});

	it('LinkedIn: the draft becomes a task for a person, and nothing is sent', async () => {
		const { handle, text, reply, score } = BY_HAND;
		world().script(text, { score, status: 'CONTACTED', reply, confidence: 0.93 });
		expect(await world().leadWebhook({ messageId: 'e2e-linkedin', name: 'Priya Nair', channel: 'linkedin', handle, text })).toMatchObject([{ result: 'recorded', channel: 'linkedin' }]);
		const row = await world().row(handle, 'in_review');
		expect(row).toMatchObject({ channel: 'linkedin', to: handle, score, draft: { text: reply, confidence: 0.93 }, gate: { verdict: 'pass' } });
		expect(row.id).toBe(spineOf(row));
		expect(await world().reviewsOf(row)).toMatchObject([{ kind: 'draft', outboundId: row.id }]);
		expect((await world().contact(handle)).stageId).toBe('qualified');
		expect(world().standIns.inbox.list().filter((message) => message.text === reply)).toEqual([]);
	});
	it('takes an echo of a colleague for a takeover, and an echo of our own answer for nothing', async () => {
		const { address, text } = PATHS[1];
		await world().standIns.settled();
		await world().laterLeadAnswered();
		for (const path of PATHS) expect((await world().contact(path.address)).takenOverUntil).toBeUndefined();
		accepted(await world().standIns.meta.pageEcho({ platform: 'messenger', to: address, text: 'Hello, this is Maria from the shop.' }));
		const taken = await waitFor(async () => (await world().contact(address)).takenOverUntil, { what: 'the takeover', timeoutMs: PATIENCE_MS });
		expect(Date.parse(taken)).toBeGreaterThan(Date.now() + 23 * HOUR);
		// Whatever the lead writes now is the colleague's to answer.
		accepted(await world().standIns.meta.inboundPage({ platform: 'messenger', from: address, text: 'Hello Maria, thank you!' }));
		await world().laterLeadAnswered();
		expect(await world().rows(address)).toHaveLength(1);
		expect(world().timesAsked(text)).toBe(2);
	});
}
