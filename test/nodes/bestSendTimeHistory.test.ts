import { HOLIDAYS_UNTIL } from '../../engine/sendTime/publicHolidays';
import { ScheduleSchema, type Schedule } from '../../engine/sendTime/schedule';
import { addDays, instantOf } from '../../engine/sendTime/zoneClock';
import { DAY, epochMs, HOUR, iso, later, MINUTE, type EpochMs } from '../../engine/time';
import { BestSendTime } from '../../nodes/BestSendTime/BestSendTime.node';
import type { ContactInput } from '../../store/store';
import { draftOf, newDraft, sendNow } from '../store/fixtures';
import { useEmbeddedStore } from './embeddedStore';
import { runNode, type RunResult } from './runNode';
import { countingCalls, storeCalls } from './storeCalls';

jest.mock('../../store/openStore', () => {
	const actual = jest.requireActual<typeof import('../../store/openStore')>('../../store/openStore');
	return { ...actual, openStore: async (...parameters: Parameters<typeof actual.openStore>) => countingCalls(await actual.openStore(...parameters)) };
});

const EVERY_DAY = { workingDays: [1, 2, 3, 4, 5, 6, 7] };
const today = (): string => iso(epochMs(Date.now())).slice(0, 10);
/** The hour of a local time; minutes may be any when the hour has begun already. */
const hourOf = ({ localTime }: Schedule): number => Number(localTime.slice(11, 13));

describe('Best Send Time with a history', () => {
	const { store, breakStore } = useEmbeddedStore();

	const run = async (items: object[], options: object = {}, more: object = {}): Promise<RunResult> =>
		await runNode(new BestSendTime(), JSON.parse(JSON.stringify(items)), { parameters: { channel: 'email', workspace: 'w', options: { ...EVERY_DAY, ...options } }, ...more });
	const times = async (items: object[], options: object = {}): Promise<Schedule[]> => (await run(items, options)).outputs[0].map(({ json }) => ScheduleSchema.parse(json.schedule));

	/** Sends at ten that stay unanswered, and sends at `hour` that are answered after a quarter of an hour, in UTC. */
	async function habit(contact: ContactInput & { id: string }, hour: number, answers: number): Promise<void> {
		await store().contacts.upsert('w', [{ timezone: 'UTC', ...contact }]);
		const days = Array.from({ length: answers }, (_, day) => addDays(today(), -1 - day));
		const sends = days.flatMap((day) => [10, hour].map((at) => ({ at: instantOf('UTC', day, at * HOUR), draft: newDraft({ workspace: 'w', contactId: contact.id, channel: 'email', purpose: 'outreach' }) })));
		await store().outbound.markSent(sends.map(({ at, draft }) => ({ workspace: 'w', id: draft.id, at, draft })));
		await store().messages.record('w', days.map((day) => ({
			message: { channel: 'email', direction: 'inbound', source: 'channel', threadId: 't', text: 'Yes', attachments: [], timestamp: iso(instantOf('UTC', day, hour * HOUR + 15 * MINUTE)) },
			contact: { id: contact.id },
		})));
	}

	it('moves the hour to where the contact answers, and says so', async () => {
		await habit({ id: 'anna', email: 'anna@example.com' }, 20, 6);
		const [schedule] = await times([{ email: 'anna@example.com' }]);
		expect(hourOf(schedule)).toBe(20);
		expect(schedule).toMatchObject({ source: 'history', propensity: 1, moved: [] });
		expect(schedule.sentence).toMatch(/is when this contact answers best \(6 answers seen\)\.$/);
		const [off, preferred] = [
			await times([{ email: 'anna@example.com' }], { learn: false }),
			await times([{ email: 'anna@example.com', bestContactTime: '07:30' }]),
		];
		expect(off[0]).toMatchObject({ source: 'channel', localTime: expect.stringMatching(/ 10:00$/) });
		expect(preferred[0]).toMatchObject({ source: 'preference', localTime: expect.stringMatching(/ 07:30$/) });
	});

	it('learns nothing from people who object to profiling, and keeps channels apart', async () => {
		await habit({ id: 'anna', email: 'anna@example.com', profiling: false }, 20, 6);
		expect((await times([{ email: 'anna@example.com' }]))[0].source).toBe('channel');
		await habit({ id: 'bob', email: 'bob@example.com' }, 20, 6);
		const result = await run([{ email: 'bob@example.com' }], {}, { parameters: { channel: 'sms', workspace: 'w', options: EVERY_DAY } });
		expect(result.outputs[0][0].json.schedule).toMatchObject({ source: 'channel', localTime: expect.stringMatching(/ 12:00$/) });
	});

	it('believes of an unknown contact what is known of the others, once they are enough', async () => {
		for (let index = 0; index < 4; index++) await habit({ id: `c${index}` }, 21, 6);
		expect((await times([{ email: 'new@example.com', timezone: 'UTC' }]))[0]).toMatchObject({ source: 'channel', localTime: expect.stringMatching(/ 10:00$/) });
		await habit({ id: 'c4' }, 21, 6);
		const [unknown, nobody, known] = await times([{ email: 'new@example.com', timezone: 'UTC' }, { timezone: 'UTC' }, { contact: { id: 'c1' } }]);
		for (const schedule of [unknown, nobody]) {
			expect(hourOf(schedule)).toBe(21);
			expect(schedule).toMatchObject({ source: 'segment' });
			expect(schedule.sentence).toContain('contacts like this one answer best (30 answers seen)');
		}
		expect(known.source).toBe('history');
	});

	it('tells industries apart', async () => {
		for (let index = 0; index < 6; index++) {
			await habit({ id: `hotel${index}`, attributes: { industry: 'Hotels' } }, 22, 5);
			await habit({ id: `bank${index}`, attributes: { industry: 'Banks' } }, 7, 5);
		}
		const lead = (id: string, industry: string): object => ({ contact: { id, timezone: 'UTC', attributes: { industry } } });
		const [hotel, bank] = await times([lead('x', ' hotels'), lead('y', 'BANKS')]);
		// Hours next to each other are learnt together, so the neighbour will do.
		expect(Math.abs(hourOf(hotel) - 22)).toBeLessThanOrEqual(1);
		expect(Math.abs(hourOf(bank) - 7)).toBeLessThanOrEqual(1);
		expect([hotel.source, bank.source]).toEqual(['segment', 'segment']);
	});

	it('answers a waiting contact at once, whatever its history and the caps', async () => {
		await habit({ id: 'anna', email: 'anna@example.com' }, 20, 6);
		await store().settings.set('w', { kind: 'workspace' }, { workspaceDailyCap: 1 }, 'test');
		const message = { id: 'm', workspace: 'w', channel: 'email', direction: 'inbound', threadId: 't', text: 'Hi', timestamp: iso(epochMs(Date.now() - 5 * MINUTE)) };
		const started = Date.now();
		const [reply, paused] = [(await times([{ email: 'anna@example.com', message }]))[0], (await times([{ email: 'anna@example.com', message }], { replyPauseMin: 20, replyPauseMax: 30 }))[0]];
		expect(reply).toMatchObject({ purpose: 'reply', source: 'reply', propensity: 1 });
		expect(epochMs(reply.sendAt) - started).toBeLessThan(10_000);
		expect(epochMs(paused.sendAt) - started).toBeGreaterThanOrEqual(20_000);
		expect(epochMs(paused.sendAt) - started).toBeLessThan(40_000);
	});

	it('explores at a random hour with its chance, which stays with the draft', async () => {
		const draft = newDraft({ workspace: 'w', contactId: 'anna', channel: 'email' });
		await store().outbound.saveDrafts([draft]);
		const random = jest.spyOn(Math, 'random').mockReturnValue(0.5);
		// A day that has not begun, so that no two hours lead to the same moment.
		const [schedule] = await times([{ email: 'anna@example.com', timezone: 'UTC', draft: draftOf(draft.id) }], { explorePercent: 100, notBefore: `${addDays(today(), 2)}T00:00:00Z` });
		random.mockRestore();
		// The seventh of the thirteen hours from 8 to 20.
		expect(hourOf(schedule)).toBe(14);
		expect(schedule.propensity).toBeCloseTo(1 / 13);
		expect(schedule.sentence).toContain('14:00 was drawn to learn from');
		const [stored] = await store().outbound.find('w', [draft.id]);
		expect(stored?.schedule).toEqual(schedule);
		await expect(run([{}], { explorePercent: 101 })).rejects.toThrow("'Exploration (Percent)' must be from 0 to 100");
	});

	it('keeps public holidays of the country, else of the phone, unless told otherwise', async () => {
		const year = Math.min(new Date().getUTCFullYear() + 1, HOLIDAYS_UNTIL - 1);
		const eve = { notBefore: `${year}-12-31T20:00:00Z` };
		const [germany, phone, nowhere, stated] = await times([{ country: 'Germany' }, { phone: '+49 170 1234567' }, { timezone: 'Europe/Berlin' }, { country: 'IN', phone: '+49 170 1234567', timezone: 'Europe/Berlin' }], eve);
		for (const schedule of [germany, phone]) {
			expect(schedule.localTime).toBe(`${year + 1}-01-02 10:00`);
			expect(schedule.moved).toContain("public holiday (DE: New Year's Day)");
		}
		// No country, no holiday; and in India New Year's Day is none.
		for (const schedule of [nowhere, stated, ...(await times([{ country: 'DE' }], { ...eve, avoidHolidays: false }))]) expect(schedule.localTime).toBe(`${year + 1}-01-01 10:00`);
		const [late] = await times([{ country: 'DE' }], { notBefore: `${HOLIDAYS_UNTIL + 1}-03-04T00:00:00Z` });
		expect(late.sentence).toContain(`Public holidays are known up to ${HOLIDAYS_UNTIL} only`);
	});

	describe('and daily caps', () => {
		const start = (): string => addDays(today(), 2);
		const from = (): object => ({ notBefore: `${start()}T00:00:00Z` });
		const lead = (name: string, more: object = {}): object => ({ email: `${name}@example.com`, timezone: 'UTC', ...more });
		const localDays = (schedules: Schedule[]): string[] => schedules.map(({ localTime }) => localTime);
		const plan = async (days: number[], id?: string): Promise<void> => {
			for (const day of days) {
				const draft = newDraft({ workspace: 'w', contactId: `other${day}`, channel: 'email', purpose: 'outreach', ...(id === undefined ? {} : { id }) });
				await store().outbound.plan([{ workspace: 'w', draftId: draft.id, draft, sendAt: later(epochMs(`${start()}T12:00:00Z`), day * DAY) }], sendNow);
			}
		};

		it('passes over a day that is full, and says so', async () => {
			await store().settings.set('w', { kind: 'workspace' }, { workspaceDailyCap: 1 }, 'test');
			await plan([0, 1]);
			const [schedule] = await times([lead('a')], from());
			expect(schedule.localTime).toBe(`${addDays(start(), 2)} 10:00`);
			expect(schedule.moved).toContain("the workspace's daily cap of 1");
		});

		it('lets two items of one batch share what is free, and counts nothing twice', async () => {
			await store().settings.set('w', { kind: 'workspace' }, { workspaceDailyCap: 2 }, 'test');
			const draft = newDraft({ workspace: 'w' });
			await plan([0], draft.id);
			const days = localDays(await times([lead('a'), lead('b'), lead('c'), lead('d')], from()));
			expect(days).toEqual([0, 1, 1, 2].map((day) => `${addDays(start(), day)} 10:00`));
			// The draft's own place does not stand in its way when it is timed again.
			const again = await times([lead('a', { draft: draftOf(draft.id) }), lead('b'), lead('c')], from());
			expect(localDays(again)).toEqual([0, 0, 1].map((day) => `${addDays(start(), day)} 10:00`));
		});

		it("keeps a contact's own cap in its own day", async () => {
			await store().settings.set('w', { kind: 'workspace' }, { contactDailyCap: 1 }, 'test');
			await store().contacts.upsert('w', [{ id: 'kiwi', email: 'kiwi@example.com', timezone: 'Pacific/Auckland' }]);
			const kiwi = { email: 'kiwi@example.com' };
			const days = localDays(await times([kiwi, lead('a'), kiwi, lead('a')], from()));
			expect(days[1]).toBe(`${start()} 10:00`);
			expect(days[3]).toBe(`${addDays(start(), 1)} 10:00`);
			expect(days[2]).toBe(`${addDays(days[0].slice(0, 10), 1)} 10:00`);
		});

		it('says why there is no time when two weeks are full', async () => {
			await store().settings.set('w', { kind: 'workspace' }, { workspaceDailyCap: 1 }, 'test');
			await plan(Array.from({ length: 15 }, (_, day) => day));
			const result = await run([lead('a')], from(), { continueOnFail: true });
			expect(result.outputs[0][0].json.error).toContain(`the workspace's daily cap of 1 leaves no moment up to ${addDays(start(), 14)} 00:00 (UTC)`);
		});
	});

	it('costs the same round trips for three items and for three hundred', async () => {
		await store().settings.set('w', { kind: 'workspace' }, { workspaceDailyCap: 5_000, contactDailyCap: 5 }, 'test');
		const items = (count: number): object[] => Array.from({ length: count }, (_, index) => ({ email: `p${index}@example.com`, timezone: 'UTC', contact: { id: `p${index}`, attributes: { industry: `i${index % 7}` } } }));
		const calls: string[][] = [];
		for (const count of [3, 300]) {
			storeCalls.length = 0;
			await times(items(count));
			calls.push([...storeCalls]);
		}
		expect(calls[1]).toEqual(calls[0]);
		expect(calls[0]).toEqual(['contacts.find', 'messages.lastInboundAt', 'settings.effective', 'clock.now', 'answerTimes.recentContacts', 'answerTimes.events', 'sendLoad.ofWorkspaces', 'sendLoad.ofContacts', 'executions.note']);
	});

	it('does without the store, with a hint what was not seen', async () => {
		breakStore();
		const result = await run([{ email: 'anna@example.com', timezone: 'UTC' }], { explorePercent: 0 });
		expect(ScheduleSchema.parse(result.outputs[0][0].json.schedule)).toMatchObject({ source: 'channel', propensity: 1 });
		expect(result.hints[0]).toContain('history, daily caps');
	});

	it('survives moments and attributes nobody expects', async () => {
		await store().contacts.upsert('w', [{ id: 'odd', timezone: 'Mars/Phobos', attributes: { industry: '💥'.repeat(1_000), role: 7 } }]);
		const future: EpochMs = later(epochMs(Date.now()), 400 * DAY);
		await store().outcomes.record([{ workspace: 'w', event: 'replied', occurredAt: future, contactId: 'odd', channel: 'email' }, { workspace: 'w', event: 'clicked', occurredAt: epochMs(1), contactId: 'odd' }]);
		const [schedule] = await times([{ contact: { id: 'odd' } }]);
		expect(schedule).toMatchObject({ source: 'channel', timezone: 'UTC' });
	});
});
