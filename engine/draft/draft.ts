import { z } from 'zod';

export const WaTemplateSchema = z.object({
	name: z.string(),
	language: z.string(),
	parameters: z.array(z.string()).default([]),
});

export const DraftDecisionSchema = z.object({
	autoSend: z.boolean(),
	threshold: z.number().min(0).max(1),
	source: z.enum(['fixed', 'certified']),
	/** True when this draft was drawn for review although it may be sent. */
	audited: z.boolean(),
});

export const DraftSchema = z.object({
	/** The spine: draft, job, outbound message, outcome and correlation id in one. */
	id: z.string(),
	text: z.string(),
	subject: z.string().optional(),
	waTemplate: WaTemplateSchema.optional(),
	media: z.array(z.object({ url: z.string(), mime: z.string().optional() })).optional(),
	language: z.string(),
	framework: z.string().optional(),
	tone: z.string().optional(),
	persona: z.string().optional(),
	/** Statements the text may rely on. */
	facts: z.array(z.string()).default([]),
	/** 0–1. Absent when nothing could be said, never invented. */
	confidence: z.number().min(0).max(1).optional(),
	rawConfidence: z.number().min(0).max(1).optional(),
	/** What went into rawConfidence: self-report, rule hits. */
	signals: z.record(z.string(), z.number()).default({}),
	reasoning: z.string().optional(),
	modelId: z.string().optional(),
	promptVersion: z.string().optional(),
	usedFallback: z.boolean(),
	tokens: z.number().int().optional(),
	costUsd: z.number().optional(),
	latencyMs: z.number().optional(),
	decision: DraftDecisionSchema,
	sentence: z.string(),
});
export type Draft = z.infer<typeof DraftSchema>;
