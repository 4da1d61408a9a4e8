import { DAY, HOUR, iso, later, MINUTE } from '../../engine/time';
import type { HistoryInput } from '../../store/store';
import { DIALECTS, openTestStore, START, stopServers, type TestStore } from './fixtures';

afterAll(stopServers);

const ACME = 'acme';
const said = (providerId: string, fromUs: boolean, text: string, minutesAgo: number): HistoryInput['messages'][number] => ({
	fromUs,
	message: { channel: 'messenger', direction: fromUs ? 'outbound' : 'inbound', source: 'channel', accountId: 'page', threadId: 'messenger:page:24', text, attachments: [], timestamp: iso(later(START, -minutesAgo * MINUTE)), providerId },
});
const HISTORY: HistoryInput = {
	contact: { handles: { messenger: '24' } },
	name: 'Ada Weber',
	pipelineId: 'sales',
	messages: [said('m1', false, 'How much is it?', 3 * 24 * 60), said('m2', true, '8,900 EUR', 3 * 24 * 60 - 5), said('m3', false, 'Thank you', 2 * 24 * 60)],
};

describe.each(DIALECTS)('the history of conversations on %s', (dialect) => {
	let test: TestStore;
	beforeEach(async () => (test = await openTestStore(dialect)));
	afterEach(async () => await test.close());
	const record = async (inputs: HistoryInput[] = [HISTORY], since = START) => await test.store.messages.recordHistory(ACME, inputs, since);
	const ready = async () => await test.store.messages.claimReady({ quietMs: 0, leaseMs: MINUTE, maxLeases: 3, limit: 99 });

	it('is kept with both sides, in order, and never waits for an answer', async () => {
		const [{ contactId, news, inbound }] = await record();
		expect([news, inbound.map(({ text }) => text)]).toEqual([3, ['How much is it?', 'Thank you']]);
		const { messages } = await test.store.messages.list(ACME, contactId, { limit: 9 });
		expect(messages.map(({ from, text }) => [from, text])).toEqual([['lead', 'How much is it?'], ['person', '8,900 EUR'], ['lead', 'Thank you']]);
		test.clock.advance(DAY);
		expect(await ready()).toEqual([]);
		expect((await test.store.contacts.find(ACME, [contactId]))[0]).toMatchObject({ name: 'Ada Weber', pipelineId: 'sales' });
		expect((await test.store.contacts.find(ACME, [contactId]))[0]?.takenOverUntil).toBeUndefined();
	});

	it('is kept once, and tells what is new since a time', async () => {
		await record();
		test.clock.advance(HOUR);
		expect(await record([HISTORY], test.clock.time)).toMatchObject([{ news: 0, inbound: [] }]);
		// Begun again after a crash: what the same run kept is its news once more.
		expect(await record([HISTORY], START)).toMatchObject([{ news: 3 }]);
		const more = { ...HISTORY, messages: [...HISTORY.messages, said('m4', false, 'One more thing', 60), said('m4', false, 'One more thing', 60)] };
		expect(await record([more], test.clock.time)).toMatchObject([{ news: 2, inbound: [{ text: 'One more thing' }, { text: 'One more thing' }] }]);
		const [contact] = await test.store.contacts.find(ACME, ['24']);
		expect((await test.store.messages.list(ACME, contact?.id ?? '', { limit: 9 })).messages).toHaveLength(4);
	});

	it('leaves what the intake brought as it is: a message that waits goes on waiting', async () => {
		const { message } = said('m3', false, 'Thank you', 1);
		await test.store.messages.record(ACME, [{ message, contact: { handles: { messenger: '24' }, name: 'Ada W.' } }]);
		await record();
		expect(await ready()).toMatchObject([{ message: { providerId: 'm3' }, contact: { name: 'Ada W.' } }]);
	});

	it('waits for an answer after all when the channel delivers it late, unless it is old or something was said behind it', async () => {
		const late = (minutesAgo: number, providerId = 'late') => said(providerId, false, 'Are you open today?', minutesAgo);
		const deliver = async (providerId: string, minutesAgo: number) => (await test.store.messages.record(ACME, [{ message: late(minutesAgo, providerId).message, contact: { handles: { messenger: '24' } } }]))[0].repeat;
		await record([{ ...HISTORY, messages: [late(30)] }]);
		expect(await ready()).toEqual([]);
		expect(await deliver('late', 30)).toBe('new');
		expect(await deliver('late', 30)).toBe('open');
		expect(await ready()).toMatchObject([{ message: { providerId: 'late' } }]);
		const old = said('old', false, 'Hello?', 3 * 24 * 60);
		await record([{ ...HISTORY, contact: { handles: { messenger: '25' } }, messages: [{ ...old, message: { ...old.message, threadId: 'messenger:page:25' } }] }]);
		expect((await test.store.messages.record(ACME, [{ message: { ...old.message, threadId: 'messenger:page:25' }, contact: { handles: { messenger: '25' } } }]))[0].repeat).toBe('decided');
		const there = (one: HistoryInput['messages'][number]) => ({ ...one, message: { ...one.message, threadId: 'messenger:page:26' } });
		await record([{ ...HISTORY, contact: { handles: { messenger: '26' } }, messages: [there(said('q', false, 'Price?', 60)), there(said('a', true, '8,900 EUR', 50))] }]);
		expect((await test.store.messages.record(ACME, [{ message: there(said('q', false, 'Price?', 60)).message, contact: { handles: { messenger: '26' } } }]))[0].repeat).toBe('decided');
	});

	it('keeps name and pipeline that somebody chose', async () => {
		await test.store.contacts.upsert(ACME, [{ handles: { messenger: '24' }, name: 'Dr. Weber', pipelineId: 'vip' }]);
		await record();
		expect((await test.store.contacts.find(ACME, ['24']))[0]).toMatchObject({ name: 'Dr. Weber', pipelineId: 'vip' });
	});

	it('takes many conversations of many people at once, and stays in its workspace', async () => {
		const many = Array.from({ length: 60 }, (_, at): HistoryInput => ({ contact: { handles: { messenger: `p${at}` } }, name: `User ${at}`, messages: Array.from({ length: 20 }, (_one, turn) => said(`x${at}-${turn}`, turn % 2 === 1, `${turn}`, 100 + 20 - turn)) }));
		expect((await record(many)).map(({ news }) => news)).toEqual(Array.from({ length: 60 }, () => 20));
		expect(await record([])).toEqual([]);
		expect(await test.store.contacts.find('other', ['p1'])).toEqual([undefined]);
		expect((await test.store.contacts.conversations(ACME, [(await test.store.contacts.find(ACME, ['p7']))[0]?.id ?? '']))[0].map(({ text }) => text)).toEqual(Array.from({ length: 20 }, (_, turn) => `${turn}`));
	});

	it('opens a provider’s window by when it was written, not by when it was read', async () => {
		const [{ contactId }] = await record();
		expect(await test.store.messages.lastInboundAt(ACME, [{ contactId, channel: 'messenger' }])).toEqual([later(START, -2 * DAY)]);
	});
});
