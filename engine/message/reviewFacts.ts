import type { Channel } from '../channels/channel';
import type { Draft } from '../draft/draft';
import type { Gate, GateIssue } from '../gate/gate';
import type { LabelField } from '../classify/correction';
import type { Reply } from '../reply/reply';
import type { Pipeline } from '../pipeline/stage';
import type { EpochMs } from '../time';
import type { Contact, Status } from './contact';
import type { Conversation } from './message';
import type { OutboundStatus, ReviewKind } from './outbound';
import type { ReviewAction, ReviewActionName } from './reviewAction';
import type { RouteFacts, RouteRow } from './routeFacts';

/** A move of a contact that waits for a person's agreement. */
export interface StageProposal {
	pipelineId: string;
	stageId: string;
	/** Where the contact stood when it was proposed. */
	from?: string;
}

/** The outbound row as a reviewer's decision needs it. */
export interface ReviewedRow extends RouteRow {
	draft: Draft;
	/** When the last try was handed to the channel. */
	sendingAt?: EpochMs;
}

/** Everything a reviewer's decision needs, read by the store inside the transaction that will act on it. */
export interface ReviewFacts {
	review: { id: string; kind: ReviewKind };
	action: ReviewAction;
	/** Who decides. */
	by: string;
	/** Hash of what the person was shown, and of what stands now. */
	shownHash?: string;
	hash?: string;
	/** For reviews of a draft or a send. */
	route?: Omit<RouteFacts, 'row'> & { row: ReviewedRow };
	/** The person it is about, also where nothing more is stored of them. */
	contactId?: string;
	contact?: Contact;
	/** For edits: what was said, since what the lead has named may be named again. */
	conversation?: Conversation;
	/** The lead's message the review is about. */
	message?: { id: string; channel: Channel; reply?: Reply };
	proposal?: StageProposal;
	/** The pipeline of the proposal, else of the contact; undefined when it is stored nowhere. */
	pipeline?: Pipeline;
	now: EpochMs;
}

/** What became of a review. Only `approved`, `edited` and `rejected` say something about what was proposed. */
export type ReviewDecision = 'approved' | 'edited' | 'rejected';

export interface ReviewChanges {
	/** Another text in the place of the draft's, with the verdict on it. */
	edit?: { text: string; subject?: string; gate: Gate; editDistance: number };
	move?: { to: OutboundStatus; sendAt?: EpochMs; sentAt?: EpochMs };
	takeOver?: { until: EpochMs };
	optOut?: { channel: Channel; allChannels: boolean; reason: string };
	/** A message's reading as the person put it right; one that asks us to stop opts the contact out on the message's channel. */
	correction?: { messageId: string; reading: Reply; labels: { field: LabelField; from?: string; to: string }[] };
	stage?: { pipelineId: string; stageId: string; expectedStageId?: string; status?: Status };
}

export type ReviewOutcome =
	| { result: 'decided'; resolution: ReviewActionName; decision?: ReviewDecision; reason?: string; sentence: string; changes: ReviewChanges }
	/** Still open, with somebody else. */
	| { result: 'reassigned'; assignee?: string; sentence: string }
	/** Still open and nothing changed. `confirm`: would be done if the person overrules these objections. */
	| { result: 'refused'; sentence: string; confirm?: { token: string; issues: GateIssue[] } }
	/** Something else is shown by now. */
	| { result: 'stale'; sentence: string };
export type SettleReview = (facts: ReviewFacts) => ReviewOutcome;
