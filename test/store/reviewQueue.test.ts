import { sql } from 'kysely';
import { settleReview } from '../../engine/message/settleReview';
import { HOUR, later, MINUTE } from '../../engine/time';
import { Database } from '../../store/database';
import { Session } from '../../store/session';
import type { ReviewItem, ReviewPage, Store } from '../../store/store';
import { DIALECTS, draftOf, inbound, newDraft, openTestStore, START, stopServers, toReview, type TestStore } from './fixtures';

afterAll(stopServers);
jest.setTimeout(120_000);
const OPEN = 10_000;

describe.each(DIALECTS)('the queue of reviews (%s)', (dialect) => {
	let test: TestStore;
	let store: Store;
	beforeEach(async () => {
		test = await openTestStore(dialect);
		({ store } = test);
	});
	afterEach(async () => {
		jest.restoreAllMocks();
		await test.close();
	});

	/** `count` contacts wait for a stage; three each share a deadline, the first three in a minute. */
	async function fill(count: number, workspace = 'acme'): Promise<void> {
		const numbers = Array.from({ length: count }, (_, at) => at);
		await store.contacts.upsert(workspace, numbers.map((at) => ({ id: `c${at}`, name: at === 4_321 ? 'Jürgen GRÖSSER' : `Lead ${at}` })));
		await store.reviews.open(numbers.map((at) => ({ workspace, kind: 'stage' as const, contactId: `c${at}`, channel: at % 10 === 0 ? ('email' as const) : ('whatsapp' as const), sentence: `Reason number ${at}, 100% sure_`, dueAt: later(START, (Math.floor(at / 3) + 1) * MINUTE) })));
	}
	async function walk(first: Parameters<Store['reviews']['search']>[0]): Promise<ReviewItem[]> {
		const items: ReviewItem[] = [];
		let page: ReviewPage = await store.reviews.search(first);
		for (;;) {
			items.push(...page.items);
			if (page.next === undefined) return items;
			page = await store.reviews.search({ ...first, after: page.next });
		}
	}

	it('pages through 10,000 forwards and back, each once, in the order of the deadlines, at the same cost everywhere', async () => {
		await fill(OPEN);
		const all = await walk({ workspaces: ['acme'], limit: 200 });
		expect(all).toHaveLength(OPEN);
		expect(new Set(all.map(({ review }) => review.id)).size).toBe(OPEN);
		const places = all.map(({ review }) => `${review.dueAt} ${review.id}`);
		expect(places).toEqual(places.toSorted());

		// The last page costs as many statements as the first.
		const middle = await store.reviews.search({ workspaces: ['acme'], limit: 50 });
		const counts: number[] = [];
		for (const after of [undefined, middle.next, cursorOf(all[OPEN - 60])]) {
			const [rows, matching] = [jest.spyOn(Session.prototype, 'rows'), jest.spyOn(Session.prototype, 'matching')];
			await store.reviews.search({ workspaces: ['acme'], limit: 50, ...(after === undefined ? {} : { after }) });
			counts.push(rows.mock.calls.length + matching.mock.calls.length);
			jest.restoreAllMocks();
		}
		expect(new Set(counts).size).toBe(1);

		const last = await store.reviews.search({ workspaces: ['acme'], limit: 50, after: cursorOf(all[OPEN - 51]) });
		expect(last.next).toBeUndefined();
		expect(last.items.map(({ review }) => review.id)).toEqual(all.slice(-50).map(({ review }) => review.id));
		const before = await store.reviews.search({ workspaces: ['acme'], limit: 50, before: last.previous });
		expect(before.items.map(({ review }) => review.id)).toEqual(all.slice(-100, -50).map(({ review }) => review.id));
		expect(before.next).toBeDefined();

		// A page is stable while others decide: what was before the cursor does not come back, what is behind does not get lost.
		const page = await store.reviews.search({ workspaces: ['acme'], limit: 3 });
		const [gone] = page.items;
		await store.reviews.decide({ workspace: 'acme', reviewId: gone.review.id, by: 'eva', action: { action: 'dismiss' } }, settleReview);
		expect((await store.reviews.search({ workspaces: ['acme'], limit: 3, after: page.next })).items.map(({ review }) => review.id)).toEqual(all.slice(3, 6).map(({ review }) => review.id));

		// The queue is walked by its index: no sort, no scan.
		const plan = await explain();
		expect(plan).toContain('reviews_queue');
		expect(plan).not.toMatch(/TEMP B-TREE|Seq Scan/i);

		expect((await store.reviews.search({ workspaces: ['acme'], text: 'jürgen grösser', limit: 9 })).items.map(({ contact }) => contact?.name)).toEqual(['Jürgen GRÖSSER']);
		expect((await store.reviews.search({ workspaces: ['acme'], text: 'REASON NUMBER 7777,', limit: 9 })).items.map(({ review }) => review.contactId)).toEqual(['c7777']);
		expect((await store.reviews.search({ workspaces: ['acme'], text: '0%%sure', limit: 9 })).items).toEqual([]);
	});
	const cursorOf = ({ review }: ReviewItem): string => Buffer.from(JSON.stringify([new Date(review.dueAt).getTime(), review.id])).toString('base64url');
	async function explain(): Promise<string> {
		const database = new Database(test.place.config);
		try {
			return await database.read(async (session) => {
				const prefix = session.dialect === 'sqlite' ? sql`explain query plan` : sql`explain`;
				return JSON.stringify(await session.rows(sql`${prefix} select m.id from ${session.table('reviews')} as m where m.workspace = 'acme' and m.decided_at is null and (m.due_at, m.id) > (${START}, ${'x'}) order by m.due_at, m.id limit 51`));
			});
		} finally {
			await database.close();
		}
	}

	it('filters by kind, channel, lateness and workspace, and counts what is open', async () => {
		await fill(30);
		await fill(3, 'globex');
		const [{ message }] = await store.messages.record('acme', [inbound({ text: 'leave it, please', contact: { phone: '+4915199' } })]);
		await store.reviews.open([{ workspace: 'acme', kind: 'uncertain_opt_out', messageId: message.id, channel: 'whatsapp', sentence: 'Perhaps.', dueAt: later(START, HOUR) }]);
		test.clock.advance(4 * MINUTE);
		const ids = async (filter: object) => (await store.reviews.search({ workspaces: ['acme'], limit: 50, ...filter })).items.length;
		expect(await ids({})).toBe(31);
		expect(await ids({ kinds: ['uncertain_opt_out'] })).toBe(1);
		expect(await ids({ channels: ['email'] })).toBe(3);
		// Twelve have a deadline in the first four minutes.
		expect(await ids({ overdue: true })).toBe(12);
		expect(await ids({ overdue: false })).toBe(19);
		expect(await ids({ text: 'Leave it' })).toBe(1);
		expect(await ids({ workspaces: ['acme', 'globex', 'acme'] })).toBe(34);
		expect(await ids({ workspaces: [] })).toBe(0);
		expect(await store.reviews.counts(['acme', 'globex'])).toEqual({ open: 34, overdue: 15, byKind: { stage: 33, uncertain_opt_out: 1 }, byWorkspace: { acme: 31, globex: 3 } });
		expect((await store.reviews.search({ workspaces: ['acme'], limit: 1 })).items[0]).toMatchObject({ overdue: true, contact: { name: expect.stringContaining('Lead') as string } });
		await expect(store.reviews.search({ workspaces: ['acme'], limit: 1, after: '%%%' })).rejects.toThrow('This page does not exist');
	});

	it('pages through a conversation, newest page first, whoever wrote', async () => {
		const contact = { phone: '+4915177' };
		for (let at = 0; at < 5; at++) await store.messages.record('acme', [inbound({ providerId: `m${at}`, text: `lead ${at}`, contact })]);
		const [{ contact: known }] = await store.messages.recordFromPerson('acme', [{ ...inbound({ providerId: 'p', text: 'by hand', direction: 'outbound', contact }), takeOverMs: HOUR }]);
		await store.outbound.markSent([{ workspace: 'acme', id: 'd', draft: newDraft({ id: 'd', contactId: known.id, draft: draftOf('d', 'by us') }), at: START }]);
		const newest = await store.messages.list('acme', known.id, { limit: 3 });
		expect(newest.messages.map(({ from, text }) => [from, text])).toEqual([['lead', 'lead 4'], ['person', 'by hand'], ['us', 'by us']]);
		const earlier = await store.messages.list('acme', known.id, { limit: 3, before: newest.before });
		expect(earlier.messages.map(({ text }) => text)).toEqual(['lead 1', 'lead 2', 'lead 3']);
		const first = await store.messages.list('acme', known.id, { limit: 3, before: earlier.before });
		expect(first.messages.map(({ text }) => text)).toEqual(['lead 0']);
		expect(first.before).toBeUndefined();
	});

	it('shows everything about one review', async () => {
		const [{ message, contact }] = await store.messages.record('acme', [inbound({ providerId: 'm' })]);
		await store.outbound.plan([{ workspace: 'acme', draftId: 'd', draft: newDraft({ id: 'd', contactId: contact.id, inboundIds: [message.id], threadId: 'thread-1' }) }], toReview);
		const [item] = (await store.reviews.search({ workspaces: ['acme'], limit: 1 })).items;
		expect(await store.reviews.details('acme', item.review.id)).toMatchObject({
			review: { kind: 'draft', outboundId: 'd' }, overdue: false, row: { id: 'd', status: 'in_review' }, draftHash: item.draftHash, contact: { name: 'Anna' },
			message: { text: 'How much is it?' }, conversation: { messages: [{ text: 'How much is it?' }] }, transitions: [{ to: 'drafted' }, { to: 'in_review' }], lastInboundAt: START,
		});
	});
});
