import type { Channel } from '../channels/channel';
import type { Draft } from '../draft/draft';
import type { Gate } from '../gate/gate';
import type { Schedule } from '../sendTime/schedule';
import type { EpochMs } from '../time';
import type { Contact } from './contact';
import type { OutboundStatus } from './outbound';
import type { Held } from './senderHold';
import type { EffectiveSettings } from './settings';
import type { ShadowDecision } from './shadowDecision';

/** What a routing decision needs to know of the outbound row itself. */
export interface RouteRow {
	id: string;
	/** `scheduled` and `claimed` mean the job is checked again as it falls due; anything else that it is being planned. */
	status: OutboundStatus;
	channel: Channel;
	/** The address on the channel, empty while unknown. */
	to: string;
	purpose: 'reply' | 'outreach';
	draft: Pick<Draft, 'text' | 'waTemplate' | 'media' | 'confidence' | 'usedFallback' | 'decision'>;
	gate?: Gate;
	/** What Best Send Time chose by. */
	schedule?: Pick<Schedule, 'lawful'>;
	/** The time asked for. */
	sendAt?: EpochMs;
}

/** Everything a routing decision needs, read by the store inside the transaction that will act on it. */
export interface RouteFacts {
	row: RouteRow;
	settings: EffectiveSettings;
	contact?: Contact;
	/** Why the address or contact may not be written to. */
	suppressed?: string;
	/** Why nothing leaves by this sender at present: a provider said so. */
	held?: Held;
	/** What the follow-up sequence says that the message belongs to. */
	sequence?: {
		/** It was stopped, and why: nothing of it leaves any more. */
		stopped?: string;
		/** Not before then: the contact is away, or wrote something nobody has read yet. */
		waitsUntil?: EpochMs;
		/** What waits is a message of the contact that is not read yet. */
		held?: boolean;
	};
	/** A message of the same thread, newer than those the draft answers. */
	newerInbound: boolean;
	/** A message the draft answers was handed to a person meanwhile. */
	givenToPerson?: boolean;
	/** When the contact last wrote on this very channel. */
	lastInboundAt?: EpochMs;
	/** Sent to the contact so far on its local day; 0 when no daily cap asks for it. */
	sentToContactToday: number;
	/** Sent by the workspace so far on this UTC day; 0 when no daily cap asks for it. */
	sentByWorkspaceToday: number;
	/** The draft answers a message of the past that is only run through the settings: nothing of it may ever be sent. */
	replay?: {
		/** When that message came: what is decided is decided as of then. */
		at: EpochMs;
		/** It came on the channel itself, which opened the window for an answer. */
		onChannel: boolean;
	};
	/** A person approved the draft: nothing asks for a review any more, hard stops hold all the same. */
	approved?: boolean;
	/** When it was approved. */
	approvedAt?: EpochMs;
	/** When somebody last took the conversation over, whether or not that is over by now. */
	lastTakenOverAt?: EpochMs;
	/** When the mode was last switched off in a scope of the message, whether or not it is on again. */
	lastOffAt?: EpochMs;
	/** The takeover (its beginning) that ran when it was approved: any other one came later and ends the approval. */
	approvedDuring?: string;
	now: EpochMs;
}

export interface Route {
	/** `claimed` only when a due job may go out now. */
	status: OutboundStatus;
	sentence: string;
	/** For scheduled: when. */
	sendAt?: EpochMs;
	/** For in_review: until when a person should have looked. */
	dueAt?: EpochMs;
	/** Why, as a code that can be counted; the first one where there are several. */
	reason?: string;
	/** Nothing but the hold on its sender keeps the message from leaving now. */
	waitsForSender?: boolean;
	/** In shadow mode and for replays: what would have happened. */
	shadow?: ShadowDecision;
}
export type DecideRoute = (facts: RouteFacts) => Route;
