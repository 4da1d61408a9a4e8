import { decideRoute } from '../../engine/message/route';
import { reportedRule } from '../../engine/channels/errorCodes';
import { PERFORMANCE_METRICS, PERFORMANCE_RULES, type PerformanceDimension } from '../../engine/outcome/performance';
import type { OutcomeEvent } from '../../engine/outcome/outcome';
import type { ReplyIntent } from '../../engine/reply/reply';
import { DAY, HOUR, iso, later, MINUTE, SECOND, type EpochMs } from '../../engine/time';
import { Session } from '../../store/session';
import type { NewDraft, OutcomeInput } from '../../store/store';
import { CLAIM, DIALECTS, draftOf, dueJob, inbound, newDraft, openTestStore, PASS, sendNow, START, stopServers, type TestStore } from './fixtures';

afterAll(stopServers);
jest.setTimeout(120_000);

describe.each(DIALECTS)('what outcomes bring about on %s', (dialect) => {
	let test: TestStore;
	beforeEach(async () => (test = await openTestStore(dialect)));
	afterEach(async () => await test.close());

	const sent = async (id: string, more: Partial<NewDraft> & { at?: EpochMs; providerId?: string } = {}) => {
		const { at = START, providerId = `p-${id}`, ...fields } = more;
		await test.store.outbound.markSent([{ workspace: 'acme', id, providerId, at, draft: newDraft({ id, contactId: `c-${id}`, channel: 'email', to: `${id}@mail.example`, ...fields, draft: { ...draftOf(id), ...fields.draft } }) }]);
	};
	const report = async (id: string, event: OutcomeEvent, seconds: number, more: Partial<OutcomeInput> = {}) => await test.store.outcomes.record([{ workspace: 'acme', event, providerId: `p-${id}`, occurredAt: later(START, seconds * SECOND), eventId: `${id}-${event}-${seconds}-${more.link ?? ''}`, channel: 'email', ...more }]);
	const events = async (id: string) => (await test.store.outcomes.list('acme', { outboundId: id, limit: 100 })).map(({ event }) => event).filter((event) => event !== 'sent').sort();
	const begin = async (id: string, fields: Partial<NewDraft> = {}) => {
		await test.store.settings.set('acme', { kind: 'workspace' }, { mode: 'auto' }, 'test');
		await dueJob(test.store, { id, ...fields });
		await test.store.outbound.recordGates('acme', [{ draftId: id, gate: PASS }]);
		await test.store.outbound.claimDue({ ...CLAIM }, sendNow);
		await test.store.outbound.beginSend('acme', [id]);
	};

	describe('machines', () => {
		it('are told by the delivery, whether it is heard of first or last', async () => {
			for (const id of ['first', 'last']) await sent(id);
			await report('first', 'delivered', 100);
			for (const id of ['first', 'last']) for (const seconds of [50, 105, 200]) await report(id, 'clicked', seconds);
			expect(await events('last')).toEqual(['clicked', 'clicked', 'clicked']);
			await report('last', 'delivered', 100);
			for (const id of ['first', 'last']) expect(await events(id)).toEqual(['clicked', 'delivered', 'machine_clicked', 'machine_clicked']);
		});
		it('are told by several links at once, and by their name', async () => {
			await sent('m');
			await report('m', 'clicked', 60, { link: 'x' });
			expect(await report('m', 'clicked', 61, { link: 'y' })).toMatchObject([{ event: 'machine_clicked' }]);
			await report('m', 'opened', 600, { evidence: 'scanner' });
			await report('m', 'opened', 700);
			expect(await events('m')).toEqual(['machine_clicked', 'machine_clicked', 'machine_opened', 'opened']);
		});
	});

	describe('a report that overtakes the answer to its send', () => {
		it('is tied to it afterwards, and takes effect then', async () => {
			await test.store.outcomes.record([
				{ workspace: 'acme', event: 'sent', providerId: 'SM1', occurredAt: START, eventId: 's', channel: 'sms' },
				{ workspace: 'acme', event: 'failed', providerId: 'SM1', occurredAt: START, eventId: 'f', channel: 'sms', errorCode: '30005' },
			]);
			await sent('text', { channel: 'sms', to: '+4915112345678', providerId: 'SM1' });
			expect(await test.store.outcomes.list('acme', { outboundId: 'text', limit: 9 })).toEqual(expect.arrayContaining([expect.objectContaining({ event: 'failed', attributed: 'id', contactId: 'c-text' }), expect.objectContaining({ event: 'sent' })]));
			expect(await test.store.suppressions.check('acme', [{ channel: 'sms', address: '+4915112345678' }])).toEqual([expect.stringContaining('30005')]);
			expect(await test.store.outcomes.list('acme', { limit: 9 })).toHaveLength(2);
		});
	});

	describe('errors', () => {
		const whatsapp = { channel: 'whatsapp' as const, accountId: 'n1', purpose: 'outreach' as const };
		const waTemplate = (name: string) => ({ draft: { ...draftOf('x'), waTemplate: { name, language: 'en', parameters: [] } } });
		const fails = async (id: string, code: string, seconds = 0) => await test.store.outcomes.record([{ workspace: 'acme', event: 'failed', outboundId: id, occurredAt: later(START, seconds * SECOND), eventId: `${id}-${code}`, channel: 'whatsapp', errorCode: code }]);

		it('pause the sender for as long as the table says: its jobs move, with the sentence, and leave afterwards', async () => {
			await test.store.settings.set('acme', { kind: 'workspace' }, { mode: 'auto' }, 'test');
			await sent('told', { ...whatsapp, to: '4915111' });
			await fails('told', '131048');
			expect(await test.store.senderHolds.list('acme')).toMatchObject([{ kind: 'pause', channel: 'whatsapp', accountId: 'n1', code: '131048', until: later(START, DAY) }]);
			for (const [id, accountId] of [['held', 'n1'], ['free', 'n2']]) {
				await dueJob(test.store, { id, ...whatsapp, accountId, contactId: id, to: '4915112', ...waTemplate('offer') });
				await test.store.outbound.recordGates('acme', [{ draftId: id, gate: PASS }]);
			}
			const { claimed, moved } = await test.store.outbound.claimDue(CLAIM, decideRoute);
			expect(claimed.map(({ id }) => id)).toEqual(['free']);
			expect(moved).toMatchObject([{ id: 'held', status: 'scheduled', sentence: expect.stringContaining('the sender is paused (WhatsApp holds the number back') }]);
			expect(moved[0].sendAt).toBeGreaterThanOrEqual(later(START, DAY));
			test.clock.advance(DAY + HOUR);
			expect((await test.store.outbound.claimDue(CLAIM, decideRoute)).claimed.map(({ id }) => id)).toContain('held');
			expect(await test.store.senderHolds.list('acme')).toEqual([]);
		});

		it('that no waiting mends hold the sender until a person resumes it', async () => {
			await test.store.settings.set('acme', { kind: 'workspace' }, { mode: 'auto' }, 'test');
			await sent('told', { ...whatsapp, to: '4915111' });
			await fails('told', '131031');
			await dueJob(test.store, { id: 'held', ...whatsapp, to: '4915112', ...waTemplate('offer') });
			await test.store.outbound.recordGates('acme', [{ draftId: 'held', gate: PASS }]);
			expect((await test.store.outbound.claimDue(CLAIM, decideRoute)).moved).toMatchObject([{ id: 'held', status: 'in_review', sentence: expect.stringContaining('the sender is paused') }]);
			expect(await test.store.senderHolds.lift('acme', { channel: 'whatsapp', accountId: 'n1' }, decideRoute)).toMatchObject({ ended: [{ kind: 'pause', code: '131031' }], back: [{ id: 'held', status: 'scheduled' }] });
			expect(await test.store.senderHolds.list('acme')).toEqual([]);
		});

		it('of a template stop the outreach that uses it, and no other', async () => {
			await test.store.settings.set('acme', { kind: 'workspace' }, { mode: 'auto' }, 'test');
			await sent('told', { ...whatsapp, to: '4915111', ...waTemplate('offer') });
			await fails('told', '132016');
			for (const name of ['offer', 'other']) {
				await dueJob(test.store, { id: name, ...whatsapp, contactId: name, to: '4915112', ...waTemplate(name) });
				await test.store.outbound.recordGates('acme', [{ draftId: name, gate: PASS }]);
			}
			const { claimed, moved } = await test.store.outbound.claimDue(CLAIM, decideRoute);
			expect(claimed.map(({ id }) => id)).toEqual(['other']);
			expect(moved).toMatchObject([{ id: 'offer', status: 'in_review', sentence: expect.stringContaining('the campaign is stopped') }]);
		});

		it('of the token flag the sender until a send works again', async () => {
			await sent('told', { ...whatsapp, to: '4915111' });
			await fails('told', '190');
			test.clock.advance(HOUR);
			expect(await test.store.senderHolds.list('acme')).toMatchObject([{ kind: 'token', accountId: 'n1', until: later(START, 15 * MINUTE) }]);
			await sent('works', { ...whatsapp, to: '4915111', at: later(START, HOUR) });
			expect(await test.store.senderHolds.list('acme')).toEqual([]);
		});

		it('leave the same holds in any order', async () => {
			const codes = ['131048', '130429', '131057', '368', '190', '132015'];
			const holds = async (order: string[]) => {
				const own = await openTestStore(dialect);
				try {
					await own.store.outbound.markSent([{ workspace: 'acme', id: 'told', draft: newDraft({ id: 'told', ...whatsapp, ...waTemplate('offer') }) }]);
					for (const code of [...order, ...order]) await own.store.outcomes.record([{ workspace: 'acme', event: 'failed', outboundId: 'told', occurredAt: later(START, codes.indexOf(code) * MINUTE), eventId: code, channel: 'whatsapp', errorCode: code }]);
					return await own.store.senderHolds.list('acme');
				} finally {
					await own.close();
				}
			};
			const once = await holds(codes);
			expect(once.map(({ kind }) => kind).sort()).toEqual(['campaign', 'pause', 'token']);
			expect(await holds(codes.toReversed())).toEqual(once);
		});

		it('of the send itself do all of it in one transaction: suppressed, paused, or a template asked for', async () => {
			const failure = (code: string) => {
				const rule = reportedRule('whatsapp', code);
				return { code, kind: rule?.kind ?? 'unknown', message: rule?.sentence ?? '', action: rule?.action, suppress: rule?.suppress, pauseSeconds: rule?.pauseSeconds };
			};
			for (const [id, to] of [['window', '4915121'], ['stop', '4915122'], ['limit', '4915123']]) await begin(id, { ...whatsapp, contactId: id, to });
			const rows = await test.store.outbound.markFailed([
				{ workspace: 'acme', id: 'window', attempt: 1, failure: failure('131047') },
				{ workspace: 'acme', id: 'stop', attempt: 1, failure: failure('131050') },
				{ workspace: 'acme', id: 'limit', attempt: 1, failure: failure('130429') },
			]);
			expect(rows.map(({ status }) => status)).toEqual(['in_review', 'failed', 'scheduled']);
			expect(await test.store.reviews.list('acme', { open: true, limit: 9 })).toMatchObject([{ outboundId: 'window', sentence: expect.stringContaining('approved template') }]);
			expect(await test.store.suppressions.check('acme', ['4915121', '4915122'].map((address) => ({ channel: 'whatsapp' as const, address })))).toEqual([undefined, expect.stringContaining('131050')]);
			expect(await test.store.senderHolds.list('acme')).toMatchObject([{ kind: 'pause', until: later(START, 30 * SECOND) }]);
		});
	});

	describe('answers', () => {
		const reply = (intent: ReplyIntent) => ({ intent, optOut: { wanted: false, certainty: 0 }, sentiment: 0.5, language: 'en', needsAnswer: true });
		const answer = async (id: string, threadId: string, intent: ReplyIntent, at = later(START, HOUR)) => {
			await test.store.messages.record('acme', [inbound({ id, threadId, channel: 'email', timestamp: iso(at), contact: { id: `c-${threadId}`, email: `${threadId}@mail.example` } })]);
			await test.store.messages.saveReadings('acme', [{ messageId: id, reply: reply(intent) }]);
		};
		const answersOf = async (id: string) => (await test.store.outcomes.list('acme', { outboundId: id, events: ['replied'], limit: 9 })).map(({ label, messageId, attributed }) => [label, messageId, attributed]);

		it('are outcomes of the message they answer, once, and follow what is read later', async () => {
			await sent('m', { threadId: 'm' });
			test.clock.advance(2 * HOUR);
			await answer('a1', 'm', 'other');
			await answer('a1', 'm', 'other');
			expect(await answersOf('m')).toEqual([['neutral_reply', 'a1', 'thread']]);
			await test.store.messages.saveReadings('acme', [{ messageId: 'a1', reply: reply('interested'), refined: true }]);
			expect(await answersOf('m')).toEqual([['positive_reply', 'a1', 'thread']]);
			await test.store.labels.correct('acme', [{ contactId: 'c-m', messageId: 'a1', labels: [{ field: 'reply_intent', to: 'objection', from: 'interested' }], actor: 'eva', sentence: 'x', reading: reply('objection') }]);
			expect(await answersOf('m')).toEqual([['objection', 'a1', 'thread']]);
		});
		it('that were read before it was known that the message had left are tied to it then', async () => {
			await begin('late', { channel: 'email', to: 'late@mail.example', contactId: 'c-late', threadId: 'late' });
			test.clock.advance(10 * MINUTE);
			await answer('a1', 'late', 'interested', later(START, 8 * MINUTE));
			await answer('before', 'late', 'objection', later(START, -HOUR));
			expect(await answersOf('late')).toEqual([]);
			await test.store.outbound.markSent([{ workspace: 'acme', id: 'late', providerId: 'p', at: later(START, MINUTE) }]);
			expect(await answersOf('late')).toEqual([['positive_reply', 'a1', 'thread']]);
			await test.store.outbound.markSent([{ workspace: 'acme', id: 'late', providerId: 'p' }]);
			expect(await answersOf('late')).toHaveLength(1);
		});
		it('go over to the message that turns out to be the last one before them', async () => {
			await sent('first', { threadId: 'm', contactId: 'c-m', at: later(START, -DAY) });
			await begin('second', { channel: 'email', to: 'm@mail.example', contactId: 'c-m', threadId: 'm' });
			test.clock.advance(HOUR);
			await answer('a1', 'm', 'interested', later(START, 30 * MINUTE));
			expect(await answersOf('first')).toEqual([['positive_reply', 'a1', 'thread']]);
			await test.store.outcomes.record([{ workspace: 'acme', event: 'delivered', outboundId: 'second', occurredAt: later(START, MINUTE), eventId: 'd', channel: 'email' }]);
			await test.store.outbound.expireLeases();
			expect(await test.store.outbound.find('acme', ['second'])).toMatchObject([{ status: 'sent' }]);
			expect(await answersOf('second')).toEqual([['positive_reply', 'a1', 'thread']]);
			expect(await answersOf('first')).toEqual([]);
		});
		it('are none where somebody writes first, and where a machine says that nobody is there', async () => {
			await sent('m', { threadId: 'm' });
			test.clock.advance(2 * HOUR);
			await answer('first', 'stranger', 'interested');
			await answer('away', 'm', 'out_of_office');
			expect(await test.store.outcomes.list('acme', { events: ['replied'], limit: 9 })).toEqual([]);
		});
	});

	describe('performance', () => {
		const tallies = async (by: PerformanceDimension[]) =>
			await test.store.performance.tallies('acme', { by, since: later(START, -DAY), limit: 100, dealWindowMs: PERFORMANCE_RULES.deal.windowMs, metrics: PERFORMANCE_METRICS.map((metric) => ({ metric, windowMs: PERFORMANCE_RULES[metric].windowMs, counts: PERFORMANCE_RULES[metric].counts })) });
		const style = (framework?: string) => ({ draft: { ...draftOf('x'), framework, tone: 'friendly' } });

		it('counts matured messages by group, outcomes inside their window, each currency by itself', async () => {
			await sent('a1', style('pas'));
			await sent('a2', style('pas'));
			await sent('b1', style('aida'));
			await sent('none', style());
			await sent('young', { ...style('pas'), at: later(START, 10 * DAY) });
			const of = (id: string, event: OutcomeEvent, days: number, more: Partial<OutcomeInput> = {}) => ({ workspace: 'acme', event, outboundId: id, occurredAt: later(START, days * DAY), eventId: `${id}-${event}-${days}-${more.currency ?? ''}`, ...more });
			await test.store.outcomes.record([
				of('a1', 'replied', 1, { label: 'positive_reply' }),
				of('a1', 'replied', 2, { label: 'positive_reply' }),
				of('a2', 'replied', 20, { label: 'positive_reply' }),
				of('b1', 'replied', 1, { label: 'objection' }),
				of('b1', 'machine_opened', 1, { channel: 'email' }),
				of('a1', 'deal_won', 30, { value: 0.1, currency: 'EUR' }),
				of('a1', 'deal_won', 31, { value: 0.2, currency: 'EUR' }),
				of('a2', 'deal_won', 30, { value: 500, currency: 'JPY' }),
				of('a2', 'deal_won', 91, { value: 999, currency: 'EUR' }),
			]);
			test.clock.time = later(START, 20 * DAY);
			const groups = await tallies(['framework']);
			expect(groups.map(({ keys, sent: count }) => [keys[0], count])).toEqual([['pas', 3], ['aida', 1], [undefined, 1]]);
			expect(groups[0].metrics).toMatchObject({ positive_reply: { matured: 2, hits: 1 }, replied: { matured: 2, hits: 1 }, clicked: { matured: 3, hits: 0 } });
			expect(groups[0].metrics.meeting).toBeUndefined();
			expect(groups[1].metrics).toMatchObject({ replied: { matured: 1, hits: 1 }, positive_reply: { matured: 1, hits: 0 }, opened: { matured: 1, hits: 0 } });
			expect(groups[0].revenue).toEqual([{ currency: 'EUR', value: expect.closeTo(0.3, 9), deals: 2 }, { currency: 'JPY', value: 500, deals: 1 }]);
		});

		it('tells messages apart by every dimension, and by nothing of who objects to profiling', async () => {
			const variant = { experimentId: 'e', variantId: 'v', name: 'V', propensity: 1, sticky: false, sentence: '' };
			const people = [{ id: 'c-m', attributes: { industry: 'hotel', role: 'chef' }, country: 'DE', language: 'de' }, { id: 'c-n', attributes: { industry: 'hotel' }, profiling: false }];
			await test.store.contacts.upsert('acme', people);
			await sent('m', { variant, draft: { ...draftOf('m'), framework: 'pas', tone: 'direct', persona: 'Anna', modelId: 'gpt', promptVersion: 'p1' } });
			await sent('n');
			const key = async (dimension: PerformanceDimension) => (await tallies([dimension])).flatMap(({ keys }) => keys).filter((one) => one !== undefined);
			expect(await key('framework')).toEqual(['pas']);
			expect([await key('tone'), await key('persona'), await key('model'), await key('promptVersion'), await key('variant'), await key('channel')]).toEqual([['direct'], ['Anna'], ['gpt'], ['p1'], ['e:v'], ['email']]);
			expect([await key('industry'), await key('role'), await key('country')]).toEqual([['hotel'], ['chef'], ['DE']]);
			expect(await key('hour')).toEqual([]);
			expect((await tallies(['industry', 'framework', 'tone'])).map(({ keys }) => keys)).toContainEqual(['hotel', 'pas', 'direct']);
		});
	});

	it('10,000 events of every kind take as many statements as a handful', async () => {
		const { store } = test;
		const kinds: readonly OutcomeEvent[] = ['delivered', 'opened', 'clicked', 'failed', 'bounced_hard', 'unsubscribed', 'replied', 'deal_won'];
		const statements = async (count: number): Promise<number> => {
			const ids = Array.from({ length: Math.max(kinds.length, count / 10) }, (_, at) => `s${count}-${at}`);
			await store.outbound.markSent(ids.map((id) => ({ workspace: 'acme', id, providerId: `p-${id}`, at: START, draft: newDraft({ id, contactId: `c-${id}`, channel: 'email', to: `${id}@mail.example` }) })));
			const events = Array.from({ length: count }, (_, at): OutcomeInput => {
				const event = kinds[at % kinds.length];
				return { workspace: 'acme', event, providerId: `p-${ids[at % ids.length]}`, occurredAt: later(START, at), eventId: `${count}-${at}`, channel: 'email', ...(event === 'failed' ? { errorCode: '5.7.515' } : {}) };
			});
			const spies = (['rows', 'insert', 'insertReturning', 'update', 'matching', 'lock'] as const).map((name) => jest.spyOn(Session.prototype, name));
			const results = await store.outcomes.record(events);
			const total = spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
			jest.restoreAllMocks();
			expect(results.filter(({ recorded }) => recorded)).toHaveLength(count);
			return total;
		};
		expect(await statements(10_000)).toBe(await statements(16));
	});
});
