import { z } from 'zod';

interface RetentionRule {
	/** Days after which it goes when nobody says otherwise; 0: kept until somebody erases it. */
	days: number;
	/** Fewer would take what is still needed. */
	least: number;
	/** What goes, as it finishes a sentence: "12 … were deleted". */
	what: string;
}

/**
 * How long each kind of data is kept. Defaults are a policy of this pack, not the law's: three years is the common limitation
 * period (§ 195 BGB), two years is what supervisory authorities accept for leads that never answered again, 90 days is the
 * longest window in which an outcome counts (a deal), 30 days the life of a cached classification, 14 days + 1 n8n's own
 * pruning of executions (EXECUTIONS_DATA_MAX_AGE 336 h).
 */
export const RETENTION = {
	rawPayloads: { days: 30, least: 1, what: "providers' raw payloads" },
	messageTexts: { days: 730, least: 30, what: 'texts of messages from leads and colleagues' },
	draftTexts: { days: 730, least: 90, what: 'texts of messages we wrote' },
	reviews: { days: 730, least: 90, what: 'decided reviews' },
	outcomes: { days: 1_095, least: 90, what: 'outcomes' },
	activities: { days: 1_095, least: 90, what: 'entries of timelines' },
	audit: { days: 1_095, least: 90, what: 'noted decisions' },
	analyses: { days: 30, least: 1, what: 'cached classifications' },
	modelCalls: { days: 365, least: 30, what: 'logged model calls' },
	leadKnowledge: { days: 730, least: 30, what: 'past leads kept for comparison' },
	leadSnapshots: { days: 730, least: 90, what: 'snapshots the lead score learnt from' },
	shadowDecisions: { days: 365, least: 30, what: 'decisions made in shadow' },
	runItems: { days: 180, least: 7, what: 'results of syncs and re-analyses' },
	executionTraces: { days: 15, least: 1, what: 'notes of which execution held whom' },
	trainingExports: { days: 365, least: 1, what: 'training exports' },
	modelExamples: { days: 365, least: 30, what: 'examples of model versions that serve nobody' },
} as const satisfies Record<string, RetentionRule>;

export type RetentionKind = keyof typeof RETENTION;
const isKind = (name: string): name is RetentionKind => Object.hasOwn(RETENTION, name);
export const RETENTION_KINDS: readonly RetentionKind[] = Object.keys(RETENTION).filter(isKind);

/** What a workspace may set; days, 0 for "kept until erased". */
export const RetentionDaysSchema = z
	.partialRecord(z.enum(Object.keys(RETENTION)), z.number().int().min(0).max(36_500))
	.superRefine((days, context) => {
		for (const [name, value = 0] of Object.entries(days)) {
			const least = isKind(name) ? RETENTION[name].least : 0;
			if (value > 0 && value < least) context.addIssue({ code: 'custom', path: [name], message: `at least ${least} days, or 0 to keep it until it is erased` });
		}
	});
export type RetentionDays = z.infer<typeof RetentionDaysSchema>;

/** Days each kind is kept, with the defaults filled in. */
export function retentionDays(chosen: RetentionDays = {}): Record<RetentionKind, number> {
	return Object.fromEntries(RETENTION_KINDS.map((kind) => [kind, chosen[kind] ?? RETENTION[kind].days])) as Record<RetentionKind, number>;
}

export function retentionSentence(kind: RetentionKind, rows: number, days: number, more: boolean): string {
	return `${rows} ${RETENTION[kind].what} older than ${days} days were deleted.${more ? ' There are more: the next run goes on.' : ''}`;
}
