import type { DecideStep } from '../../engine/sequence/decideStep';
import type { Enrolment, EnrolmentState, FollowUp, Sequence } from '../../engine/sequence/sequence';
import type { Contact } from '../../engine/message/contact';
import type { Conversation } from '../../engine/message/message';
import type { Actor } from '../../engine/message/outbound';

export interface SavedSequence {
	workspace: string;
	sequence: Sequence;
	/** From 1; each change is a new one. */
	version: number;
	savedAt: string;
	savedBy: string;
}
export interface EnrolRequest {
	workspace: string;
	sequenceId: string;
	/** A contact on record. */
	contactId: string;
	by: string;
	/** Also when the contact went through the sequence before: another round, with messages of its own. */
	again?: boolean;
}
export interface StopRequest {
	workspace: string;
	contactId: string;
	/** Left out: all the contact is enrolled in. */
	sequenceId?: string;
	/** Shown with the enrolment and its cancelled message. */
	reason: string;
	actor: Actor;
}
/** A step to be written and planned, under a lease. */
export interface DueStep {
	workspace: string;
	followUp: FollowUp;
	enrolment: Enrolment;
	contact: Contact;
	conversation: Conversation;
}
/** How many contacts stand where in a sequence. */
export interface SequenceCounts {
	states: Readonly<Record<EnrolmentState, number>>;
	/** Why enrolments were stopped. */
	codes: Readonly<Record<string, number>>;
	/** Results by step ID. */
	steps: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Follow-ups: what they are, who goes through them, and what became of each step. Whoever answers leaves them in the transaction that stores the answer. */
export interface Sequences {
	/** A changed sequence is a new version. Enrolments that run keep theirs unless `moveRunning`: then they go on in the new one behind the last step they had. */
	save(workspace: string, sequences: Sequence[], options: { by: string; moveRunning?: boolean }): Promise<(SavedSequence & { changed: boolean })[]>;
	/** The newest version of each. */
	find(workspace: string, ids: string[]): Promise<(SavedSequence | undefined)[]>;
	/** The newest versions of all, by name. */
	list(workspace: string): Promise<SavedSequence[]>;
	/** One enrolment of a contact in a sequence runs at a time; the same again changes nothing, nor does a finished one without `again`. @throws StoreInputError for a sequence or contact that is not on record. */
	enrol(requests: EnrolRequest[]): Promise<{ enrolment: Enrolment; created: boolean }[]>;
	/** Ends enrolments and cancels what they have planned. One list of enrolments a request, empty when none ran. */
	stop(requests: StopRequest[]): Promise<Enrolment[][]>;
	/**
	 * The steps that are due, each leased to this caller: the same step is given out again only when the lease ran out
	 * and nothing was planned. Everything else whose time has come is settled: skipped, moved, stopped, finished.
	 */
	claimDue(options: { workspaces?: string[]; leaseMs: number; limit: number }, decide: DecideStep): Promise<{ due: DueStep[]; settled: Enrolment[] }>;
	/** Steps that could not be handed on are due again at once. */
	release(due: { workspace: string; enrolmentId: string }[]): Promise<void>;
	/** The newest first. */
	enrolments(workspace: string, filter: { sequenceId?: string; contactId?: string; states?: EnrolmentState[]; limit: number }): Promise<Enrolment[]>;
	counts(workspace: string, sequenceIds: string[]): Promise<SequenceCounts[]>;
}
