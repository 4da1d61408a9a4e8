import { fork } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { simulate, type Run, type RunResult } from './simulate';

const keyOf = ({ world, seed, learning, weeks, sendsAWeek }: Run): string => JSON.stringify([world, seed, learning, weeks, sendsAWeek]);
const AnswerSchema = z.union([z.object({ result: z.custom<RunResult>((value) => value !== null && typeof value === 'object' && 'weekly' in value) }), z.object({ error: z.string() })]);
const RunSchema = z.object({ world: z.enum(['real', 'equal']), seed: z.number(), learning: z.boolean(), weeks: z.number().optional(), sendsAWeek: z.number().optional() });

/** Results of an earlier, interrupted run: one a line. */
function kept(file: string | undefined): RunResult[] {
	if (file === undefined || !existsSync(file)) return [];
	return readFileSync(file, 'utf8').split('\n').filter((line) => line !== '').flatMap((line) => {
		const read = AnswerSchema.safeParse({ result: JSON.parse(line) as unknown });
		return read.success && 'result' in read.data ? [read.data.result] : [];
	});
}

/** One process that runs what it is given, one after the other. */
async function worker(next: () => Run | undefined, done: (result: RunResult) => void): Promise<void> {
	const child = fork(path.join(__dirname, 'workers.ts'), [], { execArgv: process.execArgv });
	try {
		for (let run = next(); run !== undefined; run = next()) {
			const answer = new Promise<unknown>((resolve, reject) => {
				child.once('message', resolve);
				child.once('exit', (code) => reject(new Error(`A simulating process ended early (${code}).`)));
			});
			child.send(run);
			const told = AnswerSchema.parse(await answer);
			child.removeAllListeners();
			if ('error' in told) throw new Error(told.error);
			done(told.result);
		}
	} finally {
		child.kill();
	}
}

/**
 * Runs all in as many processes as told, in any order. `file` keeps each result as it comes, so that an interrupted
 * evaluation goes on where it stopped.
 */
export async function simulateAll(runs: readonly Run[], options: { processes: number; file?: string; told?: (result: RunResult, left: number) => void }): Promise<RunResult[]> {
	const before = kept(options.file);
	const results = runs.flatMap((run) => before.find((result) => keyOf(result) === keyOf(run)) ?? []);
	const open = runs.filter((run) => !results.some((result) => keyOf(result) === keyOf(run)));
	const done = (result: RunResult): void => {
		results.push(result);
		if (options.file !== undefined) appendFileSync(options.file, `${JSON.stringify(result)}\n`);
		options.told?.(result, runs.length - results.length);
	};
	await Promise.all(Array.from({ length: Math.min(options.processes, open.length) }, async () => await worker(() => open.shift(), done)));
	return results;
}

if (process.send !== undefined && require.main === module) {
	process.on('message', (message) => {
		simulate(RunSchema.parse(message)).then(
			(result) => process.send?.({ result }),
			(error: unknown) => process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
		);
	});
}
