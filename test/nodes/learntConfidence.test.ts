import { join } from 'node:path';
import { DraftSchema, type Draft } from '../../engine/draft/draft';
import { GateSchema, type Gate } from '../../engine/gate/gate';
import { decideRoute } from '../../engine/message/route';
import { epochMs } from '../../engine/time';
import { learnConfidence } from '../../engine/draft/learntConfidence';
import { GenerateWithConfidence } from '../../nodes/GenerateWithConfidence/GenerateWithConfidence.node';
import { QualityGate } from '../../nodes/QualityGate/QualityGate.node';
import { judge, type JudgedFixture } from '../store/judgedReviews';
import { PASS } from '../store/fixtures';
import { contractItem } from './contractItem';
import { useEmbeddedStore } from './embeddedStore';
import { useModelStandIn } from './modelStandIn';
import { runNode, type RunResult } from './runNode';
import { countingCalls, storeCalls } from './storeCalls';

jest.mock('../../store/openStore', () => {
	const actual = jest.requireActual<typeof import('../../store/openStore')>('../../store/openStore');
	return { ...actual, openStore: async (...parameters: Parameters<typeof actual.openStore>) => countingCalls(await actual.openStore(...parameters)) };
});
jest.mock('../../engine/draft/learntConfidence', () => {
	const actual = jest.requireActual<typeof import('../../engine/draft/learntConfidence')>('../../engine/draft/learntConfidence');
	return { ...actual, learnConfidence: jest.fn(actual.learnConfidence) };
});

const [AUTO_SEND, NEEDS_REVIEW] = [0, 1];
const node = new GenerateWithConfidence();
const ANSWER = { text: 'Sure, Ana, we deliver in 10 days.', subject: null, confidence: 0.93, reasoning: 'The fact answers the question.' };
const PARAMETERS = { auditShare: 0, facts: 'Delivery takes 10 days.' };
const CERTIFIED = { ...PARAMETERS, thresholdMode: 'certified' };
const QUESTION = 'How long does delivery take?';

const draftOf = ({ outputs }: RunResult): Draft => DraftSchema.parse(outputs.flat()[0].json.draft);

describe('Generate With Confidence, learning from reviews', () => {
	const { store, breakStore } = useEmbeddedStore();
	const model = useModelStandIn();
	beforeEach(() => model.answers(ANSWER));

	let runs = 0;
	const run = async (parameters: object = PARAMETERS, items = 1) => {
		runs += 1;
		const batch = Array.from({ length: items }, (_, i) => contractItem(QUESTION, { id: `run${runs}-${i}`, contactId: `c${i}` }));
		return await runNode(node, batch, { credentials: model.credential(), parameters: { ...parameters } });
	};
	/** Decided drafts as this very model and prompt would have written them. */
	const reviewed = async (count: number, change: JudgedFixture = {}, parameters: object = PARAMETERS, workspace = 'acme') => {
		const { modelId, promptVersion, scoring } = draftOf(await run(parameters));
		const decision = { autoSend: false, threshold: 0.85, source: 'fixed', audited: false, sampling: 'full' } as const;
		const config = { kind: 'sqlite', file: join(process.env.N8N_USER_FOLDER ?? '', '.n8n', 'lead-autopilot.sqlite') } as const;
		await judge(store(), config, workspace, Array.from({ length: count }, () => ({ ...change, draft: { rawConfidence: 0.93, modelId, promptVersion, scoring, decision, ...change.draft } })));
	};
	const auto = async () => await store().settings.set('acme', { kind: 'workspace' }, { mode: 'auto' }, 'test');

	it('says how many reviews are missing, then states what they teach', async () => {
		await reviewed(12);
		expect(draftOf(await run())).toMatchObject({ confidence: 0.93, rawConfidence: 0.93, scoring: '1/k1', sentence: 'May be sent: confidence 0.93 (uncalibrated: 12 of 30 reviews) reaches 0.85.' });
		await reviewed(28, { decision: 'rejected' });
		const result = await run();
		const draft = draftOf(result);
		// Twelve of forty were accepted at this score: Platt's prior aside, confidence is their share.
		expect(draft.confidence).toBeCloseTo(0.3, 1);
		expect(draft.rawConfidence).toBe(0.93);
		expect(draft.sentence).toMatch(/^Needs review: confidence 0\.\d\d \(calibrated on 40 reviews\) is below 0\.85\.$/);
		expect(result.outputs[NEEDS_REVIEW]).toHaveLength(1);
	});

	it('Threshold Mode Certified: reviews everything, with how many more reviews are needed, until a threshold holds', async () => {
		await auto();
		const before = await run(CERTIFIED);
		expect(before.outputs[NEEDS_REVIEW]).toHaveLength(1);
		expect(draftOf(before)).toMatchObject({
			decision: { autoSend: false, source: 'certified', threshold: 1, reviewsNeeded: 59, sampling: 'full' },
			sentence: 'Needs review: confidence 0.93 (uncalibrated: 0 of 30 reviews); no threshold is certified for at most 5 % errors yet, at least 59 more accepted drafts are needed.',
		});
		await reviewed(59);
		const after = await run(CERTIFIED);
		expect(after.outputs[AUTO_SEND]).toHaveLength(1);
		expect(draftOf(after)).toMatchObject({ decision: { autoSend: true, source: 'certified', rawThreshold: 0.5, audited: false } });
		expect(draftOf(after).sentence).toMatch(/^May be sent: confidence 0\.9\d \(calibrated on 59 reviews\) with score 0\.93 reaches 0\.5, from which on at most 5 % errors are certified\.$/);
		model.answers({ ...ANSWER, confidence: 0.4 });
		expect(draftOf(await run(CERTIFIED))).toMatchObject({ decision: { autoSend: false, sampling: 'low' }, sentence: expect.stringContaining('with score 0.40 is below 0.5') });
	});

	it('Accepted Error Share: fewer reviews certify more errors', async () => {
		await reviewed(29);
		const sends = async (acceptedErrorShare: number) => (await run({ ...CERTIFIED, acceptedErrorShare })).outputs[AUTO_SEND].length;
		expect([await sends(0.1), await sends(0.05)]).toEqual([1, 0]);
		for (const wrong of [0, 0.001, 0.6, 5]) await expect(run({ ...CERTIFIED, acceptedErrorShare: wrong })).rejects.toThrow("'Accepted Error Share' must lie between 0");
	});

	it('Accepted Edit Distance: small edits count as accepted when they may', async () => {
		await reviewed(59, { decision: 'edited', editDistance: 0.1 });
		const sends = async (acceptedEditDistance: number) => (await run({ ...CERTIFIED, acceptedEditDistance })).outputs[AUTO_SEND].length;
		expect([await sends(0), await sends(0.05), await sends(0.1)]).toEqual([0, 0, 1]);
	});

	it('Drafts per Message: others agree or not, cost is counted, a failed one agrees with nothing', async () => {
		const three = { ...PARAMETERS, samples: 3 };
		expect(draftOf(await run(three))).toMatchObject({ rawConfidence: 0.93, signals: { agreement: 1 }, scoring: '1/k3', tokens: 360 });
		expect(model.requests).toHaveLength(3);
		let call = 0;
		model.answers(() => ({ ...ANSWER, text: ++call === 1 ? ANSWER.text : 'Sure, Ana, we deliver in 14 days.' }));
		const torn = draftOf(await run(three));
		expect(torn.signals.agreement).toBeCloseTo(0.5, 6);
		expect(torn.rawConfidence).toBeLessThan(0.85);
		call = 0;
		model.answers(() => (++call === 1 ? ANSWER : { nonsense: true }));
		const alone = draftOf(await run({ ...PARAMETERS, samples: 2 }));
		expect(alone).toMatchObject({ usedFallback: false, signals: { agreement: 0 }, scoring: '1/k2' });
		for (const wrong of [0, 1.5, 6]) await expect(run({ ...PARAMETERS, samples: wrong })).rejects.toThrow("'Drafts per Message' must be a whole number from 1 to 5");
	});

	it('learns nothing about three drafts a message from one draft a message', async () => {
		await reviewed(59);
		expect(draftOf(await run({ ...CERTIFIED, samples: 3 })).decision.reviewsNeeded).toBe(59);
	});

	it.each([
		['another workspace', {}, 'globex'],
		['another model', { draft: { modelId: 'other' } }, 'acme'],
		['another prompt', { draft: { promptVersion: 'other' } }, 'acme'],
	])('takes nothing from reviews of %s', async (_what, change, workspace) => {
		const { modelId, promptVersion } = draftOf(await run());
		await reviewed(100, { draft: { modelId, promptVersion, scoring: '1/k1', rawConfidence: 0.93, decision: { autoSend: false, threshold: 0.85, source: 'fixed', audited: false, sampling: 'full' }, ...('draft' in change ? change.draft : {}) } }, PARAMETERS, workspace);
		const draft = draftOf(await run(CERTIFIED));
		expect(draft).toMatchObject({ confidence: 0.93, decision: { reviewsNeeded: 59 } });
	});

	it('starts anew when the instructions change, and goes on when they change back', async () => {
		await reviewed(59);
		expect(draftOf(await run({ ...CERTIFIED, instructions: 'Never mention discounts.' })).decision.reviewsNeeded).toBe(59);
		expect(draftOf(await run(CERTIFIED)).decision.autoSend).toBe(true);
	});

	it('sends nothing when everything was rejected, in either mode', async () => {
		await reviewed(300, { decision: 'rejected' });
		model.answers({ ...ANSWER, confidence: 1 });
		expect(draftOf(await run()).decision.autoSend).toBe(false);
		expect(draftOf(await run(CERTIFIED)).decision.autoSend).toBe(false);
	});

	it('says on what grounds a person reads it, by the mode of workspace, account and contact', async () => {
		const sampling = async () => draftOf(await run()).decision.sampling;
		expect(await sampling()).toBe('full');
		await auto();
		expect(await sampling()).toBeUndefined();
		await store().settings.set('acme', { kind: 'account', id: 'account-1' }, { mode: 'assist' }, 'test');
		expect(await sampling()).toBe('full');
		await store().settings.set('acme', { kind: 'account', id: 'account-1' }, { mode: 'auto' }, 'test');
		await store().settings.set('acme', { kind: 'contact', id: 'c0' }, { mode: 'one_click' }, 'test');
		expect(await sampling()).toBe('full');
		const voice = contractItem('', { id: 'voice', message: { attachments: [{ kind: 'audio' }] } });
		expect(draftOf(await runNode(node, [voice], { credentials: model.credential(), parameters: PARAMETERS })).decision.sampling).toBe('held');
	});

	it('reads the reviews once and fits once a batch, not once an item', async () => {
		await reviewed(59);
		storeCalls.length = 0;
		jest.mocked(learnConfidence).mockClear();
		expect((await run(CERTIFIED, 40)).outputs[AUTO_SEND]).toHaveLength(40);
		expect(storeCalls.filter((call) => call === 'reviews.judgedDrafts')).toHaveLength(1);
		expect(learnConfidence).toHaveBeenCalledTimes(1);
	});

	it('reads no review when there is nothing to learn about', async () => {
		storeCalls.length = 0;
		await runNode(node, [contractItem(QUESTION)], { parameters: { model: 'none' } });
		expect(storeCalls).not.toContain('reviews.judgedDrafts');
	});

	it('certifies nothing while the store is away', async () => {
		breakStore();
		const result = await run(CERTIFIED);
		expect(draftOf(result).decision).toMatchObject({ autoSend: false, reviewsNeeded: 59 });
		expect(result.hints.join()).toMatch(/store could not be reached/);
	});

	it('refuses a threshold mode nobody knows', async () => {
		await expect(run({ ...PARAMETERS, thresholdMode: 'lucky' })).rejects.toThrow("'Threshold Mode' is 'lucky'");
	});

	describe('gate and outbox keep to the decision of the draft', () => {
		const gateOf = async (draft: Draft): Promise<Gate> => {
			const item = contractItem(QUESTION, { id: 'gate', draft });
			const { outputs } = await runNode(new QualityGate(), [item], { parameters: {} });
			return GateSchema.parse(outputs.flat()[0].json.gate);
		};
		const routed = (draft: Draft) =>
			decideRoute({
				row: { id: draft.id, status: 'drafted', channel: 'email', to: 'a@example.com', purpose: 'reply', draft, gate: PASS },
				settings: { mode: 'auto', killSwitch: false, outreachDelaySeconds: 120, replyDelaySeconds: 5 },
				newerInbound: false,
				sentToContactToday: 0,
				sentByWorkspaceToday: 0,
				now: epochMs('2026-03-02T10:00:00Z'),
			});
		const confidenceIssues = (gate: Gate) => gate.issues.filter(({ check }) => check === 'confidence').map(({ reason }) => reason);

		it('let a certified draft under 0.85 pass', async () => {
			await auto();
			model.answers({ ...ANSWER, confidence: 0.62 });
			await reviewed(59, { draft: { rawConfidence: 0.62, decision: { autoSend: false, threshold: 1, source: 'certified', audited: false, sampling: 'full' }, ...made(draftOf(await run())) } });
			await reviewed(20, { draft: { rawConfidence: 0.5, decision: { autoSend: false, threshold: 1, source: 'certified', audited: false, sampling: 'full' }, ...made(draftOf(await run())) }, decision: 'rejected' });
			// A quarter may be wrong: then the certified confidence lies well under the fixed 0.85.
			const draft = draftOf(await run({ ...CERTIFIED, acceptedErrorShare: 0.4 }));
			expect(draft.decision).toMatchObject({ autoSend: true, source: 'certified' });
			expect(draft.decision.threshold).toBeLessThan(0.85);
			expect(confidenceIssues(await gateOf(draft))).toEqual([]);
			expect(routed(draft).status).toBe('scheduled');
		});

		it('hold a draft over 0.85 while nothing is certified, and say why', async () => {
			await auto();
			const draft = draftOf(await run(CERTIFIED));
			expect(confidenceIssues(await gateOf(draft))).toEqual(['No threshold is certified yet: at least 59 more accepted drafts are needed.']);
			expect(routed(draft)).toMatchObject({ status: 'in_review', sentence: expect.stringContaining('no threshold is certified yet, at least 59 more accepted drafts are needed') });
		});
	});
});

const made = ({ modelId, promptVersion, scoring }: Draft) => ({ modelId, promptVersion, scoring });
