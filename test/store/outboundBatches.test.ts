import { DAY, MINUTE } from '../../engine/time';
import type { PlanRequest, Store } from '../../store/store';
import { CLAIM, DIALECTS, draftOf, inbound, newDraft, openTestStore, sendNow, stopServers, type TestStore } from './fixtures';

afterAll(stopServers);
jest.setTimeout(120_000);

const COUNT = 2_100;
const idOf = (number: number): string => `job-${String(number).padStart(5, '0')}`;

/** More jobs than are read or written at a time, each of a contact of its own. */
async function planMany(store: Store): Promise<string[]> {
	const requests = Array.from({ length: COUNT }, (_, number): PlanRequest => {
		const id = idOf(number);
		return { workspace: 'acme', draftId: id, draft: newDraft({ id, contactId: `contact-${number}`, to: `+4930${String(number).padStart(6, '0')}`, draft: draftOf(id, `Answer ${number}`) }) };
	});
	await store.outbound.plan(requests, sendNow);
	return requests.map(({ draftId }) => draftId);
}

describe.each(DIALECTS)('more outbound rows than are handled at a time on %s', (dialect) => {
	let test: TestStore;
	beforeEach(async () => (test = await openTestStore(dialect)));
	afterEach(async () => await test.close());

	it('every lease that ran out is settled, each once', async () => {
		const { store, clock } = test;
		const ids = await planMany(store);
		await store.outbound.claimDue({ ...CLAIM, limit: COUNT }, sendNow);
		const begun = ids.filter((_, number) => number % 3 === 0);
		await store.outbound.beginSend('acme', begun);
		clock.advance(10 * MINUTE);
		const { returned, uncertain } = await store.outbound.expireLeases();
		expect(uncertain.toSorted()).toEqual(begun);
		expect(returned.toSorted()).toEqual(ids.filter((_, number) => number % 3 !== 0));
		expect(await store.outbound.expireLeases()).toEqual({ returned: [], uncertain: [] });
	});

	it('an opt-out calls off what is planned for the person, wherever it stands among the others', async () => {
		const { store } = test;
		await planMany(store);
		const [first, middle, last] = [0, 1_050, COUNT - 1];
		const optOut = (number: number) => ({ workspace: 'acme', channel: 'whatsapp' as const, address: `004930${String(number).padStart(6, '0')}`, allChannels: false, reason: 'wrote STOP', actor: 'engine' as const });
		expect(await store.suppressions.optOut([first, middle, last].map(optOut))).toEqual([first, middle, last].map((number) => ({ cancelled: [idOf(number)] })));
		expect(await store.outbound.list('acme', { statuses: ['scheduled'], limit: COUNT })).toHaveLength(COUNT - 3);
	});

	it('the echo of a send is ours although its provider has not answered and many others are under way', async () => {
		const { store } = test;
		const ids = await planMany(store);
		await store.outbound.claimDue({ ...CLAIM, limit: COUNT }, sendNow);
		await store.outbound.beginSend('acme', ids);
		const said = (number: number, text: string) => ({ ...inbound({ providerId: `echo-${number}-${text}`, text, contact: { phone: `+49 30 ${String(number).padStart(6, '0')}` } }), takeOverMs: DAY });
		const heard = await store.messages.recordFromPerson('acme', [said(0, 'Answer 0'), said(1_500, 'Answer 1500'), said(COUNT - 1, 'Something else')]);
		expect(heard.map(({ repeat }) => repeat)).toEqual(['decided', 'decided', 'new']);
	});
});
