import { execFileSync } from 'node:child_process';

const EVERY_MS = 250;
const KILOBYTE = 1024;
const MEGABYTE = 1024 * KILOBYTE;

/** Resident memory of a process over a stretch of work, in megabytes. */
export interface MemoryReading {
	start: number;
	peak: number;
	end: number;
	/** Median of the second quarter and of the last quarter of the stretch: flat when they are about the same. */
	early: number;
	late: number;
}

/** Reads the resident memory of a process again and again. Call the result to stop and get the figures. */
export function watchMemory(pid: number): () => MemoryReading {
	const read = (): number => (Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * KILOBYTE) / MEGABYTE;
	const readings = [read()];
	const timer = setInterval(() => readings.push(read()), EVERY_MS);
	return () => {
		clearInterval(timer);
		readings.push(read());
		const quarter = (number: number): number[] => readings.slice(Math.floor((readings.length * number) / 4), Math.max(Math.floor((readings.length * (number + 1)) / 4), 1));
		return { start: readings[0], peak: Math.max(...readings), end: readings[readings.length - 1], early: median(quarter(1)), late: median(quarter(3)) };
	};
}

/** The middle value; of an even number the higher of the two in the middle. */
export function median(values: readonly number[]): number {
	return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
