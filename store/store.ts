import type { EpochMs } from '../engine/time';
import type { Accounts } from './port/accounts';
import type { AnswerTimes } from './port/answerTimes';
import type { CallAllowances } from './port/callAllowances';
import type { Contacts } from './port/contacts';
import type { Messages } from './port/messages';
import type { Outbound } from './port/outbound';
import type { Reviewers } from './port/reviewers';
import type { Reviews } from './port/reviews';
import type { Runs } from './port/runs';
import type { Performance } from './port/performance';
import type { SenderHolds } from './port/senderHolds';
import type { SendLoad } from './port/sendLoad';
import type { SettingsStore } from './port/settings';
import type { Suppressions } from './port/suppressions';
import type { Unsubscribes } from './port/unsubscribes';
import type { Limits } from './port/limits';
import type { Executions } from './port/executions';
import type { Experiments } from './port/experiments';
import type { Outcomes } from './port/outcomes';
import type { PersonalData } from './port/personalData';
import type { Pipelines } from './port/pipelines';
import type { ModelCalls } from './port/modelCalls';
import type { Models } from './port/models';
import type { Analyses } from './port/analyses';
import type { Figures } from './port/figures';
import type { Knowledge } from './port/knowledge';
import type { Labels } from './port/labels';
import type { LeadScores } from './port/leadScores';
import type { MailRecords } from './port/mailRecords';
import type { Sequences } from './port/sequences';
import type { Shadow } from './port/shadow';
import type { Training } from './port/training';
import type { TrainingJobs } from './port/trainingJobs';

export type * from './port/accounts';
export type * from './port/analyses';
export type * from './port/answerTimes';
export type * from './port/callAllowances';
export type * from './port/contacts';
export type * from './port/executions';
export type * from './port/experiments';
export type * from './port/figures';
export type * from './port/knowledge';
export type * from './port/labels';
export type * from './port/leadScores';
export type * from './port/limits';
export type * from './port/mailRecords';
export type * from './port/messages';
export type * from './port/modelCalls';
export type * from './port/models';
export type * from './port/outbound';
export type * from './port/outcomes';
export type * from './port/personalData';
export type * from './port/pipelines';
export type * from './port/reviewers';
export type * from './port/reviews';
export type * from './port/runs';
export type * from './port/performance';
export type * from './port/senderHolds';
export type * from './port/sendLoad';
export type * from './port/sequences';
export type * from './port/settings';
export type * from './port/shadow';
export type * from './port/suppressions';
export type * from './port/training';
export type * from './port/trainingJobs';
export type * from './port/unsubscribes';

/** One clock a store: the database's time in production, injected in simulation. */
export interface Clock {
	now(): Promise<EpochMs>;
}

export interface Store {
	readonly dialect: 'sqlite' | 'postgres';
	readonly clock: Clock;
	readonly accounts: Accounts;
	readonly callAllowances: CallAllowances;
	readonly contacts: Contacts;
	readonly messages: Messages;
	readonly outbound: Outbound;
	readonly reviewers: Reviewers;
	readonly reviews: Reviews;
	readonly settings: SettingsStore;
	readonly suppressions: Suppressions;
	readonly unsubscribes: Unsubscribes;
	readonly mailRecords: MailRecords;
	readonly limits: Limits;
	readonly experiments: Experiments;
	readonly outcomes: Outcomes;
	readonly pipelines: Pipelines;
	readonly modelCalls: ModelCalls;
	readonly models: Models;
	readonly analyses: Analyses;
	readonly answerTimes: AnswerTimes;
	readonly sendLoad: SendLoad;
	readonly senderHolds: SenderHolds;
	readonly performance: Performance;
	readonly knowledge: Knowledge;
	readonly labels: Labels;
	readonly leadScores: LeadScores;
	readonly shadow: Shadow;
	readonly runs: Runs;
	readonly training: Training;
	readonly sequences: Sequences;
	readonly trainingJobs: TrainingJobs;
	readonly personalData: PersonalData;
	readonly executions: Executions;
	readonly figures: Figures;
	/**
	 * Gives this caller's share back. The connection or pool is shared by everybody in the process who opened the same
	 * configuration and ends a while (60 s) after the last share was given back. Nothing may be called after it.
	 */
	close(): Promise<void>;
}
