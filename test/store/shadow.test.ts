import { decideReview, decideRoute } from '../../engine/message/route';
import { draftId } from '../../engine/message/spine';
import { whatPeopleDid } from '../../engine/message/whatPeopleDid';
import { DAY, HOUR, iso, later, MINUTE, SECOND, type EpochMs } from '../../engine/time';
import type { Store, StoredShadowCase } from '../../store/store';
import { Database } from '../../store/database';
import { DIALECTS, draftOf, inbound, newDraft, openTestStore, PASS, query, START, stopServers, type TestStore } from './fixtures';
import { UNTOUCHED } from './judgedReviews';

const WINDOW = 72 * HOUR;
const ALL = { since: later(START, -90 * DAY), until: later(START, 90 * DAY), answerMs: WINDOW, limit: 20_000 };

afterAll(stopServers);

describe.each(DIALECTS)('shadow mode on %s', (dialect) => {
	let test: TestStore;
	let store: Store;
	let now: () => EpochMs;
	beforeEach(async () => {
		test = await openTestStore(dialect);
		({ store } = test);
		now = () => test.clock.time;
	});
	afterEach(async () => await test.close());

	const mode = async (value: 'shadow' | 'auto' | 'assist'): Promise<void> => void (await store.settings.set('acme', { kind: 'workspace' }, { mode: value, replyDelaySeconds: 0 }, 'test'));
	let counter = 0;
	const lead = async (text: string, fields: { thread?: string; at?: EpochMs; phone?: string; accountId?: string } = {}) => {
		const { thread = 'thread-1', at = now(), phone = '+49 151 1234567', accountId } = fields;
		return (await store.messages.record('acme', [inbound({ text, accountId, threadId: thread, timestamp: iso(at), providerId: `in-${counter++}`, contact: { phone } })]))[0];
	};
	const person = async (text: string, fields: { thread?: string; at?: EpochMs; phone?: string; accountId?: string; takeOverMs?: number } = {}) => {
		const { thread = 'thread-1', at = now(), phone = '+49 151 1234567', accountId, takeOverMs = DAY } = fields;
		return (await store.messages.recordFromPerson('acme', [{ ...inbound({ text, accountId, threadId: thread, timestamp: iso(at), providerId: `out-${counter++}`, contact: { phone } }), takeOverMs }]))[0];
	};
	const claim = async () => await store.messages.claimReady({ quietMs: 20 * SECOND, leaseMs: 10 * MINUTE, maxLeases: 3, limit: 100 });
	/** What Generate, Gate and Schedule do with a message. */
	const plan = async ({ message, contact }: { message: { id: string; threadId: string; mergedIds?: string[] }; contact: { id: string } }, text = 'It is 20 euros.', decide = decideRoute) => {
		const id = draftId('acme', message.id, contact.id);
		const draft = newDraft({ id, contactId: contact.id, threadId: message.threadId, inboundIds: [message.id, ...(message.mergedIds ?? [])], draft: draftOf(id, text) });
		await store.outbound.saveDrafts([draft]);
		return (await store.outbound.plan([{ workspace: 'acme', draftId: id, gate: PASS }], decide))[0];
	};
	const cases = async (run = 'live'): Promise<StoredShadowCase[]> => (await store.shadow.cases('acme', { ...ALL, run })).cases;
	const did = ({ at, events = [] }: StoredShadowCase) => whatPeopleDid(events, { at, now: now(), answerMs: WINDOW });
	const replay = async (run: string, limit = 100, until: EpochMs = ALL.until) => await store.shadow.replay('acme', { ...ALL, run, limit, until });

	describe('live', () => {
		it('keeps what it would have sent, once, and plans nothing', async () => {
			await mode('shadow');
			const recorded = await lead('How much?');
			const first = await plan(recorded);
			const again = await plan(recorded);
			expect([first.row.status, again.row.status, again.changed]).toEqual(['cancelled', 'cancelled', false]);
			expect(await cases()).toMatchObject([{ messageId: recorded.message.id, decision: 'send', reason: 'cleared', draftText: 'It is 20 euros.', channel: 'whatsapp', events: [] }]);
			test.clock.advance(DAY);
			expect((await store.outbound.claimDue({ limit: 10, leaseMs: MINUTE }, decideRoute)).claimed).toEqual([]);
			expect(await claim()).toEqual([]);
		});

		it('keeps nothing in the other modes', async () => {
			await mode('auto');
			expect((await plan(await lead('How much?'))).row.status).toBe('scheduled');
			await store.messages.decide('acme', [{ messageId: (await lead('Thanks!')).message.id, reason: 'No answer needed.', actor: 'engine' }]);
			expect(await cases()).toEqual([]);
		});

		it('gives back what the limits held for it', async () => {
			await mode('shadow');
			const recorded = await lead('How much?');
			const [{ reservationId }] = await store.limits.reserve([{ workspace: 'acme', idempotencyKey: 'k', at: now(), scopes: [{ key: 'one', from: START, to: later(START, DAY) }], decide: () => ({ allowed: true }) }], 15 * MINUTE);
			const id = draftId('acme', recorded.message.id, recorded.contact.id);
			await store.outbound.saveDrafts([newDraft({ id, contactId: recorded.contact.id, threadId: 'thread-1', inboundIds: [recorded.message.id] })]);
			await store.outbound.plan([{ workspace: 'acme', draftId: id, gate: PASS, reservationId }], decideRoute);
			expect(await query(test.place.config, 'select count(*) as held from {limit_entries}')).toMatchObject([{ held: 0 }]);
		});

		it('keeps reviews with their reason, blocks, and what needs no answer', async () => {
			await mode('shadow');
			await plan(await lead('A', { thread: 'a' }), 'x', decideReview('Anna knows them'));
			await store.suppressions.optOut([{ workspace: 'acme', channel: 'whatsapp', address: '+49 152 7654321', allChannels: false, reason: 'asked', actor: 'person' }]);
			const blocked = await lead('B', { thread: 'b', phone: '+49 152 7654321' });
			const id = draftId('acme', blocked.message.id, blocked.contact.id);
			await store.outbound.saveDrafts([newDraft({ id, contactId: blocked.contact.id, to: '+49 152 7654321', threadId: 'b', inboundIds: [blocked.message.id] })]);
			await store.outbound.plan([{ workspace: 'acme', draftId: id, gate: PASS }], decideRoute);
			const thanks = await lead('C', { thread: 'c' });
			await store.messages.decide('acme', [{ messageId: thanks.message.id, reason: 'Thanks.', actor: 'engine' }, { messageId: thanks.message.id, reason: 'Again.', actor: 'engine' }]);
			const kept = new Map((await cases()).map(({ decision, reason }) => [decision, reason]));
			expect(Object.fromEntries(kept)).toEqual({ review: 'asked', block: 'opted_out', no_reply: 'no_answer_needed' });
			expect(await store.reviews.list('acme', { limit: 10 })).toEqual([]);
		});

		it('lets people answer beside it: the message is decided all the same, and the answer stays unseen', async () => {
			await mode('shadow');
			await lead('How much?');
			test.clock.advance(5 * SECOND);
			await person('It is 25 euros.');
			test.clock.advance(MINUTE);
			const [ready] = await claim();
			expect(ready).toMatchObject({ mode: 'shadow', conversation: [{ from: 'lead', text: 'How much?' }] });
			expect(ready.contact.takenOverUntil).toBeUndefined();
			expect((await plan(ready)).row.sentence).toMatch(/^Shadow mode: would have been sent/);
			const [kept] = await cases();
			expect(did(kept)).toEqual({ did: 'answered', text: 'It is 25 euros.', afterMs: 5 * SECOND });
		});

		it('lets a colleague answer between draft and decision', async () => {
			await mode('shadow');
			const recorded = await lead('How much?');
			const id = draftId('acme', recorded.message.id, recorded.contact.id);
			await store.outbound.saveDrafts([newDraft({ id, contactId: recorded.contact.id, threadId: 'thread-1', inboundIds: [recorded.message.id] })]);
			test.clock.advance(SECOND);
			await person('25 euros.');
			expect((await plan(recorded)).row.sentence).toMatch(/^Shadow mode: would have been sent/);
		});

		it('still cancels what was planned before the mode became shadow', async () => {
			await mode('auto');
			const planned = await plan(await lead('How much?'));
			expect(planned.row.status).toBe('scheduled');
			await mode('shadow');
			await person('25 euros.');
			expect(await store.outbound.find('acme', [planned.row.id])).toMatchObject([{ status: 'cancelled' }]);
		});

		it('leaves nothing to answer twice when it ends, and conversations to those who hold them', async () => {
			await mode('shadow');
			await lead('How much?');
			test.clock.advance(SECOND);
			await person('25 euros.');
			await lead('Unanswered', { thread: 'other', phone: '+49 152 7654321' });
			await mode('auto');
			test.clock.advance(MINUTE);
			expect((await claim()).map(({ message }) => message.text)).toEqual(['Unanswered']);
			await lead('And delivery?');
			test.clock.advance(MINUTE);
			// The colleague wrote a minute ago: for a day it is theirs.
			expect(await claim()).toEqual([]);
			test.clock.advance(DAY);
			expect((await claim()).map(({ message }) => message.text)).toContain('And delivery?');
		});
	});

	it('leaves a conversation that was handed back alone when the shadow of another one ends', async () => {
		await mode('auto');
		const handed = await lead('How much?');
		await person('25 euros.');
		await store.contacts.setTakeOver('acme', [{ contactId: handed.contact.id, until: null, by: 'Eva' }]);
		const shadowed = await lead('Hello', { thread: 'b', phone: '+49 152 7654321' });
		const scope = { kind: 'contact' as const, id: shadowed.contact.id };
		await store.settings.set('acme', scope, { mode: 'shadow' }, 'test');
		await person('Hi!', { thread: 'b', phone: '+49 152 7654321' });
		await store.settings.set('acme', scope, { mode: undefined }, 'test');
		const [first, second] = await store.contacts.find('acme', [handed.contact.id, shadowed.contact.id]);
		expect([first?.takenOverUntil, second?.takenOverUntil]).toEqual([undefined, iso(later(now(), DAY))]);
	});

	describe('when it ends', () => {
		const other = { thread: 'b', phone: '+49 152 7654321', accountId: 'two' };
		const theirsUntil = async (id: string): Promise<string | undefined> => (await store.contacts.find('acme', [id]))[0]?.takenOverUntil;
		const set = async (scope: { kind: 'workspace' | 'account' | 'contact'; id?: string }, value: 'off' | 'shadow' | 'assist' | 'auto' | undefined): Promise<void> => void (await store.settings.set('acme', scope, { mode: value }, 'test'));

		it('revives no takeover of before that is over', async () => {
			await mode('assist');
			const asked = await lead('How much?');
			await person('25 euros.', { takeOverMs: HOUR });
			test.clock.advance(2 * HOUR);
			await mode('shadow');
			test.clock.advance(MINUTE);
			await mode('assist');
			expect(await theirsUntil(asked.contact.id)).toBe(iso(later(START, HOUR)));
			await lead('And delivery?');
			test.clock.advance(MINUTE);
			expect((await claim()).map(({ message }) => message.text)).toEqual(['And delivery?']);
		});

		it('keeps the length that was given, shorter or longer than a day', async () => {
			await mode('shadow');
			const short = await lead('How much?');
			await person('25 euros.', { takeOverMs: HOUR });
			const long = await lead('Hello', other);
			await person('Hi!', { ...other, takeOverMs: 3 * DAY });
			const over = await lead('Hey', { thread: 'c', phone: '+49 153 7654321' });
			await person('Hi!', { thread: 'c', phone: '+49 153 7654321', takeOverMs: MINUTE });
			const none = await lead('Hey', { thread: 'd', phone: '+49 154 7654321' });
			await person('Hi!', { thread: 'd', phone: '+49 154 7654321', takeOverMs: 0 });
			test.clock.advance(30 * MINUTE);
			await mode('auto');
			expect([await theirsUntil(short.contact.id), await theirsUntil(long.contact.id), await theirsUntil(over.contact.id), await theirsUntil(none.contact.id)]).toEqual([iso(later(START, HOUR)), iso(later(START, 3 * DAY)), undefined, undefined]);
			expect(await claim()).toEqual([]);
		});

		it('touches nothing that stays in it', async () => {
			await set({ kind: 'workspace' }, 'shadow');
			await set({ kind: 'account', id: 'two' }, 'shadow');
			const left = await lead('How much?', { accountId: 'one' });
			const stays = await lead('Hello', other);
			test.clock.advance(SECOND);
			await person('25 euros.', { accountId: 'one' });
			await person('Hi!', other);
			await mode('assist');
			expect([await theirsUntil(left.contact.id), await theirsUntil(stays.contact.id)]).toEqual([iso(later(now(), DAY)), undefined]);
			test.clock.advance(MINUTE);
			const ready = await claim();
			expect(ready).toMatchObject([{ mode: 'shadow', message: { text: 'Hello' } }]);
			await store.messages.release('acme', [stays.message.id]);
			await set({ kind: 'account', id: 'two' }, undefined);
			expect(await theirsUntil(stays.contact.id)).toBe(iso(later(START, DAY + SECOND)));
			expect(await claim()).toEqual([]);
		});

		it('ends nowhere while a wider scope still asks for it', async () => {
			await mode('shadow');
			await set({ kind: 'account', id: 'two' }, 'shadow');
			const stays = await lead('Hello', other);
			await person('Hi!', other);
			await set({ kind: 'account', id: 'two' }, 'auto');
			expect(await theirsUntil(stays.contact.id)).toBeUndefined();
			await set({ kind: 'contact', id: stays.contact.id }, 'off');
			expect(await theirsUntil(stays.contact.id)).toBe(iso(later(now(), DAY)));
		});

		it('leaves to the autopilot what a colleague handed back meanwhile', async () => {
			await mode('shadow');
			const asked = await lead('How much?');
			await person('25 euros.');
			await store.contacts.setTakeOver('acme', [{ contactId: asked.contact.id, until: null, by: 'Eva' }]);
			await mode('auto');
			expect(await theirsUntil(asked.contact.id)).toBeUndefined();
		});
	});

	describe('what people did', () => {
		it('counts answers in the thread after the message alone', async () => {
			await person('Good morning!', { at: later(START, -HOUR) });
			await mode('shadow');
			const recorded = await lead('How much?', { at: START });
			await plan(recorded);
			test.clock.advance(HOUR);
			await person('25 euros.', { thread: 'elsewhere' });
			test.clock.advance(WINDOW);
			const [kept] = await cases();
			expect(kept.events).toEqual([]);
			expect(did(kept)).toEqual({ did: 'no_answer' });
		});

		it('tells messages of one moment apart by the order in which they came', async () => {
			await mode('shadow');
			await person('Hello, this is Eva.', { at: START });
			await plan(await lead('How much?', { at: START }));
			await person('25 euros 😀 für Sie', { at: START });
			expect(did((await cases())[0])).toMatchObject({ did: 'answered', text: '25 euros 😀 für Sie' });
		});

		it.each([
			['the autopilot’s answer', null, null, { did: 'autopilot' }],
			['the answer of the person who approved it', 'approved', null, { did: 'answered', text: 'It is 20 euros.', afterMs: HOUR }],
			['the answer of the person who edited it', 'edited', 'It is 30 euros.', { did: 'answered', text: 'It is 30 euros.', afterMs: HOUR }],
		])('takes a sent draft for %s', async (_whose, decision, editedText, expected) => {
			const recorded = await lead('How much?', { at: later(START, -10 * DAY) });
			const id = draftId('acme', recorded.message.id, recorded.contact.id);
			await store.outbound.markSent([{ workspace: 'acme', id, draft: newDraft({ id, contactId: recorded.contact.id, threadId: 'thread-1', inboundIds: [recorded.message.id] }), at: later(START, -10 * DAY + HOUR) }]);
			const database = new Database(test.place.config);
			await database.write(async (session) => {
				const review = { ...UNTOUCHED, workspace: 'acme', id: 'r', kind: 'draft', subject: id, outbound_id: id, message_id: null, contact_id: null, sentence: 'x', due_at: START, created_at: START, reviewer: 'eva', edit_distance: null, seconds_to_decide: null, decided_at: START };
				if (decision !== null) await session.insert('reviews', [{ ...review, decision, edited_text: editedText }]);
			});
			await database.close();
			const { replays } = await replay('r1');
			await plan(replays[0]);
			expect((await cases('r1')).map(did)).toEqual([expected]);
		});

		it('says that the contact opted out first', async () => {
			await mode('shadow');
			const recorded = await lead('How much?');
			await plan(recorded);
			test.clock.advance(HOUR);
			await store.suppressions.optOut([{ workspace: 'acme', contactId: recorded.contact.id, channel: 'whatsapp', allChannels: false, reason: 'wrote STOP', actor: 'engine' }]);
			expect(did((await cases())[0])).toEqual({ did: 'opted_out' });
		});
	});

	describe('replays', () => {
		it('are the newest messages people answered or had the time to, as they stood then', async () => {
			await lead('One', { at: later(START, -10 * DAY) });
			await person('Answer to one', { at: later(START, -10 * DAY + HOUR) });
			await lead('Two', { at: later(START, -9 * DAY) });
			await lead('and a half', { at: later(START, -9 * DAY + MINUTE) });
			await lead('Four days later', { at: later(START, -5 * DAY + MINUTE) });
			await lead('Fresh', { at: later(START, -HOUR), thread: 'young' });
			const { replays, decided } = await replay('r1');
			expect(decided).toBe(0);
			expect(replays.map(({ message }) => message.text)).toEqual(['One', 'Two\nand a half', 'Four days later']);
			expect(replays[0].conversation.map(({ text }) => text)).toEqual(['One']);
			expect(replays[1].conversation.map(({ from, text }) => `${from}: ${text}`)).toEqual(['lead: One', 'person: Answer to one', 'lead: Two', 'lead: and a half']);
			expect((await replay('r2', 1)).replays.map(({ message }) => message.text)).toEqual(['Four days later']);
		});

		it('go on where a run stopped, and decide a message once a run', async () => {
			for (const thread of ['a', 'b', 'c']) await lead(`Hello ${thread}`, { thread, at: later(START, -10 * DAY) });
			const first = await replay('r1');
			expect(first.replays).toHaveLength(3);
			await plan(first.replays[0]);
			await plan(first.replays[0]);
			const second = await replay('r1');
			expect([second.replays.map(({ message }) => message.id), second.decided]).toEqual([first.replays.slice(1).map(({ message }) => message.id), 1]);
			expect((await store.shadow.cases('acme', { ...ALL, run: 'r1' })).undecided).toBe(2);
			expect((await replay('r2')).replays).toHaveLength(3);
			expect(await cases('r1')).toMatchObject([{ messageId: first.replays[0].message.replayOf, decision: 'send' }]);
			expect(await cases('live')).toEqual([]);
		});

		it('are never sent, whatever mode, wish or approval', async () => {
			await mode('auto');
			for (const thread of ['a', 'b', 'c']) await lead('How much?', { thread, at: later(START, -10 * DAY) });
			const { replays } = await replay('r1');
			await plan(replays[0]);
			await plan(replays[1], 'x', decideReview('please'));
			// A step of a campaign written on a replay answers no message; its thread gives it away.
			const campaign = newDraft({ contactId: replays[2].contact.id, threadId: replays[2].message.threadId, inboundIds: [], purpose: 'outreach' });
			await store.outbound.plan([{ workspace: 'acme', draftId: campaign.id, draft: campaign, gate: PASS }], decideRoute);
			expect((await store.outbound.list('acme', { limit: 10 })).map(({ status }) => status)).toEqual(['cancelled', 'cancelled', 'cancelled']);
			expect(await store.reviews.list('acme', { limit: 10 })).toEqual([]);
			expect(new Set((await cases('r1')).map(({ decision }) => decision))).toEqual(new Set(['send', 'review']));
		});

		it('leave the real conversation alone', async () => {
			await mode('auto');
			const past = await lead('How much?', { at: later(START, -10 * DAY) });
			await person('25 euros.', { at: later(START, -10 * DAY + HOUR) });
			await store.contacts.setTakeOver('acme', [{ contactId: past.contact.id, until: null, by: 'x' }]);
			const fresh = await lead('And now?');
			const real = await plan(fresh);
			const { replays } = await replay('r1');
			await plan(replays[0]);
			expect(await store.outbound.find('acme', [real.row.id])).toMatchObject([{ status: 'scheduled' }]);
			expect((await store.contacts.conversations('acme', [past.contact.id]))[0].map(({ text }) => text)).toEqual(['How much?', '25 euros.', 'And now?']);
		});

		it('know of an opt-out only what was known then', async () => {
			const before = await lead('Before', { thread: 'a', at: later(START, -10 * DAY) });
			await store.suppressions.optOut([{ workspace: 'acme', contactId: before.contact.id, channel: 'whatsapp', allChannels: false, reason: 'wrote STOP', actor: 'engine' }]);
			await lead('After', { thread: 'b', at: later(START, HOUR) });
			test.clock.advance(10 * DAY);
			const { replays } = await replay('r1');
			for (const one of replays) await plan(one);
			expect((await cases('r1')).map(({ decision, reason }) => [decision, reason])).toEqual([['block', 'opted_out'], ['send', 'cleared']]);
		});

		it('keep workspaces apart', async () => {
			await lead('How much?', { at: later(START, -10 * DAY) });
			expect((await store.shadow.replay('other', { ...ALL, run: 'r1' })).replays).toEqual([]);
			const { replays } = await replay('r1');
			await store.shadow.settle('other', [{ replayId: replays[0].message.id, decision: { decision: 'block', reason: 'x', sentence: 'x' } }]);
			expect(await cases('r1')).toEqual([]);
		});

		it('are registered once when two executions begin the same run at once', async () => {
			for (const thread of ['a', 'b', 'c']) await lead('Hello', { thread, at: later(START, -10 * DAY) });
			const [one, two] = await Promise.all([replay('r1'), replay('r1')]);
			expect(one.replays.map(({ message }) => message.id)).toEqual(two.replays.map(({ message }) => message.id));
			await Promise.all([plan(one.replays[0]), plan(two.replays[0])]);
			expect((await store.shadow.cases('acme', { ...ALL, run: 'r1' })).undecided).toBe(2);
			expect(await cases('r1')).toHaveLength(1);
		});

		it('find nothing in an empty time', async () => {
			expect(await replay('r1')).toEqual({ replays: [], decided: 0 });
			expect(await store.shadow.cases('acme', { ...ALL, run: 'ünbekannt \u0000' })).toEqual({ cases: [], undecided: 0 });
			await store.shadow.settle('acme', []);
		});
	});

	it('copes with a thread in which thousands of messages came within hours', async () => {
		const size = 2_000;
		const said = (direction: 'lead' | 'person', i: number) => inbound({ text: `${direction} ${i}`, timestamp: iso(later(START, -10 * DAY + 2 * i * SECOND + (direction === 'lead' ? 0 : SECOND))), providerId: `${direction}${i}` });
		await store.messages.record('acme', Array.from({ length: size }, (_, i) => said('lead', i)));
		await store.messages.recordFromPerson('acme', Array.from({ length: size }, (_, i) => ({ ...said('person', i), takeOverMs: DAY })));
		const began = Date.now();
		const { replays } = await replay('long', size);
		expect(replays).toHaveLength(size);
		expect(replays[size - 1].conversation.map(({ text }) => text).slice(-3)).toEqual([`lead ${size - 2}`, `person ${size - 2}`, `lead ${size - 1}`]);
		await store.shadow.settle('acme', replays.map(({ message }) => ({ replayId: message.id, decision: { decision: 'review' as const, reason: 'asked', sentence: 'x' } })));
		const kept = await cases('long');
		expect(kept.map(did)).toEqual(Array.from({ length: size }, (_, i) => expect.objectContaining({ did: 'answered', text: expect.stringContaining(`person ${size - 1 - i}`) })));
		expect(Date.now() - began).toBeLessThan(20_000);
	}, 120_000);

	it('replays and reports 5,000 conversations in seconds', async () => {
		const size = 5_000;
		await store.messages.record('acme', Array.from({ length: size }, (_, i) => inbound({ text: `Question ${i} 你好`, threadId: `t${i}`, timestamp: iso(later(START, -10 * DAY + i)), providerId: `p${i}`, contact: { phone: `+4915${(100_000_000 + i)}` } })));
		const began = Date.now();
		const { replays } = await replay('big', size);
		expect(replays).toHaveLength(size);
		await store.shadow.settle('acme', replays.map(({ message }) => ({ replayId: message.id, decision: { decision: 'block' as const, reason: 'opt_out', sentence: 'x' } })));
		expect(await cases('big')).toHaveLength(size);
		expect(Date.now() - began).toBeLessThan(20_000);
	}, 60_000);
});
