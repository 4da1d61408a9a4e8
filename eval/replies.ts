import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { OPT_OUT_CERTAIN, readReply } from '../engine/reply/readReply';
import type { IntentWeights } from '../engine/reply/weighIntent';
import { ownData } from './jsonLines';
import { hasTestHalf, LABELLED_LANGUAGES, readLabelledReplies, SPENT_HALVES, type LabelledReply } from './labelledReplies';
import type { Figure, Section } from './table';

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
export function tallyReplies(replies: readonly LabelledReply[], weights?: IntentWeights): Tally {
	const tally: Tally = { rows: 0, right: 0, wished: 0, heard: 0, claimed: 0, certain: 0, certainRight: 0 };
	for (const { text, intent, optOut } of replies) {
		const reading = readReply(text, { weights });
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

type Counts = Readonly<Record<string, readonly [number, number]>>;
const countsFrom = (figures: readonly Figure[]): Counts => Object.fromEntries(figures.map(({ name, hits, of }) => [name, [hits, of]]));

/** What weights fitted without a spent half read in it. */
export function countsOf(replies: readonly LabelledReply[], weights: IntentWeights): Counts {
	return countsFrom(figuresOf('all', tallyReplies(replies, weights)));
}

const counted = z.record(z.string(), z.tuple([z.number().int(), z.number().int()]));
const PastSchema = z.object({ runs: z.array(z.object({ half: z.enum(SPENT_HALVES), date: z.iso.date(), counts: counted })) });
const AcrossSchema = z.object({ date: z.iso.date(), halves: z.record(z.enum(SPENT_HALVES), counted) });

/** What the one run of each spent half counted, on rules that had not seen it. */
export const pastRuns = (): z.infer<typeof PastSchema>['runs'] => PastSchema.parse(JSON.parse(readFileSync(ownData('replies/pastRuns.json'), 'utf8'))).runs;

const WANTED: Readonly<Record<string, Figure['wanted']>> = { 'opt-out recall': { atLeast: 0.97 }, 'opt-out precision': { atLeast: 0.97 }, 'intent accuracy': { atLeast: 0.8 } };

/** Counts recorded by `eval/fitIntentWeights.ts --across`. */
export function acrossHalvesSection(): Section {
	const { date, halves } = AcrossSchema.parse(JSON.parse(readFileSync(ownData('replies/acrossHalves.json'), 'utf8')));
	const figures = SPENT_HALVES.flatMap((half) =>
		Object.entries(halves[half]).map(([name, [hits, of]]): Figure => {
			const short = name.replace(/^all /, '');
			return { name: `${half} half: ${short}`, hits, of, wanted: WANTED[short] };
		}),
	);
	return {
		title: 'Reading replies across spent halves (development figures)',
		note: `Each half read by weights fitted without it and without rows written in view of what was missed in it, on ${date}. Lists, thresholds and kinds of evidence were chosen in view of these halves: an estimate, no fresh measurement.`,
		figures,
	};
}

const RunSchema = z.object({ date: z.iso.date(), counts: counted });

function testNote(figures: readonly Figure[]): string {
	const file = ownData('replies/testRun.json');
	if (!existsSync(file)) return 'Never run before: written by others than the rules\' author and frozen.';
	const { date, counts } = RunSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
	const same = figures.every(({ name, hits, of }) => counts[name]?.[0] === hits && counts[name]?.[1] === of);
	return same
		? `Machine-written by others than the rules' author, who saw neither rules nor rows, after the weights were fitted; frozen, and run once on ${date}; today's rules read it the same.`
		: `SPENT: rules were changed after its one run on ${date}, so today's figures are no fresh measurement; that run counted opt-outs heard ${counts['all opt-out recall']?.join(' of ')}, claims right ${counts['all opt-out precision']?.join(' of ')}, intents right ${counts['all intent accuracy']?.join(' of ')}.`;
}

function allFigures(half: 'dev' | 'test'): Figure[] {
	const byLanguage = LABELLED_LANGUAGES.map((language) => ({ language, replies: readLabelledReplies(language, half) }));
	return [...figuresOf('all', tallyReplies(byLanguage.flatMap(({ replies }) => replies))), ...byLanguage.flatMap(({ language, replies }) => figuresOf(language, tallyReplies(replies)))];
}

/** The unseen half, or, when there is none, what the runs of the spent ones counted. @throws ThawedError when the test half is not the frozen one. */
export function repliesSection(half: 'dev' | 'test' = 'test'): Section {
	const title = `Reading replies (${half} half)`;
	if (half === 'dev') return { title, note: 'Weights were fitted on these very rows: no measure of anything but the fit.', figures: allFigures('dev') };
	if (hasTestHalf()) {
		const figures = allFigures('test');
		return { title, note: testNote(figures), figures };
	}
	const rows = pastRuns().map(({ half: spent, date, counts }) => `${spent} half, ${date}: ${Object.entries(counts).filter(([name]) => name.startsWith('all ')).map(([name, [hits, of]]) => `${name.slice(4)} ${hits} of ${of}`).join(', ')}`);
	return { title, note: 'No unseen half at present: today\'s rules have not been measured freshly. What each spent half counted in its one run, on the rules of its time:', figures: [], rows };
}
