import type { Channel } from '../../engine/channels/channel';
import type { OutcomeLabel } from '../../engine/outcome/labels';
import type { QualitySignals } from '../../engine/training/exampleQuality';
import type { TrainingExample } from '../../engine/training/trainingExample';
import type { TrainingPerson } from '../../engine/training/trainingPerson';
import type { EpochMs } from '../../engine/time';

export interface TrainingWindow {
	/** Messages sent (or drafts rejected) from this moment on … */
	since: EpochMs;
	/** … and before this one. Of sent messages only those whose answer would have come by now are read, whatever is asked. */
	until: EpochMs;
}

/** An example with what decides whether it may be used. */
export interface TrainingCandidate {
	example: TrainingExample;
	person: TrainingPerson;
}
export interface TrainingPage {
	candidates: TrainingCandidate[];
	/** Cursor for the page behind this one; absent on the last. */
	next?: string;
}

/** How many sent messages share everything their quality depends on. */
export interface TrainingCount {
	channel: Channel;
	language: string;
	/** The label that decides; absent when nothing came of the message. */
	label?: OutcomeLabel;
	signals: QualitySignals;
	/** What the model had written is on record beside what a person made of it. */
	pair: boolean;
	messages: number;
}

export type TrainingExportState = 'writing' | 'ready' | 'failed';
export interface TrainingExportRecord {
	workspace: string;
	id: string;
	/** The model version made from it, once there is one. */
	version?: string;
	state: TrainingExportState;
	createdAt: EpochMs;
	finishedAt?: EpochMs;
	/** Contacts whose conversations are in its files. */
	contacts: number;
	/** How many of the people in its files were erased since: the files have to be deleted or replaced. */
	erased: number;
	erasedAt?: EpochMs;
	/** Everything about the files but their content (see `TrainingManifest`). */
	manifest?: unknown;
	/** Where the files are kept, by their names, as the node was told. */
	storage?: Record<string, string>;
	/** What an ops person has to know about it. */
	sentence: string;
}

/**
 * What of a workspace's messages a model may learn from, read page by page: what is held in memory does not grow with
 * the number of messages.
 */
export interface Training {
	/** The workspace's own key for hashes of its contacts: the same in every export, known to nobody outside the store. */
	salt(workspace: string): string;
	/**
	 * Sent messages, oldest first, with the conversation before them, what a person thought of them and what came of them. At
	 * most 500 a page, a dozen statements. People who object are among them, marked so in `person`; those who were erased are not.
	 */
	examples(workspace: string, request: TrainingWindow & { after?: string; limit: number }): Promise<TrainingPage>;
	/** Drafts a person rejected, by the time of the decision, with what a colleague wrote instead where that is on record. */
	rejections(workspace: string, request: TrainingWindow & { after?: string; limit: number }): Promise<TrainingPage>;
	/** How many there are by everything their quality depends on, without reading the texts. People who object to profiling are left out. */
	counts(workspace: string, window: TrainingWindow): Promise<TrainingCount[]>;
	/** Opens the record of an export. */
	beginExport(workspace: string): Promise<{ id: string; createdAt: EpochMs }>;
	/**
	 * Notes that these messages' people are about to be in an export's files, and says which messages may still be written:
	 * not those of people who were erased, or who object, since the page was read. To be asked before the rows are written.
	 */
	noteExported(workspace: string, exportId: string, examples: readonly { outboundId: string; contactId: string }[]): Promise<Set<string>>;
	finishExport(workspace: string, exportId: string, result: { state: 'ready'; manifest: unknown; storage: Record<string, string> } | { state: 'failed'; sentence: string }): Promise<TrainingExportRecord>;
	/** Names the version that was made from an export. */
	setExportVersion(workspace: string, exportId: string, version: string): Promise<void>;
	/** The newest first; of `exportId` only that one. */
	exports(workspace: string, filter: { exportId?: string; limit: number }): Promise<TrainingExportRecord[]>;
}
