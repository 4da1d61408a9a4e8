import { matchOf, weighTerms } from '../retrieval/bm25';
import { queryTerms, termsOf } from '../retrieval/terms';
import { MEMORY_POLICY, questionOf, type MemoryExample } from './memory';

/** A memory made ready to be searched. */
export interface IndexedMemory {
	examples: readonly MemoryExample[];
	terms: readonly (readonly string[])[];
	having: ReadonlyMap<string, number>;
	meanLength: number;
}

/** What is to be written now. */
export interface Wanted {
	conversation: readonly { from: string; text: string }[];
	/** How the message was read; `outreach` when there is none. */
	intent: string;
	channel: string;
	language: string;
}

/** What else than words makes an example fit, on the scale of the words' similarity (0–1). The same answer to the same kind of message matters more than where it was sent. */
const FIT = { intent: 0.5, channel: 0.2, worth: 0.1 } as const;

/** Counts the words of a memory once for many searches. */
export function indexMemory(examples: readonly MemoryExample[]): IndexedMemory {
	const terms = examples.map(({ conversation, text }) => termsOf(questionOf(conversation) || text));
	const having = new Map<string, number>();
	for (const each of terms) for (const term of new Set(each)) having.set(term, (having.get(term) ?? 0) + 1);
	return { examples, terms, having, meanLength: terms.reduce((sum, each) => sum + each.length, 0) / Math.max(1, terms.length) };
}

/**
 * The examples to show a model: in the language to be written, nearest by intent, by the words of what they answered
 * (BM25), and by channel; the better ones first among equals. Fewer than `most` when there are no more of the language.
 */
export function nearestExamples({ examples, terms, having, meanLength }: IndexedMemory, wanted: Wanted, most: number = MEMORY_POLICY.shown): MemoryExample[] {
	const query = weighTerms(queryTerms(questionOf(wanted.conversation)), having, examples.length);
	const ranked = examples.flatMap((example, place) => {
		if (example.language !== wanted.language) return [];
		const { similarity } = matchOf(query, terms[place], meanLength);
		const score = similarity + (example.intent === wanted.intent ? FIT.intent : 0) + (example.channel === wanted.channel ? FIT.channel : 0) + FIT.worth * Math.max(0, example.reward);
		return [{ example, score }];
	});
	return ranked
		.sort((a, b) => b.score - a.score || (a.example.outboundId < b.example.outboundId ? -1 : 1))
		.slice(0, most)
		.map(({ example }) => example);
}
