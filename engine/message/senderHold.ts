import type { Channel } from '../channels/channel';
import type { EpochMs } from '../time';

/** pause: nothing leaves by the sender. campaign: outreach of one kind waits. token: the provider refuses the credential. */
export const HOLD_KINDS = ['pause', 'campaign', 'token'] as const;
export type HoldKind = (typeof HOLD_KINDS)[number];

/** A sender that is held back because a provider said so. */
export interface SenderHold {
	workspace: string;
	kind: HoldKind;
	channel: Channel;
	/** Absent: messages that name no account. */
	accountId?: string;
	/** For a campaign: the WhatsApp template it is about; absent: all outreach of the sender. */
	template?: string;
	/** Absent: until a person lifts it. */
	until?: EpochMs;
	since: EpochMs;
	/** The last time the provider said so. */
	at: EpochMs;
	code?: string;
	/** What the provider said, in a sentence. */
	sentence: string;
}

/** What bears on one message of all that is held back: the one that lasts longest. */
export interface Held {
	kind: HoldKind;
	until?: EpochMs;
	sentence: string;
}

interface About {
	workspace: string;
	channel: string;
	accountId?: string;
	purpose: 'reply' | 'outreach';
	template?: string;
}

/** The hold a message stands under at this moment, if any. Replies are no campaign. */
export function heldBy(row: About, holds: readonly SenderHold[], now: EpochMs): Held | undefined {
	const own = holds.filter(
		(hold) =>
			hold.workspace === row.workspace && hold.channel === row.channel && hold.accountId === row.accountId && (hold.until === undefined || hold.until > now) &&
			(hold.kind !== 'campaign' || (row.purpose === 'outreach' && (hold.template === undefined || hold.template === row.template))),
	);
	const [longest] = own.sort((a, b) => (b.until ?? Infinity) - (a.until ?? Infinity));
	return longest && { kind: longest.kind, sentence: longest.sentence, ...(longest.until === undefined ? {} : { until: longest.until }) };
}

const WORDS: Readonly<Record<HoldKind, string>> = { pause: 'the sender is paused', campaign: 'the campaign is stopped', token: "the provider refuses the sender's token" };

/** Finishes "Moved because …" or "Waits for a person: …". */
export function heldReason({ kind, sentence }: Held): string {
	return `${WORDS[kind]} (${sentence.replace(/[.\s]+$/, '')})`;
}
