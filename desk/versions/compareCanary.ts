import { createHash } from 'node:crypto';
import { lookAt, PLAN_POLICY } from '../../engine/experiment/plan';
import { compareVersions, type VersionComparison } from '../../engine/training/compareVersions';
import type { ModelVersion } from '../../engine/training/modelVersion';
import { epochMs, later, type EpochMs } from '../../engine/time';
import type { Store } from '../../store/store';

/** The candidate beside the deployed version, as of the last look due. */
export interface CanaryComparison extends VersionComparison {
	share: number;
	/** Stands for these figures: whoever promotes must have been shown them. */
	token: string;
	startedAt: EpochMs;
	nextLookAt?: EpochMs;
	/** Contacts of the rollout so far, windows over or not. */
	joined: number;
}

/** What is compared, in the bytes a decision rests on. */
function tokenOf({ candidate, control, lift, harms, metric, look, verdict }: VersionComparison, share: number): string {
	return createHash('sha256').update(JSON.stringify([candidate, control, lift?.value, harms.map(({ harm, verdict: found }) => [harm, found]), metric, look, verdict, share])).digest('hex').slice(0, 16);
}

/**
 * Compares a workspace's candidate with what is deployed. Undefined while no candidate serves anybody. The metric is as of
 * the last weekly look, so asking often is still one look a week; harm is as of now.
 * @param keep writes down what was shown, which a decision has to rest on
 */
export async function compareCanary(store: Pick<Store, 'models' | 'clock'>, workspace: string, { serving, keep }: { serving?: { deployed?: ModelVersion; canary?: ModelVersion }; keep: boolean }): Promise<CanaryComparison | undefined> {
	const { deployed, canary } = serving ?? (await store.models.serving(workspace));
	if (!deployed || !canary) return undefined;
	const now = epochMs(await store.clock.now());
	const startedAt = canary.startedAt ?? canary.createdAt;
	const { metric = 'positive_reply', horizon = PLAN_POLICY.horizon, share, shareSince = startedAt, version } = canary;
	const look = lookAt(startedAt, now, horizon);
	const looks = { startedAt, everyMs: PLAN_POLICY.lookEveryMs, count: Math.max(1, look.look) };
	const { candidate, control, guardrails, joined, firstAt } = await store.models.tallies({ workspace, candidate: version, control: deployed.version, metric, asOf: look.asOf, looks });
	const weeks = firstAt === undefined ? 0 : Math.max(1, (now - firstAt) / PLAN_POLICY.lookEveryMs);
	const comparison = compareVersions({ candidate, control, metric, share, newFigures: look.asOf > shareSince, guardrails, look: look.look, horizon, ...(weeks > 0 ? { sendsPerWeek: joined / weeks } : {}) });
	const token = tokenOf(comparison, share);
	if (keep) await store.models.recordLook(workspace, { version, token, look: look.look, at: now, share, verdict: comparison.verdict, sentence: comparison.sentence, figures: JSON.stringify(comparison) });
	return { ...comparison, share, token, startedAt, ...(look.nextAt === undefined ? {} : { nextLookAt: look.nextAt }), joined };
}

/** From when on a workspace's records of versions are shown. */
export const recordsSince = (now: EpochMs): EpochMs => later(now, -365 * 24 * 60 * 60 * 1_000);
