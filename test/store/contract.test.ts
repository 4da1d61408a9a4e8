import type { Classification } from '../../engine/classify/classification';
import { DAY, iso, later, MINUTE, SECOND } from '../../engine/time';
import { StoreInputError } from '../../store/errors';
import { CLAIM, DIALECTS, dueJob, inbound, newDraft, openTestStore, query, sendNow, START, stopServers, toReview, type TestStore } from './fixtures';

afterAll(stopServers);

const READY = { quietMs: 20 * SECOND, leaseMs: 10 * MINUTE, maxLeases: 3, limit: 10 };
const CLASSIFICATION: Classification = { intent: 'hot', score: 75, status: 'QUALIFIED', confidence: 0.8, summary: 'Wants a quote.', reasons: [], evidence: [], usedFallback: false, retryCount: 0, cached: false, abstained: false, sentence: 'Hot.' };

describe.each(DIALECTS)('the store on %s', (dialect) => {
	let test: TestStore;
	beforeEach(async () => (test = await openTestStore(dialect)));
	afterEach(async () => await test.close());

	describe('contacts', () => {
		it('are found by id or any address, completed, and never doubled', async () => {
			const { contacts } = test.store;
			const [anna, again, bert] = await contacts.upsert('acme', [{ email: 'Anna@Example.com', attributes: { role: 'CEO' } }, { email: 'anna@example.com ', phone: '+49 151 1234567', attributes: { size: 5 } }, { id: 'crm-7' }]);
			expect(again.id).toBe(anna.id);
			expect(bert.id).toBe('crm-7');
			const found = await contacts.find('acme', ['ANNA@example.com', '0049151/1234567', anna.id, 'crm-7', 'nobody']);
			expect(found.map((contact) => contact?.id)).toEqual([anna.id, anna.id, anna.id, 'crm-7', undefined]);
			expect(found[0]).toMatchObject({ phone: '+49 151 1234567', attributes: { role: 'CEO', size: 5 } });
			await expect(contacts.upsert('acme', [{ id: 'ok' }, { name: 'No address' }])).rejects.toThrow(StoreInputError);
			expect(await contacts.find('acme', ['ok'])).toEqual([undefined]);
		});

		it('keep what a classification said and who holds them, also when known by address alone', async () => {
			const { contacts } = test.store;
			await contacts.saveClassification('acme', [{ contactId: 'x@y.de', classification: CLASSIFICATION }]);
			await contacts.setTakeOver('acme', [{ contactId: 'x@y.de', until: later(START, DAY), by: 'Eva' }]);
			const [contact] = await contacts.upsert('acme', [{ email: 'x@y.de' }]);
			expect(contact).toMatchObject({ score: 75, status: 'QUALIFIED', summary: 'Wants a quote.', takenOverUntil: iso(later(START, DAY)) });
		});
	});

	describe('messages', () => {
		it('are recorded once, by provider id or id, also within one batch', async () => {
			const { messages } = test.store;
			const first = await messages.record('acme', [inbound({ providerId: 'p1' }), inbound({ providerId: 'p1', text: 'other' }), inbound({ id: 'own' })]);
			expect(first.map(({ repeat }) => repeat)).toEqual(['new', 'open', 'new']);
			expect(first[0].message.id).toBe(first[1].message.id);
			const again = await messages.record('acme', [inbound({ providerId: 'p1', contact: { phone: '+49 151 1234567', name: 'Changed' } }), inbound({ id: 'own' })]);
			expect(again.map(({ repeat }) => repeat)).toEqual(['open', 'open']);
			expect(again[0].contact.name).toBe('Anna');
			expect(again[0].conversation).toHaveLength(2);
		});

		it('become one ready conversation when the lead has been quiet, leased to one caller', async () => {
			const { messages } = test.store;
			for (const text of ['Hi', 'how much', 'is it?']) {
				await messages.record('acme', [inbound({ text, providerId: text })]);
				test.clock.advance(5 * SECOND);
			}
			expect(await messages.claimReady(READY)).toEqual([]);
			test.clock.advance(15 * SECOND);
			const [ready] = await messages.claimReady(READY);
			expect(ready).toMatchObject({ workspace: 'acme', mode: 'assist', leaseCount: 1, message: { text: 'Hi\nhow much\nis it?' } });
			expect(ready.message.mergedIds).toHaveLength(2);
			expect(await messages.claimReady(READY)).toEqual([]);
			await messages.release('acme', [ready.message.id, ...(ready.message.mergedIds ?? [])]);
			expect(await messages.claimReady(READY)).toMatchObject([{ leaseCount: 2 }]);
		});

		it('that nobody decided in three leases become a review and are decided', async () => {
			const { messages, reviews } = test.store;
			await messages.record('acme', [inbound({ id: 'm' })]);
			for (let lease = 1; lease <= 3; lease++) {
				test.clock.advance(10 * MINUTE);
				expect(await messages.claimReady(READY)).toMatchObject([{ leaseCount: lease }]);
			}
			test.clock.advance(10 * MINUTE);
			expect(await messages.claimReady(READY)).toEqual([]);
			expect(await reviews.list('acme', { open: true, limit: 5 })).toMatchObject([{ kind: 'classification', messageId: 'm' }]);
			expect(await messages.record('acme', [inbound({ id: 'm' })])).toMatchObject([{ repeat: 'decided' }]);
		});

		it('are left alone in mode off, and left to the person who holds the contact', async () => {
			const { messages, settings, contacts } = test.store;
			await messages.record('acme', [inbound({ id: 'off', threadId: 'a' })]);
			await settings.set('acme', { kind: 'workspace' }, { mode: 'off' }, 'me');
			test.clock.advance(MINUTE);
			expect(await messages.claimReady(READY)).toEqual([]);
			await settings.set('acme', { kind: 'workspace' }, { mode: 'auto' }, 'me');
			expect(await messages.claimReady(READY)).toMatchObject([{ message: { id: 'off' }, mode: 'auto' }]);
			const [{ contact }] = await messages.record('acme', [inbound({ id: 'held', threadId: 'b' })]);
			await contacts.setTakeOver('acme', [{ contactId: contact.id, until: later(test.clock.time, DAY), by: 'Eva' }]);
			test.clock.advance(MINUTE);
			expect(await messages.claimReady(READY)).toEqual([]);
			// Nothing is lost and no try used up: they wait, and do not keep others from their turn.
			await messages.record('acme', [inbound({ id: 'held-too', threadId: 'b' }), inbound({ id: 'free', threadId: 'c', contact: { phone: '+49 151 7654321' } })]);
			test.clock.advance(MINUTE);
			expect(await messages.claimReady({ ...READY, limit: 1 })).toMatchObject([{ message: { id: 'free' } }]);
			await messages.decide('acme', [{ messageId: 'free', reason: 'done', actor: 'engine' }]);
			expect(await messages.record('acme', [inbound({ id: 'held' })])).toMatchObject([{ repeat: 'open' }]);
			expect(await messages.claimReady(READY)).toEqual([]);
			// A colleague who takes over for less does not shorten it; the holder may.
			const held = async () => (await contacts.find('acme', [contact.id])).map((one) => [one?.takenOverBy, one?.takenOverUntil]);
			const before = await held();
			await contacts.setTakeOver('acme', [{ contactId: contact.id, until: later(test.clock.time, MINUTE), by: 'Max' }]);
			expect(await held()).toEqual(before);
			await contacts.setTakeOver('acme', [{ contactId: contact.id, until: later(test.clock.time, 2 * DAY), by: 'Max' }]);
			expect((await held())[0][0]).toBe('Max');
			await contacts.setTakeOver('acme', [{ contactId: contact.id, until: later(test.clock.time, DAY / 2), by: 'Max' }]);
			expect((await held())[0]).toEqual(['Max', new Date(test.clock.time + DAY / 2).toISOString()]);
			await contacts.setTakeOver('acme', [{ contactId: contact.id, until: null, by: 'Eva' }]);
			expect(await messages.claimReady(READY)).toMatchObject([{ message: { id: 'held-too', mergedIds: ['held'] }, leaseCount: 1 }]);
			await messages.decide('acme', ['off', 'held', 'held-too'].map((messageId) => ({ messageId, reason: 'done', actor: 'engine' })));
			await messages.record('acme', [inbound({ id: 'later', threadId: 'b' })]);
			await contacts.setTakeOver('acme', [{ contactId: contact.id, until: later(test.clock.time, DAY), by: 'Eva' }]);
			test.clock.advance(DAY - 1);
			expect(await messages.claimReady(READY)).toEqual([]);
			test.clock.advance(1);
			expect(await messages.claimReady(READY)).toMatchObject([{ message: { id: 'later' } }]);
		});

		it('of a colleague take the thread over and call off what was planned; our own echo does not', async () => {
			const { messages, outbound } = test.store;
			const [{ message, contact }] = await messages.record('acme', [inbound({ id: 'q' })]);
			const id = await dueJob(test.store, { contactId: contact.id, threadId: 'thread-1', inboundIds: [message.id] });
			await messages.record('acme', [inbound({ id: 'q2' })]);
			const [echo] = await messages.recordFromPerson('acme', [{ ...inbound({ providerId: 'e1', text: 'I will call you.' }), takeOverMs: DAY }]);
			expect(echo).toMatchObject({ repeat: 'new', message: { direction: 'outbound' }, contact: { takenOverUntil: iso(later(START, DAY)) } });
			expect(echo.conversation.map(({ from }) => from)).toEqual(['lead', 'lead', 'person']);
			expect(await outbound.find('acme', [id])).toMatchObject([{ status: 'cancelled' }]);
			expect(await messages.record('acme', [inbound({ id: 'q2' })])).toMatchObject([{ repeat: 'decided' }]);

			await outbound.markSent([{ workspace: 'acme', id: 'ours', providerId: 'wamid.ours', draft: newDraft({ id: 'ours' }) }]);
			const [own] = await messages.recordFromPerson('acme', [{ ...inbound({ providerId: 'wamid.ours', contact: { phone: '+1 555 0000000' } }), takeOverMs: DAY }]);
			expect(own).toMatchObject({ repeat: 'decided' });
			expect(own.contact.takenOverUntil).toBeUndefined();
		});

		it('keep the first reading, and tell when the lead last wrote on the channel itself', async () => {
			const { messages } = test.store;
			const reply = { intent: 'question' as const, optOut: { wanted: false, certainty: 0 }, sentiment: 0, language: 'en', needsAnswer: true };
			const [{ contact }] = await messages.record('acme', [inbound({ id: 'a' }), inbound({ id: 'b', source: 'form', timestamp: iso(later(START, 1)) })]);
			await messages.saveReadings('acme', [{ messageId: 'a', reply }, { messageId: 'a', reply: { ...reply, language: 'de' } }]);
			await messages.saveReadings('acme', [{ messageId: 'a', reply: { ...reply, language: 'fr' } }]);
			expect(await messages.readings('acme', ['a', 'b', 'c'])).toEqual([reply, undefined, undefined]);
			expect(await messages.lastInboundAt('acme', [{ contactId: contact.id, channel: 'whatsapp' }, { contactId: contact.id, channel: 'email' }])).toEqual([START, undefined]);
		});
	});

	it('an address that does not exist is not written to again; its owner is, at another one', async () => {
		const { suppressions, contacts } = test.store;
		const [{ id }] = await contacts.upsert('acme', [{ id: 'ann', email: 'typo@b.de' }]);
		const dead = await dueJob(test.store, { contactId: id, channel: 'email', to: 'Typo@b.de' });
		const alive = await dueJob(test.store, { contactId: id, channel: 'email', to: 'right@b.de' });
		expect(await suppressions.optOut([{ workspace: 'acme', channel: 'email', address: 'Typo@b.de', addressOnly: true, allChannels: false, reason: 'no such mailbox', actor: 'provider' }])).toEqual([{ cancelled: [dead] }]);
		expect(await test.store.outbound.find('acme', [alive])).toMatchObject([{ status: 'scheduled' }]);
		await contacts.upsert('acme', [{ id: 'ann', email: 'right@b.de' }]);
		expect(await suppressions.check('acme', [{ channel: 'email', address: 'typo@b.de' }, { channel: 'email', contactId: id, address: 'right@b.de' }])).toEqual([expect.stringContaining('no such mailbox'), undefined]);
	});

	it('a report of an unsubscription, a complaint, a dead address or a stop at the provider suppresses, once', async () => {
		const { outbound, outcomes, suppressions, contacts, pipelines } = test.store;
		const report = async (id: string, channel: 'email' | 'whatsapp', to: string, event: 'unsubscribed' | 'complaint' | 'bounced_hard' | 'failed', errorCode?: string) => {
			await contacts.upsert('acme', [{ id, ...(channel === 'email' ? { email: to } : { phone: to }) }]);
			await outbound.markSent([{ workspace: 'acme', id: `sent-${id}`, draft: newDraft({ id: `sent-${id}`, contactId: id, channel, to }) }]);
			const next = await dueJob(test.store, { contactId: id, channel, to });
			const input = { workspace: 'acme', event, occurredAt: START, outboundId: `sent-${id}`, eventId: `${id}:${event}`, channel, errorCode };
			await outcomes.record([input, input]);
			await outcomes.record([input]);
			const [reason] = await suppressions.check('acme', [{ contactId: id, channel, address: to }]);
			return [reason !== undefined, (await outbound.find('acme', [next]))[0]?.status, (await pipelines.activities('acme', id, 9)).filter(({ kind }) => kind === 'opt_out').length];
		};
		expect(await report('a', 'email', 'a@b.de', 'unsubscribed')).toEqual([true, 'cancelled', 1]);
		expect(await report('b', 'email', 'b@b.de', 'complaint')).toEqual([true, 'cancelled', 1]);
		expect(await report('c', 'email', 'c@b.de', 'bounced_hard', '5.1.1')).toEqual([true, 'cancelled', 0]);
		expect(await report('d', 'email', 'd@b.de', 'bounced_hard', '5.7.1')).toEqual([false, 'scheduled', 0]);
		expect(await report('e', 'whatsapp', '+491511111111', 'failed', '131050')).toEqual([true, 'cancelled', 1]);
		expect(await report('f', 'whatsapp', '+491512222222', 'failed', '131049')).toEqual([false, 'scheduled', 0]);
	});

	it('an opt-out suppresses by hash, cancels what is planned and keeps proof without the address', async () => {
		const { suppressions, outbound, messages, contacts, pipelines } = test.store;
		const [{ contact }] = await messages.record('acme', [inbound({ id: 'stop', contact: { phone: '+49 151 1234567', email: 'a@b.de' } })]);
		const planned = await dueJob(test.store, { contactId: contact.id });
		const mail = await dueJob(test.store, { contactId: contact.id, channel: 'email', to: 'a@b.de' });
		expect(await suppressions.optOut([{ workspace: 'acme', contactId: contact.id, channel: 'whatsapp', allChannels: false, reason: 'wrote STOP', actor: 'engine', messageId: 'stop' }])).toEqual([{ cancelled: [planned] }]);
		expect((await contacts.find('acme', [contact.id]))[0]?.optOutChannels).toEqual(['whatsapp']);
		expect(await messages.record('acme', [inbound({ id: 'stop' })])).toMatchObject([{ repeat: 'decided' }]);
		const keys = [
			{ channel: 'whatsapp' as const, address: '0049 151-1234567' },
			{ channel: 'whatsapp' as const, contactId: contact.id },
			{ channel: 'email' as const, contactId: contact.id },
			{ channel: 'whatsapp' as const, contactId: '+491511234567' },
		];
		expect(await suppressions.check('acme', keys)).toEqual([expect.stringContaining('wrote STOP'), expect.stringContaining('STOP'), undefined, expect.stringContaining('STOP')]);
		expect(await suppressions.optOut([{ workspace: 'acme', channel: 'email', address: 'A@B.de', allChannels: true, reason: 'legal', actor: 'person' }])).toEqual([{ cancelled: [mail] }]);
		expect((await contacts.find('acme', [contact.id]))[0]?.optOutChannels).toHaveLength(6);
		await suppressions.optIn('acme', [{ contactId: contact.id, channel: 'whatsapp', actor: 'Eva', reason: 'asked to' }]);
		expect((await contacts.find('acme', [contact.id]))[0]?.optOutChannels).toEqual(['email', 'instagram', 'messenger', 'linkedin', 'sms']);
		expect((await pipelines.activities('acme', contact.id, 10)).map(({ kind }) => kind).sort()).toEqual(['opt_in', 'opt_out', 'opt_out']);
		const kept = JSON.stringify([await query(test.place.config, 'select * from {suppressions}'), await query(test.place.config, 'select * from {activities}')]);
		expect(kept).not.toMatch(/1234567|a@b\.de/i);
		expect(await outbound.list('acme', { statuses: ['cancelled'], limit: 5 })).toHaveLength(2);
	});

	it('limits: all scopes or none, the same key once, lapse after their time', async () => {
		const { limits } = test.store;
		const request = (key: string, scopes: string[], cap = 2) => ({ workspace: 'acme', idempotencyKey: key, at: START, scopes: scopes.map((scope) => ({ key: scope, from: START, to: later(START, DAY) })), decide: (entries: ReadonlyMap<string, readonly number[]>) => ({ allowed: [...entries.values()].every((times) => times.length < cap) }) });
		const batch = await limits.reserve([request('1', ['a', 'b']), request('2', ['a']), request('3', ['a', 'c']), request('1', ['a', 'b'])], 15 * MINUTE);
		expect(batch.map(({ decision, repeated }) => [decision.allowed, repeated])).toEqual([[true, false], [true, false], [false, false], [true, true]]);
		expect(batch[3].reservationId).toBe(batch[0].reservationId);
		expect((await limits.reserve([request('4', ['c'], 1)], 15 * MINUTE))[0].decision.allowed).toBe(true);
		await limits.release('acme', [batch[1].reservationId ?? '']);
		expect((await limits.reserve([request('3', ['a', 'c'])], 15 * MINUTE))[0].decision.allowed).toBe(true);
		await limits.commit('acme', [batch[0].reservationId ?? '']);
		test.clock.advance(15 * MINUTE);
		const after = await limits.reserve([request('5', ['a']), request('6', ['a']), request('1', ['a', 'b'])], 15 * MINUTE);
		expect(after.map(({ decision, repeated }) => [decision.allowed, repeated])).toEqual([[true, false], [false, false], [true, true]]);
	});

	it('settings: the narrower scope wins, but mode and kill switch only get stricter', async () => {
		const { settings } = test.store;
		await settings.set('acme', { kind: 'workspace' }, { mode: 'one_click', timezone: 'Europe/Berlin', contactDailyCap: 3 }, 'me');
		await settings.set('acme', { kind: 'account', id: 'acc' }, { mode: 'auto', contactDailyCap: 1 }, 'me');
		const both = await settings.set('acme', { kind: 'contact', id: 'c' }, { mode: 'shadow', killSwitch: true }, 'me');
		expect(both).toMatchObject({ mode: 'shadow', killSwitch: true, timezone: 'Europe/Berlin' });
		expect(await settings.effective([{ workspace: 'acme', accountId: 'acc' }, { workspace: 'acme', accountId: 'acc', contactId: 'c' }, { workspace: 'other' }])).toMatchObject([
			{ mode: 'one_click', killSwitch: false, contactDailyCap: 1 },
			{ mode: 'shadow', killSwitch: true, contactDailyCap: 1 },
			{ mode: 'assist', killSwitch: false },
		]);
		await expect(settings.set('acme', { kind: 'workspace' }, { country: 'Germany' }, 'me')).rejects.toThrow(/country/);
	});

	it('experiments: the first assignment stays, outcomes count inside their window', async () => {
		const { experiments, outbound, outcomes } = test.store;
		const variants = [{ id: 'a', name: 'A', weight: 1 }, { id: 'b', name: 'B', weight: 1 }];
		await experiments.save([{ workspace: 'acme', id: 'e', name: 'Hello', status: 'running', metric: 'replied', variants }]);
		expect(await experiments.find('acme', ['Hello', 'e', 'x'])).toMatchObject([{ id: 'e' }, { id: 'e' }, undefined]);
		const ask = (contactId: string, variantId: string) => ({ workspace: 'acme', experimentId: 'e', contactId, choose: () => ({ variantId, propensity: 0.5 }) });
		expect((await experiments.assign([ask('1', 'a'), ask('1', 'b'), ask('2', 'b')])).map(({ variantId, sticky }) => [variantId, sticky])).toEqual([['a', false], ['a', true], ['b', false]]);
		expect(await experiments.assign([ask('2', 'a')])).toEqual([{ variantId: 'b', propensity: 0.5, sticky: true }]);
		const variant = { experimentId: 'e', variantId: 'a', name: 'A', propensity: 0.5, sticky: false, sentence: '' };
		await outbound.markSent([{ workspace: 'acme', id: 'd1', draft: newDraft({ id: 'd1', contactId: '1', variant }) }]);
		const at = (ms: number, event: 'clicked' | 'replied') => ({ workspace: 'acme', event, occurredAt: later(START, ms), contactId: '1' });
		const recorded = await outcomes.record([at(DAY, 'clicked'), at(2 * DAY, 'clicked'), at(8 * DAY, 'clicked'), at(15 * DAY, 'replied')]);
		expect(recorded.map(({ attributed, recorded: kept }) => [attributed, kept])).toEqual([['contact', true], ['contact', true], ['none', true], ['none', true]]);
		expect(await experiments.results('acme', 'e')).toEqual([{ variantId: 'a', assigned: 1, exposures: 1, events: { sent: 1, clicked: 1 } }, { variantId: 'b', assigned: 1, exposures: 0, events: {} }]);
	});

	it('stages change only from where the decision saw them', async () => {
		const { pipelines, contacts } = test.store;
		const change = (expectedStageId: string | undefined, stageId: string) => ({ workspace: 'acme', contactId: 'c', pipelineId: 'p', expectedStageId, stageId, setBy: 'model' as const, score: 50, log: { rule: 'score', actor: 'engine', sentence: 'Moved.' } });
		const results = await pipelines.changeStages([change(undefined, 's1'), change(undefined, 's2'), change('s1', 's3')]);
		expect(results.map(({ applied }) => applied)).toEqual([true, false, true]);
		expect(await contacts.find('acme', ['c'])).toMatchObject([{ stageId: 's3', score: 50, stageEnteredAt: iso(START) }]);
		expect(await pipelines.changeStages([{ ...change('s1', 's2'), contactId: 'unknown' }])).toEqual([{ applied: false }]);
		expect(await contacts.find('acme', ['unknown'])).toEqual([undefined]);
		expect((await pipelines.activities('acme', 'c', 5)).map(({ id }) => id)).toEqual([results[2].activityId, results[0].activityId]);
	});

	it('the contacts of a stage come in pages, those longest in it first, and never those of another stage, pipeline or workspace', async () => {
		const { pipelines, contacts } = test.store;
		const put = async (contactId: string, pipelineId = 'p', stageId = 's', workspace = 'acme', expectedStageId?: string) => await pipelines.changeStages([{ workspace, contactId, pipelineId, stageId, expectedStageId, setBy: 'model', score: 50, log: { rule: 'score', actor: 'engine', sentence: 'Moved.' } }]);
		await contacts.upsert('acme', [{ id: 'c', name: 'Ünal \u0000 <b>', company: 'C', email: 'c@x.example', pipelineId: 'p' }, { id: 'nowhere', pipelineId: 'p' }]);
		await contacts.upsert('other', [{ id: 'c' }]);
		await Promise.all(['b', 'c', 'a'].map(async (id) => await put(id)));
		await put('elsewhere', 'p', 's2');
		await put('q', 'q', 's');
		await put('c', 'p', 's', 'other');
		test.clock.advance(1_000);
		await put('0-later');
		await put('b', 'p', 's', 'acme', 's');
		const first = await pipelines.contactsIn('acme', 'p', 's', { limit: 2 });
		expect(first.contacts.map(({ id }) => id)).toEqual(['a', 'b']);
		const second = await pipelines.contactsIn('acme', 'p', 's', { limit: 2, after: first.next });
		expect(second).toEqual({ contacts: [
			{ id: 'c', name: 'Ünal \ufffd <b>', company: 'C', email: 'c@x.example', score: 50, stageId: 's', stageEnteredAt: iso(START), stageSetBy: 'model' },
			{ id: '0-later', score: 50, stageId: 's', stageEnteredAt: iso(later(START, 1_000)), stageSetBy: 'model' },
		] });
		// Whoever a page ended with may have left meanwhile: the next one begins behind the place.
		await put('b', 'p', 's2', 'acme', 's');
		expect((await pipelines.contactsIn('acme', 'p', 's', { limit: 9, after: first.next })).contacts.map(({ id }) => id)).toEqual(['c', '0-later']);
		expect(await pipelines.contactsIn('acme', 'p', 'none \u0000', { limit: 9 })).toEqual({ contacts: [] });
		for (const after of ['', 'x', Buffer.from('[1]').toString('base64url'), Buffer.from('["a","b"]').toString('base64url')]) await expect(pipelines.contactsIn('acme', 'p', 's', { limit: 2, after })).rejects.toThrow('This page does not exist');
	});

	it('model keys, spend and cached analyses keep count', async () => {
		const { modelCalls, analyses } = test.store;
		const keys = modelCalls.keyLedger();
		await keys.record('k', { kind: 'used', at: START, costUsd: 0.5 });
		await keys.record('k', { kind: 'used', at: START, costUsd: 0.25 });
		await keys.record('k', { kind: 'limited', at: START, until: later(START, 1) });
		expect(await keys.load(['k', 'l'])).toEqual([{ fingerprint: 'k', limitedUntil: later(START, 1), lastUsedAt: START, spentUsd: 0.75, spentDay: '2026-03-02' }]);
		const spend = modelCalls.spendLedger();
		const hold = { workspace: 'acme', day: '2026-03-02', amountUsd: 0.6, capUsd: 1, expiresAt: later(START, MINUTE) };
		const granted = (await Promise.all([1, 2, 3].map(async () => await spend.reserve(hold)))).filter((answer) => answer.granted);
		expect(granted).toHaveLength(1);
		for (const answer of [...granted, ...granted]) if (answer.granted) await spend.settle(answer.reservationId, 0.1);
		expect(await spend.spentToday('acme', '2026-03-02')).toBeCloseTo(0.1, 10);
		await modelCalls.callLog().record({ workspace: 'acme', purpose: 'draft', modelId: 'm', promptVersion: 'v', latencyMs: 12, attempts: 1, outcome: 'ok', at: iso(START) });
		await analyses.put('acme', [{ hash: 'h', classification: CLASSIFICATION }, { hash: 'h', classification: CLASSIFICATION }]);
		test.clock.advance(DAY);
		expect(await analyses.get('acme', ['h', 'x'], DAY)).toEqual([CLASSIFICATION, undefined]);
		expect(await analyses.get('acme', ['h'], DAY - 1)).toEqual([undefined]);
	});

	it('accounts tell the workspace; one that is in use cannot be taken by another', async () => {
		const { accounts } = test.store;
		const account = { channel: 'whatsapp' as const, externalId: '111', workspace: 'acme', enabled: true };
		await accounts.upsert([account, { ...account, name: 'Sales' }]);
		expect(await accounts.byExternalId([{ channel: 'whatsapp', externalId: '111' }, { channel: 'email', externalId: '111' }])).toMatchObject([{ workspace: 'acme', name: 'Sales' }, undefined]);
		await expect(accounts.upsert([{ ...account, workspace: 'thief' }])).rejects.toThrow(/another workspace/);
		await accounts.upsert([{ ...account, workspace: 'heir' }, { ...account, enabled: false }]);
		expect(await accounts.byExternalId([{ channel: 'whatsapp', externalId: '111' }])).toMatchObject([{ workspace: 'heir' }]);
	});

	it('reviews: one open a kind and subject', async () => {
		const review = { workspace: 'acme', kind: 'stage' as const, contactId: 'c', sentence: 'Look.', dueAt: later(START, DAY) };
		const [first, same] = await test.store.reviews.open([review, review]);
		expect(same.id).toBe(first.id);
		expect((await test.store.reviews.open([review]))[0].id).toBe(first.id);
		const draft = newDraft({ id: 'd' });
		await test.store.outbound.plan([{ workspace: 'acme', draftId: 'd', draft }], toReview);
		expect(await test.store.reviews.list('acme', { open: true, kinds: ['draft'], limit: 5 })).toMatchObject([{ outboundId: 'd' }]);
		await test.store.outbound.cancel('acme', ['d'], 'No longer needed.', 'person');
		expect(await test.store.reviews.list('acme', { open: true, kinds: ['draft'], limit: 5 })).toEqual([]);
		expect((await test.store.outbound.claimDue(CLAIM, sendNow)).claimed).toEqual([]);
	});
});
