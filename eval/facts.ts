import { z } from 'zod';
import { gateDraft } from '../engine/gate/gateDraft';
import { frozenGateFile } from './frozen';
import { ownData, readJsonLines } from './jsonLines';
import type { Section } from './table';

const RowSchema = z.object({ language: z.string(), supported: z.boolean(), kind: z.enum(['price', 'percent', 'date', 'link', 'none']), facts: z.array(z.string()), draft: z.string() });
type Row = z.infer<typeof RowSchema>;

export const factRows = (half: 'dev' | 'test'): Row[] => readJsonLines(ownData(half === 'test' ? frozenGateFile('facts.test.jsonl') : 'gate/facts.dev.jsonl'), RowSchema);

/** Whether the gate says that a draft holds a price, date or link the facts do not. */
export const objects = ({ draft, facts }: Row): boolean => gateDraft({ text: draft, channel: 'email', facts, now: 0 }).issues.some(({ check }) => check === 'facts');

/** Drafts with prices, dates and links that are in their facts, and drafts with others. */
export function factsSection(half: 'dev' | 'test' = 'test'): Section {
	const rows = factRows(half);
	const unsupported = rows.filter(({ supported }) => !supported);
	const supported = rows.filter((row) => row.supported);
	return {
		title: `Prices, dates and links against the facts (${half} half)`,
		note: 'Machine-written drafts in nine languages, by the author of the check.',
		figures: [
			{ name: 'unsupported caught', hits: unsupported.filter(objects).length, of: unsupported.length, wanted: { atLeast: 0.9 } },
			...(['price', 'percent', 'date', 'link'] as const).map((kind) => ({ name: `unsupported ${kind} caught`, hits: unsupported.filter((row) => row.kind === kind && objects(row)).length, of: unsupported.filter((row) => row.kind === kind).length })),
			{ name: 'supported called unsupported', hits: supported.filter(objects).length, of: supported.length, wanted: { atMost: 0.05 } },
		],
	};
}
