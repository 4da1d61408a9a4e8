import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import type { WrittenFile } from '../../engine/training/trainingSet';
import { estimatedTokens } from '../../engine/training/trainingPolicy';

/** One file of an export while it is written: lines go in as fast as whoever keeps it takes them. */
export class TrainingFile {
	/** What the lines come out of. */
	readonly stream = new PassThrough();
	readonly #hash = createHash('sha256');
	#rows = 0;
	#bytes = 0;
	#tokens = 0;

	constructor() {
		// Whoever writes and whoever keeps the file hear of a failure by their own calls; unheard here it would end the process.
		this.stream.on('error', () => undefined);
	}

	get bytes(): number {
		return this.#bytes;
	}

	/** Writes lines; resolves when there is room for more. */
	async write(lines: readonly string[]): Promise<void> {
		if (lines.length === 0) return;
		const text = lines.map((line) => `${line}\n`).join('');
		const chunk = Buffer.from(text);
		this.#hash.update(chunk);
		this.#rows += lines.length;
		this.#bytes += chunk.length;
		this.#tokens += estimatedTokens(text);
		if (this.stream.write(chunk) || this.stream.destroyed) return;
		// Whoever keeps it may have failed: then it never drains.
		const { signal, done } = abortable();
		await Promise.race([once(this.stream, 'drain', { signal }), once(this.stream, 'close', { signal })]).finally(done);
	}

	end(): WrittenFile {
		this.stream.end();
		return { rows: this.#rows, bytes: this.#bytes, sha256: this.#hash.digest('hex'), estimatedTokens: this.#tokens };
	}

	fail(error: Error): void {
		this.stream.destroy(error);
	}
}

/** A signal that takes the listeners away again: an export waits thousands of times. */
function abortable(): { signal: AbortSignal; done: () => void } {
	const controller = new AbortController();
	return { signal: controller.signal, done: () => controller.abort() };
}
