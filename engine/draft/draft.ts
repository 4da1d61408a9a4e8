import { z } from 'zod';
import { RolloutSchema } from '../training/rollout';

export const WaTemplateSchema = z.object({
	name: z.string(),
	language: z.string(),
	parameters: z.array(z.string()).default([]),
});
export type WaTemplate = z.infer<typeof WaTemplateSchema>;

/**
 * On what grounds a person came to read a draft, which says what its review may be used for. full: every draft was being
 * read. audit: drawn at random among those that could be sent. low: its confidence was too low. held: something about
 * this very draft or message. Drafts that were sent have none.
 */
export const SAMPLINGS = ['full', 'audit', 'low', 'held'] as const;
export const SamplingSchema = z.enum(SAMPLINGS);
export type Sampling = z.infer<typeof SamplingSchema>;

export const DraftDecisionSchema = z.object({
	autoSend: z.boolean(),
	/** The confidence from which a draft may be sent; 1 while none is certified. */
	threshold: z.number().min(0).max(1),
	source: z.enum(['fixed', 'certified']),
	/** True when this draft was drawn for review although it may be sent. */
	audited: z.boolean(),
	/** The raw score that stands behind the threshold, where it matters: certified, or drawn for the audit among drafts from there on. */
	rawThreshold: z.number().min(0).max(1).optional(),
	/** While no threshold is certified: about how many more accepted drafts it takes. */
	reviewsNeeded: z.number().int().min(1).optional(),
	sampling: SamplingSchema.optional(),
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
	/** What went into rawConfidence: self-report, agreement, retrieval support, rule hits. */
	signals: z.record(z.string(), z.number()).default({}),
	/** The formula and number of drafts behind rawConfidence; reviews of another one teach nothing about it. */
	scoring: z.string().optional(),
	reasoning: z.string().optional(),
	modelId: z.string().optional(),
	promptVersion: z.string().optional(),
	/** The registered version that wrote it; absent when none did. */
	modelVersion: z.string().optional(),
	/** Absent when the contact took part in no rollout. */
	rollout: RolloutSchema.optional(),
	usedFallback: z.boolean(),
	tokens: z.number().int().optional(),
	costUsd: z.number().optional(),
	latencyMs: z.number().optional(),
	decision: DraftDecisionSchema,
	sentence: z.string(),
});
export type Draft = z.infer<typeof DraftSchema>;
