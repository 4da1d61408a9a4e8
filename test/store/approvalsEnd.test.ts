import { decideRoute } from '../../engine/message/route';
import type { SettingsPatch } from '../../engine/message/settings';
import { settleReview } from '../../engine/message/settleReview';
import { draftId } from '../../engine/message/spine';
import { iso, later, MINUTE } from '../../engine/time';
import { CLAIM, DIALECTS, draftOf, inbound, newDraft, openTestStore, PASS, START, stopServers, type TestStore } from './fixtures';

afterAll(stopServers);
jest.setTimeout(60_000);

describe.each(DIALECTS)('an approval on %s', (dialect) => {
	let test: TestStore;
	beforeEach(async () => (test = await openTestStore(dialect)));
	afterEach(async () => await test.close());

	const approve = async () => {
		const { items } = await test.store.reviews.search({ workspaces: ['acme'], limit: 9 });
		return await test.store.reviews.decide({ workspace: 'acme', reviewId: items[0].review.id, by: 'eva@acme.example', action: { action: 'approve' }, shownHash: items[0].draftHash }, settleReview);
	};
	/** Anna's question, its draft planned for an hour from now and approved at once. */
	const approved = async (accountId?: string) => {
		const [{ message, contact }] = await test.store.messages.record('acme', [inbound({ providerId: 'w1', ...(accountId === undefined ? {} : { accountId }) })]);
		const id = draftId('acme', message.id, contact.id);
		const draft = newDraft({ id, contactId: contact.id, threadId: message.threadId, inboundIds: [message.id], draft: draftOf(id), accountId });
		await test.store.outbound.saveDrafts([draft]);
		await test.store.outbound.recordGates('acme', [{ draftId: id, gate: PASS }]);
		await test.store.outbound.plan([{ workspace: 'acme', draftId: id, sendAt: later(START, 60 * MINUTE) }], decideRoute);
		expect(await approve()).toMatchObject({ result: 'decided', row: { status: 'scheduled' } });
		return { id, contactId: contact.id };
	};
	const after = async (minutes: number, work: () => Promise<unknown>) => {
		test.clock.time = later(START, minutes * MINUTE);
		await work();
	};
	const due = async () => {
		test.clock.time = later(START, 61 * MINUTE);
		return await test.store.outbound.claimDue(CLAIM, decideRoute);
	};
	const set = async (patch: SettingsPatch, scope: { kind: 'workspace' | 'account' | 'contact'; id?: string } = { kind: 'workspace' }) => await test.store.settings.set('acme', scope, patch, 'eva');
	const takeOver = async (contactId: string, minutes: number | null, by = 'jan') => await test.store.contacts.setTakeOver('acme', [{ contactId, until: minutes === null ? null : later(test.clock.time, minutes * MINUTE), by }]);

	it('holds until the message is due when nothing happens in between', async () => {
		const { id } = await approved();
		expect(await due()).toMatchObject({ claimed: [{ id }], moved: [] });
	});

	it.each(['ran out', 'was handed back'])('ends with a takeover that came later, though it %s before the message was due', async (how) => {
		const { id, contactId } = await approved();
		await after(5, async () => await takeOver(contactId, 20));
		if (how === 'was handed back') await after(10, async () => await takeOver(contactId, null));
		const sentence = `Waits for a person: it was approved before the conversation was taken over at ${iso(later(START, 5 * MINUTE)).slice(0, 16).replace('T', ' ')} UTC, so it needs another look`;
		expect(await due()).toMatchObject({ claimed: [], moved: [{ id, status: 'in_review', sentence: expect.stringContaining(sentence) }] });
	});

	it('ends with what a colleague wrote in the channel', async () => {
		const { id, contactId } = await approved();
		await after(5, async () => await takeOver(contactId, 20, 'channel'));
		expect(await due()).toMatchObject({ claimed: [], moved: [{ id, status: 'in_review' }] });
	});

	it('given while the approver held the conversation outlives that', async () => {
		const [{ contact }] = await test.store.messages.record('acme', [inbound({ providerId: 'w0' })]);
		await takeOver(contact.id, 20, 'eva@acme.example');
		test.clock.advance(MINUTE);
		const { id } = await approved();
		await after(10, async () => await takeOver(contact.id, null));
		expect(await due()).toMatchObject({ claimed: [{ id }] });
	});

	it.each([
		['workspace', {}],
		['account', { id: 'n1' }],
	] as const)('ends when the mode of its %s was off in between', async (kind, scope) => {
		const { id } = await approved('n1');
		await after(5, async () => await set({ mode: 'off' }, { kind, ...scope }));
		await after(10, async () => await set({ mode: 'auto' }, { kind, ...scope }));
		expect(await due()).toMatchObject({ claimed: [], moved: [{ id, status: 'in_review', sentence: expect.stringContaining('before the mode was switched off at 2026-03-02 12:05 UTC') }] });
	});

	it('does not end with a mode that was off before, nor with that of others, nor with another change', async () => {
		await set({ mode: 'off' });
		await set({ mode: 'assist' });
		test.clock.advance(MINUTE);
		const { id } = await approved();
		await after(5, async () => await set({ mode: 'off' }, { kind: 'contact', id: 'somebody-else' }));
		await after(6, async () => await set({ mode: 'auto' }));
		await after(7, async () => await set({ senderName: 'Eva' }));
		expect(await due()).toMatchObject({ claimed: [{ id }] });
	});

	it('given again after it ended holds', async () => {
		const { id, contactId } = await approved();
		await after(5, async () => await takeOver(contactId, 20));
		await due();
		expect(await approve()).toMatchObject({ result: 'decided', row: { status: 'scheduled' } });
		expect(await due()).toMatchObject({ claimed: [{ id }] });
	});
});
