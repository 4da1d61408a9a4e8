import { z } from 'zod';

export const VERDICTS = ['pass', 'review', 'block'] as const;
export const VerdictSchema = z.enum(VERDICTS);
export type Verdict = z.infer<typeof VerdictSchema>;

export const GateIssueSchema = z.object({
	check: z.string(),
	severity: z.enum(['review', 'block', 'note']),
	/** One line an ops person reads. */
	reason: z.string(),
	/** Where in the text, as UTF-16 offsets. */
	span: z.object({ start: z.number().int(), end: z.number().int() }).optional(),
});
export type GateIssue = z.infer<typeof GateIssueSchema>;

/** The user's own rules, so that a text a person writes in the draft's place is checked by the same. */
export const GateRulesSchema = z.object({
	actions: z.record(z.string(), z.enum(['off', 'review', 'block'])).optional(),
	known: z.array(z.string()).optional(),
	allowedDomains: z.array(z.string()).optional(),
	words: z.array(z.string()).optional(),
	patterns: z.array(z.string()).optional(),
});

export const GateSchema = z.object({
	verdict: VerdictSchema,
	issues: z.array(GateIssueSchema),
	/** Checks that lacked their data. */
	skipped: z.array(z.string()),
	sentence: z.string(),
	/** Kept with the stored verdict; items do without. */
	rules: GateRulesSchema.optional(),
});
export type Gate = z.infer<typeof GateSchema>;

/** The gate with the stricter verdict; of two alike the later one. */
export function stricterGate(earlier: Gate, later: Gate): Gate {
	return earlier.verdict !== later.verdict && stricter(earlier.verdict, later.verdict) === earlier.verdict ? earlier : later;
}

/** The stricter of two verdicts. */
export function stricter(a: Verdict, b: Verdict): Verdict {
	return VERDICTS.indexOf(a) >= VERDICTS.indexOf(b) ? a : b;
}
