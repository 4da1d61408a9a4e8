import { z } from 'zod';
import { IsoTimeSchema } from '../message/message';
import { CONSENT_RULES } from './trainingPerson';
import { SPLITS } from './trainingSplit';

/** The files of an export, by the names of the node's binary fields. */
export const TRAINING_FILES = ['sftTrain', 'sftTest', 'pairsTrain', 'pairsTest'] as const;
export type TrainingFileName = (typeof TRAINING_FILES)[number];

/** Why an example is in no file. */
export const EXCLUSIONS = [
	'profiling_off', 'objected', 'no_consent', 'erased', 'low_quality', 'empty', 'too_long', 'placeholder_left', 'personal_data_left', 'mark_without_source', 'duplicate', 'near_copy_in_other_split', 'over_limit',
] as const;
export type TrainingExclusion = (typeof EXCLUSIONS)[number];

const counts = z.record(z.string(), z.number().int().min(0));

export const TrainingManifestSchema = z.object({
	/** Of this form of the manifest. */
	format: z.literal(1),
	id: z.string(),
	workspace: z.string(),
	createdAt: IsoTimeSchema,
	/** Of this package, which wrote it. */
	packVersion: z.string(),
	window: z.object({ since: IsoTimeSchema, until: IsoTimeSchema, maturityDays: z.number() }),
	filters: z.object({ leastQuality: z.number(), consent: z.enum(CONSENT_RULES), mostTokensARow: z.number().int() }),
	/** By contact: `saltHash` tells whether two exports were split alike, not how. */
	split: z.object({ by: z.literal('contact'), testShare: z.number(), saltHash: z.string() }),
	/** Messages looked at. */
	read: z.number().int(),
	/** Examples in the files: a message may give a chat, a pair or both. */
	written: z.number().int(),
	exclusions: counts,
	/** Of the examples in the files. */
	byLabel: counts,
	byChannel: counts,
	byLanguage: counts,
	byJudgement: counts,
	bySplit: z.object(Object.fromEntries(SPLITS.map((split) => [split, z.number().int()]))),
	files: z.record(z.enum(TRAINING_FILES), z.object({ rows: z.number().int(), bytes: z.number().int(), sha256: z.string(), estimatedTokens: z.number().int() })),
	sentence: z.string(),
});
/** What is in the files of an export, and what is not and why. Holds no personal data. */
export type TrainingManifest = z.infer<typeof TrainingManifestSchema>;
