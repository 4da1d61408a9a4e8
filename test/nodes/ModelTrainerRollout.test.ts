import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { MemoryExample } from '../../engine/training/memory';
import type { Rollout } from '../../engine/training/rollout';
import type { OutcomeEvent } from '../../engine/outcome/outcome';
import { DAY, later, type EpochMs } from '../../engine/time';
import { ModelTrainer } from '../../nodes/ModelTrainer/ModelTrainer.node';
import { freezeMemory } from '../../nodes/ModelTrainer/freezeMemory';
import { draftOf, inbound, newDraft, toReview } from '../store/fixtures';
import { useEmbeddedStore } from './embeddedStore';
import { runNode } from './runNode';

jest.setTimeout(120_000);
const node = new ModelTrainer();

describe('Model Trainer by rollout', () => {
	const { store } = useEmbeddedStore();
	const run = async (operation: string, parameters: INodeParameters = {}, json: IDataObject = {}): Promise<IDataObject> => {
		const { outputs } = await runNode(node, [json], { parameters: { operation, workspace: 'acme', ...parameters } });
		return outputs[0][0].json;
	};
	const examples = (count: number): MemoryExample[] => Array.from({ length: count }, (_, i) => ({ outboundId: `kept-${i}`, contactId: `c-${i}`, channel: 'email', language: 'en', intent: 'question', conversation: [], text: `Answer ${i}`, labels: [], reward: 0, quality: 0.8 }));
	const register = async (count = 60): Promise<string> => {
		await store().outbound.saveDrafts(examples(count).map(({ outboundId, contactId }) => newDraft({ id: outboundId, contactId })));
		const [{ version }] = await store().models.register([{ workspace: 'acme', backend: 'example_memory', status: 'candidate', examples: examples(count), sentence: 'Made by hand.' }]);
		return version.version;
	};
	/** Contacts of the rollout as they would be on record: sent at `at`, some of them opted out or met a day later. */
	const sent = async (arm: Rollout['arm'], count: number, at: EpochMs, { events = {}, candidate = 'v1.1.0' }: { events?: Partial<Record<OutcomeEvent, number>>; candidate?: string } = {}): Promise<void> => {
		const ids = Array.from({ length: count }, (_, i) => `${arm}-${at}-${i}`);
		await store().outbound.markSent(ids.map((id) => ({ workspace: 'acme', id, at, draft: newDraft({ id, contactId: id, threadId: id, draft: { ...draftOf(id), modelVersion: arm === 'candidate' ? candidate : 'v1.0.0', rollout: { candidate, arm, propensity: arm === 'candidate' ? 0.1 : 0.9 } } }) })));
		for (const [event, hits] of Object.entries(events) as [OutcomeEvent, number][]) {
			await store().outcomes.record(ids.slice(0, hits).map((id) => ({ workspace: 'acme', outboundId: id, contactId: id, event, occurredAt: later(at, DAY), eventId: `${event} ${id}` })));
		}
	};

	it('says that there is nothing to compare, promote or take out', async () => {
		expect(await run('compare')).toMatchObject({ comparison: { verdict: 'none', action: 'none', sentence: expect.stringContaining('Deploy one first') } });
		await expect(run('deploy')).rejects.toThrow('No version is ready to be deployed');
		await expect(run('promote', { by: 'eva', figuresShown: 'x' })).rejects.toThrow('nothing to promote');
		await expect(run('rollBack', { by: 'eva' })).rejects.toThrow('nothing to take out');
		expect(await run('leaderboard')).toMatchObject({ leaderboard: { versions: [], sentence: 'No version has written anything yet.' } });
	});

	it('deploys the newest that is ready, once, and nothing with too little memory', async () => {
		await register(10);
		await expect(run('deploy')).rejects.toThrow('v1.1.0 holds 10 examples, and 50 are needed');
		await register();
		expect(await run('deploy', { metric: 'reviewer_approval', looks: 12 })).toMatchObject({ model: { version: 'v1.2.0', status: 'canary', share: 0.1, metric: 'reviewer_approval', horizon: 12, sentence: 'v1.2.0 serves 10 % of contacts, compared by approvals without an edit at up to 12 weekly looks.' } });
		await expect(run('deploy', { version: 'v1.2.0' })).rejects.toThrow('v1.2.0 serves a share of contacts, so it was not deployed');
		await expect(run('deploy', { share: 0.9 })).rejects.toThrow("'First Share' must lie above 0 and not above 0.5");
		await expect(run('deploy', { version: 'newest' })).rejects.toThrow("'Version' is 'newest'");
		await expect(run('deploy', { version: 'v8.0.0' })).rejects.toThrow("There is no model version 'v8.0.0'");
	});

	it('compares in one sentence, and takes a candidate out for harm by itself', async () => {
		await register();
		await run('deploy', { metric: 'meeting' });
		const now = await store().clock.now();
		await sent('deployed', 300, later(now, -2 * DAY), { events: { unsubscribed: 3 } });
		await sent('candidate', 33, later(now, -2 * DAY), { events: {} });
		expect(await run('compare')).toMatchObject({ comparison: { verdict: 'keep_going', action: 'none', token: expect.stringMatching(/^[0-9a-f]{16}$/), joined: 333, sentence: expect.stringContaining('v1.1.0 keeps 10 % of contacts (look 0 of 26)') } });
		await sent('candidate', 30, later(now, -3 * DAY), { events: { unsubscribed: 12 } });
		expect(await run('compare', { act: false })).toMatchObject({ comparison: { verdict: 'roll_back', action: 'none' } });
		expect(await run('compare')).toMatchObject({ comparison: { verdict: 'roll_back', action: 'rolled_back', sentence: expect.stringMatching(/^Roll v1\.1\.0 back: 12 opt-outs among its 63 contacts against 3 among 300 .* Done\.$/) } });
		expect(await store().models.serving('acme')).toMatchObject({ deployed: { version: 'v1.0.0' } });
		expect((await store().models.serving('acme')).canary).toBeUndefined();
		expect(await run('compare')).toMatchObject({ comparison: { verdict: 'none' } });
	});

	it('is promoted by a person who was shown the newest figures, and by nobody blindly', async () => {
		await register();
		await run('deploy', { metric: 'meeting' });
		const { comparison } = await run('compare', { act: false }) as { comparison: { token: string } };
		await expect(run('promote', { by: 'eva', figuresShown: 'made up' })).rejects.toThrow('the figures have changed since they were shown');
		await expect(run('promote', { by: 'eva' })).rejects.toThrow("'Figures Shown' is empty");
		const now = await store().clock.now();
		await sent('candidate', 20, later(now, -DAY), { events: { unsubscribed: 4 } });
		await sent('deployed', 200, later(now, -DAY));
		await run('compare', { act: false });
		await expect(run('promote', { by: 'eva', figuresShown: comparison.token })).rejects.toThrow('Look at the comparison again');
		const again = await run('compare', { act: false });
		expect(await run('promote', { by: 'eva' }, again)).toMatchObject({ model: { version: 'v1.1.0', status: 'deployed', share: 1, decidedBy: 'eva', sentence: 'eva promoted v1.1.0 to everybody.' } });
		expect(await run('rollBack', { by: 'mia', version: 'v1.1.0', reason: 'It promises discounts.' })).toMatchObject({ model: { status: 'rolled_back', sentence: 'mia rolled v1.1.0 back: It promises discounts.' } });
		expect(await store().models.serving('acme')).toMatchObject({ deployed: { version: 'v1.0.0' } });
	});

	it('ranks versions with what they earned', async () => {
		const now = await store().clock.now();
		await register();
		await sent('candidate', 120, later(now, -100 * DAY), { events: { replied: 30, meeting_booked: 10, deal_won: 4 } });
		await sent('deployed', 120, later(now, -99 * DAY), { events: { replied: 5 } });
		await store().outcomes.record([{ workspace: 'acme', outboundId: `candidate-${later(now, -100 * DAY)}-0`, event: 'deal_won', occurredAt: later(now, -50 * DAY), value: 900, currency: 'EUR', eventId: 'money' }]);
		const { leaderboard } = await run('leaderboard') as { leaderboard: { versions: IDataObject[]; sentence: string } };
		expect(leaderboard.versions).toMatchObject([
			{ version: 'v1.1.0', rank: 1, status: 'candidate', sent: 120, parts: { reply: { count: 30, of: 120 }, meeting: { count: 10 }, close: { count: 4 } }, revenue: [{ currency: 'EUR', value: 900, deals: 1 }] },
			{ version: 'v1.0.0', rank: 2, status: 'deployed' },
		]);
		expect(leaderboard.sentence).toMatch(/^1\. v1\.1\.0: performance score/);
	});

	it('checks a variant on what was drawn by lot', async () => {
		const now = await store().clock.now();
		await store().experiments.save([{ workspace: 'acme', id: 'e', name: 'Opening', status: 'running', metric: 'meeting', variants: [{ id: 'a', name: 'A', weight: 1 }, { id: 'b', name: 'B', weight: 1 }] }]);
		for (const [variantId, met] of [['a', 60], ['b', 20]] as const) {
			const ids = Array.from({ length: 300 }, (_, i) => `${variantId}-${i}`);
			await store().experiments.assign(ids.map((contactId) => ({ workspace: 'acme', experimentId: 'e', contactId, choose: () => ({ variantId, propensity: 0.5 }) })));
			await store().outbound.markSent(ids.map((id) => ({ workspace: 'acme', id, at: later(now, -60 * DAY), draft: newDraft({ id, contactId: id, variant: { experimentId: 'e', variantId, name: variantId, propensity: 0.5, sticky: false, sentence: '' } }) })));
			await store().outcomes.record(ids.slice(0, met).map((id) => ({ workspace: 'acme', contactId: id, event: 'meeting_booked' as const, occurredAt: later(now, -59 * DAY), eventId: `met ${id}` })));
		}
		// 60 and 20 of 300: 40 of 300 as it was, 20 of 300 with b alone.
		expect(await run('offPolicyCheck', { experiment: 'Opening', variant: 'b', metric: 'meeting' })).toMatchObject({ offPolicy: { verdict: 'harm', effective: 300, contacts: 600, sentence: expect.stringMatching(/^Harm: 6\.7 % expected against 13\.3 %/) } });
		expect(await run('offPolicyCheck', { experiment: 'e', variant: 'a', metric: 'meeting' })).toMatchObject({ offPolicy: { verdict: 'no_evidence_of_harm' } });
		expect(await run('offPolicyCheck', { experiment: 'e', variant: 'c', metric: 'meeting' })).toMatchObject({ offPolicy: { verdict: 'cannot_tell', unseen: ['c'] } });
		expect(await run('offPolicyCheck', { choice: 'hour', hours: '9, 10' })).toMatchObject({ offPolicy: { verdict: 'cannot_tell', contacts: 0 } });
		await expect(run('offPolicyCheck', { choice: 'hour', hours: '9, 25' })).rejects.toThrow("'Hours' holds '25'");
		await expect(run('offPolicyCheck', { experiment: 'nope', variant: 'a' })).rejects.toThrow("There is no experiment 'nope'");
	});

	it('freezes a memory of what people approved, without names, and the same one when it is asked again', async () => {
		const now = await store().clock.now();
		const at = later(now, -30 * DAY);
		for (let i = 0; i < 60; i += 1) {
			const id = `approved-${i}`;
			const [{ message, contact }] = await store().messages.record('acme', [inbound({ id: `in-${i}`, threadId: `thread-${i}`, channel: 'email', text: `Is item ${i * 13} still for sale, and what does item ${i * 13} cost?`, timestamp: new Date(later(at, -DAY)).toISOString(), contact: { name: `Zora Quill${i}`, email: `zora${i}@mail.example` } })]);
			await store().messages.saveReadings('acme', [{ messageId: message.id, reply: { intent: 'question', optOut: { wanted: false, certainty: 0 }, sentiment: 0, language: 'en', needsAnswer: true } }]);
			const draft = newDraft({ id, contactId: contact.id, channel: 'email', to: `zora${i}@mail.example`, threadId: `thread-${i}`, inboundIds: [message.id], draft: draftOf(id, `Hello Zora, item number ${i * 13} is for sale in model ${i * 7 + 1000}, and costs ${i * 3 + 20} euros.`) });
			await store().outbound.plan([{ workspace: 'acme', draftId: id, draft }], toReview);
			await store().outbound.markSent([{ workspace: 'acme', id, at }]);
		}
		const request = { workspace: 'acme', since: later(now, -365 * DAY), until: now, consent: 'not_objected' as const, leastQuality: 0, requestKey: 'week 1' };
		const few = await freezeMemory(store(), request);
		// Nobody approved them and nothing came of them.
		expect(few).toMatchObject({ created: false, sentence: expect.stringContaining('50 are needed') });
		expect(await store().models.list('acme', 9)).toEqual([]);
		await store().outcomes.record(Array.from({ length: 60 }, (_, i) => ({ workspace: 'acme', outboundId: `approved-${i}`, event: 'meeting_booked' as const, occurredAt: later(at, DAY), eventId: `met-${i}` })));
		const [first, second] = await Promise.all([freezeMemory(store(), request), freezeMemory(store(), request)]);
		expect([first.created, second.created].sort()).toEqual([false, true]);
		expect(first.version?.version).toBe(second.version?.version);
		const memory = await store().models.memory('acme', 'v1.1.0');
		expect(memory.length).toBeGreaterThanOrEqual(50);
		expect(JSON.stringify(memory.map(({ text, conversation }) => [text, conversation]))).not.toMatch(/zora|quill|@/i);
	});

	it('looks at most once a week at the metric', async () => {
		await register();
		await run('deploy', { metric: 'meeting' });
		for (let i = 0; i < 3; i += 1) await run('compare');
		expect(await store().models.looks('acme', 'v1.1.0', 9)).toHaveLength(1);
		expect((await store().models.list('acme', 1))[0].looks).toBe(0);
	});
});
