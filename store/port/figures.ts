import type { Channel } from '../../engine/channels/channel';
import type { ExperimentTallies, LookOf } from '../../engine/report/experiments';
import type { HealthRows } from '../../engine/report/healthRows';
import type { LimitCounter, LimitRows } from '../../engine/report/limitUse';
import type { ModelCalls, ModelDrafts } from '../../engine/report/models';
import type { OutboxRows } from '../../engine/report/outbox';
import type { Period } from '../../engine/report/period';
import type { PipelineRows } from '../../engine/report/pipelines';
import type { ReadinessInput } from '../../engine/report/readiness';
import type { ChannelHistory } from '../../engine/report/sendTimes';
import type { EpochMs } from '../../engine/time';

/** What a report is about: a workspace, a period with the zone its days are counted in, and one channel or all. */
export interface FigureScope extends Period {
	workspace: string;
	channel?: Channel;
}

/**
 * What the figures of the desk are made of. The store counts, `engine/report/` makes figures of it: each method has its
 * function there. The number of statements never depends on how much there is. Nothing of another workspace is counted.
 */
export interface Figures {
	/** For `healthFigures`. */
	health(scope: FigureScope): Promise<HealthRows>;
	/** For `modelFigures`. */
	models(scope: FigureScope): Promise<{ drafts: ModelDrafts[]; calls: ModelCalls[] }>;
	/** For `pipelineFigures`. A contact's stage has no channel: the scope's is passed over. */
	pipelines(scope: FigureScope): Promise<PipelineRows>;
	/** For `outboxFigures`. */
	outbox(scope: FigureScope): Promise<OutboxRows>;
	/** For `limitUses`; `countersOf` is `sharedCounters`. As of now. */
	limits(workspace: string, countersOf: (accounts: string[]) => LimitCounter[]): Promise<LimitRows>;
	/** For `experimentFigures`; `lookOf` is the one of `engine/report/experiments`. As of now. */
	experiments(workspace: string, lookOf: LookOf): Promise<ExperimentTallies[]>;
	/** For `sendTimeFigures`: the newest contacts of each channel, as Best Send Time reads them. Those who object to profiling are left out. */
	sendTimes(workspace: string, channels: Channel[], bounds: { since: EpochMs; sends: number; contacts: number; perContact: number }): Promise<ChannelHistory[]>;
	/** For `readinessForAuto`, beside Health and deliverability. */
	readiness(scope: FigureScope): Promise<Pick<ReadinessInput, 'sentAfterOptOut' | 'optOuts' | 'contacted' | 'consented' | 'caps' | 'killSwitchTried' | 'killSwitchOn'>>;
}
