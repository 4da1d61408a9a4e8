import type { Channel } from '../channels/channel';
import type { Verdict } from '../gate/gate';
import type { OutcomeLabel } from '../outcome/labels';
import type { EpochMs } from '../time';

/** One message of ours with what it answered and what came of it: what a model can learn from. */
export interface TrainingExample {
	/** The draft's id. */
	outboundId: string;
	contactId: string;
	channel: Channel;
	language: string;
	/** How the answered message was read; `outreach` when it opened the conversation. */
	intent: string;
	/** What went before, oldest first, as it stood when the message was written. */
	conversation: readonly { from: 'lead' | 'us' | 'person'; text: string }[];
	/** What was sent, as approved or edited. */
	text: string;
	subject?: string;
	/** What the model had written, where a person changed it. */
	original?: { text: string; subject?: string };
	framework?: string;
	tone?: string;
	/** The model version that wrote it; absent when no model did. */
	modelVersion?: string;
	/** approved: sent by a person unchanged, edited: sent by a person changed, automatic: nobody read it before it was sent, rejected: never sent. */
	judgement: 'approved' | 'edited' | 'automatic' | 'rejected';
	/** The labels of what came of it, the weightiest first; none while nothing came or it is too early. */
	labels: readonly OutcomeLabel[];
	/** −1 to 1: the best reward of its outcomes, 0 when it matured without one. */
	reward: number;
	/** 0–10: how much it counts, from its labels. */
	weight: number;
	/** 0–1: how fit it is to learn from (see `exampleQuality`). */
	quality: number;
	sentAt: EpochMs;
	/** What the model was given to rely on. */
	facts?: readonly string[];
	persona?: string;
	/** What the gate said of the text as it was sent. */
	gateVerdict?: Verdict;
	/** Written by rules because no model answered. */
	usedFallback?: boolean;
	/** Share of the characters a person changed, 0–1; of edited ones. */
	editDistance?: number;
	/** The language of the message it answers, where that was read. */
	answeredLanguage?: string;
	/** Of rejected drafts: what a colleague wrote to the same person in the draft's place. */
	instead?: { text: string; subject?: string };
}
