import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { OBJECTIONS, ReplyIntentSchema } from '../engine/reply/reply';

const FOLDER = path.join(__dirname, '../test/data/replies');
export const LABELLED_LANGUAGES = ['en', 'de', 'es', 'fr', 'it', 'pt', 'nl', 'pl', 'tr'] as const;
export type LabelledLanguage = (typeof LABELLED_LANGUAGES)[number];

/** Test halves that were run and became tuning rows. */
export const SPENT_HALVES = ['first', 'second', 'third'] as const;
export type SpentHalf = (typeof SPENT_HALVES)[number];

const LabelledReplySchema = z.object({
	/** The spent half a tuning row comes from. */
	half: z.enum(SPENT_HALVES).optional(),
	/** Spent halves whose misses were looked at before the row was written: it says nothing fresh of them. */
	after: z.array(z.enum(SPENT_HALVES)).optional(),
	text: z.string(),
	intent: ReplyIntentSchema,
	optOut: z.boolean(),
	objection: z.enum(OBJECTIONS).optional(),
	note: z.string().optional(),
});
export type LabelledReply = z.infer<typeof LabelledReplySchema>;
const FrozenSchema = z.object({ frozen: z.iso.date(), files: z.record(z.string(), z.string().length(64)) });

/** The test half differs from the one that was frozen: its figures would mean nothing. */
export class ThawedError extends Error {}

/** Whether an unseen half lies there: written by others and frozen, since the last one was spent. */
export const hasTestHalf = (): boolean => existsSync(path.join(FOLDER, 'frozen.json'));

/** Labelled replies of one half. @throws ThawedError when a test half is not the frozen one. */
export function readLabelledReplies(language: LabelledLanguage, half: 'dev' | 'test'): LabelledReply[] {
	const name = `${language}.${half}.jsonl`;
	const bytes = readFileSync(path.join(FOLDER, name));
	if (half === 'test') {
		const { files } = FrozenSchema.parse(JSON.parse(readFileSync(path.join(FOLDER, 'frozen.json'), 'utf8')));
		if (createHash('sha256').update(bytes).digest('hex') !== files[name]) throw new ThawedError(`${name} is not the file whose hash was frozen; restore it before reporting figures.`);
	}
	return bytes.toString('utf8').split('\n').filter(Boolean).map((line) => LabelledReplySchema.parse(JSON.parse(line)));
}
