import fc from 'fast-check';
import type { Rollout } from '../../engine/training/rollout';
import type { MemoryExample } from '../../engine/training/memory';
import type { OutcomeEvent } from '../../engine/outcome/outcome';
import { DAY, epochMs, later, type EpochMs } from '../../engine/time';
import { Database } from '../../store/database';
import { openStore } from '../../store/openStore';
import type { NewVersion, VersionTallyRequest } from '../../store/store';
import { DIALECTS, draftOf, newDraft, openTestStore, START, stopServers, toReview, type TestStore } from './fixtures';

afterAll(stopServers);
jest.setTimeout(60_000);

const WEEK = 7 * DAY;
const memory = (backend: NewVersion['backend'] = 'example_memory', more: Partial<NewVersion> = {}): NewVersion => ({ workspace: 'acme', backend, status: 'candidate', sentence: 'Made by hand.', ...more });
const example = (outboundId: string, contactId = 'anna'): MemoryExample => ({ outboundId, contactId, channel: 'email', language: 'en', intent: 'question', conversation: [{ from: 'lead', text: 'How much?' }], text: `Twenty, says ${outboundId}.`, labels: ['positive_reply'], reward: 0.3, quality: 0.8 });
const CANARY = { workspace: 'acme', share: 0.1, metric: 'positive_reply' as const, horizon: 26, by: 'weekly training', sentence: 'Begins with 10 %.' };

describe.each(DIALECTS)('model versions on %s', (dialect) => {
	let test: TestStore;
	beforeEach(async () => (test = await openTestStore(dialect)));
	afterEach(async () => await test.close());
	const models = () => test.store.models;
	const written = async (...keys: (readonly [id: string, contactId?: string])[]) => {
		await test.store.outbound.saveDrafts(keys.map(([id, contactId]) => newDraft({ id, contactId: contactId ?? 'anna' })));
		return keys.map(([id, contactId]) => example(id, contactId));
	};
	const names = async () => (await models().list('acme', 100)).map(({ version, status }) => `${version} ${status}`);
	const register = async (...versions: NewVersion[]) => (await models().register(versions)).map(({ version }) => version.version);
	const look = async (version: string, token = 't1', at = test.clock.time) => await models().recordLook('acme', { version, token, look: 1, at, share: 0.1, verdict: 'keep_going', sentence: 'Keep going.', figures: '{}' });

	it('are numbered from a baseline on: a training is a minor step, another backend or base a major one, a repair a patch', async () => {
		expect(await register(memory(), memory())).toEqual(['v1.1.0', 'v1.2.0']);
		expect(await register(memory('fine_tuning', { status: 'training', baseModel: 'gpt-a' }), memory('fine_tuning', { status: 'training', baseModel: 'gpt-a' }), memory('fine_tuning', { baseModel: 'gpt-b' }))).toEqual(['v2.0.0', 'v2.1.0', 'v3.0.0']);
		expect(await register(memory('example_memory', { repairs: 'v1.2.0' }), memory('example_memory', { repairs: 'v1.2.0' }))).toEqual(['v1.2.1', 'v1.2.2']);
		expect(await register(memory('fine_tuning', { baseModel: 'gpt-b' }), memory())).toEqual(['v3.1.0', 'v4.0.0']);
		expect(await register({ ...memory(), workspace: 'other' })).toEqual(['v1.1.0']);
		expect((await names()).at(-1)).toBe('v1.0.0 deployed');
		await expect(register(memory('example_memory', { repairs: 'v9.0.0' }))).rejects.toThrow(/v9.0.0/);
	});

	it('are one for a training that is asked for again, also at once', async () => {
		const wanted = memory('fine_tuning', { status: 'training', requestKey: 'week 12' });
		const answers = await Promise.all([models().register([wanted]), models().register([wanted, wanted]), models().register([wanted])]);
		expect(new Set(answers.flat().map(({ version }) => version.version))).toEqual(new Set(['v2.0.0']));
		expect(answers.flat().filter(({ created }) => created)).toHaveLength(1);
	});

	it('never share a number, however many are registered at once from several stores', async () => {
		const others = await Promise.all([1, 2, 3].map(async () => await openStore(test.place.config, { clock: test.clock })));
		const made = await Promise.all(others.flatMap((store) => [1, 2, 3, 4].map(async () => await store.models.register([memory()]))));
		expect(new Set(made.flat().map(({ version }) => version.version)).size).toBe(12);
		expect((await names()).filter((name) => name.endsWith('deployed'))).toEqual(['v1.0.0 deployed']);
		await Promise.all(others.map(async (store) => await store.close()));
	});

	it('keep their memory frozen, in the order chosen, and whole or not at all', async () => {
		await register(memory('example_memory', { examples: await written(['b'], ['a', 'berta'], ['c\u0000']) }));
		expect((await models().memory('acme', 'v1.1.0')).map(({ outboundId, contactId }) => [outboundId, contactId])).toEqual([['b', 'anna'], ['a', 'berta'], ['c\uFFFD', 'anna']]);
		expect((await models().memory('acme', 'v1.1.0'))[0]).toEqual(example('b'));
		expect(await models().memory('other', 'v1.1.0')).toEqual([]);
		await expect(register(memory('example_memory', { examples: [...(await written(['d'])), example('d')] }))).rejects.toThrow();
		expect(await names()).toEqual(['v1.1.0 candidate', 'v1.0.0 deployed']);
		expect((await models().find('acme', ['v1.1.0', 'nope'])).map((found) => found?.examples)).toEqual([3, undefined]);
	});

	it('leave out the examples of whoever objects to profiling later', async () => {
		await register(memory('example_memory', { examples: await written(['1', 'anna'], ['2', 'berta']) }));
		await test.store.contacts.upsert('acme', [{ id: 'anna', profiling: false }]);
		expect((await models().memory('acme', 'v1.1.0')).map(({ outboundId }) => outboundId)).toEqual(['2']);
		expect((await models().list('acme', 1))[0].examples).toBe(1);
	});

	it('are promoted by figures that came back after others', async () => {
		await register(memory());
		await models().deploy({ ...CANARY, version: 'v1.1.0' });
		await look('v1.1.0', 'a', START);
		await look('v1.1.0', 'b', later(START, DAY));
		await look('v1.1.0', 'a', later(START, 2 * DAY));
		expect(await models().promote({ workspace: 'acme', version: 'v1.1.0', token: 'a', by: 'eva', sentence: 'Better.' })).toMatchObject({ changed: true });
	});

	it('lose the examples of a person who is erased, wholly or as AI data, and go on with the others', async () => {
		await register(memory('example_memory', { examples: await written(['1', 'anna@mail.example'], ['2', 'berta@mail.example'], ['3', 'carla@mail.example']) }));
		const erase = async (reference: string, scope: 'everything' | 'ai') => await test.store.personalData.erase('acme', [{ reference, scope, suppress: false, by: 'mia', actor: 'person' }]);
		expect((await test.store.personalData.export('acme', ['anna@mail.example']))[0]?.tables.model_examples).toHaveLength(1);
		await erase('anna@mail.example', 'everything');
		await erase('berta@mail.example', 'ai');
		expect((await models().memory('acme', 'v1.1.0')).map(({ outboundId }) => outboundId)).toEqual(['3']);
		expect((await models().list('acme', 1))[0].examples).toBe(1);
	});

	it('take nobody in who was erased, or objected, between the look at their messages and now', async () => {
		await test.store.contacts.upsert('acme', [{ id: 'objects', name: 'Olga', email: 'olga@mail.example' }, { id: 'gone', name: 'Gerd', email: 'gerd@mail.example' }]);
		const examples = await written(['1', 'objects'], ['2', 'gone'], ['3', 'stays']);
		await test.store.contacts.upsert('acme', [{ id: 'objects', profiling: false }]);
		await test.store.personalData.erase('acme', [{ reference: 'gone', scope: 'everything', suppress: false, by: 'mia', actor: 'person' }]);
		await register(memory('example_memory', { examples }));
		expect((await models().memory('acme', 'v1.1.0')).map(({ outboundId }) => outboundId)).toEqual(['3']);
	});

	it('serve one canary beside one deployed version, which one statement tells', async () => {
		expect(await models().serving('acme')).toEqual({});
		await register(memory(), memory());
		expect(await models().serving('acme')).toMatchObject({ deployed: { version: 'v1.0.0', share: 1 } });
		expect(await models().deploy({ ...CANARY, version: 'v1.1.0' })).toMatchObject({ changed: true, version: { status: 'canary', share: 0.1, parent: 'v1.0.0', startedAt: START, metric: 'positive_reply', horizon: 26 } });
		expect(await models().deploy({ ...CANARY, version: 'v1.2.0' })).toMatchObject({ changed: false, sentence: expect.stringContaining('v1.1.0 serves a share') });
		expect(await models().deploy({ ...CANARY, version: 'v1.1.0' })).toMatchObject({ changed: false, sentence: expect.stringContaining('serves a share of contacts, so it was not deployed') });
		expect(await models().deploy({ ...CANARY, version: 'v7.0.0' })).toEqual({ changed: false, sentence: "There is no model version 'v7.0.0'." });
		expect(await models().serving('acme')).toMatchObject({ deployed: { version: 'v1.0.0' }, canary: { version: 'v1.1.0' } });
		expect(await models().serving('other')).toEqual({});
	});

	it('are moved by the first of two who saw the same; the second is told', async () => {
		await register(memory(), memory());
		const both = await Promise.all(['v1.1.0', 'v1.2.0'].map(async (version) => await models().deploy({ ...CANARY, version })));
		expect(both.map(({ changed }) => changed).sort()).toEqual([false, true]);
		const { version: name = '' } = (await models().serving('acme')).canary ?? {};
		const steps = await Promise.all([0.25, 0.25].map(async (to) => await models().setShare({ workspace: 'acme', version: name, from: 0.1, to, by: 'rule', sentence: 'More.' })));
		expect(steps.map(({ changed }) => changed).sort()).toEqual([false, true]);
		expect(steps.find(({ changed }) => !changed)?.sentence).toContain('25 % of contacts by now, not 10 %');
		await look(name);
		const ends = await Promise.all([
			models().promote({ workspace: 'acme', version: name, token: 't1', by: 'eva', sentence: 'Promoted.' }),
			models().rollBack({ workspace: 'acme', version: name, from: 'canary', to: 'rolled_back', by: 'rule', sentence: 'Harm.' }),
		]);
		expect(ends.map(({ changed }) => changed).sort()).toEqual([false, true]);
		expect((await names()).filter((text) => text.endsWith('deployed'))).toHaveLength(1);
	});

	it('are promoted only by whoever saw the newest figures', async () => {
		await register(memory());
		await models().deploy({ ...CANARY, version: 'v1.1.0' });
		const promote = async (token: string) => await models().promote({ workspace: 'acme', version: 'v1.1.0', token, by: 'eva', sentence: 'Promoted by Eva.' });
		expect(await promote('')).toMatchObject({ changed: false, sentence: expect.stringContaining('figures have changed') });
		await look('v1.1.0', 'old');
		await look('v1.1.0', 'new', later(START, 1));
		expect(await promote('old')).toMatchObject({ changed: false, version: { status: 'canary' } });
		expect(await promote('new')).toMatchObject({ changed: true, version: { status: 'deployed', share: 1, decidedBy: 'eva', looks: 1 } });
		expect(await names()).toEqual(['v1.1.0 deployed', 'v1.0.0 retired']);
		expect((await models().looks('acme', 'v1.1.0', 9)).map(({ token }) => token)).toEqual(['new', 'old']);
	});

	it('give way to what they had replaced when they are rolled back, and end what was compared with them', async () => {
		await register(memory(), memory());
		for (const version of ['v1.1.0']) {
			await models().deploy({ ...CANARY, version });
			await look(version);
			await models().promote({ workspace: 'acme', version, token: 't1', by: 'eva', sentence: 'Promoted.' });
		}
		await models().deploy({ ...CANARY, version: 'v1.2.0' });
		expect(await models().rollBack({ workspace: 'acme', version: 'v1.1.0', from: 'deployed', to: 'rolled_back', by: 'eva', sentence: 'It promised too much.' })).toMatchObject({ changed: true, version: { status: 'rolled_back', share: 0, sentence: 'It promised too much.' } });
		expect(await names()).toEqual(['v1.2.0 retired', 'v1.1.0 rolled_back', 'v1.0.0 deployed']);
		expect(await models().rollBack({ workspace: 'acme', version: 'v1.0.0', from: 'deployed', to: 'rolled_back', by: 'eva', sentence: 'This too.' })).toMatchObject({ changed: false, sentence: expect.stringContaining('only version') });
		expect((await names()).filter((text) => text.endsWith('deployed'))).toHaveLength(1);
	});

	it('serve nobody while they name no model to call', async () => {
		await register(memory('export_only'));
		expect(await models().deploy({ ...CANARY, version: 'v2.0.0' })).toMatchObject({ changed: false, sentence: expect.stringContaining('names no model yet') });
	});

	it('settle a training once', async () => {
		await register(memory('fine_tuning', { status: 'training' }));
		const settle = async (status: 'candidate' | 'failed', modelId?: string) => await models().settleTraining({ workspace: 'acme', version: 'v2.0.0', status, modelId, sentence: 'Done.' });
		expect(await models().deploy({ ...CANARY, version: 'v2.0.0' })).toMatchObject({ changed: false, sentence: expect.stringContaining('still in training') });
		expect(await settle('candidate', 'ft:1')).toMatchObject({ changed: true, version: { status: 'candidate', modelId: 'ft:1' } });
		expect(await settle('failed')).toMatchObject({ changed: false, version: { status: 'candidate', modelId: 'ft:1' } });
	});

	describe('what a comparison counts', () => {
		const CANDIDATE = 'v1.1.0';
		const sent = async (contactId: string, arm: Rollout['arm'], at: EpochMs, share = 0.1, more: { candidate?: string; workspace?: string } = {}): Promise<string> => {
			const { candidate = CANDIDATE, workspace = 'acme' } = more;
			const id = `${contactId}-${at}`;
			const rollout = { candidate, arm, propensity: arm === 'candidate' ? share : 1 - share };
			const draft = newDraft({ workspace, id, contactId, draft: { ...draftOf(id), modelVersion: arm === 'candidate' ? candidate : 'v1.0.0', rollout, costUsd: 0.01 } });
			await test.store.outbound.markSent([{ workspace, id, at, draft }]);
			return id;
		};
		const happens = async (contactId: string, event: OutcomeEvent, at: EpochMs) => await test.store.outcomes.record([{ workspace: 'acme', contactId, event, occurredAt: at }]);
		const request = (more: Partial<VersionTallyRequest> = {}): VersionTallyRequest => ({ workspace: 'acme', candidate: CANDIDATE, control: 'v1.0.0', metric: 'meeting', asOf: later(START, 60 * DAY), looks: { startedAt: START, everyMs: WEEK, count: 10 }, ...more });
		const short = ({ exposures, conversions, expected }: { exposures: number; conversions: number; expected?: number }) => [exposures, conversions, Number(expected?.toFixed(3))];
		beforeEach(() => (test.clock.time = later(START, 100 * DAY)));

		it('is each contact once, in the arm of its first message, when its window is over', async () => {
			await sent('a', 'candidate', START);
			await sent('b', 'deployed', later(START, DAY));
			// Came over to the candidate as the share grew: it stays where it began.
			await sent('b', 'candidate', later(START, 10 * DAY), 0.25);
			await sent('c', 'deployed', later(START, 8 * DAY));
			await sent('young', 'candidate', later(START, 31 * DAY));
			await sent('elsewhere', 'candidate', START, 0.1, { candidate: 'v9.0.0' });
			await sent('foreign', 'candidate', START, 0.1, { workspace: 'other' });
			await happens('a', 'meeting_booked', later(START, 29 * DAY));
			await happens('a', 'meeting_held', later(START, 29 * DAY));
			await happens('b', 'meeting_booked', later(START, 32 * DAY));
			await happens('c', 'meeting_booked', later(START, 12 * DAY));
			const { candidate, control, joined, firstAt } = await models().tallies(request({ asOf: test.clock.time, looks: { startedAt: START, everyMs: WEEK, count: 15 } }));
			expect([short(candidate), short(control)]).toEqual([[2, 1, 0.4], [2, 1, 3.6]]);
			expect([joined, firstAt]).toEqual([4, START]);
			// Joined when the 30-day window was over: a after day 30 in week 5, b after day 31 the same, c after day 38 in week 6.
			expect(control.weeks?.map(({ exposures, conversions }) => [exposures, conversions]).slice(3, 7)).toEqual([[0, 0], [1, 0], [1, 1], [0, 0]]);
		});

		it('sees at a look what was on record then', async () => {
			await sent('a', 'candidate', START);
			await happens('a', 'meeting_booked', later(START, DAY));
			expect(short((await models().tallies(request({ asOf: later(START, 29 * DAY) }))).candidate)).toEqual([0, 0, 0]);
			// Recorded on day 100: no look before may see it.
			expect(short((await models().tallies(request({ asOf: later(START, 40 * DAY) }))).candidate)).toEqual([1, 0, 0.1]);
			expect(short((await models().tallies(request({ asOf: later(START, 100 * DAY) }))).candidate)).toEqual([1, 1, 0.1]);
		});

		it('weighs the performance score by its three parts', async () => {
			for (const contact of ['a', 'b', 'c']) await sent(contact, 'candidate', START);
			await happens('a', 'replied', later(START, DAY));
			await happens('a', 'deal_won', later(START, 80 * DAY));
			await happens('b', 'meeting_held', later(START, 20 * DAY));
			const { candidate } = await models().tallies(request({ metric: 'performance_score', asOf: later(START, 100 * DAY), looks: { startedAt: START, everyMs: WEEK, count: 20 } }));
			// a: 0.5 + 0.2, b: 0.3.
			expect(candidate.conversions).toBeCloseTo(1, 9);
			expect(candidate.squares).toBeCloseTo(0.49 + 0.09, 9);
		});

		it('hears harm at once and by the share it was done at', async () => {
			test.clock.time = later(START, 9 * DAY);
			await sent('a', 'candidate', START);
			await sent('b', 'deployed', START);
			await sent('c', 'candidate', later(START, 8 * DAY), 0.25);
			await happens('a', 'unsubscribed', later(START, DAY));
			// A complaint is an opt-out too.
			await happens('c', 'complaint', later(START, 9 * DAY));
			const { guardrails } = await models().tallies(request({ asOf: later(START, 7 * DAY) }));
			expect(guardrails.optOuts).toEqual([{ candidate: { contacts: 1, events: 1 }, control: { contacts: 1, events: 0 } }, { candidate: { contacts: 1, events: 1 }, control: { contacts: 0, events: 0 } }]);
			expect(guardrails.complaints.map(({ candidate }) => candidate.events)).toEqual([0, 1]);
		});

		it('takes none where only one version is read whatever its confidence', async () => {
			const reviewed = async (contactId: string, arm: Rollout['arm'], sampling: 'full' | 'held') => {
				const id = `r-${contactId}`;
				const draft = { ...draftOf(id), rollout: { candidate: CANDIDATE, arm, propensity: 0.5 }, decision: { autoSend: false, threshold: 0.85, source: 'certified' as const, audited: false, sampling } };
				await test.store.outbound.plan([{ workspace: 'acme', draftId: id, draft: newDraft({ id, contactId, threadId: contactId, draft }) }], toReview);
				const database = new Database(test.place.config, test.clock);
				await database.write(async ({ q }) => await q.updateTable('reviews').set({ decision: 'rejected', decided_at: later(START, DAY) }).where('outbound_id', '=', id).execute());
				await database.close();
			};
			await reviewed('a', 'candidate', 'full');
			await reviewed('b', 'deployed', 'held');
			expect((await models().tallies(request({ metric: 'reviewer_approval' }))).guardrails.rejections).toEqual([]);
		});

		it('takes approvals and rejections from drafts that are read whatever their confidence', async () => {
			const reviewed = async (contactId: string, arm: Rollout['arm'], decision: 'approved' | 'rejected', sampling: 'full' | 'low' | 'held') => {
				const id = `r-${contactId}`;
				const draft = { ...draftOf(id), modelVersion: CANDIDATE, rollout: { candidate: CANDIDATE, arm, propensity: arm === 'candidate' ? 0.1 : 0.9 }, decision: { autoSend: false, threshold: 0.85, source: 'fixed' as const, audited: false, sampling } };
				await test.store.outbound.plan([{ workspace: 'acme', draftId: id, draft: newDraft({ id, contactId, threadId: contactId, draft }) }], toReview);
				const database = new Database(test.place.config, test.clock);
				await database.write(async ({ q }) => await q.updateTable('reviews').set({ decision, decided_at: later(START, DAY) }).where('outbound_id', '=', id).execute());
				await database.close();
			};
			await reviewed('a', 'candidate', 'approved', 'full');
			await reviewed('b', 'candidate', 'rejected', 'full');
			await reviewed('c', 'deployed', 'approved', 'full');
			await reviewed('d', 'deployed', 'rejected', 'low');
			await reviewed('e', 'deployed', 'rejected', 'held');
			const { candidate, control, guardrails, joined } = await models().tallies(request({ metric: 'reviewer_approval', asOf: later(START, 7 * DAY) }));
			expect([short(candidate), short(control), joined]).toEqual([[2, 1, 0.4], [2, 1, 3.6], 4]);
			expect(guardrails.rejections).toEqual([{ candidate: { contacts: 2, events: 1 }, control: { contacts: 2, events: 1 } }]);
			expect(await models().records('acme', epochMs(0))).toEqual([{ version: CANDIDATE, drafts: 5, sent: 0, reviewed: 5, approved: 2, edited: 0, rejected: 3, costUsd: 0, costKnown: 0 }]);
		});

		it('tells what was drawn by lot with its chance: variants, and hours that were explored', async () => {
			const drawn = async (contactId: string, at: EpochMs, more: object) => await test.store.outbound.markSent([{ workspace: 'acme', id: `d-${contactId}-${at}`, at, draft: newDraft({ id: `d-${contactId}-${at}`, contactId, ...more }) }]);
			for (const [contactId, variantId] of [['a', 'x'], ['b', 'x'], ['c', 'y']] as const) {
				await test.store.experiments.assign([{ workspace: 'acme', experimentId: 'e', contactId, choose: () => ({ variantId, propensity: variantId === 'x' ? 0.75 : 0.25 }) }]);
				await drawn(contactId, START, { variant: { experimentId: 'e', variantId, name: variantId, propensity: 0.5, sticky: false, sentence: '' } });
			}
			await happens('a', 'meeting_booked', later(START, DAY));
			const asked = { workspace: 'acme', metric: 'meeting' as const, asOf: later(START, 100 * DAY) };
			expect(await models().loggedActions({ ...asked, drawn: { kind: 'variant', experimentId: 'e' } })).toEqual([{ action: 'x', propensity: 0.75, contacts: 2, successes: 1 }, { action: 'y', propensity: 0.25, contacts: 1, successes: 0 }]);
			expect(await models().loggedActions({ ...asked, asOf: later(START, 20 * DAY), drawn: { kind: 'variant', experimentId: 'e' } })).toEqual([]);
			const database = new Database(test.place.config, test.clock);
			await database.write(async ({ q }) => {
				for (const [contactId, hour, propensity] of [['a', '09', 0.2], ['b', '16', 0.1], ['c', '10', 1]] as const) {
					await q.updateTable('outbound').set({ schedule: JSON.stringify({ localTime: `2026-03-02 ${hour}:30`, propensity }) }).where('contact_id', '=', contactId).execute();
				}
			});
			await database.close();
			expect(await models().loggedActions({ ...asked, drawn: { kind: 'hour' } })).toEqual([{ action: '09', propensity: 0.2, contacts: 1, successes: 1 }, { action: '16', propensity: 0.1, contacts: 1, successes: 0 }]);
		});

		it('is the same by a plain count over whatever was sent', async () => {
			await fc.assert(
				fc.asyncProperty(fc.array(fc.record({ contact: fc.integer({ min: 0, max: 5 }), day: fc.integer({ min: 0, max: 20 }), arm: fc.constantFrom<Rollout['arm'][]>('candidate', 'deployed'), met: fc.boolean() }), { maxLength: 12 }), async (messages) => {
					const own = await openTestStore(dialect);
					const saved = test;
					test = own;
					own.clock.time = later(START, 100 * DAY);
					try {
						const seen = new Map<number, { arm: string; day: number; met: boolean }>();
						for (const { contact, day, arm, met } of [...messages].sort((a, b) => a.day - b.day)) {
							if (seen.has(contact)) continue;
							await sent(`c${contact}`, arm, later(START, day * DAY));
							if (met) await happens(`c${contact}`, 'meeting_booked', later(START, (day + 1) * DAY));
							seen.set(contact, { arm, day, met });
						}
						const { candidate } = await own.store.models.tallies(request({ asOf: later(START, 100 * DAY), looks: { startedAt: START, everyMs: WEEK, count: 14 } }));
						const mine = [...seen.values()].filter(({ arm }) => arm === 'candidate');
						expect([candidate.exposures, candidate.conversions]).toEqual([mine.length, mine.filter(({ met }) => met).length]);
						expect(candidate.weeks?.reduce((sum, week) => sum + week.exposures, 0)).toBe(mine.length);
					} finally {
						test = saved;
						await own.close();
					}
				}),
				{ numRuns: 8 },
			);
		});
	});
});
