import type { Contact, Status } from '../../engine/message/contact';
import type { Pipeline } from '../../engine/pipeline/stage';
import type { StageMove } from '../../engine/pipeline/whyThisStage';
import type { EpochMs } from '../../engine/time';

export interface StageChange {
	workspace: string;
	contactId: string;
	pipelineId: string;
	/** The stage the decision was made on: the write happens only if it still stands. */
	expectedStageId?: string;
	stageId: string;
	setBy: 'model' | 'person' | 'status';
	score?: number;
	status?: Status;
	log: { rule: string; confidence?: number; reasoning?: string; usedFallback?: boolean; actor: string; sentence: string };
}
/** A move that was not made: a person is to look, or the contact is protected. */
export interface HeldMove {
	workspace: string;
	contactId: string;
	pipelineId: string;
	stageId: string;
	score?: number;
	log: StageChange['log'];
}
/** A contact as it stands in its stage. */
export type StageContact = Pick<Contact, 'id' | 'name' | 'company' | 'email' | 'score' | 'status' | 'stageId' | 'stageEnteredAt' | 'stageSetBy'>;
export interface Pipelines {
	save(workspace: string, pipelines: Pipeline[]): Promise<void>;
	find(workspace: string, ids: string[]): Promise<(Pipeline | undefined)[]>;
	list(workspace: string): Promise<Pipeline[]>;
	/** Compare-and-set; a person's move is kept as a label too. `applied: false` when somebody else moved the contact first; nothing was written. */
	changeStages(changes: StageChange[]): Promise<{ applied: boolean; activityId?: string }[]>;
	/** Each an entry of the contact's timeline. Contacts nobody knows are passed over. */
	recordHeld(held: HeldMove[]): Promise<void>;
	/**
	 * A page of the contacts that stand in a stage, those that came into it first. `next` is where the next page begins, absent on the last.
	 * @throws StoreInputError for an `after` that no page gave
	 */
	contactsIn(workspace: string, pipelineId: string, stageId: string, page: { limit: number; after?: string }): Promise<{ contacts: StageContact[]; next?: string }>;
	/** Each contact's newest move into a stage, in the order asked; undefined where there was none. */
	lastMoves(workspace: string, contactIds: string[]): Promise<(StageMove | undefined)[]>;
	/** The newest entries of a contact's timeline, of before a moment when one is given. */
	activities(workspace: string, contactId: string, limit: number, before?: EpochMs): Promise<{ id: string; kind: string; at: EpochMs; detail: unknown }[]>;
}
