import type { Channel } from '../../engine/channels/channel';
import type { LabelField } from '../../engine/classify/correction';
import type { Status } from '../../engine/message/contact';
import type { Reply } from '../../engine/reply/reply';
import type { EpochMs } from '../../engine/time';

export interface Label {
	id: string;
	contactId: string;
	/** The message the correction is about. */
	messageId?: string;
	field: LabelField;
	/** What it was; absent when nothing was there. */
	from?: string;
	to: string;
	actor: string;
	at: EpochMs;
}
export interface CorrectionInput {
	/** An id or any address. */
	contactId: string;
	messageId?: string;
	actor: string;
	labels: { field: LabelField; from?: string; to: string }[];
	/** What the contact gets with it. */
	score?: number;
	status?: Status;
	sentence: string;
	/** The message's reading as the person put it right; stays whatever is read later. One that asks us to stop opts the message's contact out on its channel. */
	reading?: Reply;
}
/** What a correction led to. */
export interface CorrectionResult {
	/** Present when the contact was opted out: where, and the ids of the planned messages that were cancelled. */
	optedOut?: { channel: Channel; cancelled: string[] };
}
/** People's corrections, kept to learn from. */
export interface Labels {
	/** Labels, the contact's new score and status, the message's reading with the opt-out that follows, and an entry in the timeline: one transaction. In the order of the corrections. */
	correct(workspace: string, corrections: CorrectionInput[]): Promise<CorrectionResult[]>;
	/** Newest first. */
	list(workspace: string, filter: { contactIds?: string[]; field?: LabelField; since?: EpochMs; limit: number }): Promise<Label[]>;
}
