import fc from 'fast-check';
import { decideAllowance } from '../../engine/limit/decideAllowance';
import type { LimitRequest, LimitRule } from '../../engine/limit/rule';
import { defaultRules } from '../../engine/limit/ruleTable';
import { scopesOf } from '../../engine/limit/scopes';
import { DAY, epochMs, HOUR, later, MINUTE, SECOND, type EpochMs } from '../../engine/time';
import { openStore } from '../../store/openStore';
import type { Store } from '../../store/store';
import { endNodeProcesses } from '../services/nodeProcess';
import { startRedis } from '../services/redis';
import type { Service } from '../services/service';
import { emptyPlace, newDraft, sendNow, START, StandingClock, stopServers, type Place } from './fixtures';
import { brokenLimits, crowd, fillUp, limitRequest } from './limitCrowd';

jest.setTimeout(600_000);
const KINDS = ['sqlite', 'postgres', 'postgres and redis'] as const;
/** The bench makes 100,000 of them. */
const CALLS = 6_000;
const LAPSE = 15 * MINUTE;

let redis: Service;
beforeAll(async () => (redis = await startRedis()));
afterAll(async () => {
	await redis.stop();
	await stopServers();
});

async function placeOf(kind: (typeof KINDS)[number]): Promise<Place> {
	const place = await emptyPlace(kind === 'sqlite' ? 'sqlite' : 'postgres');
	if (kind !== 'postgres and redis' || place.config.kind !== 'postgres') return place;
	const { hostname, port } = new URL(redis.url);
	return { ...place, config: { ...place.config, redis: { host: hostname, port: Number(port) } } };
}

const rolling = (seconds: number, limit: number): LimitRule => ({ id: `rolling${seconds}`, name: `${limit} in ${seconds} s`, scope: 'contact', window: { kind: 'rolling', seconds }, limit });
const daily = (limit: number): LimitRule => ({ id: 'day', name: `${limit} a day`, scope: 'contact', window: { kind: 'day' }, limit });
const shared = (limit: number): LimitRule => ({ id: 'all', name: `${limit} in two hours from one sender`, scope: 'sender', window: { kind: 'rolling', seconds: 7_200 }, limit });
const to = (contact: string, at: EpochMs): LimitRequest => ({ contact, channel: 'email', at, timezone: 'Europe/Berlin' });

describe.each(KINDS)('limits on %s', (kind) => {
	let place: Place;
	let store: Store;
	let clock: StandingClock;
	beforeEach(async () => {
		place = await placeOf(kind);
		clock = new StandingClock();
		store = await openStore(place.config, { clock });
	});
	afterEach(async () => {
		await endNodeProcesses();
		await store.close();
		await place.remove();
	});

	const ask = async (rules: LimitRule[], request: LimitRequest, key: string) => (await store.limits.reserve([limitRequest(rules, request, key)], LAPSE))[0];

	it('says to the millisecond when a place is free: denied before, allowed then', async () => {
		const rules = [rolling(90, 2), daily(4)];
		await ask(rules, to('anna', START), 'a');
		await ask(rules, to('anna', later(START, 7)), 'b');
		const denied = await ask(rules, to('anna', later(START, 8)), 'c');
		expect(denied.decision).toMatchObject({ allowed: false, retryAt: new Date(START + 90 * SECOND).toISOString(), rule: 'rolling90' });
		expect((await ask(rules, to('anna', later(START, 90 * SECOND - 1)), 'c')).decision.allowed).toBe(false);
		expect((await ask(rules, to('anna', later(START, 90 * SECOND)), 'c')).decision.allowed).toBe(true);
		await ask(rules, to('anna', later(START, HOUR)), 'd');
		// The fifth of the day: midnight in Berlin is 23:00Z in March.
		const midnight = epochMs('2026-03-02T23:00:00Z');
		expect((await ask(rules, to('anna', later(START, 2 * HOUR)), 'e')).decision).toMatchObject({ retryAt: new Date(midnight).toISOString(), rule: 'day' });
		expect((await ask(rules, to('anna', later(midnight, -1)), 'e')).decision.allowed).toBe(false);
		expect((await ask(rules, to('anna', midnight), 'e')).decision.allowed).toBe(true);
	});

	it('takes all or nothing, once a key, and gives back what is released or lapses', async () => {
		const rules = [daily(1), shared(2)];
		const first = await ask(rules, to('anna', START), 'a');
		expect(await ask(rules, to('anna', START), 'a')).toMatchObject({ repeated: true, reservationId: first.reservationId, decision: first.decision });
		expect((await ask(rules, to('anna', START), 'b')).decision.allowed).toBe(false);
		// What Anna was denied took nothing from the sender: one is left there.
		const second = await ask(rules, to('ben', START), 'c');
		expect(second.decision).toMatchObject({ allowed: true, remaining: { all: 0 } });
		await store.limits.release('acme', [first.reservationId ?? '', first.reservationId ?? '', 'nobody', 'no.body']);
		expect((await ask(rules, to('anna', START), 'b')).decision.allowed).toBe(true);
		await store.limits.commit('acme', [second.reservationId ?? '']);
		await store.limits.release('acme', [second.reservationId ?? '']);
		clock.advance(LAPSE - 1);
		expect((await ask(rules, to('cem', START), 'd')).decision.allowed).toBe(false);
		clock.advance(1);
		expect((await ask(rules, to('cem', START), 'd')).decision).toMatchObject({ allowed: true, remaining: { all: 0 } });
		expect((await ask(rules, to('anna', START), 'a')).repeated).toBe(false);
	});

	it('decides as the pure function does over what counts, whatever came before', async () => {
		const rules = [rolling(600, 2), daily(5), shared(7), { ...rolling(3_600, 4), scope: 'workspace' as const, id: 'hour' }];
		const action = fc.oneof(
			{ weight: 6, arbitrary: fc.record({ do: fc.constant('ask' as const), contact: fc.integer({ max: 2, min: 0 }), minutes: fc.integer({ min: -30, max: 200 }), key: fc.integer({ min: 0, max: 12 }) }) },
			{ weight: 1, arbitrary: fc.record({ do: fc.constantFrom('release' as const, 'commit' as const), place: fc.nat({ max: 20 }) }) },
			{ weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 20 }) }) },
		);
		let run = 0;
		await fc.assert(
			fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 25 }), async (actions) => {
				const workspace = `w${run++}`;
				const held: { key: string; id: string; at: EpochMs; scopes: string[]; until: number; committed: boolean }[] = [];
				for (const step of actions) {
					if (step.do === 'wait') clock.advance(step.minutes * MINUTE);
					else if (step.do === 'ask') {
						const request = to(`c${step.contact}`, later(clock.time, step.minutes * MINUTE));
						const key = `k${step.key}`;
						const live = held.filter(({ until, committed }) => committed || until > clock.time);
						const [answer] = await store.limits.reserve([limitRequest(rules, request, key, workspace)], LAPSE);
						const before = live.find((each) => each.key === key);
						expect(answer.repeated).toBe(before !== undefined);
						if (before) {
							expect(answer.reservationId).toBe(before.id);
							continue;
						}
						const entries = new Map(scopesOf(rules, request).map(({ key: scope }) => [scope, live.filter(({ scopes }) => scopes.includes(scope)).map(({ at }) => at)]));
						expect(answer.decision).toEqual(decideAllowance(rules, request, entries));
						if (answer.reservationId !== undefined) held.push({ key, id: answer.reservationId, at: epochMs(request.at), scopes: [...entries.keys()], until: clock.time + LAPSE, committed: false });
					} else {
						const chosen = held[step.place];
						if (!chosen || chosen.until <= clock.time) continue;
						await store.limits[step.do](workspace, [chosen.id]);
						if (step.do === 'commit') chosen.committed = true;
						else if (!chosen.committed) chosen.until = 0;
					}
				}
			}),
			{ numRuns: 40 },
		);
	});

	it('counts more than a thousand in a scope, and texts of any kind', async () => {
		const contact = 'Ä:%\u0000 "\\ud800" 🙂'.repeat(20);
		const rules = [daily(1_500)];
		const batch = Array.from({ length: 2_000 }, (_, number) => limitRequest(rules, to(contact, later(START, number)), `k${number} ${contact}`));
		const answers = await store.limits.reserve(batch, LAPSE);
		expect(answers.filter(({ decision }) => decision.allowed)).toHaveLength(1_500);
		expect(answers[1_999].decision).toMatchObject({ remaining: { day: 0 }, retryAt: '2026-03-02T23:00:00.000Z' });
		await store.limits.release('acme', [answers[3].reservationId ?? '']);
		expect((await ask(rules, to(contact, START), 'again')).decision.allowed).toBe(true);
		expect((await ask(rules, to(contact, START), 'and again')).decision.allowed).toBe(false);
	});

	it('fails only the call that cannot be decided, of many that are decided together', async () => {
		const bad = { ...limitRequest([daily(1)], to('anna', START), 'bad'), decide: () => { throw new Error('no'); }, counted: undefined };
		const answers = await Promise.allSettled([store.limits.reserve([limitRequest([daily(1)], to('anna', START), 'a')], LAPSE), store.limits.reserve([bad], LAPSE), store.limits.reserve([limitRequest([daily(1)], to('ben', START), 'b')], LAPSE)]);
		expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
	});

	it('keeps the usual rules for all of 64 callers in four processes: none too many, none lost', async () => {
		const report = await crowd(place.config, CALLS);
		expect(report.wrong).toEqual([]);
		expect(report.released).toBeGreaterThan(50);
		expect(report.lapsed).toBeGreaterThan(10);
		expect(brokenLimits(await fillUp(place.config, report))).toEqual([]);
	});

	it('binds to jobs: what is planned does not lapse, what is cancelled is given back', async () => {
		const rules = defaultRules({ gapMinutes: 0, perChannel: { email: 1 } });
		const at = later(START, DAY);
		const { reservationId } = await ask(rules, to('anna', at), 'a');
		const draft = newDraft();
		await store.outbound.plan([{ workspace: 'acme', draftId: draft.id, draft, reservationId, sendAt: at }], sendNow);
		clock.advance(2 * LAPSE);
		expect((await ask(rules, to('anna', at), 'b')).decision.allowed).toBe(false);
		await store.outbound.cancel('acme', [draft.id], 'no longer wanted', 'person');
		expect((await ask(rules, to('anna', at), 'b')).decision.allowed).toBe(true);
	});
});
