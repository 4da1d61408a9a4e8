import type { Channel } from '../../engine/channels/channel';
import type { JudgedDraft } from '../../engine/draft/learntConfidence';
import type { GateIssue } from '../../engine/gate/gate';
import type { Contact } from '../../engine/message/contact';
import type { Message } from '../../engine/message/message';
import type { Review, ReviewKind } from '../../engine/message/outbound';
import type { ReviewAction } from '../../engine/message/reviewAction';
import type { SettleReview, StageProposal } from '../../engine/message/reviewFacts';
import type { Classification } from '../../engine/classify/classification';
import type { Reply } from '../../engine/reply/reply';
import type { EpochMs } from '../../engine/time';
import type { MessagePage } from './messages';
import type { OutboundRow, Outbound } from './outbound';

export interface ReviewRow extends Review {
	workspace: string;
	outboundId?: string;
	messageId?: string;
	contactId?: string;
	channel?: Channel;
	createdAt: EpochMs;
	decidedAt?: EpochMs;
	/** Who is to look at it; nobody in particular when absent. */
	assignee?: string;
	/** What the person did (an action's name); absent while open, and for reviews that closed without a person. */
	resolution?: string;
	/** Why, in the person's words. */
	reason?: string;
	/** What came of it, in a sentence. */
	outcome?: string;
	/** For stages: the move that waits. */
	proposal?: StageProposal;
}

export interface DecideReviewRequest {
	workspace: string;
	reviewId: string;
	/** Who decides, e.g. an e-mail address. */
	by: string;
	action: ReviewAction;
	/** `draftHash` of what the person was shown. Needed to approve or edit a draft; where given it must be the present one. */
	shownHash?: string;
	/** When the person was shown it; from then on the seconds to decide count. From the opening of the review when absent. */
	shownAt?: EpochMs;
}
export interface DecidedReview {
	/**
	 * decided: done, with everything that follows. reassigned: still open. refused: cannot be done now, nothing changed
	 * (`confirm`: unless the person overrules these objections by sending the token along). stale: another text is shown by now.
	 * already_decided: somebody was quicker, or it closed by itself. unknown: no such review.
	 */
	result: 'decided' | 'reassigned' | 'refused' | 'stale' | 'already_decided' | 'unknown';
	/** One line for the person. */
	sentence: string;
	review?: ReviewRow;
	/** The message after the decision. */
	row?: OutboundRow;
	confirm?: { token: string; issues: GateIssue[] };
}

export interface ReviewFilter {
	workspaces: string[];
	kinds?: ReviewKind[];
	channels?: Channel[];
	/** Only this person's; null: only what is nobody's. */
	assignee?: string | null;
	/** True: only what should have been looked at by now; false: only what is not late. */
	overdue?: boolean;
	/** Part of the name, an address, the draft, the lead's message or the reason; upper and lower case are the same, and any letter may stand for one with an accent. */
	text?: string;
}
/** One line of the queue. */
export interface ReviewItem {
	review: ReviewRow;
	overdue: boolean;
	contact?: Pick<Contact, 'id' | 'name' | 'email' | 'phone' | 'company' | 'score' | 'status' | 'stageId' | 'takenOverUntil' | 'takenOverBy'>;
	/** The draft's text, else the lead's message. */
	text?: string;
	confidence?: number;
	/** Of drafts and sends: what is shown here, for a decision from the list. */
	draftHash?: string;
}
export interface ReviewPage {
	/** Overdue first, then by deadline. */
	items: ReviewItem[];
	/** Cursor for the page behind this one; absent on the last. */
	next?: string;
	/** Cursor for the page before this one; absent on the first. */
	previous?: string;
}
export interface ReviewCounts {
	open: number;
	overdue: number;
	byKind: Partial<Record<ReviewKind, number>>;
	byWorkspace: Record<string, number>;
}

/** Everything a page about one review shows. */
export interface ReviewDetails {
	review: ReviewRow;
	overdue: boolean;
	/** The message under review with its draft and gate; for reviews of a draft or a send. */
	row?: OutboundRow;
	draftHash?: string;
	/** The draft as the model wrote it, where a person changed it. */
	original?: { text: string; subject?: string };
	contact?: Contact;
	/** The lead's message that is answered or could not be decided, and how it was read. */
	message?: Message;
	reply?: Reply;
	/** The newest page of the conversation. */
	conversation: MessagePage;
	/** The newest classification, with its reasons and evidence. */
	classification?: Classification;
	transitions: Awaited<ReturnType<Outbound['transitions']>>;
	/** When the contact last wrote on the channel: `replyWindowCloses` tells until when it takes a free answer. */
	lastInboundAt?: EpochMs;
}

/** What a person wrote in the place of what a model wrote, to learn from. */
export interface PreferencePair {
	reviewId: string;
	draftId: string;
	contactId?: string;
	channel?: Channel;
	language: string;
	modelId?: string;
	promptVersion?: string;
	rejected: { text: string; subject?: string };
	preferred: { text: string; subject?: string };
	/** Share of the characters changed, 0–1. */
	editDistance: number;
	secondsToDecide?: number;
	reviewer: string;
	decidedAt: EpochMs;
}

export interface Reviews {
	/** One open review a kind and subject: asking again returns it. */
	open(reviews: { workspace: string; kind: ReviewKind; outboundId?: string; messageId?: string; contactId?: string; channel?: Channel; proposal?: StageProposal; sentence: string; dueAt: EpochMs }[]): Promise<ReviewRow[]>;
	list(workspace: string, filter: { open?: boolean; kinds?: ReviewKind[]; limit: number }): Promise<ReviewRow[]>;
	/**
	 * A person's decision and everything that follows from it in one transaction: `settle` decides by the facts read there.
	 * Of two who decide at once the second is told who was first; nothing is done twice.
	 */
	decide(request: DecideReviewRequest, settle: SettleReview): Promise<DecidedReview>;
	/** Gives open reviews to somebody, or (null) to nobody in particular. Returns how many were still open. */
	assign(workspace: string, reviewIds: string[], assignee: string | null): Promise<number>;
	/** A page of the open reviews: `after` or `before` is a cursor of another page. At most 200 a page. */
	search(filter: ReviewFilter & { limit: number; after?: string; before?: string }): Promise<ReviewPage>;
	counts(workspaces: string[]): Promise<ReviewCounts>;
	/** Open or decided; undefined when there is no such review. */
	details(workspace: string, reviewId: string): Promise<ReviewDetails | undefined>;
	/** Edited drafts, newest first. */
	preferencePairs(workspace: string, filter: { since?: EpochMs; limit: number }): Promise<PreferencePair[]>;
	/**
	 * The newest decisions about drafts a model wrote, newest first, with what the draft and its gate said: one row a
	 * decision. Reviews that closed without a decision (superseded, cancelled) are not among them.
	 */
	judgedDrafts(workspace: string, limit: number): Promise<JudgedDraft[]>;
}
