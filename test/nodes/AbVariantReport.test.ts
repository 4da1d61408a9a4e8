import { join } from 'node:path';
import { sql } from 'kysely';
import type { IDataObject } from 'n8n-workflow';
import { PLAN_POLICY } from '../../engine/experiment/plan';
import type { OutcomeEvent } from '../../engine/outcome/outcome';
import { DAY, epochMs } from '../../engine/time';
import { AbVariant } from '../../nodes/AbVariant/AbVariant.node';
import { Database } from '../../store/database';
import { draftOf, toReview } from '../store/fixtures';
import { useEmbeddedStore } from './embeddedStore';
import { runNode } from './runNode';
import { afterCall, countingCalls, storeCalls } from './storeCalls';

jest.mock('../../store/openStore', () => {
	const actual = jest.requireActual<typeof import('../../store/openStore')>('../../store/openStore');
	return { ...actual, openStore: async (...parameters: Parameters<typeof actual.openStore>) => countingCalls(await actual.openStore(...parameters)) };
});

const node = new AbVariant();
const START = epochMs('2026-03-02T12:00:00Z');
const variants = { variant: [{ id: 'a', name: 'Short', weight: 1, control: true, template: 'Hi' }, { id: 'b', name: 'Long', weight: 1 }] };

describe('A/B Variant, from Create to verdict', () => {
	const { store } = useEmbeddedStore();
	let today = 0;
	const onDay = (day: number): void => void (today = START + day * DAY);
	beforeEach(() => {
		onDay(0);
		jest.spyOn(Date, 'now').mockImplementation(() => today);
	});
	afterEach(() => jest.restoreAllMocks());

	const create = async (extra = {}, experiment = 'greeting') => (await runNode(node, [{}], { parameters: { operation: 'create', experiment, variants, metric: 'reply', horizon: 4, ...extra } })).outputs[0][0].json.experiment;
	const steer = async (operation: string, extra = {}, experiment = 'greeting') => (await runNode(node, [{}], { parameters: { operation, experiment, ...extra } })).outputs[0][0].json.experiment as IDataObject;
	const report = async (extra = {}, experiment = 'greeting') => (await steer('report', extra, experiment)) as IDataObject & { variants: IDataObject[] };
	const people = (count: number, from = 0) => Array.from({ length: count }, (_, i) => ({ email: `p${from + i}@example.com` }));

	interface Chosen {
		email: string;
		variant: { experimentId: string; variantId: string; name: string; propensity: number; sticky: boolean; sentence: string };
	}
	async function select(count: number, from = 0, experiment = 'greeting'): Promise<Chosen[]> {
		const { outputs } = await runNode(node, people(count, from), { parameters: { experiment } });
		return outputs[0].map(({ json }) => json as unknown as Chosen);
	}
	/** Gives so many people an arm and sends each their message now. */
	async function reach(count: number, from = 0, experiment = 'greeting'): Promise<Chosen[]> {
		const chosen = await select(count, from, experiment);
		await store().outbound.markSent(
			chosen.map(({ email, variant }) => {
				const id = `${experiment}:${email}`;
				return { workspace: 'default', id, draft: { workspace: 'default', id, contactId: email, channel: 'email', to: email, inboundIds: [], purpose: 'outreach', draft: draftOf(id), variant } };
			}),
		);
		return chosen;
	}
	const happens = async (event: OutcomeEvent, to: Chosen[]) => await store().outcomes.record(to.map(({ email }) => ({ workspace: 'default', contactId: email, event, occurredAt: epochMs(today) })));
	const of = (chosen: Chosen[], variantId: string, share: number): Chosen[] => {
		const own = chosen.filter(({ variant }) => variant.variantId === variantId);
		return own.slice(0, Math.round(own.length * share));
	};

	it('waits for the weekly look, then names the winner, and says the same all week', async () => {
		await create();
		const chosen = await reach(400);
		onDay(1);
		await happens('replied', [...of(chosen, 'a', 0.05), ...of(chosen, 'b', 0.4)]);
		expect(await report()).toMatchObject({ verdict: 'keep_going', look: 0, metric: 'reply', method: 'weighted', status: 'running', sentence: 'Keep going, 400 contacts so far: the first look is on 2026-03-09.' });
		onDay(7);
		const first = await report();
		expect(first).toMatchObject({ verdict: 'winner', winner: 'b', look: 1, horizon: 4, nextLookAt: '2026-03-16T12:00:00.000Z', sentence: expect.stringMatching(/^'b' wins: 40\.\d % against 5\.\d %/) });
		const [a, b] = first.variants;
		expect([a, b]).toMatchObject([{ name: 'Short', expectedShare: 0.5 }, { name: 'Long', expectedShare: 0.5 }]);
		expect(first.variants.reduce((sum, { now }) => sum + Number((now as IDataObject).assigned), 0)).toBe(400);
		onDay(13);
		await happens('replied', of(chosen, 'a', 1));
		expect(await report()).toMatchObject({ verdict: 'winner', asOf: first.asOf, sentence: first.sentence });
		onDay(14);
		expect(await report()).toMatchObject({ look: 2, winner: 'a' });
	});

	it('keeps what the look saw apart from how things stand now', async () => {
		await create();
		const early = await reach(100);
		await happens('clicked', early.slice(0, 1));
		onDay(7);
		const seen = (await report()).variants;
		onDay(8);
		const late = await reach(60, 1000);
		await happens('clicked', late);
		await select(40, 2000);
		const { variants: after } = await report();
		const ofLook = (all: IDataObject[]) => all.map((variant) => ({ ...variant, now: undefined }));
		expect(ofLook(after)).toEqual(ofLook(seen));
		const now = after.map((variant) => variant.now as { assigned: number; exposures: number; events: { clicked?: number; sent?: number } });
		const sum = (of: (one: (typeof now)[number]) => number | undefined): number => now.reduce((total, one) => total + (of(one) ?? 0), 0);
		expect([sum(({ assigned }) => assigned), sum(({ exposures }) => exposures), sum(({ events }) => events.clicked), sum(({ events }) => events.sent)]).toEqual([200, 160, 61, 160]);
	});

	it('begins with the first message that leaves, not with the first choice', async () => {
		await create();
		await select(30);
		onDay(20);
		expect(await report()).toMatchObject({ look: 0, nextLookAt: undefined, sentence: 'Keep going, 0 contacts so far: the first look is a week after the first of them.' });
		// Nobody has seen anything: everything may still change.
		expect(await create({ metric: 'meeting', horizon: 8 })).toMatchObject({ metric: 'meeting', horizon: 8, startedAt: undefined });
		await reach(1);
		await expect(create({ metric: 'open', horizon: 8 })).rejects.toThrow(/its metric stays 'meeting'/);
		expect(await report()).toMatchObject({ look: 0, nextLookAt: '2026-03-29T12:00:00.000Z' });
	});

	it('begins with the first decided review where approvals are counted', async () => {
		await create({ metric: 'reviewer_approval' });
		const chosen = await select(2);
		await store().outbound.plan(chosen.map(({ email, variant }) => ({ workspace: 'default', draftId: email, draft: { workspace: 'default', id: email, contactId: email, channel: 'email', to: email, threadId: email, inboundIds: [], purpose: 'outreach', draft: draftOf(email), variant } })), toReview);
		onDay(3);
		expect(await create({ metric: 'reviewer_approval', horizon: 6 })).toMatchObject({ horizon: 6 });
		const database = new Database({ kind: 'sqlite', file: join(process.env.N8N_USER_FOLDER ?? '', '.n8n', 'lead-autopilot.sqlite') });
		await database.write(async (session) => {
			await sql`update ${session.table('reviews')} set decision = 'rejected', decided_at = ${START + 4 * DAY}, reviewer = 'Eva'`.execute(session.q);
		});
		await database.close();
		onDay(5);
		await expect(create({ metric: 'reviewer_approval', horizon: 4 })).rejects.toThrow(/horizon stays 6/);
		expect(await report()).toMatchObject({ look: 0, nextLookAt: '2026-03-13T12:00:00.000Z' });
		// A message that leaves afterwards moves nothing.
		onDay(6);
		await reach(1, 50);
		expect(await report()).toMatchObject({ look: 0, nextLookAt: '2026-03-13T12:00:00.000Z' });
	});

	it('leaves an experiment that a person completed meanwhile as it is', async () => {
		await create({ maxOptOuts: 1.5 });
		const chosen = await reach(200);
		onDay(1);
		await happens('unsubscribed', of(chosen, 'b', 0.1));
		afterCall('experiments.tallies', async () => await store().experiments.move({ workspace: 'default', id: 'greeting', from: 'running', to: 'completed', winner: 'a' }));
		expect(await report()).toMatchObject({ verdict: 'stop_guardrail', status: 'completed', settledOn: 'a', paused: false, sentence: expect.not.stringMatching(/is paused/) });
		expect((await store().experiments.find('default', ['greeting']))[0]).toMatchObject({ status: 'completed', winner: 'a' });
	});

	it('tells a person whose step was overtaken, and overwrites nothing', async () => {
		await create();
		const overtake = (from: 'running' | 'paused', to: 'paused' | 'completed'): void => afterCall('experiments.find', async () => await store().experiments.move({ workspace: 'default', id: 'greeting', from, to, winner: to === 'completed' ? 'b' : undefined }));
		overtake('running', 'paused');
		await expect(steer('complete', { winner: 'a' })).rejects.toThrow(/'greeting' was running a moment ago and is paused now/);
		overtake('paused', 'completed');
		await expect(steer('resume')).rejects.toThrow(/'greeting' was paused a moment ago and is completed now/);
		expect((await store().experiments.find('default', ['greeting']))[0]).toMatchObject({ status: 'completed', winner: 'b', resumedAt: undefined });
	});

	it('pauses on a broken guardrail, gives the control, and counts afresh when a person goes on', async () => {
		await create({ maxOptOuts: 1.5 });
		const chosen = await reach(200);
		onDay(1);
		await happens('unsubscribed', of(chosen, 'b', 0.1));
		expect(await report({ pauseOnGuardrail: false })).toMatchObject({ verdict: 'stop_guardrail', status: 'running', paused: false });
		expect(await report()).toMatchObject({ verdict: 'stop_guardrail', status: 'paused', paused: true, sentence: expect.stringMatching(/^Stop 'b': \d+ opt-outs among \d+ contacts are more than the 1\.5 % allowed.*paused/) });
		expect((await select(50, 500)).every(({ variant }) => variant.variantId === 'a' && variant.propensity === 1)).toBe(true);
		expect(await report()).toMatchObject({ status: 'paused', paused: false });
		onDay(2);
		await steer('resume');
		expect(await report()).toMatchObject({ verdict: 'keep_going', status: 'running' });
		const [before] = (await report()).variants.map(({ exposures }) => exposures);
		expect(before).toBeGreaterThan(50);
	});

	it('learns from matured contacts only, with one round trip more than fixed weights for any number of items', async () => {
		await create({ method: 'thompson', metric: 'click' });
		const chosen = await reach(120);
		await happens('clicked', of(chosen, 'b', 0.5));
		onDay(6.9);
		expect(new Set((await select(20, 1000)).map(({ variant }) => variant.propensity))).toEqual(new Set([0.5]));
		onDay(8);
		storeCalls.length = 0;
		await select(1, 2000);
		const forOne = [...storeCalls];
		expect(forOne.filter((call) => call === 'experiments.tallies')).toHaveLength(1);
		// 5 minutes later the shares are worked out again.
		onDay(8 + 6 / 1440);
		storeCalls.length = 0;
		const later = await select(300, 3000);
		expect(storeCalls).toEqual(forOne);
		const inB = later.filter(({ variant }) => variant.variantId === 'b');
		// 60 conversions against none: b has all that the floor of 5 % leaves. 285 ± 4 standard deviations of 3.8.
		expect(Math.abs(inB.length - 285)).toBeLessThan(16);
		expect(inB[0].variant.propensity).toBeCloseTo(0.95, 4);
		// Shares that moved are no broken split: they are measured against the chances that were given.
		expect((await reach(300, 3000)).map(({ variant }) => variant.sticky)).toEqual(later.map(() => true));
		onDay(22);
		expect(await report()).toMatchObject({ verdict: 'winner', winner: 'b', method: 'thompson' });
	});

	it('works Thompson shares out at most every 5 minutes, and at once when an arm comes or goes', async () => {
		const arms = { variant: [...variants.variant, { id: 'c', name: 'Third', weight: 1 }] };
		await create({ method: 'thompson', metric: 'click', variants: arms });
		const chosen = await reach(300);
		await happens('clicked', of(chosen, 'b', 0.5));
		const tallied = async (from: number): Promise<[number, number[]]> => {
			storeCalls.length = 0;
			const propensities = (await select(20, from)).map(({ variant }) => variant.propensity);
			return [storeCalls.filter((call) => call === 'experiments.tallies').length, propensities];
		};
		onDay(6.999);
		expect(await tallied(1000)).toEqual([1, Array(20).fill(1 / 3)]);
		onDay(7.001);
		// The contacts have matured since, and nobody counted.
		expect(await tallied(2000)).toEqual([0, Array(20).fill(1 / 3)]);
		onDay(7.001 + 5 / 1440);
		const [calls, moved] = await tallied(3000);
		expect([calls, Math.max(...moved)]).toEqual([1, expect.closeTo(0.9, 3)]);
		await create({ method: 'thompson', metric: 'click', variants: { variant: arms.variant.map((arm) => ({ ...arm, weight: arm.id === 'b' ? 0 : 1 })) } });
		const [again, left] = await tallied(4000);
		expect([again, left]).toEqual([1, Array(20).fill(expect.closeTo(0.5, 1))]);
		// A clock set back makes no shares last for ever.
		onDay(6);
		expect((await tallied(5000))[0]).toBe(1);
	});

	it('chooses the same for a message of the past whether shares were kept or just worked out, whatever the arms are called', async () => {
		await create({ method: 'thompson', metric: 'click', variants: { variant: [{ id: '2', name: 'Second', weight: 1 }, { id: '1', name: 'First', weight: 1 }] } });
		const past = people(40).map((person) => ({ ...person, message: { replayOf: 'm' } }));
		const choose = async () => (await runNode(node, past, { parameters: { experiment: 'greeting' } })).outputs[0].map(({ json }) => json.variant);
		const worked = await choose();
		expect((await store().experiments.find('default', ['greeting']))[0]?.allocation).toEqual({ at: START, shares: { 1: 0.5, 2: 0.5 } });
		expect(await choose()).toEqual(worked);
	});

	it('sees that the messages of one variant do not leave', async () => {
		await create();
		const chosen = await select(400);
		const leaving = chosen.filter(({ variant }, at) => variant.variantId === 'a' || at % 2 === 0);
		await store().outbound.markSent(leaving.map(({ email, variant }) => ({ workspace: 'default', id: email, draft: { workspace: 'default', id: email, contactId: email, channel: 'email', to: email, inboundIds: [], purpose: 'outreach' as const, draft: draftOf(email), variant } })));
		onDay(7);
		expect(await report()).toMatchObject({ verdict: 'sample_ratio_mismatch', winner: undefined });
	});

	it('keeps what was declared once there are contacts, and lets the rest change', async () => {
		await create();
		await create({ metric: 'meeting', horizon: 12 });
		await reach(1);
		await expect(create({ metric: 'open', horizon: 12 })).rejects.toThrow(/declared before them: its metric stays 'meeting'/);
		await expect(create({ metric: 'meeting', horizon: 4 })).rejects.toThrow(/horizon stays 12/);
		await expect(create({ metric: 'meeting', horizon: 12, method: 'thompson' })).rejects.toThrow(/method stays Weighted/);
		await expect(create({ metric: 'meeting', horizon: 12, variants: { variant: [...variants.variant, { id: 'c', weight: 1 }] } })).rejects.toThrow(/'c' was not there/);
		await expect(create({ metric: 'meeting', horizon: 12, variants: { variant: [{ ...variants.variant[0], template: 'Hello' }, variants.variant[1]] } })).rejects.toThrow(/template of 'a'/);
		expect(await create({ metric: 'meeting', horizon: 12, maxComplaints: 0.1, variants: { variant: [variants.variant[0], { ...variants.variant[1], weight: 9 }] } })).toMatchObject({ guardrails: { optOuts: 0.02, complaints: 0.001 }, variants: [{}, { weight: 9 }], startedAt: START });
	});

	it('declares the policy’s defaults when nothing is filled in', async () => {
		const { outputs } = await runNode(node, [{}], { parameters: { operation: 'create', experiment: 'plain', variants } });
		expect(outputs[0][0].json.experiment).toMatchObject({ guardrails: PLAN_POLICY.guardrails, metric: PLAN_POLICY.metric, method: PLAN_POLICY.method, horizon: PLAN_POLICY.horizon });
	});

	it('refuses what is no plan, in a sentence', async () => {
		await expect(create({ metric: 'vibes' })).rejects.toThrow(/Metric 'vibes' is not known/);
		await expect(create({ horizon: 0 })).rejects.toThrow(/whole number of weeks from 1 to 104/);
		await expect(create({ horizon: 2.5 })).rejects.toThrow(/whole number/);
		await expect(create({ method: 'luck' })).rejects.toThrow(/'Method' cannot be 'luck'/);
		await expect(create({ maxOptOuts: 101 })).rejects.toThrow(/0 to 100 per cent/);
		await expect(create({ maxComplaints: -1 })).rejects.toThrow(/0 to 100 per cent/);
		await store().experiments.save([{ workspace: 'default', id: 'future', name: 'Future', status: 'running', metric: 'telepathy', method: 'thompson', variants: variants.variant }]);
		await expect(report({}, 'future')).rejects.toThrow(/'telepathy', which this version does not know/);
		// Choosing still works: people must not go without a message for it.
		expect((await select(1, 0, 'future'))[0].variant.propensity).toBe(0.5);
	});

	it('gives the control when it was completed without a winner, and fails only the items of an experiment nobody can be in', async () => {
		await store().experiments.save([
			{ workspace: 'default', id: 'done', name: 'Done', status: 'completed', metric: 'reply', variants: variants.variant },
			{ workspace: 'default', id: 'empty', name: 'Empty', status: 'running', metric: 'reply', context: 'meeting', variants: variants.variant.map((arm) => ({ ...arm, weight: 0 })) },
		]);
		await create();
		expect((await select(3, 0, 'done')).map(({ variant }) => variant.variantId)).toEqual(['a', 'a', 'a']);
		const reply = { intent: 'meeting', optOut: { wanted: false, certainty: 0 }, sentiment: 0, language: 'en', needsAnswer: true };
		const { outputs } = await runNode(node, [{ email: 'x@example.com', reply }, { email: 'y@example.com' }], { continueOnFail: true });
		expect(outputs[0].map(({ json }) => [json.error, (json.variant as IDataObject | undefined)?.experimentId])).toEqual([["No variant of 'Empty' has a weight above 0", undefined], [undefined, 'greeting']]);
		expect(await report({}, 'empty')).toMatchObject({ verdict: 'keep_going', sentence: expect.stringMatching(/nothing to compare/) });
	});

	it('gives two executions at once the same variant for the same contact', async () => {
		await create({ method: 'thompson' });
		const both = await Promise.all(Array.from({ length: 16 }, async () => await select(10)));
		for (const chosen of both) expect(chosen.map(({ variant }) => variant.variantId)).toEqual(both[0].map(({ variant }) => variant.variantId));
		expect(both.flat().filter(({ variant }) => !variant.sticky)).toHaveLength(10);
	});
});
