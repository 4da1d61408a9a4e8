/** Exact search by cosine reads every vector: beyond this many chunks it is refused. */
export const MOST_EXACT_CHUNKS = 50_000;

/** A vector of length 1 in the same direction; undefined when it has none or is no vector of finite numbers. */
export function unitVector(values: ArrayLike<number>): Float32Array | undefined {
	let squares = 0;
	for (let place = 0; place < values.length; place += 1) squares += values[place] * values[place];
	const length = Math.sqrt(squares);
	if (!Number.isFinite(length) || length === 0) return undefined;
	return Float32Array.from(values, (value) => value / length);
}

/** The cosine of two unit vectors, −1…1; undefined when they are of different models and so of different lengths. */
export function cosine(a: Float32Array, b: Float32Array): number | undefined {
	if (a.length !== b.length) return undefined;
	// Four sums at once: the next product need not wait for the last one.
	let [w, x, y, z] = [0, 0, 0, 0];
	let place = 0;
	for (; place + 3 < a.length; place += 4) {
		w += a[place] * b[place];
		x += a[place + 1] * b[place + 1];
		y += a[place + 2] * b[place + 2];
		z += a[place + 3] * b[place + 3];
	}
	for (; place < a.length; place += 1) w += a[place] * b[place];
	return w + x + y + z;
}

/** Keeps the `most` highest of what it is shown; equals stay in the order they came. */
export class Highest<T> {
	readonly #kept: { value: T; height: number }[] = [];

	constructor(private readonly most: number) {}

	offer(value: T, height: number): void {
		const kept = this.#kept;
		if (kept.length >= this.most && (this.most === 0 || height <= kept[kept.length - 1].height)) return;
		const place = kept.findIndex((other) => other.height < height);
		kept.splice(place === -1 ? kept.length : place, 0, { value, height });
		if (kept.length > this.most) kept.pop();
	}

	/** Highest first. */
	get all(): readonly { value: T; height: number }[] {
		return this.#kept;
	}
}
