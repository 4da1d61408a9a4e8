import { Session } from '../../store/session';
import { iso, later, MINUTE } from '../../engine/time';
import type { ContactPage, OutboundPage, Store } from '../../store/store';
import { DIALECTS, dueJob, inbound, newDraft, openTestStore, sendNow, START, stopServers, toReview, type StandingClock, type TestStore } from './fixtures';

afterAll(stopServers);
jest.setTimeout(120_000);

describe.each(DIALECTS)('lists of contacts and messages, page by page (%s)', (dialect) => {
	let test: TestStore;
	let store: Store;
	let clock: StandingClock;
	beforeEach(async () => {
		test = await openTestStore(dialect);
		({ store, clock } = test);
	});
	afterEach(async () => {
		jest.restoreAllMocks();
		await test.close();
	});
	const names = ({ contacts }: ContactPage): string[] => contacts.map(({ contact }) => contact.id);
	const ids = ({ rows }: OutboundPage): string[] => rows.map(({ row }) => row.id);

	async function statementsOf(work: () => Promise<unknown>): Promise<number> {
		const rows = jest.spyOn(Session.prototype, 'rows');
		await work();
		const count = rows.mock.calls.length;
		jest.restoreAllMocks();
		return count;
	}

	it('finds contacts by a part of name, company and address, by status and stage, and nobody of another workspace', async () => {
		await store.contacts.upsert('acme', [
			{ id: 'juergen', name: 'Jürgen Größer', company: 'Dach & Co 100%', email: 'J.Groesser@Example.org', status: 'QUALIFIED' },
			{ id: 'anna', name: 'Anna', phone: '+49 (151) 1234-567', handles: { instagram: 'anna.rocks' }, pipelineId: 'default' },
			{ id: 'odd', name: "100%_\\' or 1=1 --" },
		]);
		await store.contacts.upsert('beta', [{ id: 'anna', name: 'Anna of beta', phone: '+49 151 1234567' }]);
		await store.pipelines.changeStages([{ workspace: 'acme', contactId: 'anna', pipelineId: 'default', stageId: 'new', setBy: 'person', log: { rule: 'person', actor: 'eva', sentence: 'Put.' } }]);
		const found = async (query: Omit<Parameters<Store['contacts']['search']>[1], 'limit'>): Promise<string[]> => names(await store.contacts.search('acme', { ...query, limit: 10 }));
		expect(await found({ text: ' JÜRGEN grÖß ' })).toEqual(['juergen']);
		expect(await found({ text: 'GROESSER@example' })).toEqual(['juergen']);
		expect(await found({ text: 'dach' })).toEqual(['juergen']);
		expect(await found({ text: '0151 1234' })).toEqual([]);
		expect(await found({ text: '+49 151 1234' })).toEqual(['anna']);
		expect(await found({ text: '123-456' })).toEqual(['anna']);
		expect(await found({ text: 'ANNA.ROCKS' })).toEqual(['anna']);
		expect(await found({ text: '100%' })).toEqual(['odd', 'juergen']);
		expect(await found({ text: "%_\\' or" })).toEqual(['odd']);
		expect(await found({ text: '\0' })).toEqual([]);
		expect(await found({ text: 'x'.repeat(10_000) })).toEqual([]);
		expect(await found({ status: 'QUALIFIED' })).toEqual(['juergen']);
		expect(await found({ stageId: 'new', pipelineId: 'default' })).toEqual(['anna']);
		expect(await found({ stageId: 'new', pipelineId: 'other' })).toEqual([]);
		expect(await found({ text: 'anna', status: 'WON' })).toEqual([]);
		expect(await found({ text: '   ' })).toEqual(['odd', 'juergen', 'anna']);
	});

	it('says when each contact last wrote and was last written to, and that they opted out', async () => {
		await store.messages.record('acme', [inbound({ timestamp: iso(later(START, -30 * MINUTE)), contact: { id: 'anna' } }), inbound({ text: 'And?', timestamp: iso(later(START, -10 * MINUTE)), contact: { id: 'anna' } })]);
		await store.contacts.upsert('acme', [{ id: 'bert' }]);
		const draft = newDraft({ contactId: 'bert' });
		await store.outbound.markSent([{ workspace: 'acme', id: draft.id, draft, at: later(START, -MINUTE) }]);
		await store.suppressions.optOut([{ workspace: 'acme', contactId: 'bert', channel: 'email', allChannels: false, reason: 'said so', actor: 'person' }]);
		const { contacts } = await store.contacts.search('acme', { limit: 10 });
		expect(contacts.map(({ contact, lastFrom, lastTo }) => [contact.id, lastFrom, lastTo, contact.optOutChannels])).toEqual([['bert', undefined, later(START, -MINUTE), ['email']], ['anna', later(START, -10 * MINUTE), undefined, []]]);
	});

	it('pages through contacts, the newest first, each once, while others are added, at the same cost', async () => {
		for (let batch = 0; batch < 3; batch++) {
			await store.contacts.upsert('acme', Array.from({ length: 5 }, (_, at) => ({ id: `c${batch}${at}` })));
			clock.advance(MINUTE);
		}
		const first = await store.contacts.search('acme', { limit: 4 });
		await store.contacts.upsert('acme', [{ id: 'late' }]);
		const walked = names(first);
		for (let { next } = first; next !== undefined; ) {
			const page: ContactPage = await store.contacts.search('acme', { limit: 4, after: next });
			walked.push(...names(page));
			({ next } = page);
		}
		expect(walked).toEqual(['c24', 'c23', 'c22', 'c21', 'c20', 'c14', 'c13', 'c12', 'c11', 'c10', 'c04', 'c03', 'c02', 'c01', 'c00']);
		expect(await statementsOf(async () => await store.contacts.search('acme', { limit: 10 }))).toBe(await statementsOf(async () => await store.contacts.search('acme', { limit: 2 })));
		await expect(store.contacts.search('acme', { limit: 4, after: 'no cursor' })).rejects.toThrow('This page does not exist');
		expect(names(await store.contacts.search('nobody', { limit: 4 }))).toEqual([]);
	});

	it('pages through what is planned by its time and through the rest by its last move, with who moved it', async () => {
		const planned: string[] = [];
		for (const minutes of [30, 10, 20, 10, 40]) {
			const draft = newDraft({ channel: minutes === 20 ? 'email' : 'whatsapp', contactId: `c${minutes}` });
			await store.outbound.plan([{ workspace: 'acme', draftId: draft.id, draft, sendAt: later(START, minutes * MINUTE) }], sendNow);
			planned.push(draft.id);
		}
		await dueJob(store, { workspace: 'beta' });
		const [thirty, ten, twenty, otherTen, forty] = planned;
		const tens = [ten, otherTen].sort();
		const due = { statuses: ['scheduled', 'claimed', 'sending'], order: 'due' } as const;
		const first = await store.outbound.page('acme', { ...due, limit: 2 });
		const second = await store.outbound.page('acme', { ...due, limit: 2, after: first.next });
		const third = await store.outbound.page('acme', { ...due, limit: 2, after: second.next });
		expect([ids(first), ids(second), ids(third), third.next]).toEqual([tens, [twenty, thirty], [forty], undefined]);
		expect(ids(await store.outbound.page('acme', { ...due, limit: 9, channel: 'email' }))).toEqual([twenty]);
		expect(ids(await store.outbound.page('acme', { ...due, limit: 9, contactIds: ['c30', 'c40'] }))).toEqual([thirty, forty]);
		expect(ids(await store.outbound.page('acme', { ...due, limit: 9, contactIds: [] }))).toEqual([]);
		expect(await statementsOf(async () => await store.outbound.page('acme', { ...due, limit: 9 }))).toBe(2);

		clock.advance(MINUTE);
		await store.outbound.cancel('acme', [forty], 'Cancelled: wrong person.', 'person');
		clock.advance(MINUTE);
		const waiting = newDraft();
		await store.outbound.plan([{ workspace: 'acme', draftId: waiting.id, draft: waiting }], toReview);
		const latest = await store.outbound.page('acme', { statuses: ['cancelled', 'failed', 'in_review'], order: 'latest', limit: 9 });
		expect(latest.rows.map(({ row, last }) => [row.id, row.status, last])).toEqual([[waiting.id, 'in_review', { actor: 'engine', at: later(START, 2 * MINUTE) }], [forty, 'cancelled', { actor: 'person', at: later(START, MINUTE) }]]);
		expect(ids(await store.outbound.page('acme', { ...due, limit: 9 }))).toEqual([...tens, twenty, thirty]);
	});

	it('shows a timeline from a moment backwards', async () => {
		await store.contacts.upsert('acme', [{ id: 'anna' }]);
		for (const by of ['eva', 'ben', 'vera']) {
			await store.contacts.setTakeOver('acme', [{ contactId: 'anna', until: null, by }]);
			clock.advance(MINUTE);
		}
		const times = async (limit: number, before?: Parameters<Store['pipelines']['activities']>[3]): Promise<number[]> => (await store.pipelines.activities('acme', 'anna', limit, before)).map(({ at }) => (at - START) / MINUTE);
		expect([await times(9), await times(1), await times(9, later(START, 2 * MINUTE)), await times(9, START)]).toEqual([[2, 1, 0], [2], [1, 0], []]);
	});
});
