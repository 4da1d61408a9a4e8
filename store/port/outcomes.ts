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
	/** True when the opt-out it stands for is on record already, with its own proof. */
	optOutKept?: boolean;
}
export interface RecordedOutcome {
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
	 * taken for failed; an unsubscription, complaint or dead address suppresses, in the same transaction. `durable`: survives a power
	 * cut too, for events whose sender is told that they are on record.
	 */
	record(events: OutcomeInput[], options?: { durable?: boolean }): Promise<RecordedOutcome[]>;
	list(workspace: string, filter: { outboundId?: string; contactId?: string; limit: number }): Promise<(OutcomeInput & { attributed: string })[]>;
}
