import { z } from 'zod';

/** What the model must answer. Every field is required, which lets providers enforce the shape. */
export const DraftAnswerSchema = z.object({
	text: z.string().trim().min(1),
	subject: z.string().nullable(),
	confidence: z.number().min(0).max(1),
	reasoning: z.string(),
});
export type DraftAnswer = z.infer<typeof DraftAnswerSchema>;

const LONGEST_SUBJECT = 200;
const LONGEST_REASONING = 1_000;

/** The answer as it may be used: a subject of one line or none. */
export function readDraftAnswer(answer: DraftAnswer): { text: string; subject?: string; selfReport: number; reasoning: string } {
	const subject = answer.subject?.replace(/\s+/g, ' ').trim().slice(0, LONGEST_SUBJECT);
	return { text: answer.text, ...(subject ? { subject } : {}), selfReport: answer.confidence, reasoning: answer.reasoning.trim().slice(0, LONGEST_REASONING) };
}
