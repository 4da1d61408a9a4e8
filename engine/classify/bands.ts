import type { Classification } from './classification';

/** Score bands, both ends included, on whole scores. Ready to close is hot, too. */
export const SCORE_BANDS = [
	{ from: 81, intent: 'hot', name: 'ready to close' },
	{ from: 61, intent: 'hot', name: 'hot' },
	{ from: 31, intent: 'warm', name: 'warm' },
	{ from: 0, intent: 'cold', name: 'cold' },
] as const satisfies readonly { from: number; intent: Classification['intent']; name: string }[];

/** Under this confidence no intent is acted on: the lead is Unsure. */
export const ABSTAIN_BELOW = 0.5;

/** The band of a score of 0–100, rounded to a whole number first so that no score falls between two bands. */
export function bandOf(score: number): (typeof SCORE_BANDS)[number] {
	const whole = Math.round(score);
	return SCORE_BANDS.find(({ from }) => whole >= from) ?? SCORE_BANDS[SCORE_BANDS.length - 1];
}
