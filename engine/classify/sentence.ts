import { bandOf } from './bands';
import type { Classification } from './classification';

/** Why rules decided, in words that finish "by rules because …". */
const NO_MODEL = 'no model is set';

function joined(reasons: readonly string[]): string {
	const [first, ...more] = reasons.slice(0, 3).map((reason) => reason.replace(/[.;\s]+$/u, ''));
	if (first === undefined) return 'no reason given';
	if (more.length === 0) return first;
	return `${[first, ...more.slice(0, -1)].join(', ')} and ${more[more.length - 1]}`;
}

/** One line an ops person reads, e.g. `Score 72 (hot): asked for a quote; the model answered with confidence 0.81.` */
export function classificationSentence(result: Omit<Classification, 'sentence'>, whyFallback = NO_MODEL): string {
	const start = `Score ${result.score} (${bandOf(result.score).name}): ${joined(result.reasons)}`;
	if (result.usedFallback) return `${start}; scored by rules because ${whyFallback}, confidence ${result.confidence}.`;
	const answered = `${start}; the model answered with confidence ${result.confidence.toFixed(2)}`;
	return result.abstained ? `${answered}, too low to act on, so a person should look.` : `${answered}.`;
}
