import type { EpochMs } from '../engine/time';
import type { Accounts } from './port/accounts';
import type { Contacts } from './port/contacts';
import type { Messages } from './port/messages';
import type { Outbound } from './port/outbound';
import type { Reviews } from './port/reviews';
import type { SettingsStore } from './port/settings';
import type { Suppressions } from './port/suppressions';
import type { Limits } from './port/limits';
import type { Experiments } from './port/experiments';
import type { Outcomes } from './port/outcomes';
import type { Pipelines } from './port/pipelines';
import type { ModelCalls } from './port/modelCalls';
import type { Analyses } from './port/analyses';

export type * from './port/accounts';
export type * from './port/analyses';
export type * from './port/contacts';
export type * from './port/experiments';
export type * from './port/limits';
export type * from './port/messages';
export type * from './port/modelCalls';
export type * from './port/outbound';
export type * from './port/outcomes';
export type * from './port/pipelines';
export type * from './port/reviews';
export type * from './port/settings';
export type * from './port/suppressions';

/** One clock a store: the database's time in production, injected in simulation. */
export interface Clock {
	now(): Promise<EpochMs>;
}

export interface Store {
	readonly dialect: 'sqlite' | 'postgres';
	readonly clock: Clock;
	readonly accounts: Accounts;
	readonly contacts: Contacts;
	readonly messages: Messages;
	readonly outbound: Outbound;
	readonly reviews: Reviews;
	readonly settings: SettingsStore;
	readonly suppressions: Suppressions;
	readonly limits: Limits;
	readonly experiments: Experiments;
	readonly outcomes: Outcomes;
	readonly pipelines: Pipelines;
	readonly modelCalls: ModelCalls;
	readonly analyses: Analyses;
	/**
	 * Gives this caller's share back. The connection or pool is shared by everybody in the process who opened the same
	 * configuration and ends a while (60 s) after the last share was given back. Nothing may be called after it.
	 */
	close(): Promise<void>;
}
