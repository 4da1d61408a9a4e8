import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoreConfig } from '../store/config';
import { startPostgres } from '../test/services/postgres';
import { megabytes, perSecond, seconds, type Figure } from './table';
import { OUTCOMES_A_MESSAGE, runAt, seedTraining, type ExportRunResult } from './trainingWorld';

const run = promisify(execFile);
const OUTCOMES = Number(process.env.BENCH_TRAINING_OUTCOMES ?? 500_000);
/** Fifths: what an export of the whole holds in memory beyond one of a fifth is what grows. */
const FIFTH = OUTCOMES / 5;
/** Of it 40 MB are the sets of fixed size, filled as they are used; the rest is garbage not yet collected. */
const MOST_GROWTH_MB = 96;

/** An export, or a look at the readiness, in a process of its own. */
async function measured(config: StoreConfig, outcomes: number, what: 'export' | 'readiness'): Promise<ExportRunResult> {
	const { stdout } = await run(process.execPath, ['--import', 'tsx', join(__dirname, 'trainingExportRun.ts'), JSON.stringify({ config, outcomes, now: runAt(OUTCOMES), what })], { maxBuffer: 1_000_000 });
	return JSON.parse(stdout) as ExportRunResult;
}

async function figuresOf(name: string, config: StoreConfig): Promise<Figure[]> {
	await seedTraining(config, OUTCOMES);
	const part = await measured(config, FIFTH, 'export');
	const whole = await measured(config, OUTCOMES, 'export');
	const readiness = await measured(config, OUTCOMES, 'readiness');
	const growth = whole.peakMb - part.peakMb;
	return [
		{ name: `Export of ${OUTCOMES} outcomes from ${name}`, value: seconds(whole.seconds) },
		{ name: '  outcomes a second / messages a second', value: `${perSecond(OUTCOMES / whole.seconds)} / ${perSecond(whole.read / whole.seconds)}` },
		{ name: '  messages read / written', value: `${whole.read} / ${whole.written}`, target: 'all written', met: whole.read === OUTCOMES / OUTCOMES_A_MESSAGE && whole.written > 0.99 * whole.read },
		{ name: '  files', value: megabytes(whole.bytes / 1_000_000) },
		{ name: `  peak memory: start / ${FIFTH} / ${OUTCOMES} outcomes`, value: `${megabytes(whole.startMb)} / ${megabytes(part.peakMb)} / ${megabytes(whole.peakMb)}` },
		{ name: '  growth over five times as many', value: megabytes(growth), target: `flat (< ${MOST_GROWTH_MB} MB)`, met: growth < MOST_GROWTH_MB },
		{ name: `  readiness over ${readiness.read} messages`, value: `${seconds(readiness.seconds)}, peak ${megabytes(readiness.peakMb)}` },
	];
}

/** Training sets of half a million outcomes from both databases, through the code of the node. */
export async function trainingFigures(): Promise<Figure[]> {
	const folder = mkdtempSync(join(tmpdir(), 'lead-autopilot-bench-'));
	const server = await startPostgres();
	try {
		const embedded = await figuresOf('SQLite', { kind: 'sqlite', file: join(folder, 'store.sqlite') });
		return [...embedded, ...(await figuresOf('Postgres', { kind: 'postgres', connectionString: server.url, schema: 'bench_training' }))];
	} finally {
		await server.stop();
		rmSync(folder, { recursive: true, force: true });
	}
}
