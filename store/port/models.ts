import type { VersionArm, RolloutVerdict } from '../../engine/training/compareVersions';
import type { Harm, HarmStratum } from '../../engine/training/harm';
import type { MemoryExample } from '../../engine/training/memory';
import type { ModelBackend, ModelVersion } from '../../engine/training/modelVersion';
import type { VersionMetric } from '../../engine/training/versionMetrics';
import type { EpochMs } from '../../engine/time';

export interface NewVersion {
	workspace: string;
	backend: ModelBackend;
	/** training: `settleTraining` says later how it went. candidate: ready. */
	status: 'training' | 'candidate';
	/** The same key again returns the version it made: a repeated or resumed training is one version. */
	requestKey?: string;
	modelId?: string;
	/** Another one than the last version's makes a major step. */
	baseModel?: string;
	exportId?: string;
	/** The version this one is made anew of: a patch of it. */
	repairs?: string;
	/** Its memory; stored with it or not at all. */
	examples?: readonly MemoryExample[];
	sentence: string;
}

/** A change of where a version stands. `changed: false`: somebody else was first, or it stood elsewhere; the sentence says which. */
export interface VersionMove {
	changed: boolean;
	/** As it is now; absent when there is none of that name. */
	version?: ModelVersion;
	sentence: string;
}

/** What a person or a rule was shown when it decided. */
export interface ModelLook {
	version: string;
	/** Stands for these very figures. */
	token: string;
	/** The weekly look it was, 0 before the first. */
	look: number;
	at: EpochMs;
	share: number;
	verdict: RolloutVerdict;
	sentence: string;
	/** The comparison, as JSON. */
	figures: string;
}

export interface VersionTallyRequest {
	workspace: string;
	/** The version under test. */
	candidate: string;
	/** The one beside it. */
	control: string;
	metric: VersionMetric;
	/** What was on record at this moment counts for the metric. Harm counts to the present. */
	asOf: EpochMs;
	looks: { startedAt: EpochMs; everyMs: number; count: number };
}

export interface VersionTallies {
	candidate: VersionArm;
	control: VersionArm;
	guardrails: Record<Harm, HarmStratum[]>;
	/** Contacts of the rollout so far, windows over or not, both arms. */
	joined: number;
	firstAt?: EpochMs;
}

/** What people and providers made of one version's drafts. */
export interface VersionRecord {
	version: string;
	drafts: number;
	sent: number;
	/** Drafts a person decided on, and how. */
	reviewed: number;
	approved: number;
	edited: number;
	rejected: number;
	/** Mean share of characters changed in edited ones, 0–1; absent without any. */
	editDistance?: number;
	/** Of drafts whose cost is known. */
	costUsd: number;
	costKnown: number;
}

/** Versions of what writes the drafts. Exactly one of a workspace is deployed from its first registration on, at most one is a canary. */
export interface Models {
	/**
	 * Gives each the next number, in the order they come, two at once included. The first one of a workspace also registers
	 * the baseline (`v1.0.0`: the node's own model without examples) as deployed, so that there is something to compare with.
	 */
	register(versions: readonly NewVersion[]): Promise<{ version: ModelVersion; created: boolean }[]>;
	/** How a training ended. Only a version that still is in training is changed. */
	settleTraining(settled: { workspace: string; version: string; status: 'candidate' | 'failed'; modelId?: string; sentence: string }): Promise<VersionMove>;
	find(workspace: string, versions: readonly string[]): Promise<(ModelVersion | undefined)[]>;
	/** The newest first. */
	list(workspace: string, limit: number): Promise<ModelVersion[]>;
	/** What serves at present, in one statement. */
	serving(workspace: string): Promise<{ deployed?: ModelVersion; canary?: ModelVersion }>;
	/** The frozen examples of a version, in the order they were chosen, less those of people who were erased. */
	memory(workspace: string, version: string): Promise<MemoryExample[]>;
	/** A candidate begins to serve a share of contacts. Refused while another one does. */
	deploy(request: { workspace: string; version: string; share: number; metric: VersionMetric; horizon: number; by: string; sentence: string }): Promise<VersionMove>;
	/** Only from the share that was seen. */
	setShare(request: { workspace: string; version: string; from: number; to: number; by: string; sentence: string }): Promise<VersionMove>;
	/** A canary serves everybody, and the deployed one retires. Only by whoever was shown the newest figures: `token` is theirs. */
	promote(request: { workspace: string; version: string; token: string; by: string; sentence: string }): Promise<VersionMove>;
	/**
	 * Takes a canary out (rolled_back for harm, retired for want of merit), or the deployed version, after which the one it
	 * had replaced serves again and a canary beside it ends too. `from`: where it was seen.
	 */
	rollBack(request: { workspace: string; version: string; from: 'canary' | 'deployed'; to: 'rolled_back' | 'retired'; by: string; sentence: string }): Promise<VersionMove>;
	/** Keeps what was shown; the same figures once. */
	recordLook(workspace: string, look: ModelLook): Promise<void>;
	/** The newest first. */
	looks(workspace: string, version: string, limit: number): Promise<ModelLook[]>;
	/** What a comparison rests on: three statements, whatever the number of messages. */
	tallies(request: VersionTallyRequest): Promise<VersionTallies>;
	/** One statement; versions that wrote nothing since then are left out. */
	records(workspace: string, since: EpochMs): Promise<VersionRecord[]>;
}
