import { decideRoute } from '../../engine/message/route';
import { settleReview } from '../../engine/message/settleReview';
import { draftId } from '../../engine/message/spine';
import type { ReplyIntent } from '../../engine/reply/reply';
import { decideStep } from '../../engine/sequence/decideStep';
import type { Enrolment, Sequence } from '../../engine/sequence/sequence';
import { DAY, HOUR, iso, later, MINUTE, SECOND } from '../../engine/time';
import { openStore } from '../../store/openStore';
import type { Store } from '../../store/store';
import { DIALECTS, draftOf, inbound, openTestStore, PASS, sendNow, START, stopServers, toReview, type TestStore } from './fixtures';

afterAll(stopServers);

const WORKSPACE = 'acme';
const LEASE = 10 * MINUTE;
const CLAIM = { leaseMs: LEASE, limit: 50 };
const SEND = { limit: 50, leaseMs: 5 * MINUTE };
/** E-mail at once, a text two days after it, WhatsApp three days after that. */
const FOLLOW_UP: Sequence = {
	id: 'follow-up',
	name: 'Follow-up',
	steps: [
		{ id: 'email', channel: 'email', wait: { amount: 0, unit: 'days' }, template: 'Hi {firstName|there}', subject: 'Your kitchen' },
		{ id: 'sms', channel: 'sms', wait: { amount: 2, unit: 'days' }, template: 'Hi again' },
		{ id: 'whatsapp', channel: 'whatsapp', wait: { amount: 3, unit: 'days' }, template: 'Hello once more', waTemplate: { name: 'hello', language: 'en', parameters: [] } },
	],
};
const ANNA = { name: 'Anna Alt', email: 'anna@mail.example', phone: '+4915112345678' };
const CONSENT = { email: { basis: 'opt_in' as const }, sms: { basis: 'opt_in' as const }, whatsapp: { basis: 'opt_in' as const } };

describe.each(DIALECTS)('follow-up sequences on %s', (dialect) => {
	let test: TestStore;
	let store: Store;
	beforeEach(async () => {
		test = await openTestStore(dialect);
		({ store } = test);
		await store.settings.set(WORKSPACE, { kind: 'workspace' }, { mode: 'auto', outreachDelaySeconds: 0, timezone: 'UTC' }, 'test');
		await store.sequences.save(WORKSPACE, [FOLLOW_UP], { by: 'mia' });
	});
	afterEach(async () => await test.close());

	const person = async (contact: object = ANNA, consent: object = CONSENT): Promise<string> => (await store.contacts.upsert(WORKSPACE, [{ ...contact, consent }]))[0].id;
	const enrolled = async (contactId: string, again = false): Promise<Enrolment> => (await store.sequences.enrol([{ workspace: WORKSPACE, sequenceId: 'follow-up', contactId, by: 'mia', again }]))[0].enrolment;
	const claim = async () => await store.sequences.claimDue(CLAIM, decideStep);
	const now = async (): Promise<Enrolment> => (await store.sequences.enrolments(WORKSPACE, { limit: 1 }))[0];
	/** Stores the draft of the step that is due, as the workflow does, and plans it. */
	const plan = async (decide = sendNow): Promise<string> => {
		const { due } = await claim();
		expect(due).toHaveLength(1);
		const [{ followUp, contact, workspace }] = due;
		const to = (followUp.channel === 'email' ? contact.email : contact.phone) ?? '';
		const draft = { ...draftOf(followUp.draftId, followUp.template), confidence: 0.95, ...(followUp.waTemplate ? { waTemplate: followUp.waTemplate } : {}) };
		await store.outbound.saveDrafts([{ workspace, id: followUp.draftId, contactId: contact.id, channel: followUp.channel, to, accountId: undefined, threadId: undefined, inboundIds: [], purpose: 'outreach', draft }]);
		await store.outbound.plan([{ workspace, draftId: followUp.draftId, gate: PASS }], decide);
		return followUp.draftId;
	};
	const send = async (): Promise<string[]> => {
		const { claimed } = await store.outbound.claimDue(SEND, decideRoute);
		const ids = claimed.map(({ id }) => id);
		await store.outbound.beginSend(WORKSPACE, ids, decideRoute);
		await store.outbound.markSent(ids.map((id) => ({ workspace: WORKSPACE, id, providerId: `out-${id}` })));
		return ids;
	};
	const status = async (id: string) => (await store.outbound.find(WORKSPACE, [id]))[0];
	/** The contact writes, and it is read as this. */
	const writes = async (intent: ReplyIntent, fields: Parameters<typeof inbound>[0] = {}): Promise<void> => {
		const [{ message }] = await store.messages.record(WORKSPACE, [inbound({ timestamp: iso(test.clock.time), contact: { phone: ANNA.phone }, providerId: `in-${test.clock.time}`, ...fields })]);
		await store.messages.saveReadings(WORKSPACE, [{ messageId: message.id, reply: { intent, optOut: { wanted: false, certainty: 0 }, sentiment: 0, language: 'en', needsAnswer: true } }]);
	};

	it('lead who never answers through all steps, each once, each counted from when the one before left', async () => {
		const contactId = await person();
		expect(await enrolled(contactId)).toMatchObject({ state: 'active', round: 1, version: 1 });
		const email = await plan();
		expect(email).toBe(draftId(WORKSPACE, 'sequence:follow-up:1:email', contactId));
		expect(await claim()).toEqual({ due: [], settled: [] });
		test.clock.advance(5 * HOUR);
		expect(await send()).toEqual([email]);
		// Two days from the sending, not from the enrolment.
		expect((await claim()).due).toEqual([]);
		test.clock.advance(2 * DAY - SECOND);
		expect((await claim()).due).toEqual([]);
		test.clock.advance(SECOND);
		const sms = await plan();
		expect(await send()).toEqual([sms]);
		test.clock.advance(3 * DAY);
		await claim();
		const whatsapp = (await now()).steps.at(-1)?.draftId ?? '';
		expect((await now()).steps.map(({ stepId, result }) => [stepId, result])).toEqual([['email', 'sent'], ['sms', 'sent'], ['whatsapp', 'handed']]);
		await store.sequences.release([{ workspace: WORKSPACE, enrolmentId: (await now()).id }]);
		expect(await plan()).toBe(whatsapp);
		expect(await send()).toEqual([whatsapp]);
		expect((await claim()).settled).toMatchObject([{ state: 'finished', sentence: 'Finished: 3 of 3 steps were sent, and no answer came while it ran.' }]);
		test.clock.advance(30 * DAY);
		expect(await claim()).toEqual({ due: [], settled: [] });
		expect(await store.sequences.counts(WORKSPACE, ['follow-up'])).toEqual([{ states: { active: 0, finished: 1, stopped: 0 }, codes: {}, steps: { email: { sent: 1 }, sms: { sent: 1 }, whatsapp: { sent: 1 } } }]);
	});

	it('stop on an answer on any channel, in the transaction that reads it, and cancel what is planned', async () => {
		await enrolled(await person());
		const id = await plan();
		await writes('interested', { channel: 'whatsapp' });
		expect(await now()).toMatchObject({ state: 'stopped', code: 'replied', sentence: 'Stopped: the contact answered.' });
		expect(await status(id)).toMatchObject({ status: 'cancelled', sentence: 'Cancelled with its follow-up sequence. Stopped: the contact answered.' });
		test.clock.advance(9 * DAY);
		expect(await send()).toEqual([]);
		expect(await claim()).toEqual({ due: [], settled: [] });
	});

	it('hold still from the moment an answer is stored, before anybody read it', async () => {
		await enrolled(await person());
		const id = await plan();
		await store.messages.record(WORKSPACE, [inbound({ channel: 'email', contact: { email: ANNA.email }, timestamp: iso(test.clock.time), providerId: 'm1' })]);
		expect(await send()).toEqual([]);
		expect(await status(id)).toMatchObject({ status: 'scheduled', sentence: expect.stringContaining('the contact wrote, and it is being read') });
		test.clock.advance(HOUR);
		// Nobody read it within the hour: it counts as an answer.
		expect((await claim()).settled).toMatchObject([{ state: 'stopped', code: 'replied' }]);
		expect(await status(id)).toMatchObject({ status: 'cancelled' });
	});

	it('wait a week for an absence notice, and go on', async () => {
		await enrolled(await person());
		const id = await plan();
		await writes('out_of_office', { channel: 'email', contact: { email: ANNA.email } });
		expect(await now()).toMatchObject({ state: 'active' });
		expect(await send()).toEqual([]);
		expect(await status(id)).toMatchObject({ status: 'scheduled', sendAt: later(START, 7 * DAY), sentence: expect.stringContaining('the contact is away') });
		test.clock.advance(7 * DAY);
		expect(await send()).toEqual([id]);
	});

	it('heed an answer behind an absence notice', async () => {
		await enrolled(await person());
		await plan();
		await writes('out_of_office');
		test.clock.advance(MINUTE);
		await writes('question');
		expect(await now()).toMatchObject({ state: 'stopped', code: 'replied' });
	});

	it('are not stopped by what was written before, read in late or read again', async () => {
		const contactId = await person();
		const [{ message }] = await store.messages.record(WORKSPACE, [inbound({ contact: { phone: ANNA.phone }, timestamp: iso(test.clock.time), providerId: 'before' })]);
		test.clock.advance(MINUTE);
		await enrolled(contactId);
		await store.messages.saveReadings(WORKSPACE, [{ messageId: message.id, reply: { intent: 'question', optOut: { wanted: false, certainty: 0 }, sentiment: 0, language: 'en', needsAnswer: true } }]);
		await store.messages.record(WORKSPACE, [inbound({ source: 'import', contact: { phone: ANNA.phone }, timestamp: iso(later(START, -DAY)), providerId: 'history' })]);
		expect(await now()).toMatchObject({ state: 'active' });
		expect((await claim()).due).toHaveLength(1);
	});

	it('are held by an answer that only the history of a channel shows, and not by what was said before them', async () => {
		const contactId = await person();
		const history = async (providerId: string, at: number) =>
			await store.messages.recordHistory(WORKSPACE, [{ contact: { phone: ANNA.phone }, name: 'Anna', messages: [{ fromUs: false, message: inbound({ contact: { phone: ANNA.phone }, providerId, timestamp: iso(later(START, at)) }).message }] }], START);
		test.clock.advance(HOUR);
		await enrolled(contactId);
		const id = await plan();
		await history('long-ago', -9 * DAY);
		expect(await now()).toMatchObject({ state: 'active' });
		expect((await now()).sentence).not.toMatch(/the contact wrote/);
		test.clock.advance(HOUR);
		await history('yes-call-me', HOUR + MINUTE);
		expect((await now()).sentence).toMatch(/the contact wrote/);
		expect(await send()).toEqual([]);
		expect((await status(id))?.status).not.toBe('sent');
	});

	it.each([
		['an opt-out', 'opt_out', async (contactId: string) => void (await store.suppressions.optOut([{ workspace: WORKSPACE, contactId, channel: 'sms', allChannels: false, reason: 'stop', actor: 'person' }]))],
		['a takeover', 'takeover', async (contactId: string) => await store.contacts.setTakeOver(WORKSPACE, [{ contactId, until: later(START, HOUR), by: 'mia' }])],
		['a colleague who writes', 'takeover', async () => void (await store.messages.recordFromPerson(WORKSPACE, [{ ...inbound({ contact: { phone: ANNA.phone }, providerId: 'colleague' }), takeOverMs: HOUR }]))],
		['a meeting', 'meeting', async (contactId: string) => void (await store.outcomes.record([{ workspace: WORKSPACE, event: 'meeting_booked', occurredAt: START, contactId, eventId: 'cal-1' }]))],
		['a deal won', 'deal', async (contactId: string) => void (await store.outcomes.record([{ workspace: WORKSPACE, event: 'deal_won', occurredAt: START, contactId, eventId: 'd' }]))],
		['a complaint', 'complaint', async (contactId: string) => void (await store.outcomes.record([{ workspace: WORKSPACE, event: 'complaint', occurredAt: START, contactId, channel: 'email', eventId: 'c' }]))],
		['a person', 'person', async (contactId: string) => void (await store.sequences.stop([{ workspace: WORKSPACE, contactId, reason: 'Stopped by mia.', actor: 'person' }]))],
	])('%s stops them and what is planned', async (_what, code, happens) => {
		const contactId = await person();
		await enrolled(contactId);
		const id = await plan();
		await happens(contactId);
		expect(await now()).toMatchObject({ state: 'stopped', code, steps: [{ stepId: 'email', result: 'cancelled' }] });
		expect(await status(id)).toMatchObject({ status: 'cancelled' });
		test.clock.advance(9 * DAY);
		expect([await send(), await claim()]).toEqual([[], { due: [], settled: [] }]);
	});

	it('a status set to won stops what is due and what is planned', async () => {
		const contactId = await person();
		await enrolled(contactId);
		const id = await plan();
		await store.contacts.upsert(WORKSPACE, [{ id: contactId, status: 'WON' }]);
		expect(await send()).toEqual([]);
		expect(await status(id)).toMatchObject({ status: 'cancelled', sentence: 'Not sent, with its follow-up sequence. Stopped: the deal is won.' });
		await claim();
		expect(await now()).toMatchObject({ state: 'stopped', code: 'deal' });
	});

	it('stop when a person says no to a message', async () => {
		await enrolled(await person());
		const id = await plan(toReview);
		await store.outbound.cancel(WORKSPACE, [id], 'Not like this.', 'person');
		expect(await now()).toMatchObject({ state: 'stopped', code: 'rejected', steps: [{ result: 'rejected' }] });
	});

	it('a stopped sequence lets no draft be planned that was written meanwhile', async () => {
		await enrolled(await person());
		const [{ followUp, contact, workspace }] = (await claim()).due;
		await writes('interested');
		const draft = { workspace, id: followUp.draftId, contactId: contact.id, channel: 'email' as const, to: ANNA.email, accountId: undefined, threadId: undefined, inboundIds: [], purpose: 'outreach' as const, draft: { ...draftOf(followUp.draftId), confidence: 0.95 } };
		await store.outbound.plan([{ workspace, draftId: followUp.draftId, draft, gate: PASS }], decideRoute);
		expect(await status(followUp.draftId)).toMatchObject({ status: 'cancelled', sentence: 'Not sent, with its follow-up sequence. Stopped: the contact answered.' });
	});

	it('pass over a channel without address, consent or leave to write', async () => {
		const contactId = await person({ name: 'Bea', phone: '+4915112345679' }, { whatsapp: { basis: 'opt_in' } });
		await enrolled(contactId);
		expect((await claim()).settled).toMatchObject([{ steps: [{ stepId: 'email', result: 'skipped', sentence: 'Skipped step 1 of 3 (email): no e-mail address of the contact is known.' }] }]);
		test.clock.advance(2 * DAY);
		expect((await claim()).settled).toMatchObject([{ steps: [{}, { stepId: 'sms', result: 'skipped', sentence: expect.stringContaining('No consent is recorded for writing by sms in DE') }] }]);
		test.clock.advance(3 * DAY);
		await store.suppressions.optOut([{ workspace: WORKSPACE, channel: 'whatsapp', address: '+4915112345679', addressOnly: true, allChannels: false, reason: 'The address does not exist', actor: 'provider' }]);
		expect(await now()).toMatchObject({ state: 'active' });
		expect((await claim()).settled).toMatchObject([{ steps: [{}, {}, { stepId: 'whatsapp', result: 'skipped', sentence: expect.stringContaining('The address does not exist') }] }]);
		await claim();
		expect(await now()).toMatchObject({ state: 'finished', sentence: 'Finished without a message: no step could be sent.' });
	});

	it('go on by the next channel when a message cannot be delivered', async () => {
		await enrolled(await person());
		const id = await plan();
		await store.outbound.claimDue(SEND, decideRoute);
		await store.outbound.beginSend(WORKSPACE, [id], decideRoute);
		await store.outbound.markFailed([{ workspace: WORKSPACE, id, failure: { message: 'No such mailbox', kind: 'permanent', suppress: 'hard_bounce' } }]);
		expect(await now()).toMatchObject({ state: 'active', steps: [{ result: 'failed' }] });
		test.clock.advance(2 * DAY);
		expect((await claim()).due).toMatchObject([{ followUp: { stepId: 'sms', number: 2, of: 3 } }]);
	});

	it('wait while a message waits for a person, and count from when it left', async () => {
		await enrolled(await person());
		const id = await plan(toReview);
		test.clock.advance(4 * DAY);
		expect((await claim()).due).toEqual([]);
		expect((await now()).sentence).toContain('in review');
		const [item] = (await store.reviews.search({ workspaces: [WORKSPACE], limit: 5 })).items;
		await store.reviews.decide({ workspace: WORKSPACE, reviewId: item.review.id, by: 'mia', action: { action: 'approve' }, shownHash: item.draftHash }, settleReview);
		expect(await send()).toEqual([id]);
		test.clock.advance(2 * DAY - SECOND);
		expect((await claim()).due).toEqual([]);
		test.clock.advance(SECOND);
		expect((await claim()).due).toMatchObject([{ followUp: { stepId: 'sms' } }]);
	});

	it('stop when a person rejects a message at the desk', async () => {
		await enrolled(await person());
		const id = await plan(toReview);
		const [item] = (await store.reviews.search({ workspaces: [WORKSPACE], limit: 5 })).items;
		await store.reviews.decide({ workspace: WORKSPACE, reviewId: item.review.id, by: 'mia', action: { action: 'reject', reason: 'not this one' }, shownHash: item.draftHash }, settleReview);
		expect(await status(id)).toMatchObject({ status: 'cancelled' });
		expect(await now()).toMatchObject({ state: 'stopped', code: 'rejected' });
	});

	it('hand a step out again when its worker died, and to one of two who ask at once', async () => {
		await enrolled(await person());
		const second = await openStore(test.place.config, { clock: test.clock });
		const both = await Promise.all([store.sequences.claimDue(CLAIM, decideStep), second.sequences.claimDue(CLAIM, decideStep)]);
		await second.close();
		expect(both.flatMap(({ due }) => due)).toHaveLength(1);
		test.clock.advance(LEASE);
		const again = (await claim()).due;
		expect(again.map(({ followUp }) => followUp.draftId)).toEqual(both.flatMap(({ due }) => due).map(({ followUp }) => followUp.draftId));
		test.clock.advance(LEASE);
		expect((await claim()).due).toHaveLength(1);
		test.clock.advance(LEASE);
		await claim();
		expect(await now()).toMatchObject({ state: 'stopped', code: 'not_planned' });
	});

	it('an answer outruns whatever happens at the same moment: nothing leaves, and nothing stays planned', async () => {
		const second = await openStore(test.place.config, { clock: test.clock });
		const leads = Array.from({ length: 12 }, (_, number) => ({ name: `Lead ${number}`, email: `lead${number}@mail.example`, phone: `+49151123450${String(number).padStart(2, '0')}` }));
		for (const lead of leads) await enrolled(await person(lead));
		const answers = async (phone: string): Promise<void> => {
			const [{ message }] = await second.messages.record(WORKSPACE, [inbound({ timestamp: iso(test.clock.time), contact: { phone }, threadId: phone, providerId: `race-${phone}` })]);
			await second.messages.saveReadings(WORKSPACE, [{ messageId: message.id, reply: { intent: 'interested', optOut: { wanted: false, certainty: 0 }, sentiment: 0, language: 'en', needsAnswer: true } }]);
		};
		const works = async (): Promise<void> => {
			for (;;) {
				const { due } = await store.sequences.claimDue({ leaseMs: LEASE, limit: 2 }, decideStep);
				if (due.length === 0) return;
				const drafts = due.map(({ followUp, contact }) => ({ workspace: WORKSPACE, id: followUp.draftId, contactId: contact.id, channel: followUp.channel, to: contact.email ?? '', accountId: undefined, threadId: undefined, inboundIds: [], purpose: 'outreach' as const, draft: { ...draftOf(followUp.draftId), confidence: 0.95 } }));
				await store.outbound.plan(drafts.map((draft) => ({ workspace: WORKSPACE, draftId: draft.id, draft, gate: PASS })), decideRoute);
			}
		};
		await Promise.all([works(), ...leads.map(async ({ phone }) => await answers(phone))]);
		await second.close();
		const enrolments = await store.sequences.enrolments(WORKSPACE, { limit: 50 });
		expect(enrolments.map(({ state, code }) => [state, code])).toEqual(leads.map(() => ['stopped', 'replied']));
		test.clock.advance(9 * DAY);
		expect([await send(), await claim()]).toEqual([[], { due: [], settled: [] }]);
		expect(await store.outbound.list(WORKSPACE, { statuses: ['drafted', 'scheduled', 'in_review', 'claimed', 'sending', 'sent'], limit: 50 })).toEqual([]);
	});

	it('enrol a contact once, and again only when asked', async () => {
		const contactId = await person();
		const first = await enrolled(contactId);
		expect(await enrolled(contactId, true)).toEqual(first);
		await store.sequences.stop([{ workspace: WORKSPACE, contactId, reason: 'Stopped.', actor: 'person' }]);
		expect((await enrolled(contactId)).id).toBe(first.id);
		const second = await enrolled(contactId, true);
		expect(second).toMatchObject({ round: 2, state: 'active', steps: [] });
		const [{ followUp }] = (await claim()).due;
		expect(followUp.draftId).toBe(draftId(WORKSPACE, 'sequence:follow-up:2:email', contactId));
		const twice = await store.sequences.enrol([1, 2].map(() => ({ workspace: WORKSPACE, sequenceId: 'follow-up', contactId, by: 'x' })));
		expect(twice.map(({ created }) => created)).toEqual([false, false]);
		await expect(store.sequences.enrol([{ workspace: WORKSPACE, sequenceId: 'nothing', contactId, by: 'x' }])).rejects.toThrow("No sequence 'nothing'");
		await expect(store.sequences.enrol([{ workspace: WORKSPACE, sequenceId: 'follow-up', contactId: 'nobody', by: 'x' }])).rejects.toThrow("No contact 'nobody'");
	});

	it('keep their version when the sequence changes, or go on in the new one behind the last step they had', async () => {
		await enrolled(await person());
		await plan();
		await send();
		const changed: Sequence = { ...FOLLOW_UP, steps: [FOLLOW_UP.steps[0], { ...FOLLOW_UP.steps[1], wait: { amount: 1, unit: 'hours' }, template: 'Shorter' }] };
		expect(await store.sequences.save(WORKSPACE, [changed], { by: 'mia' })).toMatchObject([{ version: 2, changed: true }]);
		expect(await store.sequences.save(WORKSPACE, [changed], { by: 'mia' })).toMatchObject([{ version: 2, changed: false }]);
		test.clock.advance(HOUR);
		expect((await claim()).due).toEqual([]);
		await store.sequences.save(WORKSPACE, [changed], { by: 'mia', moveRunning: true });
		expect((await claim()).due).toMatchObject([{ followUp: { stepId: 'sms', template: 'Shorter', number: 2, of: 2 } }]);
		expect(await store.sequences.list(WORKSPACE)).toMatchObject([{ version: 2 }]);
		expect(await store.sequences.list('other')).toEqual([]);
	});

	/** The first step under a new name, or with one before it. */
	const MOVED: [string, Sequence][] = [
		['renamed', { ...FOLLOW_UP, steps: [{ ...FOLLOW_UP.steps[0], id: 'email-1' }, ...FOLLOW_UP.steps.slice(1)] }],
		['behind a new one', { ...FOLLOW_UP, steps: [{ ...FOLLOW_UP.steps[0], id: 'intro' }, ...FOLLOW_UP.steps] }],
	];
	it.each(MOVED.flatMap(([what, sequence]) => [[what, 'scheduled', sequence, sendNow], [what, 'in review', sequence, toReview]] as const))('moved to a version with its step %s, wait for the message that is %s, and send no second', async (_what, _status, changed, decide) => {
		await enrolled(await person());
		const id = await plan(decide);
		await store.sequences.save(WORKSPACE, [changed], { by: 'mia', moveRunning: true });
		test.clock.advance(2 * HOUR);
		expect((await claim()).due).toEqual([]);
		if (decide === toReview) {
			const [item] = (await store.reviews.search({ workspaces: [WORKSPACE], limit: 5 })).items;
			await store.reviews.decide({ workspace: WORKSPACE, reviewId: item.review.id, by: 'mia', action: { action: 'approve' }, shownHash: item.draftHash }, settleReview);
		}
		expect(await send()).toEqual([id]);
		test.clock.advance(2 * DAY - SECOND);
		expect((await claim()).due).toEqual([]);
		test.clock.advance(SECOND);
		expect((await claim()).due).toMatchObject([{ followUp: { stepId: 'sms' } }]);
	});

	it('moved while a run writes the step, leave it to that run until its lease ends, and let it plan nothing after', async () => {
		await enrolled(await person());
		const [{ followUp, contact, workspace }] = (await claim()).due;
		await store.sequences.save(WORKSPACE, [MOVED[0][1]], { by: 'mia', moveRunning: true });
		expect(await claim()).toEqual({ due: [], settled: [] });
		test.clock.advance(LEASE);
		expect(await claim()).toMatchObject({ due: [], settled: [{ state: 'active', steps: [{ stepId: 'email', result: 'cancelled' }] }] });
		const draft = { workspace, id: followUp.draftId, contactId: contact.id, channel: 'email' as const, to: ANNA.email, accountId: undefined, threadId: undefined, inboundIds: [], purpose: 'outreach' as const, draft: { ...draftOf(followUp.draftId), confidence: 0.95 } };
		await store.outbound.plan([{ workspace, draftId: followUp.draftId, draft, gate: PASS }], decideRoute);
		expect(await status(followUp.draftId)).toMatchObject({ status: 'cancelled', sentence: expect.stringContaining("the step 'email' is not in the sequence any more") });
		test.clock.advance(2 * DAY);
		expect((await claim()).due).toMatchObject([{ followUp: { stepId: 'sms' } }]);
	});
});
