import { sql, type RawBuilder } from 'kysely';
import type { VersionArm } from '../engine/training/compareVersions';
import type { HarmStratum } from '../engine/training/harm';
import type { RolloutArm } from '../engine/training/rollout';
import { SCORE_METRICS, SCORE_WEIGHTS, maturityMs, type ScorePart } from '../engine/training/versionMetrics';
import { epochMs } from '../engine/time';
import { cleanText } from './bulk';
import { COUNTED, countedHarm, countedSuccesses, did } from './experimentTallies';
import type { Session } from './session';
import type { VersionTallies, VersionTallyRequest } from './store';

interface MetricRow {
	arm: string;
	look: number;
	contacts: number;
	successes: number;
	squares: number;
	expected: number;
}
interface HarmRow {
	arm: string;
	share: number;
	contacts: number;
	opt_outs: number;
	complaints: number;
	first_at: number;
}
interface RejectedRow {
	arm: string;
	share: number;
	contacts: number;
	rejected: number;
}

const SCORE_PARTS = ['close', 'meeting', 'reply'] as const satisfies readonly ScorePart[];

/** Each contact of the rollout once, in the arm of its first message: whoever changes over when the share grows stays where it began. */
function firstMessages(session: Session, { workspace, candidate }: VersionTallyRequest): RawBuilder<unknown> {
	return sql`firsts as (
		select 0 as place, workspace, contact_id, arm, propensity, case arm when 'candidate' then propensity else 1 - propensity end as share, joined_at, 0 as approved from (
			select o.workspace, o.contact_id, o.rollout_arm as arm, o.rollout_propensity as propensity, o.sent_at as joined_at, row_number() over (partition by o.contact_id order by o.sent_at, o.id) as nth
			from ${session.table('outbound')} as o where o.workspace = ${workspace} and o.rollout_candidate = ${cleanText(candidate)} and o.status = 'sent' and o.sent_at is not null
		) as messages where nth = 1
	)`;
}

/**
 * Each contact's first draft of the rollout that was read whatever its confidence, and what became of it. Others are read because they
 * seem bad, or drawn among those that seem good: two versions are never cleared alike, so they cannot be compared by them.
 */
function firstReviews(session: Session, { workspace, candidate }: VersionTallyRequest): RawBuilder<unknown> {
	const sampling = session.dialect === 'sqlite' ? sql`json_extract(o.draft, '$.decision.sampling')` : sql`(cast(o.draft as json) -> 'decision' ->> 'sampling')`;
	return sql`judged as (
		select arm, propensity, case arm when 'candidate' then propensity else 1 - propensity end as share, decided_at as joined_at, decision from (
			select o.rollout_arm as arm, o.rollout_propensity as propensity, r.decided_at, r.decision, row_number() over (partition by o.contact_id order by r.decided_at, r.id) as nth
			from ${session.table('outbound')} as o join ${session.table('reviews')} as r on r.workspace = o.workspace and r.kind = 'draft' and r.outbound_id = o.id and r.decision is not null
			where o.workspace = ${workspace} and o.rollout_candidate = ${cleanText(candidate)} and ${sampling} = 'full'
		) as reviewed where nth = 1
	)`;
}

/** What a contact's outcomes are worth, 0–1. */
function worth(session: Session, { metric }: VersionTallyRequest): RawBuilder<unknown> {
	const counts = (role: string): RawBuilder<unknown> => sql`case when ${did(session, role)} then 1 else 0 end`;
	if (metric !== 'performance_score') return counts('success');
	return sql.join(SCORE_PARTS.map((part) => sql`${sql.lit(SCORE_WEIGHTS[part])} * ${counts(part)}`), sql` + `);
}

const lookNumber = (joined: RawBuilder<unknown>, windowMs: number, { looks }: VersionTallyRequest): RawBuilder<unknown> =>
	// A bare number would be a floating one to SQLite, and the division no whole number.
	sql`(${joined} + ${sql.lit(windowMs)} - cast(${looks.startedAt} as bigint) + ${sql.lit(looks.everyMs)} - 1) / ${sql.lit(looks.everyMs)}`;

async function metricRows(session: Session, request: VersionTallyRequest): Promise<MetricRow[]> {
	const { metric, asOf } = request;
	const expected = sql`sum(share) as expected`;
	if (metric === 'reviewer_approval') {
		const success = sql`case when decision = 'approved' then 1 else 0 end`;
		return await session.rows(sql<MetricRow>`with ${firstReviews(session, request)}
			select arm, ${lookNumber(sql`joined_at`, 0, request)} as look, count(*) as contacts, sum(${success}) as successes, sum(${success}) as squares, ${expected} from judged where joined_at <= ${asOf} group by 1, 2`);
	}
	const windowMs = maturityMs(metric);
	const successes = metric === 'performance_score' ? SCORE_PARTS.flatMap((part) => countedSuccesses(SCORE_METRICS[part], part, 0)) : countedSuccesses(metric, 'success', 0);
	return await session.rows(sql<MetricRow>`with ${firstMessages(session, request)}, counted as (select * from ${session.values('w', COUNTED, successes)}),
		valued as (select u.arm, u.share, ${lookNumber(sql`u.joined_at`, windowMs, request)} as look, ${worth(session, request)} as worth
			from (select f.*, cast(${asOf} as bigint) as as_of from firsts as f where f.joined_at + ${sql.lit(windowMs)} <= ${asOf}) as u)
		select arm, look, count(*) as contacts, sum(worth) as successes, sum(worth * worth) as squares, ${expected} from valued group by arm, look`);
}

async function harmRows(session: Session, request: VersionTallyRequest): Promise<HarmRow[]> {
	return await session.rows(sql<HarmRow>`with ${firstMessages(session, request)}, counted as (select * from ${session.values('w', COUNTED, countedHarm(0))})
		select u.arm, u.share, count(*) as contacts, count(case when ${did(session, 'opt_out')} then 1 end) as opt_outs, count(case when ${did(session, 'complaint')} then 1 end) as complaints, min(u.joined_at) as first_at
		from (select f.*, cast(${session.now} as bigint) as as_of from firsts as f) as u group by u.arm, u.share`);
}

function armOf(id: string, arm: RolloutArm, rows: readonly MetricRow[], count: number): VersionArm {
	const own = rows.filter((row) => row.arm === arm);
	const sum = (name: 'contacts' | 'successes' | 'squares', some = own): number => some.reduce((total, row) => total + Number(row[name]), 0);
	const expected = rows.reduce((total, row) => total + (arm === 'candidate' ? Number(row.expected) : row.contacts - Number(row.expected)), 0);
	const weeks = Array.from({ length: count }, (_, i) => {
		// Whoever joined before the start, by a clock set wrong, is of the first week.
		const joined = own.filter(({ look }) => Math.max(1, Number(look)) === i + 1);
		return { exposures: sum('contacts', joined), conversions: sum('successes', joined), squares: sum('squares', joined) };
	});
	return { id, exposures: sum('contacts'), conversions: sum('successes'), squares: sum('squares'), weeks, expected };
}

/** One stratum a share the candidate has had. */
function strataOf<R extends { arm: string; share: number; contacts: number }>(rows: readonly R[], events: (row: R) => number): HarmStratum[] {
	const shares = new Map<string, HarmStratum>();
	for (const row of rows) {
		const key = row.share.toFixed(6);
		const stratum = shares.get(key) ?? { candidate: { contacts: 0, events: 0 }, control: { contacts: 0, events: 0 } };
		const arm = row.arm === 'candidate' ? 'candidate' : 'control';
		shares.set(key, { ...stratum, [arm]: { contacts: stratum[arm].contacts + row.contacts, events: stratum[arm].events + events(row) } });
	}
	return [...shares].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, stratum]) => stratum);
}

/** See `Models.tallies`. */
export async function versionTallies(session: Session, request: VersionTallyRequest): Promise<VersionTallies> {
	const metric = await metricRows(session, request);
	const harm = await harmRows(session, request);
	const reviewed = await session.rows(sql<RejectedRow>`with ${firstReviews(session, request)}
		select arm, share, count(*) as contacts, count(case when decision = 'rejected' then 1 end) as rejected from judged group by arm, share`);
	const first = Math.min(...harm.map(({ first_at }) => first_at));
	return {
		candidate: armOf(request.candidate, 'candidate', metric, request.looks.count),
		control: armOf(request.control, 'deployed', metric, request.looks.count),
		guardrails: {
			optOuts: strataOf(harm, (row) => row.opt_outs),
			complaints: strataOf(harm, (row) => row.complaints),
			rejections: strataOf(reviewed, (row) => row.rejected),
		},
		joined: request.metric === 'reviewer_approval' ? reviewed.reduce((sum, row) => sum + row.contacts, 0) : harm.reduce((sum, row) => sum + row.contacts, 0),
		...(Number.isFinite(first) ? { firstAt: epochMs(first) } : {}),
	};
}
