import { reportedRule } from '../../engine/channels/errorCodes';
import { decideRoute } from '../../engine/message/route';
import { DAY, HOUR, later, MINUTE, SECOND, type EpochMs } from '../../engine/time';
import type { NewDraft, SendFailure } from '../../store/store';
import { settleReview } from '../../engine/message/settleReview';
import { CLAIM, DIALECTS, dueJob, newDraft, openTestStore, PASS, START, stopServers, type TestStore } from './fixtures';

afterAll(stopServers);
jest.setTimeout(60_000);

describe.each(DIALECTS)('messages whose sender is refused, on %s', (dialect) => {
	let test: TestStore;
	beforeEach(async () => {
		test = await openTestStore(dialect);
		await test.store.settings.set('acme', { kind: 'workspace' }, { mode: 'auto' }, 'test');
	});
	afterEach(async () => await test.close());

	const failure = (code: string): SendFailure => {
		const rule = reportedRule('whatsapp', code);
		return { code, kind: rule?.kind ?? 'unknown', message: rule?.sentence ?? '', action: rule?.action, suppress: rule?.suppress, pauseSeconds: rule?.pauseSeconds };
	};
	/** Outreach by the number n1, in a template so that no window closes, checked and due. */
	const job = async (id: string, fields: Partial<NewDraft> = {}) => {
		const draft = { ...newDraft({ id }).draft, waTemplate: { name: 'offer', language: 'en', parameters: [] } };
		await dueJob(test.store, { id, contactId: `c-${id}`, purpose: 'outreach', accountId: 'n1', draft, ...fields });
		await test.store.outbound.recordGates('acme', [{ draftId: id, gate: PASS }]);
	};
	const row = async (id: string) => {
		const [found] = await test.store.outbound.find('acme', [id]);
		if (!found) throw new Error(`no row ${id}`);
		return found;
	};
	const claim = async () => await test.store.outbound.claimDue(CLAIM, decideRoute);
	const begin = async (id: string) => {
		await claim();
		const [begun] = await test.store.outbound.beginSend('acme', [id], decideRoute);
		return begun.ok;
	};
	/** One try as dispatch makes it, refused with the code. Whether there was a try. */
	const refused = async (id: string, code: string): Promise<boolean> => {
		if (!(await begin(id))) return false;
		const { attempts } = await row(id);
		await test.store.outbound.markFailed([{ workspace: 'acme', id, attempt: attempts, failure: failure(code) }]);
		return true;
	};
	const resume = async () => await test.store.senderHolds.lift('acme', { channel: 'whatsapp', accountId: 'n1' }, decideRoute);
	const report = async (id: string, code: string, at: EpochMs) => await test.store.outcomes.record([{ workspace: 'acme', event: 'failed', outboundId: id, occurredAt: at, eventId: `${id}-${code}-${at}`, channel: 'whatsapp', errorCode: code }]);
	const reviews = async () => await test.store.reviews.list('acme', { open: true, limit: 9 });

	it.each(['190', '200'])('with an expired or too narrow token (%s) they wait, however often it is refused, and leave when it is renewed', async (code) => {
		await job('a');
		for (let hour = 0; hour < 3; hour++) {
			expect(await refused('a', code)).toBe(true);
			expect(await row('a')).toMatchObject({ status: 'scheduled', sendAt: later(START, hour * HOUR + 15 * MINUTE) });
			test.clock.advance(HOUR);
		}
		expect(await begin('a')).toBe(true);
		expect((await row('a')).sentence).toBe('Handed to the channel, try 1 of 3.');
		expect(await test.store.outbound.markSent([{ workspace: 'acme', id: 'a', attempt: 4, providerId: 'p' }])).toMatchObject([{ row: { status: 'sent', attempts: 4 } }]);
	});

	it('keep the tries that were their own: a token refused between two outages takes none', async () => {
		await job('a');
		for (const code of ['131000', '190', '131000']) {
			expect(await refused('a', code)).toBe(true);
			test.clock.advance(HOUR);
		}
		expect(await row('a')).toMatchObject({ status: 'scheduled', sentence: expect.stringMatching(/^Try 2 of 3 failed/) });
		await refused('a', '131000');
		expect(await row('a')).toMatchObject({ status: 'failed', sentence: expect.stringMatching(/^Failed after 3 tries/) });
	});

	it('do not confuse a late report of an earlier try with the one under way', async () => {
		await job('a');
		await refused('a', '190');
		test.clock.advance(HOUR);
		await begin('a');
		const [after] = await test.store.outbound.markFailed([{ workspace: 'acme', id: 'a', attempt: 1, failure: failure('131026') }]);
		expect(after).toMatchObject({ status: 'sending', sentence: expect.stringContaining('about try 1') });
	});

	it('go to a person when the sender is refused for good again and again, instead of pausing it for ever', async () => {
		await job('a');
		let tries = 0;
		for (; (await row('a')).status === 'scheduled'; tries++) {
			expect(tries).toBeLessThan(10);
			await refused('a', '368');
			test.clock.advance(2 * DAY);
		}
		expect(await row('a')).toMatchObject({ status: 'in_review', sentence: expect.stringContaining('refused 4 times') });
	});

	it('with a locked account wait for the person who resumes it, and leave then', async () => {
		await job('a');
		await refused('a', '131031');
		await job('b');
		const { claimed } = await claim();
		expect(claimed).toEqual([]);
		expect([await row('a'), await row('b')]).toMatchObject([{ status: 'in_review' }, { status: 'in_review', sentence: expect.stringContaining('the sender is paused') }]);
		test.clock.advance(DAY);
		const { ended, back } = await resume();
		expect(ended).toMatchObject([{ kind: 'pause', code: '131031' }]);
		expect(back.map(({ id }) => id).sort()).toEqual(['a', 'b']);
		expect(back[0]).toMatchObject({ status: 'scheduled', sentence: expect.stringMatching(/^The sender was resumed\. Will be sent at/) });
		expect(await reviews()).toEqual([]);
		test.clock.advance(10 * MINUTE);
		expect((await claim()).claimed.map(({ id }) => id).sort()).toEqual(['a', 'b']);
		expect(await begin('a')).toBe(true);
	});

	it('that were moved to the end of a pause leave at once when the sender is resumed before', async () => {
		await job('told');
		await refused('told', '131048');
		await job('a');
		expect((await claim()).moved).toMatchObject([{ id: 'a', status: 'scheduled' }]);
		test.clock.advance(HOUR);
		expect((await resume()).back.map(({ id }) => id).sort()).toEqual(['a', 'told']);
		expect((await claim()).claimed.map(({ id }) => id).sort()).toEqual(['a', 'told']);
	});

	it('stay with the person who took them, and where something else asks for a person, too', async () => {
		await job('told');
		await refused('told', '131031');
		for (const id of ['taken', 'audited', 'asked', 'free']) await job(id, { contactId: id });
		await test.store.outbound.recordGates('acme', [{ draftId: 'audited', gate: { verdict: 'review', issues: [{ check: 'facts', severity: 'review', reason: 'A price that is not known' }], skipped: [], sentence: 'A price that is not known.' } }]);
		await claim();
		const open = await reviews();
		await test.store.reviews.assign('acme', open.filter(({ outboundId }) => outboundId === 'taken').map(({ id }) => id), 'eva@acme.example');
		const { back } = await resume();
		expect(back.map(({ id }) => id).sort()).toEqual(['asked', 'free', 'told']);
		expect((await reviews()).map(({ outboundId }) => outboundId).sort()).toEqual(['audited', 'taken']);
	});

	it('that a person had approved come back approved', async () => {
		await test.store.settings.set('acme', { kind: 'workspace' }, { mode: 'assist' }, 'test');
		const draft = newDraft({ id: 'a', accountId: 'n1', purpose: 'outreach', draft: { ...newDraft({ id: 'a' }).draft, waTemplate: { name: 'offer', language: 'en', parameters: [] } } });
		await test.store.outbound.saveDrafts([draft]);
		await test.store.outbound.recordGates('acme', [{ draftId: 'a', gate: PASS }]);
		const [{ review }] = await test.store.outbound.plan([{ workspace: 'acme', draftId: 'a' }], decideRoute);
		const { items } = await test.store.reviews.search({ workspaces: ['acme'], limit: 9 });
		expect(await test.store.reviews.decide({ workspace: 'acme', reviewId: review?.id ?? '', by: 'Eva', action: { action: 'approve' }, shownHash: items[0].draftHash }, settleReview)).toMatchObject({ result: 'decided' });
		await test.store.outbound.markSent([{ workspace: 'acme', id: 'told', draft: newDraft({ id: 'told', accountId: 'n1' }) }]);
		await report('told', '131031', START);
		expect((await claim()).moved).toMatchObject([{ id: 'a', status: 'in_review' }]);
		expect((await resume()).back).toMatchObject([{ id: 'a', status: 'scheduled' }]);
		test.clock.advance(10 * MINUTE);
		expect((await claim()).claimed).toMatchObject([{ id: 'a' }]);
	});

	it('are not held again by a report of what happened before the sender was resumed', async () => {
		for (const id of ['told', 'late']) await test.store.outbound.markSent([{ workspace: 'acme', id, draft: newDraft({ id, accountId: 'n1' }) }]);
		await job('slow');
		await begin('slow');
		await report('told', '131031', START);
		test.clock.advance(HOUR);
		await resume();
		await report('late', '131031', later(START, 30 * MINUTE));
		await report('late', '190', later(START, 30 * MINUTE));
		await test.store.outbound.markFailed([{ workspace: 'acme', id: 'slow', attempt: 1, failure: failure('131031') }]);
		expect(await test.store.senderHolds.list('acme')).toEqual([]);
		await report('late', '131031', later(START, HOUR + SECOND));
		expect(await test.store.senderHolds.list('acme')).toMatchObject([{ kind: 'pause' }]);
	});

	it('wait on while another hold keeps their sender, and come back when that is lifted, too', async () => {
		for (const id of ['told', 'told2']) await test.store.outbound.markSent([{ workspace: 'acme', id, draft: newDraft({ id, accountId: 'n1', draft: { ...newDraft({ id }).draft, waTemplate: { name: 'offer', language: 'en', parameters: [] } } }) }]);
		await report('told', '131031', START);
		await report('told2', '132016', START);
		await job('a');
		await claim();
		const lift = async (kind: 'pause' | 'campaign') => await test.store.senderHolds.lift('acme', { channel: 'whatsapp', accountId: 'n1', kind }, decideRoute);
		expect(await lift('pause')).toMatchObject({ ended: [{ kind: 'pause' }], back: [] });
		expect(await row('a')).toMatchObject({ status: 'in_review', sentence: expect.stringContaining('the campaign is stopped') });
		expect((await reviews()).map(({ sentence }) => sentence)).toEqual([expect.stringContaining('the campaign is stopped')]);
		expect(await lift('campaign')).toMatchObject({ ended: [{ kind: 'campaign' }], back: [{ id: 'a' }] });
	});

	it('come back even when resuming was cut off after the hold had ended', async () => {
		await job('a');
		await refused('a', '131031');
		await claim();
		const cutOff = test.store.senderHolds.lift('acme', { channel: 'whatsapp', accountId: 'n1' }, () => {
			throw new Error('power cut');
		});
		await expect(cutOff).rejects.toThrow('power cut');
		expect(await row('a')).toMatchObject({ status: 'in_review' });
		expect(await resume()).toMatchObject({ ended: [], back: [{ id: 'a' }] });
	});

	it('come back once when two people resume the sender at the same moment', async () => {
		await job('a');
		await refused('a', '131031');
		await claim();
		const [first, second] = await Promise.all([resume(), resume()]);
		expect([first.ended.length, second.ended.length].sort()).toEqual([0, 1]);
		expect([...first.back, ...second.back].map(({ id }) => id)).toEqual(['a']);
		expect(await resume()).toEqual({ ended: [], back: [] });
	});
});
