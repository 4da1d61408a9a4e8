import type { Channel } from '../../engine/channels/channel';
import type { Contact } from '../../engine/message/contact';
import type { Conversation, Message } from '../../engine/message/message';
import type { ShadowDecision } from '../../engine/message/shadowDecision';
import type { ShadowCase } from '../../engine/message/shadowReport';
import type { ThreadEvent } from '../../engine/message/whatPeopleDid';
import type { Reply } from '../../engine/reply/reply';
import type { EpochMs } from '../../engine/time';

/** A message of the past, made ready to be run through the settings again. */
export interface Replay {
	/** Under an id and thread of its own, so that nothing it leads to touches the real conversation; `replayOf` names the real message. */
	message: Message & { replayOf: string };
	/** As known today, without takeover, opt-outs and summary, which came later or are looked up as of then. */
	contact: Contact;
	/** As it stood when the message came, the message included. */
	conversation: Conversation;
	reply?: Reply;
}
export interface ReplayOptions {
	run: string;
	since: EpochMs;
	until: EpochMs;
	channels?: Channel[];
	accountId?: string;
	limit: number;
	/** How long people have to answer; younger messages nobody has answered are left out. */
	answerMs: number;
}
export interface StoredShadowCase extends Omit<ShadowCase, 'people'> {
	/** Undefined when nobody had written: nothing can be compared. */
	events?: ThreadEvent[];
}
/** What would have been done: live in mode shadow (written by `Outbound.plan` and `Messages.decide`), and for replays. */
export interface Shadow {
	/**
	 * The newest messages of leads, those in a row before anybody answered taken as one, oldest first. Each is registered under
	 * the run; what the run has decided already is left out and counted in `decided`, so that a run that broke off goes on.
	 */
	replay(workspace: string, options: ReplayOptions): Promise<{ replays: Replay[]; decided: number }>;
	/** Decisions about replays that need no draft. The first one stands; ids that are no replay are ignored. */
	settle(workspace: string, decisions: { replayId: string; decision: ShadowDecision }[]): Promise<void>;
	/** What a run decided about messages that came in [since, until), newest first, and what happened in their threads since. `undecided`: registered and not decided. */
	cases(workspace: string, filter: { run: string; since: EpochMs; until: EpochMs; answerMs: number; limit: number }): Promise<{ cases: StoredShadowCase[]; undecided: number }>;
}
