import { PassThrough } from 'node:stream';
import { checkReadiness } from '../engine/training/readiness';
import { epochMs } from '../engine/time';
import { openTrainingFiles, writeTrainingSet } from '../nodes/ModelTrainer/writeTrainingSet';
import { openStore } from '../store/openStore';
import { OUTCOMES_A_MESSAGE, FIRST_SENT, sentAt, TRAINING_WORKSPACE, type ExportRun, type ExportRunResult } from './trainingWorld';

const KILOBYTES_A_MB = 1_024;
const BYTES_A_MB = KILOBYTES_A_MB ** 2;

/** One export, or one look at the readiness, in a process of its own, so that its memory is its own: told by the first argument, tells by its output. */
async function run(): Promise<void> {
	const { config, outcomes, now, what }: ExportRun & { what: 'export' | 'readiness' } = JSON.parse(process.argv[2]);
	const store = await openStore(config, { clock: { now: async () => epochMs(now) }, idleCloseMs: 0 });
	const window = { since: FIRST_SENT, until: sentAt(outcomes / OUTCOMES_A_MESSAGE) };
	const startMb = process.memoryUsage.rss() / BYTES_A_MB;
	const begun = performance.now();
	const written = what === 'readiness' ? { read: checkReadiness(await store.training.counts(TRAINING_WORKSPACE, window)).messages, written: 0, bytes: 0 } : await exported();
	const result: ExportRunResult = { ...written, seconds: (performance.now() - begun) / 1_000, startMb, peakMb: process.resourceUsage().maxRSS / KILOBYTES_A_MB };
	process.stdout.write(`${JSON.stringify(result)}\n`);
	await store.close();

	async function exported(): Promise<{ read: number; written: number; bytes: number }> {
		const { id, createdAt } = await store.training.beginExport(TRAINING_WORKSPACE);
		const files = openTrainingFiles();
		const sink = async (stream: PassThrough): Promise<number> => {
			let bytes = 0;
			for await (const chunk of stream) bytes += Buffer.byteLength(chunk as Buffer);
			return bytes;
		};
		const plan = { id, createdAt, workspace: TRAINING_WORKSPACE, salt: store.training.salt(TRAINING_WORKSPACE), ...window, leastQuality: 0.6, consent: 'not_objected' as const, packVersion: 'bench' };
		const [manifest, ...bytes] = await Promise.all([writeTrainingSet(store, plan, files), ...Object.values(files).map(async ({ stream }) => await sink(stream))]);
		await store.training.finishExport(TRAINING_WORKSPACE, id, { state: 'ready', manifest, storage: {} });
		return { read: manifest.read, written: manifest.written, bytes: bytes.reduce((sum, one) => sum + one, 0) };
	}
}

run().catch((error: unknown) => {
	process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
	process.exitCode = 1;
});
