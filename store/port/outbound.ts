import type { Channel } from '../../engine/channels/channel';
import type { FailureAction } from '../../engine/channels/errorCodes';
import type { Draft } from '../../engine/draft/draft';
import type { Variant } from '../../engine/experiment/variant';
import type { Gate } from '../../engine/gate/gate';
import type { Contact } from '../../engine/message/contact';
import type { Actor, OutboundStatus, Review } from '../../engine/message/outbound';
import type { Route, RouteFacts as DecisionFacts } from '../../engine/message/routeFacts';
import type { Schedule } from '../../engine/sendTime/schedule';
import type { EpochMs } from '../../engine/time';

export type { Route };

/** One row from draft to outcome. */
export interface OutboundRow {
	workspace: string;
	/** = draft.id */
	id: string;
	status: OutboundStatus;
	/** Why the row stands where it stands, in a sentence. */
	sentence: string;
	contactId: string;
	channel: Channel;
	/** The address on the channel. Empty until known. */
	to: string;
	accountId?: string;
	threadId?: string;
	/** The inbound messages it answers. */
	inboundIds: string[];
	purpose: 'reply' | 'outreach';
	draft: Draft;
	gate?: Gate;
	/** What Best Send Time chose, with the chance the moment had. */
	schedule?: Schedule;
	variant?: Variant;
	score?: number;
	sendAt?: EpochMs;
	attempts: number;
	providerId?: string;
	sentAt?: EpochMs;
	leaseUntil?: EpochMs;
	/** Provider's last error code. */
	errorCode?: string;
	createdAt: EpochMs;
}

export type NewDraft = Pick<OutboundRow, 'workspace' | 'id' | 'contactId' | 'channel' | 'to' | 'accountId' | 'threadId' | 'inboundIds' | 'purpose' | 'draft' | 'variant' | 'score'>;

/** What the engine's routing decision needs, read inside the transaction that will act on it. */
export interface RouteFacts extends DecisionFacts {
	row: OutboundRow;
	/** Another open reply on the same thread, if any (its draft id). */
	openReplyOnThread?: string;
}
export type DecideRoute = (facts: RouteFacts) => Route;

export interface PlanRequest {
	workspace: string;
	draftId: string;
	/** Used when no draft is stored under the id (an item that came from elsewhere). */
	draft?: NewDraft;
	gate?: Gate;
	sendAt?: EpochMs;
	reservationId?: string;
	reason?: string;
}
export interface Planned {
	row: OutboundRow;
	review?: Review;
	/** False when an earlier call had planned it already: nothing was changed. */
	changed: boolean;
}
export interface ClaimedJob extends OutboundRow {
	contact?: Contact;
	subjectOfThread?: string;
	/** Provider id of the inbound message answered (In-Reply-To, WhatsApp context). */
	answersProviderId?: string;
}

export interface SendFailure {
	/** The provider's own code, as text. */
	code?: string;
	message: string;
	/** not_sent: the provider said so, may be tried again. permanent: never will. unknown: nobody can tell whether it left. */
	kind: 'not_sent' | 'permanent' | 'unknown';
	retryAt?: EpochMs;
	/** The address must not be written to any more: done in the same transaction. */
	suppress?: 'opt_out' | 'hard_bounce';
	/** What is done about it, in the same transaction: the sender paused, the campaign stopped, a template asked for. */
	action?: FailureAction;
	/** For pause_sender; absent: until a person lifts it. */
	pauseSeconds?: number;
	/** Becomes the row's sentence; without it the store words one from `message`. */
	sentence?: string;
}

export interface OutboundQuery {
	statuses: readonly OutboundStatus[];
	channel?: Channel;
	contactIds?: readonly string[];
	/** due: by the time it leaves, the earliest first; what has no time is left out. latest: by the last move, the newest first. */
	order: 'due' | 'latest';
	limit: number;
	after?: string;
}
export interface OutboundPage {
	/** `last` is the row's newest transition. */
	rows: { row: OutboundRow; last?: { actor: Actor; at: EpochMs } }[];
	/** Cursor for the page that follows; absent when there is none. */
	next?: string;
}

export interface Outbound {
	/** Stores each draft once; on repeat the stored row is returned and nothing changes. */
	saveDrafts(drafts: NewDraft[]): Promise<OutboundRow[]>;
	find(workspace: string, ids: string[]): Promise<(OutboundRow | undefined)[]>;
	/** Keeps the gate's verdict with its draft; ids without a row are ignored. */
	recordGates(workspace: string, gates: { draftId: string; gate: Gate }[]): Promise<void>;
	/** Keeps the chosen time with its draft while it is not planned yet; ids without such a row are ignored. */
	recordSchedules(workspace: string, schedules: { draftId: string; schedule: Schedule }[]): Promise<void>;
	/** Job, reservation binding and "inbound decided" in one transaction; the facts are re-read there and `decide` routes. What a route says would have happened is kept as a shadow decision. */
	plan(requests: PlanRequest[], decide: DecideRoute): Promise<Planned[]>;
	/** Due jobs, atomically leased: replies first, then score, then due time. Each is checked again by `decide`; what no longer holds is in `moved`. */
	claimDue(options: { workspaces?: string[]; channels?: Channel[]; limit: number; leaseMs: number }, decide: DecideRoute): Promise<{ claimed: ClaimedJob[]; moved: OutboundRow[] }>;
	/** claimed → sending. `ok: false` when the lease is gone, the row moved on, or `decide` (asked once more, caps apart) sends it elsewhere: then it must not be sent. */
	beginSend(workspace: string, ids: string[], decide?: DecideRoute): Promise<{ id: string; ok: boolean; row?: OutboundRow; sentence: string }[]>;
	/** Job, provider id, commit of reservations, exposure and the `sent` outcome in one transaction. Repeats change nothing. A job nobody planned (draft given) is recorded as sent. `attempt` is the number of the try it is about, 1 or more: of an earlier one it is the truth, too. */
	markSent(sent: { workspace: string; id: string; attempt?: number; providerId?: string; at?: EpochMs; draft?: NewDraft }[]): Promise<{ row: OutboundRow; changed: boolean }[]>;
	/**
	 * Retries (scheduled again, at most 3 tries), fails for good, or becomes uncertain with a review. `attempt` is the number
	 * of the try it is about, 1 or more: a `not_sent` or `permanent` about another one than the last changes nothing (the
	 * row that is returned says so in its sentence), or the message could be sent a second time while it is under way.
	 */
	markFailed(failures: { workspace: string; id: string; attempt?: number; failure: SendFailure }[]): Promise<OutboundRow[]>;
	cancel(workspace: string, ids: string[], reason: string, actor: Actor): Promise<{ row: OutboundRow; changed: boolean }[]>;
	list(workspace: string, filter: { statuses?: OutboundStatus[]; contactId?: string; limit: number }): Promise<OutboundRow[]>;
	/** A page of messages, at most 200, in two statements however many there are. */
	page(workspace: string, query: OutboundQuery): Promise<OutboundPage>;
	/** Leases that ran out: claimed → scheduled, sending → uncertain with a review. Of these workspaces only, when they are named. */
	expireLeases(workspaces?: string[]): Promise<{ returned: string[]; uncertain: string[] }>;
	transitions(workspace: string, id: string): Promise<{ from?: OutboundStatus; to: OutboundStatus; actor: Actor; reason: string; at: EpochMs }[]>;
}
