import type { Instant } from '../time';
import { bandOf } from './bands';
import type { Classification } from './classification';
import { fallbackScore, type ScoredTurn, type ScoreFactor } from './fallbackScore';
import { classificationSentence } from './sentence';
import { extractiveSummary } from './summary';

function ago(days: number): string {
	if (days < 1) return 'less than a day ago';
	const whole = Math.floor(days);
	return `${whole} ${whole === 1 ? 'day' : 'days'} ago`;
}

function counted(count: number, one: string, many: string): string {
	return `${count} ${count === 1 ? one : many}`;
}

function reasonOf({ name, value, words }: ScoreFactor): string | undefined {
	if (value === undefined) return undefined;
	switch (name) {
		case 'messages':
			return counted(value, 'message', 'messages');
		case 'buyingWords':
			return value === 0 ? 'no buying words' : `${counted(value, 'buying word', 'buying words')} (${(words ?? []).slice(0, 5).join(', ')})`;
		case 'recency':
			return `last message ${ago(value)}`;
		case 'turnTaking':
			return `speaker changes in ${Math.round(value * 100)} % of adjacent messages`;
		case 'length':
			return `${Math.round(value)} characters a message`;
		default:
			return undefined;
	}
}

/** In which order the factors are worth reading. */
const TELLING: readonly ScoreFactor['name'][] = ['buyingWords', 'messages', 'recency', 'turnTaking', 'length'];

/**
 * The classification when no model answers.
 * @param why finishes "scored by rules because …".
 * @returns null when there are no messages.
 */
export function fallbackClassification(
	conversation: readonly ScoredTurn[],
	options: { now: Instant; language?: string; why?: string; retryCount?: number },
): Classification | null {
	const scored = fallbackScore(conversation, options);
	if (!scored) return null;
	const { score, status, confidence, factors } = scored;
	const reasons = TELLING.flatMap((name) => {
		const factor = factors.find((one) => one.name === name);
		const reason = factor && reasonOf(factor);
		return reason === undefined ? [] : [reason];
	});
	const result: Omit<Classification, 'sentence'> = {
		intent: bandOf(score).intent,
		score,
		status,
		confidence,
		summary: extractiveSummary(conversation, options.language),
		reasons,
		evidence: [],
		usedFallback: true,
		retryCount: options.retryCount ?? 0,
		cached: false,
		abstained: false,
	};
	return { ...result, sentence: classificationSentence(result, options.why) };
}
