import type { OutcomeEvent } from '../../engine/outcome/outcome';
import type { Rollout } from '../../engine/training/rollout';
import { DAY, epochMs, later, type EpochMs } from '../../engine/time';
import type { Store } from '../../store/store';
import { draftOf, newDraft, type StandingClock } from '../store/fixtures';

const BEGAN = epochMs('2026-03-02T08:00:00Z');
/** Seven weekly looks later. */
export const SEEN = later(BEGAN, 49 * DAY + 60_000);

async function sent(store: Store, workspace: string, arm: Rollout['arm'], count: number, at: EpochMs, met: number): Promise<void> {
	const ids = Array.from({ length: count }, (_, i) => `${arm}-${at}-${i}`);
	const rollout = { candidate: 'v1.1.0', arm, propensity: arm === 'candidate' ? 0.1 : 0.9 };
	await store.outbound.markSent(ids.map((id) => ({ workspace, id, at, draft: newDraft({ workspace, id, contactId: id, threadId: id, to: `${id}@x.example`, channel: 'email', draft: { ...draftOf(id), modelVersion: arm === 'candidate' ? 'v1.1.0' : 'v1.0.0', rollout, costUsd: 0.01 } }) })));
	await store.outcomes.record(ids.slice(0, met).flatMap((id) => (['meeting_booked', 'deal_won'] as const satisfies OutcomeEvent[]).map((event) => ({ workspace, outboundId: id, contactId: id, event, occurredAt: later(at, 60_000), eventId: `${event} ${id}`, ...(event === 'deal_won' ? { value: 100, currency: 'EUR' } : {}) }))));
}

/** A candidate beside the baseline in acme: of 40 contacts 12 met and bought, of 360 beside it 72; the clock where that is known. Another one of beta. */
export async function seedRollout(store: Store, clock: StandingClock, begins = (workspace: string): string => `Begins in ${workspace} <b>with</b> 10 %.`): Promise<void> {
	clock.time = BEGAN;
	for (const workspace of ['acme', 'beta']) {
		await store.models.register([{ workspace, backend: 'example_memory', status: 'candidate', sentence: `Chosen for ${workspace}.` }]);
		await store.models.deploy({ workspace, version: 'v1.1.0', share: 0.1, metric: 'meeting', horizon: 26, by: 'Model Trainer', sentence: begins(workspace) });
	}
	await sent(store, 'acme', 'deployed', 360, later(BEGAN, DAY), 72);
	await sent(store, 'acme', 'candidate', 40, later(BEGAN, DAY), 12);
	clock.time = SEEN;
}
