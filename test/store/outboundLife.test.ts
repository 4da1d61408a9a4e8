import { later, MINUTE } from '../../engine/time';
import { StoreInputError, TransitionRefusedError } from '../../store/errors';
import { CLAIM, DIALECTS, dueJob, inbound, newDraft, openTestStore, PASS, sendNow, START, stopServers, toReview, type TestStore } from './fixtures';

afterAll(stopServers);

describe.each(DIALECTS)('an outbound row on %s', (dialect) => {
	let test: TestStore;
	beforeEach(async () => (test = await openTestStore(dialect)));
	afterEach(async () => await test.close());

	const reserve = async (key: string) =>
		await test.store.limits.reserve([{ workspace: 'acme', idempotencyKey: key, at: START, scopes: [{ key: 'contact:anna', from: START, to: later(START, 86_400_000) }], decide: (entries) => ({ allowed: (entries.get('contact:anna') ?? []).length < 1 }) }], 15 * MINUTE);

	it('goes from message to sent: inbound decided, reservation bound and used up, outcome and exposure recorded', async () => {
		const { store } = test;
		const [{ message, contact }] = await store.messages.record('acme', [inbound({ providerId: 'wamid.1' })]);
		const variant = { experimentId: 'e1', variantId: 'b', name: 'B', propensity: 0.5, sticky: false, sentence: 'B.' };
		const draft = newDraft({ contactId: contact.id, inboundIds: [message.id], threadId: message.threadId, variant });
		await store.outbound.saveDrafts([draft]);
		await store.outbound.recordGates('acme', [{ draftId: draft.id, gate: PASS }]);
		const [{ reservationId }] = await reserve('r1');
		const [planned] = await store.outbound.plan([{ workspace: 'acme', draftId: draft.id, reservationId }], sendNow);
		expect(planned).toMatchObject({ changed: true, row: { status: 'scheduled', sendAt: START, gate: { verdict: 'pass' } } });
		expect((await store.messages.record('acme', [inbound({ providerId: 'wamid.1' })]))[0].repeat).toBe('decided');
		test.clock.advance(20 * MINUTE); // the reservation is bound: it does not lapse
		expect((await reserve('r2'))[0].decision.allowed).toBe(false);

		const { claimed } = await store.outbound.claimDue(CLAIM, sendNow);
		expect(claimed).toMatchObject([{ id: draft.id, status: 'claimed', answersProviderId: 'wamid.1', contact: { id: contact.id } }]);
		expect(await store.outbound.beginSend('acme', [draft.id])).toMatchObject([{ ok: true, row: { status: 'sending', attempts: 1 } }]);
		expect(await store.outbound.beginSend('acme', [draft.id])).toMatchObject([{ ok: false }]);
		expect(await store.outbound.markSent([{ workspace: 'acme', id: draft.id, providerId: 'wamid.9' }])).toMatchObject([{ changed: true, row: { status: 'sent', providerId: 'wamid.9' } }]);
		expect(await store.outbound.markSent([{ workspace: 'acme', id: draft.id }])).toMatchObject([{ changed: false, row: { providerId: 'wamid.9' } }]);

		expect((await store.outbound.transitions('acme', draft.id)).map(({ from, to }) => [from, to])).toEqual([
			[undefined, 'drafted'],
			['drafted', 'scheduled'],
			['scheduled', 'claimed'],
			['claimed', 'sending'],
			['sending', 'sent'],
		]);
		expect(await store.outcomes.list('acme', { outboundId: draft.id, limit: 9 })).toMatchObject([{ event: 'sent', attributed: 'id' }]);
		expect(await store.experiments.results('acme', 'e1')).toEqual([{ variantId: 'b', assigned: 1, exposures: 1, events: { sent: 1 } }]);
		const [conversation] = await store.contacts.conversations('acme', [contact.id]);
		expect(conversation.map(({ from, text }) => [from, text])).toEqual([['lead', 'How much is it?'], ['us', 'It is 20 euros.']]);
	});

	it('planning again changes nothing, whatever the decision would be now', async () => {
		const draft = newDraft();
		const request = { workspace: 'acme', draftId: draft.id, draft };
		const [first] = await test.store.outbound.plan([request, request], toReview);
		expect(first).toMatchObject({ changed: true, row: { status: 'in_review' }, review: { kind: 'draft', outboundId: draft.id } });
		const [again] = await test.store.outbound.plan([request], sendNow);
		expect(again).toMatchObject({ changed: false, row: { status: 'in_review' } });
		expect(again.review?.id).toBe(first.review?.id);
	});

	it('keeps one open reply a thread: the newer one cancels the older and gives its reservation back', async () => {
		const { store } = test;
		const old = newDraft({ threadId: 't' });
		const [{ reservationId }] = await reserve('r1');
		await store.outbound.plan([{ workspace: 'acme', draftId: old.id, draft: old, reservationId }], sendNow);
		const fresh = newDraft({ threadId: 't' });
		let seen: string | undefined;
		await store.outbound.plan([{ workspace: 'acme', draftId: fresh.id, draft: fresh }], (facts) => {
			seen = facts.openReplyOnThread;
			return sendNow(facts);
		});
		expect(seen).toBe(old.id);
		expect(await store.outbound.find('acme', [old.id, fresh.id])).toMatchObject([{ status: 'cancelled' }, { status: 'scheduled' }]);
		expect((await reserve('r2'))[0].decision.allowed).toBe(true);
	});

	it('keeps one open reply a thread within one batch, the last one', async () => {
		const drafts = [newDraft({ threadId: 't' }), newDraft({ threadId: 't' }), newDraft({ threadId: 't' })];
		const planned = await test.store.outbound.plan(drafts.map((draft) => ({ workspace: 'acme', draftId: draft.id, draft })), sendNow);
		expect((await test.store.outbound.find('acme', drafts.map(({ id }) => id))).map((row) => row?.status)).toEqual(['cancelled', 'cancelled', 'scheduled']);
		expect(planned.map(({ row }) => row.status)).toEqual(['cancelled', 'cancelled', 'scheduled']);
	});

	it('claims replies first, then by score, then by due time, and re-checks each', async () => {
		const { store, clock } = test;
		const cold = await dueJob(store, { purpose: 'outreach', contactId: 'a', score: 99 });
		const low = await dueJob(store, { contactId: 'b', score: 10 });
		clock.advance(1);
		const late = await dueJob(store, { contactId: 'c', score: 50 });
		const high = await dueJob(store, { contactId: 'd', score: 90 });
		const unscored = await dueJob(store, { contactId: 'e' });
		const { claimed, moved } = await store.outbound.claimDue(CLAIM, (facts) => (facts.row.id === late ? { status: 'blocked', sentence: 'Opted out.' } : sendNow(facts)));
		expect(claimed.map(({ id }) => id)).toEqual([high, low, unscored, cold]);
		expect(moved).toMatchObject([{ id: late, status: 'blocked', sentence: 'Opted out.' }]);
	});

	it('counts what was claimed a moment ago against the day\'s caps, and the row itself never', async () => {
		const { store } = test;
		await store.settings.set('acme', { kind: 'workspace' }, { contactDailyCap: 9, workspaceDailyCap: 9 }, 'Eva');
		for (const id of ['1', '2', '3']) await dueJob(store, { id });
		const counts: number[][] = [];
		const { claimed, moved } = await store.outbound.claimDue(CLAIM, (facts) => {
			counts.push([facts.sentToContactToday, facts.sentByWorkspaceToday]);
			return facts.sentToContactToday < 2 ? sendNow(facts) : { status: 'scheduled', sentence: 'Tomorrow.', sendAt: later(facts.now, 86_400_000) };
		});
		expect(counts).toEqual([[0, 0], [1, 1], [2, 2]]);
		expect([claimed.length, moved.length]).toEqual([2, 1]);
		await store.outbound.beginSend('acme', ['1', '2']);
		await store.outbound.markSent([{ workspace: 'acme', id: '1' }]);
		await dueJob(store, { id: '4' });
		await store.outbound.claimDue(CLAIM, (facts) => {
			counts.push([facts.sentToContactToday, facts.sentByWorkspaceToday]);
			return sendNow(facts);
		});
		expect(counts[3]).toEqual([2, 2]);
	});

	it('tells of a newer message of the thread, but not of one that was settled without an answer', async () => {
		const { store } = test;
		const [{ message, contact }] = await store.messages.record('acme', [inbound({ providerId: 'a' })]);
		const id = await dueJob(store, { contactId: contact.id, threadId: 'thread-1', inboundIds: [message.id] });
		const newer = async () => {
			let seen = false;
			await store.outbound.claimDue(CLAIM, (facts) => {
				seen = facts.newerInbound;
				return { status: 'scheduled', sentence: 'Later.', sendAt: later(facts.now, 1) };
			});
			test.clock.advance(1);
			return seen;
		};
		expect(await newer()).toBe(false);
		const [second] = await store.messages.record('acme', [inbound({ providerId: 'b' })]);
		expect(await newer()).toBe(true);
		await store.messages.decide('acme', [{ messageId: second.message.id, reason: 'out of office', actor: 'engine' }]);
		expect(await newer()).toBe(false);
		expect(await store.outbound.find('acme', [id])).toMatchObject([{ status: 'scheduled' }]);
	});

	it('takes the same failure again as a repeat once it waits for a person', async () => {
		const { store } = test;
		const [{ reservationId }] = await reserve('r1');
		await store.outbound.plan([{ workspace: 'acme', draftId: 'x', draft: newDraft({ id: 'x' }), reservationId }], sendNow);
		await store.outbound.claimDue(CLAIM, sendNow);
		await store.outbound.beginSend('acme', ['x']);
		const report = (code: string) => store.outbound.markFailed([{ workspace: 'acme', id: 'x', failure: { kind: 'permanent', message: 'outside the window', code, action: 'use_template' } }]);
		expect(await report('131047')).toMatchObject([{ status: 'in_review' }]);
		expect(await report('131047')).toMatchObject([{ status: 'in_review' }]);
		await expect(report('131026')).rejects.toThrow();
	});

	it('tries three times with a growing pause, then fails and gives the reservation back', async () => {
		const { store, clock } = test;
		const [{ reservationId }] = await reserve('r1');
		const draft = newDraft({ id: 'x' });
		await store.outbound.plan([{ workspace: 'acme', draftId: 'x', draft, reservationId }], sendNow);
		const waits: number[] = [];
		for (let attempt = 1; attempt <= 3; attempt++) {
			await store.outbound.claimDue(CLAIM, sendNow);
			expect(await store.outbound.beginSend('acme', ['x'])).toMatchObject([{ ok: true, row: { attempts: attempt } }]);
			const failure = { kind: 'not_sent' as const, message: 'busy', code: '131056' };
			const [row] = await store.outbound.markFailed([{ workspace: 'acme', id: 'x', failure }]);
			if (row.sendAt !== undefined) waits.push(row.sendAt - clock.time);
			expect((await store.outbound.markFailed([{ workspace: 'acme', id: 'x', failure }]))[0]).toEqual(row);
			clock.time = row.sendAt ?? clock.time;
		}
		expect(waits.slice(0, 2)).toEqual([30_000, 120_000]);
		expect(await store.outbound.find('acme', ['x'])).toMatchObject([{ status: 'failed', attempts: 3, errorCode: '131056' }]);
		expect((await reserve('r2'))[0].decision.allowed).toBe(true);
	});

	describe('a report of an earlier try', () => {
		const failure = (kind: 'not_sent' | 'permanent' | 'unknown') => ({ kind, message: 'busy' });
		async function secondTry(): Promise<void> {
			const { store, clock } = test;
			await dueJob(store, { id: 'x' });
			await store.outbound.claimDue(CLAIM, sendNow);
			await store.outbound.beginSend('acme', ['x']);
			const [row] = await store.outbound.markFailed([{ workspace: 'acme', id: 'x', attempt: 1, failure: failure('not_sent') }]);
			expect(row).toMatchObject({ status: 'scheduled', attempts: 1 });
			clock.time = row.sendAt ?? clock.time;
			await store.outbound.claimDue(CLAIM, sendNow);
		}

		it.each(['not_sent', 'permanent'] as const)('that says %s changes nothing and says why', async (kind) => {
			const { store } = test;
			await secondTry();
			const late = { workspace: 'acme', id: 'x', attempt: 1, failure: failure(kind) };
			expect(await store.outbound.markFailed([late])).toMatchObject([{ status: 'claimed', attempts: 1, sentence: expect.stringContaining('try 1') }]);
			expect(await store.outbound.beginSend('acme', ['x'])).toMatchObject([{ ok: true, row: { attempts: 2 } }]);
			expect(await store.outbound.markFailed([late])).toMatchObject([{ status: 'sending', attempts: 2, sentence: 'This report is about try 1, and try 2 is under way: nothing was changed.' }]);
			expect(await store.outbound.find('acme', ['x'])).toMatchObject([{ status: 'sending', sentence: 'Handed to the channel, try 2 of 3.' }]);
			expect(await store.outbound.markFailed([{ ...late, attempt: 2 }])).toMatchObject([{ status: kind === 'not_sent' ? 'scheduled' : 'failed' }]);
		});
		it('does not hide the report of the try that is under way, in the same batch', async () => {
			const { store } = test;
			await secondTry();
			await store.outbound.beginSend('acme', ['x']);
			const late = { workspace: 'acme', id: 'x', failure: failure('not_sent') };
			await store.outbound.markFailed([{ ...late, attempt: 1 }, { ...late, attempt: 2 }]);
			expect(await store.outbound.find('acme', ['x'])).toMatchObject([{ status: 'scheduled', attempts: 2 }]);
		});
		it('that says nobody can tell makes it uncertain', async () => {
			await secondTry();
			await test.store.outbound.beginSend('acme', ['x']);
			expect(await test.store.outbound.markFailed([{ workspace: 'acme', id: 'x', attempt: 1, failure: failure('unknown') }])).toMatchObject([{ status: 'uncertain' }]);
		});
		it('by a receipt for a try that was taken for not sent settles the message: it is not sent again', async () => {
			const { store, clock } = test;
			const delivered = { workspace: 'acme', event: 'delivered' as const, occurredAt: clock.time, outboundId: 'x' };
			await secondTry();
			expect(await store.outcomes.record([delivered])).toMatchObject([{ settled: true, row: { status: 'sent' } }]);
			expect(await store.outbound.beginSend('acme', ['x'])).toMatchObject([{ ok: false }]);
			clock.advance(60 * MINUTE);
			expect((await store.outbound.claimDue(CLAIM, sendNow)).claimed).toEqual([]);
		});
		it('that comes after its receipt leaves the message sent', async () => {
			const { store, clock } = test;
			await dueJob(store, { id: 'x' });
			await store.outbound.claimDue(CLAIM, sendNow);
			await store.outbound.beginSend('acme', ['x']);
			await store.outcomes.record([{ workspace: 'acme', event: 'delivered', occurredAt: clock.time, outboundId: 'x' }]);
			expect(await store.outbound.markFailed([{ workspace: 'acme', id: 'x', attempt: 1, failure: failure('not_sent') }])).toMatchObject([{ status: 'sent' }]);
		});
		it('is not settled by a receipt before it was ever begun', async () => {
			const { store, clock } = test;
			await dueJob(store, { id: 'x' });
			await store.outcomes.record([{ workspace: 'acme', event: 'delivered', occurredAt: clock.time, outboundId: 'x' }]);
			expect(await store.outbound.find('acme', ['x'])).toMatchObject([{ status: 'scheduled', attempts: 0 }]);
		});
		it('that says it was sent is the truth', async () => {
			const { store } = test;
			await secondTry();
			expect(await store.outbound.markSent([{ workspace: 'acme', id: 'x', attempt: 1, providerId: 'p1' }])).toMatchObject([{ changed: true, row: { status: 'sent', providerId: 'p1', sentence: 'Sent: try 1 had left after all.' } }]);
			expect(await store.outbound.beginSend('acme', ['x'])).toMatchObject([{ ok: false }]);
		});
	});

	it('keeps the stricter verdict, whichever came first', async () => {
		const { store } = test;
		const block = { ...PASS, verdict: 'block' as const, sentence: 'Blocked: no.' };
		const review = { ...PASS, verdict: 'review' as const, sentence: 'Needs review: look.' };
		for (const id of ['a', 'b', 'c']) await store.outbound.saveDrafts([newDraft({ id, contactId: id })]);
		await store.outbound.recordGates('acme', [{ draftId: 'a', gate: block }, { draftId: 'b', gate: PASS }, { draftId: 'c', gate: review }, { draftId: 'c', gate: PASS }]);
		await store.outbound.recordGates('acme', [{ draftId: 'a', gate: PASS }, { draftId: 'b', gate: { ...PASS, sentence: 'Looked again.' } }]);
		expect((await store.outbound.find('acme', ['a', 'b', 'c'])).map((row) => [row?.gate?.verdict, row?.gate?.sentence])).toEqual([['block', 'Blocked: no.'], ['pass', 'Looked again.'], ['review', 'Needs review: look.']]);
		const seen = async (draftId: string, gate: typeof PASS): Promise<string | undefined> => {
			let verdict: string | undefined;
			await store.outbound.plan([{ workspace: 'acme', draftId, gate }], (facts) => {
				verdict = facts.row.gate?.verdict;
				return toReview(facts);
			});
			return verdict;
		};
		expect([await seen('a', PASS), await seen('b', block), await seen('c', PASS)]).toEqual(['block', 'block', 'review']);
		expect(await store.outbound.find('acme', ['b'])).toMatchObject([{ gate: { verdict: 'block' } }]);
	});

	it('tells when a message it answers was handed to a person', async () => {
		const { store, clock } = test;
		const [{ message, contact }] = await store.messages.record('acme', [inbound({ providerId: 'a' })]);
		const late = newDraft({ contactId: contact.id, threadId: 'thread-1', inboundIds: [message.id] });
		await store.outbound.saveDrafts([late]);
		const ready = { quietMs: 0, leaseMs: 1, maxLeases: 1, limit: 9 };
		await store.messages.claimReady(ready);
		clock.advance(1);
		await store.messages.claimReady(ready); // given to a person
		const seen: (boolean | undefined)[] = [];
		await store.outbound.plan([{ workspace: 'acme', draftId: late.id }], (facts) => {
			seen.push(facts.givenToPerson);
			return toReview(facts);
		});
		expect(seen).toEqual([true]);
	});

	it('has one sent outcome, whether Mark Sent or the provider says so first', async () => {
		const { store } = test;
		for (const first of ['us', 'provider']) {
			await dueJob(store, { id: first, contactId: first });
			await store.outbound.claimDue(CLAIM, sendNow);
			await store.outbound.beginSend('acme', [first]);
			const receipt = { workspace: 'acme', event: 'sent' as const, occurredAt: START, outboundId: first, eventId: `whatsapp:${first}:sent` };
			if (first === 'provider') await store.outcomes.record([receipt]);
			await store.outbound.markSent([{ workspace: 'acme', id: first }]);
			expect(await store.outcomes.record([receipt])).toMatchObject([{ attributed: 'id', recorded: false }]);
			expect(await store.outcomes.list('acme', { outboundId: first, limit: 9 })).toMatchObject([{ event: 'sent', attributed: 'id' }]);
		}
	});

	it('an unknown end becomes uncertain with a review; a receipt settles it and closes the review', async () => {
		const { store } = test;
		await dueJob(store, { id: 'x' });
		await store.outbound.claimDue(CLAIM, sendNow);
		await store.outbound.beginSend('acme', ['x']);
		await store.outbound.markFailed([{ workspace: 'acme', id: 'x', failure: { kind: 'unknown', message: 'timeout' } }]);
		expect(await store.reviews.list('acme', { open: true, limit: 9 })).toMatchObject([{ kind: 'uncertain_send', outboundId: 'x' }]);
		const receipt = { workspace: 'acme', event: 'delivered' as const, occurredAt: START, outboundId: 'x', eventId: 'ev1' };
		expect(await store.outcomes.record([receipt, receipt])).toMatchObject([{ recorded: true, settled: true, attributed: 'id', row: { status: 'sent' } }, { recorded: false }]);
		expect(await store.reviews.list('acme', { open: true, limit: 9 })).toEqual([]);
	});

	it('a receipt that comes before the lease runs out settles the row when it does', async () => {
		const { store, clock } = test;
		for (const id of ['claimed', 'begun', 'received']) await dueJob(store, { id, contactId: id });
		await store.outbound.claimDue(CLAIM, sendNow);
		await store.outbound.beginSend('acme', ['begun', 'received']);
		await store.outcomes.record([{ workspace: 'acme', event: 'delivered', occurredAt: START, outboundId: 'received' }]);
		expect(await store.outbound.expireLeases()).toEqual({ returned: [], uncertain: [] });
		clock.advance(5 * MINUTE);
		expect(await store.outbound.beginSend('acme', ['claimed'])).toMatchObject([{ ok: false, sentence: expect.stringContaining('lease ran out') }]);
		expect(await store.outbound.expireLeases()).toEqual({ returned: ['claimed'], uncertain: ['begun'] });
		expect((await store.outbound.find('acme', ['claimed', 'begun', 'received'])).map((row) => row?.status)).toEqual(['scheduled', 'uncertain', 'sent']);
	});

	it('decides once more as sending begins: a stop since the claim holds, and only the first mention of a row sends it', async () => {
		const { store } = test;
		for (const id of ['stopped', 'free']) await dueJob(store, { id, contactId: id });
		await store.outbound.claimDue(CLAIM, sendNow);
		await store.settings.set('acme', { kind: 'contact', id: 'stopped' }, { killSwitch: true }, 'me');
		const begun = await store.outbound.beginSend('acme', ['stopped', 'free', 'free'], (facts) => (facts.settings.killSwitch ? toReview(facts) : { status: 'claimed', sentence: 'Due.' }));
		expect(begun).toMatchObject([{ ok: false, row: { status: 'in_review', attempts: 0 }, sentence: expect.stringContaining('A person looks first.') }, { ok: true, row: { status: 'sending' } }, { ok: false }]);
		expect(await store.reviews.list('acme', { open: true, limit: 9 })).toMatchObject([{ kind: 'draft', outboundId: 'stopped' }]);
	});

	it('sends nothing once the lead wrote again and a person was asked to read it, or holds the conversation', async () => {
		const { store, clock } = test;
		const [{ message, contact }] = await store.messages.record('acme', [inbound({ providerId: 'a' })]);
		await dueJob(store, { contactId: contact.id, threadId: 'thread-1', inboundIds: [message.id] });
		const newer = async () => {
			let seen = false;
			await store.outbound.claimDue(CLAIM, (facts) => {
				seen = facts.newerInbound;
				return { status: 'scheduled', sentence: 'Later.', sendAt: later(facts.now, 1) };
			});
			clock.advance(1);
			return seen;
		};
		const ready = { quietMs: 0, leaseMs: 1, maxLeases: 1, limit: 9 };
		await store.messages.record('acme', [inbound({ providerId: 'b' })]);
		await store.messages.claimReady(ready);
		clock.advance(1);
		expect(await store.messages.claimReady(ready)).toEqual([]); // given to a person
		expect(await store.reviews.list('acme', { open: true, limit: 9 })).toMatchObject([{ kind: 'classification' }]);
		expect(await newer()).toBe(true);

		const [other] = await store.messages.record('acme', [inbound({ providerId: 'c', threadId: 'thread-2', contact: { phone: '+49 151 7654321' } })]);
		await dueJob(store, { contactId: other.contact.id, threadId: 'thread-2', inboundIds: [other.message.id] });
		await store.contacts.setTakeOver('acme', [{ contactId: other.contact.id, until: later(clock.time, MINUTE), by: 'Eva' }]);
		await store.messages.record('acme', [inbound({ providerId: 'd', threadId: 'thread-2', contact: { phone: '+49 151 7654321' } })]);
		expect(await store.messages.claimReady(ready)).toEqual([]); // held
		clock.advance(MINUTE);
		const seen: boolean[] = [];
		await store.outbound.claimDue(CLAIM, (facts) => {
			seen.push(facts.newerInbound);
			return sendNow(facts);
		});
		expect(seen).toEqual([true, true]);
	});

	it('ends the leases of the workspaces named, and of all when none is', async () => {
		const { store, clock } = test;
		for (const workspace of ['acme', 'other']) await dueJob(store, { workspace, id: workspace });
		await store.outbound.claimDue(CLAIM, sendNow);
		clock.advance(CLAIM.leaseMs);
		expect(await store.outbound.expireLeases(['acme'])).toEqual({ returned: ['acme'], uncertain: [] });
		expect(await store.outbound.expireLeases()).toEqual({ returned: ['other'], uncertain: [] });
	});

	it('records a send that nobody planned, each step of the way', async () => {
		const draft = newDraft({ id: 'x' });
		expect(await test.store.outbound.markSent([{ workspace: 'acme', id: 'x', draft }, { workspace: 'acme', id: 'x', draft }])).toMatchObject([{ changed: true, row: { status: 'sent' } }, { changed: false }]);
		expect((await test.store.outbound.transitions('acme', 'x')).map(({ to }) => to)).toEqual(['drafted', 'scheduled', 'claimed', 'sending', 'sent']);
		await expect(test.store.outbound.markSent([{ workspace: 'acme', id: 'nobody' }])).rejects.toThrow(StoreInputError);
	});

	it('refuses to cancel what was sent, and writes nothing of the batch', async () => {
		await test.store.outbound.markSent([{ workspace: 'acme', id: 'sent', draft: newDraft({ id: 'sent' }) }]);
		await dueJob(test.store, { id: 'due' });
		await expect(test.store.outbound.cancel('acme', ['due', 'sent'], 'no', 'person')).rejects.toThrow(TransitionRefusedError);
		expect(await test.store.outbound.find('acme', ['due'])).toMatchObject([{ status: 'scheduled' }]);
		expect(await test.store.outbound.cancel('acme', ['due', 'due'], 'no', 'person')).toMatchObject([{ changed: true }, { changed: false }]);
		expect(await test.store.outbound.cancel('acme', ['due'], 'no', 'person')).toMatchObject([{ changed: false, row: { status: 'cancelled' } }]);
	});
});
