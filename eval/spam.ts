import { z } from 'zod';
import { screenInbound } from '../engine/gate/screenInbound';
import { ownData, readJsonLines } from './jsonLines';
import type { Section } from './table';

const RowSchema = z.object({ text: z.string(), spam: z.boolean() });

/** Our own spam and ordinary messages. */
export function spamSection(half: 'dev' | 'test' = 'test'): Section {
	const rows = readJsonLines(ownData(`spam_${half}.jsonl`), RowSchema);
	const flagged = (spam: boolean): number => rows.filter((row) => row.spam === spam && screenInbound(row.text).spam.flagged).length;
	return {
		title: `Spam (own rows, ${half} half)`,
		note: 'Machine-written; rows and phrases are by one author, so this flatters the rules.',
		figures: [
			{ name: 'spam recall', hits: flagged(true), of: rows.filter(({ spam }) => spam).length, wanted: { atLeast: 0.9 } },
			{ name: 'spam false alarms', hits: flagged(false), of: rows.filter(({ spam }) => !spam).length, wanted: { atMost: 0.01 } },
		],
	};
}
