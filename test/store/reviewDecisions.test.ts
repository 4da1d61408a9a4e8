import type { ReviewAction } from '../../engine/message/reviewAction';
import { settleReview } from '../../engine/message/settleReview';
import { decideReview as askAPerson, decideRoute } from '../../engine/message/route';
import { draftId } from '../../engine/message/spine';
import { DAY, HOUR, iso, later, MINUTE } from '../../engine/time';
import { DEFAULT_PIPELINE } from '../../engine/pipeline/defaultPipeline';
import type { DecideReviewRequest, ReviewItem, Store } from '../../store/store';
import { CLAIM, DIALECTS, draftOf, dueJob, inbound, newDraft, openTestStore, PASS, query, START, stopServers, type TestStore } from './fixtures';
import { brokenInvariants } from './invariants';

afterAll(stopServers);
jest.setTimeout(60_000);

describe.each(DIALECTS)('a person decides (%s)', (dialect) => {
	let test: TestStore;
	let store: Store;
	beforeEach(async () => {
		test = await openTestStore(dialect);
		({ store } = test);
	});
	afterEach(async () => {
		// Which reservations a row holds is not what these are about.
		expect((await brokenInvariants(test.place.config)).filter(({ rule }) => !rule.includes('reservation'))).toEqual([]);
		await test.close();
	});

	/** Anna has asked on WhatsApp, and the draft of the answer waits for a person. */
	async function waiting({ text = 'It is 20 euros.', thread = 'thread-1', gate = PASS }: { text?: string; thread?: string; gate?: typeof PASS } = {}): Promise<{ id: string; contactId: string; item: ReviewItem }> {
		const [{ message, contact }] = await store.messages.record('acme', [inbound({ threadId: thread, providerId: `in-${thread}-${text}`, timestamp: iso(test.clock.time) })]);
		const id = draftId('acme', message.id, contact.id);
		const draft = newDraft({ id, contactId: contact.id, threadId: thread, inboundIds: [message.id], draft: { ...draftOf(id, text), decision: { autoSend: false, threshold: 0.85, source: 'fixed', audited: false }, facts: ['It costs 20 euros.'], confidence: 0.5, rawConfidence: 0.4, modelId: 'm', promptVersion: 'p' } });
		await store.outbound.saveDrafts([draft]);
		await store.outbound.recordGates('acme', [{ draftId: id, gate }]);
		await store.outbound.plan([{ workspace: 'acme', draftId: id }], decideRoute);
		return { id, contactId: contact.id, item: await theReview(id) };
	}
	async function theReview(id: string): Promise<ReviewItem> {
		const { items } = await store.reviews.search({ workspaces: ['acme'], limit: 50 });
		const item = items.find(({ review }) => review.outboundId === id || review.messageId === id || review.contactId === id);
		if (!item) throw new Error('no review');
		return item;
	}
	const decide = async (item: ReviewItem, action: ReviewAction, more: Partial<DecideReviewRequest> = {}) =>
		await store.reviews.decide({ workspace: 'acme', reviewId: item.review.id, by: 'eva@acme.example', action, shownHash: item.draftHash, ...more }, settleReview);
	const stands = async (id: string) => (await store.outbound.find('acme', [id]))[0];
	const claim = async () => await store.outbound.claimDue(CLAIM, decideRoute);

	it('approves: the job is due with the decision, is claimed once, and the approval is on record', async () => {
		const { id, item } = await waiting();
		test.clock.advance(42_000);
		expect(await decide(item, { action: 'approve' }, { shownAt: later(START, 30_000) })).toMatchObject({
			result: 'decided',
			sentence: 'Approved by eva@acme.example. Will be sent at 2026-03-02 12:00 UTC.',
			review: { decision: 'approved', reviewer: 'eva@acme.example', secondsToDecide: 12, editDistance: 0, resolution: 'approve' },
			row: { status: 'scheduled', sendAt: later(START, 42_000) },
		});
		expect(await claim()).toMatchObject({ claimed: [{ id, draft: { text: 'It is 20 euros.' } }], moved: [] });
		expect((await store.outbound.transitions('acme', id)).map(({ to, actor }) => [to, actor])).toEqual([['drafted', 'engine'], ['in_review', 'engine'], ['scheduled', 'person'], ['claimed', 'dispatcher']]);
		expect(await store.reviews.judgedDrafts('acme', 9)).toMatchObject([{ draftId: id, decision: 'approved', editDistance: 0 }]);
	});

	it('sends the edited text, and keeps both texts as a pair with distance and seconds', async () => {
		const { id, contactId, item } = await waiting({ text: 'It is 20 euros.' });
		test.clock.advance(9_000);
		expect(await decide(item, { action: 'edit', text: 'It is 20 euros, Anna.' })).toMatchObject({ result: 'decided', review: { decision: 'edited', editedText: 'It is 20 euros, Anna.', secondsToDecide: 9 } });
		const { claimed } = await claim();
		expect(claimed).toMatchObject([{ id, draft: { text: 'It is 20 euros, Anna.' } }]);
		await store.outbound.beginSend('acme', [id], decideRoute);
		await store.outbound.markSent([{ workspace: 'acme', id, providerId: 'p1' }]);
		expect((await store.contacts.conversations('acme', [contactId]))[0].map(({ from, text }) => [from, text])).toEqual([['lead', 'How much is it?'], ['us', 'It is 20 euros, Anna.']]);
		// Six characters are new, of 21.
		expect(await store.reviews.preferencePairs('acme', { limit: 9 })).toMatchObject([{ draftId: id, rejected: { text: 'It is 20 euros.' }, preferred: { text: 'It is 20 euros, Anna.' }, editDistance: 6 / 21, secondsToDecide: 9, reviewer: 'eva@acme.example', modelId: 'm', promptVersion: 'p', language: 'en', channel: 'whatsapp' }]);
		expect(await store.reviews.details('acme', item.review.id)).toMatchObject({ original: { text: 'It is 20 euros.' }, row: { draft: { text: 'It is 20 euros, Anna.' } } });
	});

	it('what the edited text is told by the gate does not change what was learnt of the draft', async () => {
		const { item } = await waiting({ gate: { verdict: 'review', issues: [{ check: 'facts', severity: 'review', reason: 'A price nobody knows.' }], skipped: [], sentence: 'x' } });
		expect((await decide(item, { action: 'edit', text: 'Let me ask.' })).result).toBe('decided');
		expect(await store.reviews.judgedDrafts('acme', 9)).toMatchObject([{ decision: 'edited', gateIssues: [{ check: 'facts', severity: 'review' }] }]);
	});

	it('refuses an edited text the gate blocks, by the rules the draft was checked by, and keeps the review open', async () => {
		const { id, item } = await waiting({ gate: { ...PASS, rules: { words: ['cheapest'] } } });
		expect(await decide(item, { action: 'edit', text: 'We are the Cheapest.' })).toMatchObject({ result: 'refused', sentence: "Not approved: the quality gate blocked your text ('cheapest' is on your list of words)." });
		expect(await stands(id)).toMatchObject({ status: 'in_review', draft: { text: 'It is 20 euros.' }, gate: { verdict: 'pass' } });
		expect((await theReview(id)).review.id).toBe(item.review.id);
	});

	it('asks for a confirmation of objections, which counts for that very text only', async () => {
		const { id, item } = await waiting();
		const asked = await decide(item, { action: 'edit', text: 'Guaranteed: 100% risk-free!' });
		expect(asked).toMatchObject({ result: 'refused', confirm: { issues: [{ check: 'compliance' }, { check: 'compliance' }, { check: 'facts' }] } });
		expect(await decide(item, { action: 'edit', text: 'Guaranteed: 100% risk-free, really!', confirmed: asked.confirm?.token })).toMatchObject({ result: 'refused' });
		expect((await stands(id))?.status).toBe('in_review');
		expect(await decide(item, { action: 'edit', text: 'Guaranteed: 100% risk-free!', confirmed: asked.confirm?.token })).toMatchObject({ result: 'decided', row: { gate: { verdict: 'review' } } });
		expect((await claim()).claimed).toHaveLength(1);
	});

	it('an unchanged text is an approval, an empty one is refused', async () => {
		const first = await waiting();
		expect(await decide(first.item, { action: 'edit', text: '   ' })).toMatchObject({ result: 'refused' });
		expect(await decide(first.item, { action: 'edit', text: 'It is 20 euros. ' })).toMatchObject({ result: 'decided', review: { decision: 'approved', editDistance: 0 } });
		expect(await store.reviews.preferencePairs('acme', { limit: 9 })).toEqual([]);
	});

	it('what the gate finds while a draft is shown makes the page stale; finding the same again does not', async () => {
		const { id, item } = await waiting();
		await store.outbound.recordGates('acme', [{ draftId: id, gate: PASS }]);
		expect((await theReview(id)).draftHash).toBe(item.draftHash);
		const issues = [{ check: 'facts', severity: 'review' as const, reason: 'The price stands in no fact' }];
		const gate = { ...PASS, verdict: 'review' as const, issues, sentence: 'The price stands in no fact.' };
		await store.outbound.recordGates('acme', [{ draftId: id, gate }]);
		expect(await decide(item, { action: 'approve' })).toMatchObject({ result: 'stale' });
		const again = await theReview(id);
		await store.outbound.recordGates('acme', [{ draftId: id, gate }]);
		expect(await decide(again, { action: 'approve' })).toMatchObject({ result: 'decided' });
	});

	it('a stale tab cannot send an old text, nor one that does not say what it showed', async () => {
		const { id, item } = await waiting();
		await store.outbound.cancel('acme', [id], 'Stopped.', 'person');
		expect(await decide(item, { action: 'approve' })).toMatchObject({ result: 'already_decided', sentence: 'Already closed at 2026-03-02 12:00 UTC: Stopped.' });
		const other = await waiting({ thread: 'thread-2', text: 'Yes.' });
		expect(await decide(other.item, { action: 'approve' }, { shownHash: item.draftHash })).toMatchObject({ result: 'stale' });
		expect(await decide(other.item, { action: 'approve' }, { shownHash: undefined })).toMatchObject({ result: 'stale' });
		expect((await stands(other.id))?.status).toBe('in_review');
	});

	it('of two reviewers the second is told who was first, and nothing goes twice', async () => {
		const { item } = await waiting();
		const [eva, max] = await Promise.all([decide(item, { action: 'approve' }), decide(item, { action: 'edit', text: 'Other.' }, { by: 'max@acme.example' })]);
		const [first, second] = eva.result === 'decided' ? [eva, max] : [max, eva];
		expect(first.result).toBe('decided');
		expect(second).toMatchObject({ result: 'already_decided', sentence: `Already decided by ${first.review?.reviewer} at 2026-03-02 12:00 UTC: ${first.sentence}` });
		const { claimed } = await claim();
		expect(claimed).toHaveLength(1);
		expect((await claim()).claimed).toHaveLength(0);
	});

	it('rejects with the reason, and nothing leaves', async () => {
		const { id, item } = await waiting();
		expect(await decide(item, { action: 'reject', reason: 'Wrong price.' })).toMatchObject({ result: 'decided', sentence: 'Rejected by eva@acme.example: Wrong price.', review: { decision: 'rejected', reason: 'Wrong price.' }, row: { status: 'cancelled' } });
		test.clock.advance(DAY);
		expect((await claim()).claimed).toEqual([]);
		expect((await stands(id))?.sentence).toBe('Rejected by eva@acme.example: Wrong price.');
	});

	it('reassigns, and the review stays open for its new reader', async () => {
		const { id, item } = await waiting();
		expect(await decide(item, { action: 'reassign', to: 'max@acme.example' })).toMatchObject({ result: 'reassigned', review: { assignee: 'max@acme.example' } });
		expect((await store.reviews.search({ workspaces: ['acme'], assignee: 'max@acme.example', limit: 9 })).items).toHaveLength(1);
		expect((await store.reviews.search({ workspaces: ['acme'], assignee: null, limit: 9 })).items).toHaveLength(0);
		expect(await store.reviews.assign('acme', [item.review.id], null)).toBe(1);
		expect((await theReview(id)).review.assignee).toBeUndefined();
	});

	it('takes over: the draft is dropped, the next one waits, the holder alone may approve it, until it is handed back', async () => {
		const { id, contactId, item } = await waiting();
		expect(await decide(item, { action: 'take_over', hours: 2 })).toMatchObject({ result: 'decided', row: { status: 'cancelled' }, review: { resolution: 'take_over' } });
		expect((await theContact(contactId))).toMatchObject({ takenOverBy: 'eva@acme.example', takenOverUntil: iso(later(START, 2 * HOUR)) });
		expect(await store.reviews.judgedDrafts('acme', 9)).toEqual([]);
		test.clock.advance(MINUTE);
		const next = await waiting({ text: 'Again.' });
		expect(await decide(next.item, { action: 'approve' }, { by: 'max@acme.example' })).toMatchObject({ result: 'refused', sentence: 'Not approved: eva@acme.example has taken the conversation over until 2026-03-02 14:00 UTC; hand it back first.' });
		expect(await decide(next.item, { action: 'approve' })).toMatchObject({ result: 'decided' });
		expect((await claim()).claimed).toMatchObject([{ id: next.id }]);
		expect(id).not.toBe(next.id);
	});
	const theContact = async (id: string) => (await store.contacts.find('acme', [id]))[0];

	it('opts out: nothing of the contact leaves any more', async () => {
		const { contactId, item } = await waiting();
		const other = await dueJob(store, { contactId, threadId: 'other' });
		expect(await decide(item, { action: 'opt_out', allChannels: false })).toMatchObject({ result: 'decided', row: { status: 'cancelled', sentence: 'Cancelled: opted out of whatsapp.' } });
		expect((await stands(other))?.status).toBe('cancelled');
		expect((await theContact(contactId))?.optOutChannels).toEqual(['whatsapp']);
	});

	it.each([
		['an opt-out', async (contactId: string) => await store.suppressions.optOut([{ workspace: 'acme', contactId, channel: 'whatsapp', allChannels: false, reason: 'asked', actor: 'engine' }]), 'cancelled'],
		['a takeover', async (contactId: string) => await store.contacts.setTakeOver('acme', [{ contactId, until: later(START, DAY), by: 'max@acme.example' }]), 'cancelled'],
		['mode off', async () => await store.settings.set('acme', { kind: 'workspace' }, { mode: 'off' }, 'eva'), 'cancelled'],
		['the kill switch', async () => await store.settings.set('acme', { kind: 'workspace' }, { killSwitch: true }, 'eva'), 'in_review'],
	] as const)('%s after an approval stops it, before the claim and between the claim and Begin Send', async (_what, stop, status) => {
		for (const [at, late] of [false, true].entries()) {
			if (at > 0) await store.contacts.setTakeOver('acme', [{ contactId: (await waitingContact()), until: null, by: 'max' }]);
			if (at > 0) await store.suppressions.optIn('acme', [{ contactId: await waitingContact(), channel: 'whatsapp', actor: 'eva', reason: 'asked' }]);
			await store.settings.set('acme', { kind: 'workspace' }, { mode: 'assist', killSwitch: false }, 'eva');
			const { id, contactId, item } = await waiting({ thread: `t${at}`, text: `Answer ${at}.` });
			expect(await decide(item, { action: 'approve' })).toMatchObject({ result: 'decided' });
			test.clock.advance(1_000);
			if (late) expect((await claim()).claimed).toMatchObject([{ id }]);
			await stop(contactId);
			if (late) expect(await store.outbound.beginSend('acme', [id], decideRoute)).toMatchObject([{ ok: false }]);
			else expect((await claim()).claimed).toEqual([]);
			expect((await stands(id))?.status).toBe(status);
		}
	});
	const waitingContact = async (): Promise<string> => (await store.contacts.find('acme', ['+49 151 1234567']))[0]?.id ?? '';

	it.each([
		['opted out', async (contactId: string) => await store.suppressions.optOut([{ workspace: 'acme', contactId, channel: 'email', allChannels: false, reason: 'asked', actor: 'engine' }]), undefined],
		['the kill switch is on', async () => await store.settings.set('acme', { kind: 'workspace' }, { killSwitch: true }, 'eva'), 'Not approved: the kill switch is on, nothing is sent.'],
		['the mode is off', async () => await store.settings.set('acme', { kind: 'workspace' }, { mode: 'off' }, 'eva'), 'Not approved: the mode is off.'],
		['the window has closed', async () => test.clock.advance(DAY + 1), 'Not approved: the 24-hour window on whatsapp closed at 2026-03-03 12:00 UTC, so an approved template is needed.'],
		['a newer message came', async () => void (await store.messages.record('acme', [inbound({ providerId: 'newer', text: 'Hello?' })])), 'Not approved: a newer message arrived in the conversation; the answer to that one replaces this draft.'],
	] as const)('checks again when it approves: %s', async (_what, happens, sentence) => {
		const { id, contactId, item } = await waiting();
		await happens(contactId);
		const decided = await decide(item, { action: 'approve' });
		expect(decided).toMatchObject(sentence === undefined ? { result: 'decided' } : { result: 'refused', sentence });
		expect((await stands(id))?.status).toBe(sentence === undefined ? 'scheduled' : 'in_review');
	});

	it('an approved reply is still sent when its workflow comes back, in time for the window', async () => {
		const { id, item } = await waiting();
		await decide(item, { action: 'approve' });
		test.clock.advance(5 * HOUR);
		expect((await claim()).claimed).toMatchObject([{ id }]);
		// Killed after the claim: the lease runs out, and it is due again.
		test.clock.advance(10 * MINUTE);
		expect(await store.outbound.expireLeases()).toMatchObject({ returned: [id] });
		expect((await claim()).claimed).toMatchObject([{ id }]);
	});

	it('settles an uncertain send: found in the channel, tried again, or given up', async () => {
		const uncertain = async (): Promise<string> => {
			const id = await dueJob(store, { contactId: 'c', threadId: `t-${Math.random()}`, channel: 'email', to: 'a@b.example' });
			await store.settings.set('acme', { kind: 'workspace' }, { mode: 'auto' }, 'eva');
			await store.outbound.recordGates('acme', [{ draftId: id, gate: PASS }]);
			await store.outbound.claimDue(CLAIM, ({ row, now }) => ({ status: 'scheduled', sentence: 'x', sendAt: row.sendAt ?? now }));
			await store.outbound.beginSend('acme', [id]);
			await store.outbound.markFailed([{ workspace: 'acme', id, failure: { kind: 'unknown', message: 'timeout' } }]);
			return id;
		};
		const [sent, again, stopped] = [await uncertain(), await uncertain(), await uncertain()];
		expect(await decide(await theReview(sent), { action: 'was_sent' })).toMatchObject({ result: 'decided', row: { status: 'sent', sentAt: START } });
		expect(await decide(await theReview(again), { action: 'try_again' })).toMatchObject({ result: 'decided', row: { status: 'scheduled' } });
		expect(await decide(await theReview(stopped), { action: 'stop' })).toMatchObject({ result: 'decided', row: { status: 'cancelled' } });
		expect(await decide({ ...(await waiting()).item }, { action: 'was_sent' })).toMatchObject({ result: 'refused', sentence: "'was sent' cannot be done with a draft." });
		expect((await store.outcomes.list('acme', { outboundId: sent, limit: 9 })).map(({ event }) => event)).toEqual(['sent']);
	});

	it('settles a doubtful opt-out: the reading, the label and the opt-out are one', async () => {
		const doubtful = async (at: number) => {
			const [{ message, contact }] = await store.messages.record('acme', [inbound({ threadId: `t${at}`, providerId: `d${at}`, text: 'maybe leave it', contact: { phone: `+49151000000${at}` } })]);
			await store.messages.saveReadings('acme', [{ messageId: message.id, reply: { intent: 'not_now', optOut: { wanted: true, certainty: 0.5 }, sentiment: 0, language: 'en', needsAnswer: true } }]);
			await store.reviews.open([{ workspace: 'acme', kind: 'uncertain_opt_out', messageId: message.id, contactId: contact.id, channel: 'whatsapp', sentence: 'Perhaps.', dueAt: later(START, DAY) }]);
			return { message, contact, item: await theReview(message.id) };
		};
		const [yes, no, all] = [await doubtful(1), await doubtful(2), await doubtful(3)];
		expect(await decide(yes.item, { action: 'is_opt_out', allChannels: false })).toMatchObject({ result: 'decided', review: { decision: 'approved' } });
		expect(await decide(no.item, { action: 'no_opt_out' })).toMatchObject({ result: 'decided', review: { decision: 'rejected' } });
		expect(await decide(all.item, { action: 'is_opt_out', allChannels: true })).toMatchObject({ result: 'decided' });
		expect((await store.contacts.find('acme', [yes.contact.id, no.contact.id, all.contact.id])).map((contact) => contact?.optOutChannels.length)).toEqual([1, 0, 6]);
		expect((await store.messages.readings('acme', [yes.message.id, no.message.id])).map((reply) => [reply?.intent, reply?.optOut.wanted])).toEqual([['opt_out', true], ['not_now', false]]);
		expect(await store.labels.list('acme', { contactIds: [yes.contact.id], limit: 9 })).toMatchObject([{ field: 'reply_intent', from: 'not_now', to: 'opt_out', actor: 'eva@acme.example' }]);
	});

	it('agrees to a stage, or chooses another, as a label to learn from; not when the contact has moved on', async () => {
		const [lea, tom] = await store.contacts.upsert('acme', [{ id: 'lea' }, { id: 'tom' }]);
		const propose = async (contactId: string) => {
			await store.reviews.open([{ workspace: 'acme', kind: 'stage', contactId, proposal: { pipelineId: DEFAULT_PIPELINE.id, stageId: 'qualified' }, sentence: 'Low confidence.', dueAt: later(START, DAY) }]);
			return await theReview(contactId);
		};
		expect(await decide(await propose(lea.id), { action: 'approve' })).toMatchObject({ result: 'decided', sentence: 'Put into stage Qualified by eva@acme.example.', review: { decision: 'approved' } });
		expect(await decide(await propose(lea.id), { action: 'approve' })).toMatchObject({ result: 'refused', sentence: 'Not moved: the contact stands in another stage than when this was proposed. Choose the stage.' });
		expect(await decide(await theReview(lea.id), { action: 'dismiss' })).toMatchObject({ result: 'decided', review: { decision: 'rejected' } });
		expect(await decide(await propose(tom.id), { action: 'set_stage', stageId: 'lost' })).toMatchObject({ result: 'decided', review: { decision: 'edited' } });
		expect((await store.contacts.find('acme', ['lea', 'tom'])).map((contact) => [contact?.stageId, contact?.stageSetBy, contact?.status])).toEqual([['qualified', 'person', undefined], ['lost', 'person', 'LOST']]);
		expect((await store.labels.list('acme', { contactIds: ['lea'], limit: 9 })).map(({ field, to }) => [field, to])).toEqual([['stage', 'qualified']]);
	});

	it('knows nothing of other workspaces', async () => {
		const { item } = await waiting();
		expect(await decide(item, { action: 'approve' }, { workspace: 'globex' })).toMatchObject({ result: 'unknown' });
		expect(await store.reviews.details('globex', item.review.id)).toBeUndefined();
		expect(await store.reviews.assign('globex', [item.review.id], 'x')).toBe(0);
		expect(await store.messages.list('globex', item.contact?.id ?? '', { limit: 9 })).toEqual({ messages: [] });
	});

	it('a draft that somebody wanted read although the gate blocks it leaves only with another text', async () => {
		const block = { verdict: 'block' as const, issues: [{ check: 'pii', severity: 'block' as const, reason: 'A card number.' }], skipped: [], sentence: 'x' };
		const id = 'blocked';
		await store.messages.record('acme', [inbound({ contact: { id: 'anna' } })]);
		await store.outbound.saveDrafts([newDraft({ id, draft: draftOf(id, 'Card 4111 1111 1111 1111') })]);
		await store.outbound.recordGates('acme', [{ draftId: id, gate: block }]);
		await store.outbound.plan([{ workspace: 'acme', draftId: id }], askAPerson('look'));
		expect(await decide(await theReview(id), { action: 'approve' })).toMatchObject({ result: 'refused', sentence: 'Not approved: the quality gate blocked it (A card number).' });
		expect(await decide(await theReview(id), { action: 'edit', text: 'No card needed.' })).toMatchObject({ result: 'decided', row: { gate: { verdict: 'pass' } } });
	});

	it('hostile text is kept as it can be kept, and found again', async () => {
		const { id, item } = await waiting();
		const text = `Robert'); drop table reviews;-- \u0000 \ud800 ${'😀'.repeat(20)}`;
		const asked = await decide(item, { action: 'edit', text });
		const done = asked.result === 'decided' ? asked : await decide(item, { action: 'edit', text, confirmed: asked.confirm?.token });
		expect(done.result).toBe('decided');
		expect((await stands(id))?.draft.text).toContain('drop table');
		expect((await store.reviews.preferencePairs('acme', { limit: 1 }))[0].preferred.text).toBe((await stands(id))?.draft.text);
		expect(await query(test.place.config, 'select count(*) as n from {reviews}')).toEqual([{ n: 1 }]);
	});
});
