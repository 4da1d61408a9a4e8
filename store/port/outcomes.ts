import type { Channel } from '../../engine/channels/channel';
import type { OutcomeEvent } from '../../engine/outcome/outcome';
import type { EpochMs } from '../../engine/time';
import type { OutboundRow } from './outbound';

export interface OutcomeInput {
	workspace: string;
	event: OutcomeEvent;
	occurredAt: EpochMs;
	/** draft.id when the provider gave it back. */
	outboundId?: string;
	/** The provider's id of the message. */
	providerId?: string;
	/** The provider's id of this event: the idempotency key. Derived from message, event and time when absent. */
	eventId?: string;
	threadId?: string;
	contactId?: string;
	channel?: Channel;
	errorCode?: string;
	value?: number;
	currency?: string;
	/** By what an open or click shows that it was no person's. */
	evidence?: string;
	/** What was clicked, as a fingerprint: different links within seconds are a scanner's. */
	link?: string;
	/** How an answer reads: one of OUTCOME_LABELS. */
	label?: string;
	/** −1 to 1, of an answer. */
	sentiment?: number;
	/** The inbound message an answer is. */
	messageId?: string;
	/** True when the opt-out it stands for is on record already, with its own proof. */
	optOutKept?: boolean;
}
export interface StoredOutcome extends OutcomeInput {
	attributed: RecordedOutcome['attributed'];
}
export interface RecordedOutcome {
	/** As reported; opens and clicks that turn out to be a machine's are that. */
	event: OutcomeEvent;
	outboundId?: string;
	attributed: 'id' | 'thread' | 'contact' | 'none';
	recorded: boolean;
	row?: OutboundRow;
	/** Set when a receipt settled an uncertain send. */
	settled: boolean;
}
export interface Outcomes {
	/**
	 * Idempotent, late or out of order. A receipt settles an uncertain send, and one that shows that a message left settles what was
	 * taken for failed; an unsubscription, complaint or dead address suppresses, an error that is about the sender holds it back, and opens and clicks
	 * of machines are marked, by all that is known of the mail: in the same transaction. `durable`: survives a power
	 * cut too, for events whose sender is told that they are on record.
	 */
	record(events: OutcomeInput[], options?: { durable?: boolean }): Promise<RecordedOutcome[]>;
	/** The newest first. */
	list(workspace: string, filter: { outboundId?: string; contactId?: string; threadId?: string; messageId?: string; events?: OutcomeEvent[]; since?: EpochMs; limit: number }): Promise<StoredOutcome[]>;
}
