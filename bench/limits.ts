import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { Pool } from 'pg';
import { RateLimiterPostgres, RateLimiterRedis, RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import { countedDecision } from '../engine/limit/countedDecision';
import { decideAllowance, type LimitDecision } from '../engine/limit/decideAllowance';
import type { LimitRequest, LimitRule } from '../engine/limit/rule';
import { scopesOf } from '../engine/limit/scopes';
import { DAY, MINUTE, type EpochMs } from '../engine/time';
import type { StoreConfig } from '../store/config';
import { openStore } from '../store/openStore';
import type { ReserveRequest, Store } from '../store/store';
import { startPostgres } from '../test/services/postgres';
import { startRedis } from '../test/services/redis';
import { concurrently, secondsOf } from './concurrently';
import { median } from './memory';
import type { Figure } from './table';

const CALLERS = 64;
const RUNS = 3;
const LAPSE_MS = 15 * MINUTE;
/** Messages of a run one mailbox sends, and one company gets: within the rules. */
const PER_SENDER = 80;
const PER_DOMAIN = 20;
const SQLITE_BATCH = 500;
const TARGETS = { redis: 2.5, postgres: 2, sqlitePerSecond: 20_000 } as const;

/** Calls a run: enough for a few seconds each. */
const CALLS = { redis: 60_000, postgres: 8_000, sqlite: 40_000 } as const;

/** Who is written to: everybody once (all is allowed), or everybody four times at once (the gap lets one through). */
interface Workload {
	name: string;
	timesEach: number;
}
const WORKLOADS: readonly Workload[] = [
	{ name: 'every call allowed', timesEach: 1 },
	{ name: '1 call in 4 allowed', timesEach: 4 },
];

/** Five rules of sales outreach: what one contact gets on a channel and in all, the pause between, a mailbox's day and a company's hour. The peer gets the same limits and seconds. */
const RULES: readonly LimitRule[] = [
	{ id: 'channelDay', name: '10 e-mails a day to one contact', scope: 'contact_channel', window: { kind: 'day' }, limit: 10 },
	{ id: 'contactDay', name: '50 messages a day to one contact', scope: 'contact', window: { kind: 'day' }, limit: 50 },
	{ id: 'gap', name: '5 minutes between messages to one contact', scope: 'contact', window: { kind: 'rolling', seconds: 300 }, limit: 1 },
	{ id: 'senderDay', name: '100 a day from one mailbox', scope: 'sender', window: { kind: 'day' }, limit: 100 },
	{ id: 'domainHour', name: '50 an hour to one company', scope: 'recipient_domain', window: { kind: 'rolling', seconds: 3_600 }, limit: 50 },
];
const secondsOfRule = (rule: LimitRule): number => (rule.window.kind === 'rolling' ? rule.window.seconds : DAY / 1_000);

interface Call {
	contact: string;
	domain: string;
	sender: string;
	workspace: string;
	key: string;
}

/** The calls of a run, in an order that mixes the contacts. */
function callsOf({ timesEach }: Workload, count: number, run: string): Call[] {
	const contacts = count / timesEach;
	return Array.from({ length: count }, (_, number) => {
		const lead = number % contacts;
		const domain = `company${Math.floor(lead / PER_DOMAIN)}.example`;
		return { contact: `lead${lead}@${domain}`, domain, sender: `mailbox${Math.floor(lead / PER_SENDER)}`, workspace: run, key: `${run}-${number}` };
	});
}

function requestOf(call: Call, at: EpochMs): ReserveRequest<LimitDecision> {
	const request: LimitRequest = { contact: call.contact, channel: 'email', at, sender: call.sender, timezone: 'Europe/Berlin' };
	return { workspace: call.workspace, idempotencyKey: call.key, at, scopes: scopesOf(RULES, request), decide: (entries) => decideAllowance(RULES, request, entries), counted: countedDecision(RULES, request) };
}

interface Rate {
	perSecond: number;
	allowed: number;
}

/** One message a call, as many calls at once as there are callers. */
async function ourRate(store: Store, calls: readonly Call[]): Promise<Rate> {
	let allowed = 0;
	const took = await secondsOf(async () => {
		await concurrently(calls.length, CALLERS, async (number) => {
			const [{ decision }] = await store.limits.reserve([requestOf(calls[number], await store.clock.now())], LAPSE_MS);
			if (decision.allowed) allowed++;
		});
	});
	return { perSecond: calls.length / took, allowed };
}

/** Five consumes a call, all five at once: the peer's fastest way, though what one takes stays taken when another denies. */
async function peerRate(limiters: readonly RateLimiterAbstract[], calls: readonly Call[]): Promise<Rate> {
	let allowed = 0;
	const took = await secondsOf(async () => {
		await concurrently(calls.length, CALLERS, async (number) => {
			const { contact, domain, sender, workspace } = calls[number];
			const keys = [`${workspace}:${contact}:email`, `${workspace}:${contact}`, `${workspace}:${contact}`, `${workspace}:${sender}`, `${workspace}:${domain}`];
			const answers = await Promise.allSettled(limiters.map(async (limiter, place) => await limiter.consume(keys[place])));
			const failed = answers.find((answer) => answer.status === 'rejected' && !(answer.reason instanceof RateLimiterRes));
			if (failed?.status === 'rejected') throw failed.reason;
			if (answers.every(({ status }) => status === 'fulfilled')) allowed++;
		});
	});
	return { perSecond: calls.length / took, allowed };
}

/** Ours and the peer's in turns, so that the machine's mood strikes both. */
async function beside(name: string, target: number, count: number, store: Store, limiters: readonly RateLimiterAbstract[]): Promise<Figure[]> {
	const figures: Figure[] = [];
	for (const [place, workload] of WORKLOADS.entries()) {
		await ourRate(store, callsOf(workload, CALLERS * 10, `${name}-${place}-warm`));
		await peerRate(limiters, callsOf(workload, CALLERS * 10, `${name}-${place}-warm`));
		const rates: { ours: Rate; peer: Rate }[] = [];
		for (let run = 1; run <= RUNS; run++) {
			const calls = callsOf(workload, count, `${name}-${place}-${run}`);
			const peer = await peerRate(limiters, calls);
			rates.push({ ours: await ourRate(store, calls), peer });
		}
		const ratio = median(rates.map(({ ours, peer }) => ours.perSecond / peer.perSecond));
		const expected = count / workload.timesEach;
		figures.push(
			{ name: `Rate Limit on ${name}, five rules, ${CALLERS} callers, ${workload.name}`, value: `${rate(median(rates.map(({ ours }) => ours.perSecond)))}` },
			{ name: '  rate-limiter-flexible, the same five consumes', value: `${rate(median(rates.map(({ peer }) => peer.perSecond)))}` },
			{ name: '  ratio', value: `${ratio.toFixed(2)}×`, target: `≥ ${target}×`, met: ratio >= target },
			{ name: '  allowed, ours / peer', value: `${rates[0].ours.allowed} / ${rates[0].peer.allowed}`, target: `${expected}`, met: rates.every(({ ours }) => ours.allowed === expected) },
		);
	}
	return figures;
}

const rate = (perSecond: number): string => `${Math.round(perSecond)}/s`;

async function sqliteRate(store: Store, calls: readonly Call[]): Promise<Rate> {
	let allowed = 0;
	const took = await secondsOf(async () => {
		for (let from = 0; from < calls.length; from += SQLITE_BATCH) {
			const at = await store.clock.now();
			const answers = await store.limits.reserve(calls.slice(from, from + SQLITE_BATCH).map((call) => requestOf(call, at)), LAPSE_MS);
			allowed += answers.filter(({ decision }) => decision.allowed).length;
		}
	});
	return { perSecond: calls.length / took, allowed };
}

async function inSqlite(): Promise<Figure[]> {
	const folder = mkdtempSync(join(tmpdir(), 'lead-autopilot-bench-'));
	const store = await openStore({ kind: 'sqlite', file: join(folder, 'store.sqlite') }, { idleCloseMs: 0 });
	const figures: Figure[] = [];
	try {
		for (const [place, workload] of WORKLOADS.entries()) {
			const rates: number[] = [];
			for (let run = 1; run <= RUNS; run++) {
				const calls = callsOf(workload, CALLS.sqlite, `sqlite-${place}-${run}`);
				rates.push((await sqliteRate(store, calls)).perSecond);
			}
			const value = median(rates);
			figures.push({ name: `Rate Limit on SQLite, five rules, batches of ${SQLITE_BATCH}, ${workload.name}`, value: rate(value), target: `≥ ${TARGETS.sqlitePerSecond}/s`, met: value >= TARGETS.sqlitePerSecond });
		}
	} finally {
		await store.close();
		rmSync(folder, { recursive: true, force: true });
	}
	return figures;
}

async function inPostgres(pool: Pool, config: StoreConfig): Promise<Figure[]> {
	const store = await openStore(config, { idleCloseMs: 0 });
	try {
		const limiters = await Promise.all(
			RULES.map(async (rule, place) => await new Promise<RateLimiterPostgres>((resolve, reject) => {
				const limiter: RateLimiterPostgres = new RateLimiterPostgres({ storeClient: pool, points: rule.limit, duration: secondsOfRule(rule), keyPrefix: `r${place}`, tableName: `peer_limits_${place}`, clearExpiredByTimeout: false }, (error?: Error) => (error ? reject(error) : resolve(limiter)));
			})),
		);
		return await beside('Postgres', TARGETS.postgres, CALLS.postgres, store, limiters);
	} finally {
		await store.close();
	}
}

async function inRedis(client: Redis, config: StoreConfig): Promise<Figure[]> {
	const store = await openStore(config, { idleCloseMs: 0 });
	try {
		const limiters = RULES.map((rule, place) => new RateLimiterRedis({ storeClient: client, points: rule.limit, duration: secondsOfRule(rule), keyPrefix: `r${place}` }));
		return await beside('Redis', TARGETS.redis, CALLS.redis, store, limiters);
	} finally {
		await store.close();
	}
}

/** Rate Limit beside `rate-limiter-flexible` on the same private servers, and on SQLite by itself. */
export async function limitFigures(): Promise<Figure[]> {
	const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
	const pool = new Pool({ connectionString: postgres.url, max: 10 });
	const client = new Redis(redis.url);
	const { hostname, port } = new URL(redis.url);
	try {
		return [
			...(await inRedis(client, { kind: 'postgres', connectionString: postgres.url, schema: 'bench_redis', redis: { host: hostname, port: Number(port) } })),
			...(await inPostgres(pool, { kind: 'postgres', connectionString: postgres.url, schema: 'bench_postgres' })),
			...(await inSqlite()),
		];
	} finally {
		client.disconnect();
		await pool.end();
		await redis.stop();
		await postgres.stop();
	}
}
