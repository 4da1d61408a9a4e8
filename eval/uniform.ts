export type Random = () => number;

/** Uniform on [0, 1), the same sequence for the same seed (mulberry32). */
export function uniform(seed: number): Random {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let t = Math.imul(state ^ (state >>> 15), state | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
}

/** One of them, each as likely. */
export const pick = <T>(some: readonly T[], rng: Random): T => some[Math.floor(rng() * some.length)];
