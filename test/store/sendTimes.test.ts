import { decideRoute } from '../../engine/message/route';
import type { SendTimeEvent } from '../../engine/sendTime/answerEvidence';
import type { Schedule } from '../../engine/sendTime/schedule';
import { DAY, HOUR, iso, later, MINUTE, type EpochMs } from '../../engine/time';
import type { OutcomeInput } from '../../store/store';
import { CLAIM, DIALECTS, dueJob, inbound, newDraft, openTestStore, PASS, query, sendNow, START, stopServers, toReview, type TestStore } from './fixtures';

afterAll(stopServers);

const BOUNDS = { since: later(START, -150 * DAY), perContact: 200 };
const ago = (ms: number): EpochMs => later(START, -ms);

describe.each(DIALECTS)('what send times are learnt from, on %s', (dialect) => {
	let test: TestStore;
	beforeEach(async () => (test = await openTestStore(dialect)));
	afterEach(async () => await test.close());

	const sent = async (contactId: string, at: EpochMs, fields: Parameters<typeof newDraft>[0] = {}): Promise<string> => {
		const draft = newDraft({ contactId, ...fields });
		await test.store.outbound.markSent([{ workspace: draft.workspace, id: draft.id, at, draft }]);
		return draft.id;
	};
	const events = async (contactId: string, bounds = BOUNDS, key: { workspace?: string; channel?: 'whatsapp' | 'email' } = {}): Promise<[string, EpochMs][]> => {
		const [found] = await test.store.answerTimes.events([{ workspace: 'acme', channel: 'whatsapp', contactId, ...key }], bounds);
		return found.map(({ at, kind }): [string, EpochMs] => [kind, at]).sort((a, b) => a[1] - b[1]);
	};
	const outcome = (fields: Partial<OutcomeInput>): OutcomeInput => ({ workspace: 'acme', event: 'opened', occurredAt: START, channel: 'whatsapp', ...fields });

	it('tells sends, answers and machine opens of one contact and channel', async () => {
		await test.store.contacts.upsert('acme', [{ id: 'anna', phone: '+49 151 1234567' }]);
		const first = await sent('anna', ago(5 * DAY));
		await sent('anna', ago(4 * DAY), { channel: 'email' });
		await sent('ben', ago(4 * DAY));
		await test.store.outcomes.record([
			outcome({ outboundId: first, event: 'read', occurredAt: ago(5 * DAY - HOUR) }),
			outcome({ outboundId: first, event: 'machine_opened', occurredAt: ago(5 * DAY - MINUTE) }),
			outcome({ outboundId: first, event: 'clicked', occurredAt: ago(4 * DAY) }),
			outcome({ outboundId: first, event: 'delivered', occurredAt: ago(5 * DAY - 1) }),
			outcome({ outboundId: first, event: 'opened', occurredAt: later(START, DAY) }),
		]);
		await test.store.messages.record('acme', [
			inbound({ timestamp: iso(ago(3 * DAY)), contact: { id: 'anna' } }),
			inbound({ timestamp: iso(ago(2 * DAY)), source: 'form', contact: { id: 'anna' } }),
			inbound({ timestamp: iso(ago(2 * DAY)), channel: 'email', contact: { id: 'anna' } }),
		]);
		await test.store.messages.recordFromPerson('acme', [{ ...inbound({ timestamp: iso(ago(DAY)), contact: { id: 'anna' } }), takeOverMs: HOUR }]);
		expect(await events('anna')).toEqual([
			['delivered', ago(5 * DAY)],
			['machineOpen', ago(5 * DAY - MINUTE)],
			['open', ago(5 * DAY - HOUR)],
			['click', ago(4 * DAY)],
			['written', ago(3 * DAY)],
		]);
		expect((await events('anna', BOUNDS, { channel: 'email' })).map(([kind]) => kind)).toEqual(['delivered', 'written']);
		expect(await events('anna', BOUNDS, { workspace: 'other' })).toEqual([]);
		expect(await events('nobody')).toEqual([]);
	});

	it('leaves out messages nobody got, automatic answers, and people who object to profiling', async () => {
		const bounced = await sent('anna', ago(2 * DAY));
		await test.store.outcomes.record([outcome({ outboundId: bounced, event: 'bounced_hard', occurredAt: ago(2 * DAY - 1) })]);
		const [away] = await test.store.messages.record('acme', [inbound({ timestamp: iso(ago(DAY)), contact: { id: 'anna' } })]);
		const reply = { intent: 'out_of_office', optOut: { wanted: false, certainty: 0 }, sentiment: 0, language: 'en', needsAnswer: false } as const;
		await test.store.messages.saveReadings('acme', [{ messageId: away.message.id, reply }]);
		expect(await events('anna')).toEqual([]);
		await test.store.contacts.upsert('acme', [{ id: 'objects', profiling: false }]);
		await sent('objects', ago(DAY));
		expect(await events('objects')).toEqual([]);
		const [recent] = await test.store.answerTimes.recentContacts([{ workspace: 'acme', channel: 'whatsapp' }], { since: BOUNDS.since, sends: 10 });
		expect(recent.map(({ contactId }) => contactId)).toEqual(['anna']);
	});

	it('reads the newest of each source only, and nothing older than asked', async () => {
		for (const day of [1, 2, 3, 4, 200]) await sent('anna', ago(day * DAY));
		expect(await events('anna')).toHaveLength(4);
		expect(await events('anna', { ...BOUNDS, perContact: 2 })).toEqual([['delivered', ago(2 * DAY)], ['delivered', ago(DAY)]]);
		expect(await events('anna', { since: ago(3 * DAY), perContact: 200 })).toHaveLength(3);
	});

	it('knows who was written to lately, each once, newest first, among the newest sends', async () => {
		await test.store.contacts.upsert('acme', ['a', 'b', 'c'].map((id) => ({ id, timezone: 'Asia/Tokyo', attributes: { industry: id } })));
		await sent('a', ago(5 * DAY));
		await sent('b', ago(4 * DAY));
		await sent('c', ago(3 * DAY), { channel: 'email' });
		await sent('a', ago(2 * DAY));
		await sent('b', ago(DAY), { workspace: 'other' });
		const recent = async (sends: number) => {
			const lists = await test.store.answerTimes.recentContacts([{ workspace: 'acme', channel: 'whatsapp' }, { workspace: 'acme', channel: 'sms' }, { workspace: 'acme', channel: 'email' }], { since: BOUNDS.since, sends });
			return lists.map((list) => list.map(({ contactId }) => contactId));
		};
		expect(await recent(100)).toEqual([['a', 'b'], [], ['c']]);
		expect(await recent(1)).toEqual([['a'], [], ['c']]);
		const [[first]] = await test.store.answerTimes.recentContacts([{ workspace: 'acme', channel: 'whatsapp' }], { since: BOUNDS.since, sends: 9 });
		expect(first).toMatchObject({ contactId: 'a', sentAt: ago(2 * DAY), timezone: 'Asia/Tokyo', attributes: { industry: 'a' } });
	});

	it('answers in the order of the keys, repeats and hostile ids included', async () => {
		await sent("o'brien\0", ago(DAY));
		const key = (contactId: string) => ({ workspace: 'acme', channel: 'whatsapp' as const, contactId });
		const lists = await test.store.answerTimes.events([key('x'), key("o'brien\0"), key('🎉'), key("o'brien\0")], BOUNDS);
		expect(lists.map((list: readonly Pick<SendTimeEvent, 'at'>[]) => list.length)).toEqual([0, 1, 0, 1]);
		expect(await test.store.answerTimes.events([], BOUNDS)).toEqual([]);
	});

	it('walks the indexes, not the tables', async () => {
		if (dialect === 'postgres') return;
		const plan = async (text: string): Promise<string> => JSON.stringify(await query(test.place.config, `explain query plan ${text}`));
		expect(await plan("select contact_id from {outbound} where workspace = 'w' and channel = 'email' and status = 'sent' and sent_at >= 5")).toContain('outbound_sent_channel');
		expect(await plan("select id from {outbound} where workspace = 'w' and status = 'scheduled' and send_at is not null")).toContain('outbound_planned');
	});

	it('finds the newest 2,000 of 6,000 sends in a fraction of a second', async () => {
		const sends = 6_000;
		const drafts = Array.from({ length: sends }, (_, i) => newDraft({ id: `d${i}`, contactId: `c${i % 3_000}` }));
		await test.store.contacts.upsert('acme', Array.from({ length: 3_000 }, (_, i) => ({ id: `c${i}` })));
		for (let from = 0; from < sends; from += 1_000) await test.store.outbound.markSent(drafts.slice(from, from + 1_000).map((draft, i) => ({ workspace: 'acme', id: draft.id, at: ago((from + i) * MINUTE), draft })));
		const took: number[] = [];
		for (let times = 0; times < 3; times++) {
			const began = performance.now();
			const [recent] = await test.store.answerTimes.recentContacts([{ workspace: 'acme', channel: 'whatsapp' }], { since: BOUNDS.since, sends: 2_000 });
			took.push(performance.now() - began);
			expect(recent.map(({ contactId }) => contactId)).toEqual(Array.from({ length: 2_000 }, (_, i) => `c${i}`));
		}
		// Some 30 ms where the window's edge is found once, 1.5 s and more where it is found anew for every send.
		expect(Math.min(...took)).toBeLessThan(500);
	}, 60_000);
});

describe.each(DIALECTS)('what is planned under daily caps, on %s', (dialect) => {
	let test: TestStore;
	beforeEach(async () => (test = await openTestStore(dialect)));
	afterEach(async () => await test.close());

	const planned = async (contactId: string, sendAt: EpochMs, workspace = 'acme'): Promise<string> => {
		const draft = newDraft({ contactId, workspace, purpose: 'outreach' });
		await test.store.outbound.plan([{ workspace, draftId: draft.id, draft, sendAt }], sendNow);
		return draft.id;
	};
	const days = async (except: { workspace: string; id: string }[] = []) => {
		const [acme, other] = await test.store.sendLoad.ofWorkspaces(['acme', 'other'], except);
		return { acme: Object.fromEntries(acme), other: Object.fromEntries(other) };
	};

	it('counts by UTC day what left today, is under way, or waits', async () => {
		const yesterday = newDraft();
		const today = newDraft();
		await test.store.outbound.markSent([{ workspace: 'acme', id: yesterday.id, at: later(START, -13 * HOUR), draft: yesterday }, { workspace: 'acme', id: today.id, at: later(START, -11 * HOUR), draft: today }]);
		await planned('a', later(START, 11 * HOUR));
		await planned('b', later(START, 13 * HOUR));
		const last = await planned('c', later(START, 13 * DAY));
		await planned('d', later(START, 5 * DAY), 'other');
		const review = newDraft();
		await test.store.outbound.plan([{ workspace: 'acme', draftId: review.id, draft: review, sendAt: later(START, DAY) }], toReview);
		await test.store.outbound.cancel('acme', [await planned('e', later(START, DAY))], 'not any more', 'person');
		expect(await days()).toEqual({ acme: { '2026-03-02': 2, '2026-03-03': 1, '2026-03-15': 1 }, other: { '2026-03-07': 1 } });
		expect((await days([{ workspace: 'acme', id: last }, { workspace: 'other', id: last }])).acme).toEqual({ '2026-03-02': 2, '2026-03-03': 1 });
	});

	it('counts what is overdue or claimed on the day that is now', async () => {
		await dueJob(test.store, { contactId: 'a' });
		await planned('b', later(START, MINUTE));
		await test.store.outbound.claimDue({ limit: 1, leaseMs: 10 * DAY }, ({ now }) => ({ status: 'claimed', sentence: 'Due.', sendAt: now }));
		test.clock.advance(DAY);
		expect((await days()).acme).toEqual({ '2026-03-03': 2 });
		const [a, b, nobody] = await test.store.sendLoad.ofContacts(['a', 'b', 'x'].map((contactId) => ({ workspace: 'acme', contactId })), START, []);
		expect([a, b, nobody]).toEqual([[later(START, DAY)], [later(START, DAY)], []]);
	});

	it("tells one contact's moments over all channels, without the drafts asked about", async () => {
		const own = await planned('a', later(START, HOUR));
		const mail = newDraft({ contactId: 'a', channel: 'email' });
		await test.store.outbound.markSent([{ workspace: 'acme', id: mail.id, at: later(START, -HOUR), draft: mail }]);
		const keys = [{ workspace: 'acme', contactId: 'a' }, { workspace: 'other', contactId: 'a' }];
		expect(await test.store.sendLoad.ofContacts(keys, later(START, -DAY), [])).toEqual([[later(START, -HOUR), later(START, HOUR)], []]);
		expect(await test.store.sendLoad.ofContacts(keys, START, [{ workspace: 'acme', id: own }])).toEqual([[], []]);
		expect(await test.store.sendLoad.ofWorkspaces([], [])).toEqual([]);
	});
});

describe.each(DIALECTS)('the chosen time kept with its draft, on %s', (dialect) => {
	let test: TestStore;
	beforeEach(async () => (test = await openTestStore(dialect)));
	afterEach(async () => await test.close());

	const schedule = (fields: Partial<Schedule> = {}): Schedule => ({ sendAt: iso(START), localTime: '2026-03-02 12:00', timezone: 'UTC', purpose: 'outreach', source: 'history', propensity: 0.25, moved: [], sentence: 'Send.', ...fields });

	it('is there until the draft is planned, and stays as it was then', async () => {
		const draft = newDraft();
		await test.store.outbound.saveDrafts([draft]);
		const stored = async () => (await test.store.outbound.find('acme', [draft.id]))[0]?.schedule;
		expect(await stored()).toBeUndefined();
		await test.store.outbound.recordSchedules('acme', [{ draftId: draft.id, schedule: schedule({ source: 'channel' }) }, { draftId: 'unknown', schedule: schedule() }, { draftId: draft.id, schedule: schedule({ lawful: { from: '10:00', to: '12:00' } }) }]);
		expect(await stored()).toEqual(schedule({ lawful: { from: '10:00', to: '12:00' } }));
		await test.store.outbound.recordSchedules('other', [{ draftId: draft.id, schedule: schedule({ lawful: 'off' }) }]);
		await test.store.outbound.plan([{ workspace: 'acme', draftId: draft.id }], sendNow);
		await test.store.outbound.recordSchedules('acme', [{ draftId: draft.id, schedule: schedule({ propensity: 1 }) }]);
		expect(await stored()).toEqual(schedule({ lawful: { from: '10:00', to: '12:00' } }));
	});

	it('has its own lawful hours kept as the message falls due', async () => {
		// Noon UTC is seven in the morning in New York, an hour before its statutory hours begin.
		await test.store.settings.set('acme', { kind: 'workspace' }, { mode: 'auto', outreachDelaySeconds: 0 }, 'test');
		await test.store.contacts.upsert('acme', [{ id: 'amy', phone: '+12125550123', timezone: 'America/New_York', consent: { sms: { basis: 'opt_in' } } }]);
		const draft = (): ReturnType<typeof newDraft> => newDraft({ contactId: 'amy', channel: 'sms', to: '12125550123', purpose: 'outreach' });
		const [shipped, own] = [draft(), draft()];
		await test.store.outbound.saveDrafts([shipped, own]);
		await test.store.outbound.recordSchedules('acme', [{ draftId: shipped.id, schedule: schedule() }, { draftId: own.id, schedule: schedule({ lawful: { from: '06:00', to: '22:00' } }) }]);
		await test.store.outbound.plan([shipped, own].map(({ id }) => ({ workspace: 'acme', draftId: id, gate: PASS, sendAt: START })), decideRoute);
		const { claimed, moved } = await test.store.outbound.claimDue(CLAIM, decideRoute);
		expect(claimed.map(({ id }) => id)).toEqual([own.id]);
		expect(moved).toMatchObject([{ id: shipped.id, status: 'scheduled', sendAt: later(START, HOUR) }]);
	});
});
