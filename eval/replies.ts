import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { OPT_OUT_CERTAIN, readReply } from '../engine/reply/readReply';
import { ownData } from './jsonLines';
import { LABELLED_LANGUAGES, readLabelledReplies, type LabelledReply } from './labelledReplies';
import type { Figure, Section } from './table';

const RunSchema = z.object({ date: z.iso.date(), counts: z.record(z.string(), z.tuple([z.number().int(), z.number().int()])) });

interface Tally {
	rows: number;
	right: number;
	wished: number;
	heard: number;
	claimed: number;
	certain: number;
	certainRight: number;
}

/** Counts over labelled replies; the language is not told to the reader. */
export function tallyReplies(replies: readonly LabelledReply[]): Tally {
	const tally: Tally = { rows: 0, right: 0, wished: 0, heard: 0, claimed: 0, certain: 0, certainRight: 0 };
	for (const { text, intent, optOut } of replies) {
		const reading = readReply(text);
		tally.rows++;
		if (reading.intent === intent) tally.right++;
		if (optOut) tally.wished++;
		if (reading.optOut.wanted) tally.claimed++;
		if (reading.optOut.wanted && optOut) tally.heard++;
		if (reading.optOut.certainty >= OPT_OUT_CERTAIN) {
			tally.certain++;
			if (optOut) tally.certainRight++;
		}
	}
	return tally;
}

function figuresOf(name: string, tally: Tally): Figure[] {
	return [
		{ name: `${name} opt-out recall`, hits: tally.heard, of: tally.wished, wanted: { atLeast: 0.97 } },
		{ name: `${name} opt-out precision`, hits: tally.heard, of: tally.claimed, wanted: { atLeast: 0.97 } },
		{ name: `${name} acted on without a person: precision`, hits: tally.certainRight, of: tally.certain },
		{ name: `${name} acted on without a person: recall`, hits: tally.certainRight, of: tally.wished },
		{ name: `${name} intent accuracy`, hits: tally.right, of: tally.rows, wanted: { atLeast: 0.8 } },
	];
}

/** What the one run of the frozen half counted, on rules that had not seen it. */
export function recordedRun(): z.infer<typeof RunSchema> {
	return RunSchema.parse(JSON.parse(readFileSync(ownData('replies/testRun.json'), 'utf8')));
}

function testNote(figures: readonly Figure[]): string {
	const { date, counts } = recordedRun();
	const same = figures.every(({ name, hits, of }) => counts[name]?.[0] === hits && counts[name]?.[1] === of);
	return same
		? `Machine-written by others than the rules' author, frozen before the weights were fitted, run once on ${date}; today's rules read it the same.`
		: `SPENT: rules were changed after its one run on ${date}, so today's figures are no fresh measurement; that run counted opt-outs heard ${counts['all opt-out recall']?.join(' of ')}, claims right ${counts['all opt-out precision']?.join(' of ')}, intents right ${counts['all intent accuracy']?.join(' of ')}.`;
}

/** @throws ThawedError when the test half is not the frozen one. */
export function repliesSection(half: 'dev' | 'test' = 'test'): Section {
	const byLanguage = LABELLED_LANGUAGES.map((language) => ({ language, replies: readLabelledReplies(language, half) }));
	const figures = [...figuresOf('all', tallyReplies(byLanguage.flatMap(({ replies }) => replies))), ...byLanguage.flatMap(({ language, replies }) => figuresOf(language, tallyReplies(replies)))];
	return {
		title: `Reading replies (${half} half)`,
		note: half === 'test' ? testNote(figures) : 'Weights were fitted on these very rows: no measure of anything but the fit.',
		figures,
	};
}
