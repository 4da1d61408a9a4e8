import type { TrainingExample } from './trainingExample';

/** An example as a version's memory keeps it: frozen, and without addresses and numbers. */
export type MemoryExample = Pick<TrainingExample, 'outboundId' | 'contactId' | 'channel' | 'language' | 'intent' | 'conversation' | 'text' | 'subject' | 'labels' | 'reward' | 'quality'>;

/** The policy's numbers, in one place. */
export const MEMORY_POLICY = {
	/** Examples of a version. */
	size: 200,
	/** Below this, a memory teaches little and is not deployed. Source: policy of this pack. */
	leastExamples: 50,
	/** Examples fit to learn from. Source: policy of this pack. */
	leastQuality: 0.6,
	/** Of one contact: a memory of one eager customer is no memory. */
	perContact: 2,
	/** Cosine of their weighed words from which two texts are the same one. */
	duplicate: 0.9,
	/** Weight of an example's worth against its likeness to those chosen already, 0–1. Source: Carbonell & Goldstein 1998 (MMR). */
	worthWeight: 0.7,
	/** Candidates kept of each intent, channel and language while the examples stream by. */
	poolPerCell: 400,
	/** Characters of a text; longer ones are no replies to learn from. */
	longestText: 2_000,
	/** Turns of the conversation kept before it, and characters of each. */
	turns: 4,
	longestTurn: 600,
	/** Examples shown to the model for one draft. */
	shown: 3,
} as const;

/** The words that were answered: what the lead wrote last. */
export function questionOf(conversation: readonly { from: string; text: string }[]): string {
	const ours = conversation.findLastIndex(({ from }) => from !== 'lead');
	return conversation
		.slice(ours + 1)
		.map(({ text }) => text)
		.join('\n');
}
