import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { EQUAL_RUNS, equalFigures } from './equalDecisions';
import { withWritten, writtenPage } from './page';
import { flywheelPlot } from './plot';
import type { Run } from './simulate';
import { simulateAll } from './workers';

/** Seeds of each world: policy of this pack. */
const SEEDS = 20;
const DOCS = path.join(__dirname, '../../docs');
const USAGE = 'npm run flywheel [-- --seeds 20] [--equal-seeds 20] [--processes 2] [--keep <file: results of an interrupted run, one a line>]\n';

function readOptions(): { seeds: number; equalSeeds: number; processes: number; keep?: string } {
	const { values } = parseArgs({ options: { seeds: { type: 'string' }, 'equal-seeds': { type: 'string' }, processes: { type: 'string' }, keep: { type: 'string' } } });
	const whole = (text: string | undefined, otherwise: number, least: number): number => {
		const number = text === undefined ? otherwise : Number(text);
		if (!Number.isInteger(number) || number < least) throw new RangeError(`'${text}' is no whole number of at least ${least}.\n${USAGE}`);
		return number;
	};
	const seeds = whole(values.seeds, SEEDS, 2);
	return { seeds, equalSeeds: whole(values['equal-seeds'], Math.min(SEEDS, seeds), 0), processes: whole(values.processes, Math.min(2, availableParallelism()), 1), ...(values.keep === undefined ? {} : { keep: values.keep }) };
}

async function main(): Promise<void> {
	const { seeds, equalSeeds, processes, keep } = readOptions();
	const began = Date.now();
	const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);
	const runs: Run[] = [...numbers(seeds).flatMap((seed) => [true, false].map((learning): Run => ({ world: 'real', seed, learning }))), ...numbers(equalSeeds).map((seed): Run => ({ world: 'equal', seed, learning: true }))];
	const told = (run: Run, left: number): void => void process.stdout.write(`${run.world} world, seed ${run.seed}, learning ${run.learning ? 'on' : 'off'}: done, ${left} left\n`);
	const results = await simulateAll(runs, { processes, file: keep, told });
	const equal = equalFigures(EQUAL_RUNS);
	const written = writtenPage(results, equal, { on: new Date().toISOString().slice(0, 10), minutes: Math.round((Date.now() - began) / 60_000) });
	const page = path.join(DOCS, 'flywheel.md');
	writeFileSync(page, withWritten(readFileSync(page, 'utf8'), written));
	writeFileSync(path.join(DOCS, 'flywheel.svg'), flywheelPlot(results.filter(({ world }) => world === 'real')));
	process.stdout.write(`${written}\n`);
}

main().catch((error: unknown) => {
	process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
	process.exitCode = 1;
});
