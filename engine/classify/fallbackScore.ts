import type { Status } from '../message/contact';
import type { Turn } from '../message/message';
import { DAY, epochMs, type Instant } from '../time';
import { buyingWordsIn } from './buyingWords';

/** What the fallback score reads of a turn. */
export type ScoredTurn = Pick<Turn, 'from' | 'text'> & { timestamp?: Instant };

export interface ScoreFactor {
	name: 'base' | 'messages' | 'length' | 'buyingWords' | 'turnTaking' | 'recency';
	points: number;
	/** The number the points were given for: messages, characters, words, share 0–1, days. */
	value?: number;
	/** For buyingWords: which. */
	words?: string[];
}

export interface FallbackScore {
	/** 15–80. */
	score: number;
	status: Status;
	/** Always 0.6: rules cannot tell how sure they are. */
	confidence: number;
	/** Their points add up to the score before it is clamped. */
	factors: ScoreFactor[];
}

/** Points by the first row whose `from` is reached. */
interface Step {
	from: number;
	points: number;
}
const POLICY = {
	base: 20,
	lowest: 15,
	highest: 80,
	confidence: 0.6,
	messages: [
		{ from: 20, points: 25 },
		{ from: 10, points: 15 },
		{ from: 5, points: 10 },
		{ from: 0, points: 5 },
	],
	meanLength: [
		{ from: 100, points: 15 },
		{ from: 50, points: 10 },
		{ from: 0, points: 5 },
	],
	buyingWords: [
		{ from: 5, points: 20 },
		{ from: 3, points: 12 },
		{ from: 1, points: 6 },
		{ from: 0, points: 0 },
	],
	turnTaking: [
		{ from: 0.7, points: 15 },
		{ from: 0.4, points: 8 },
		{ from: 0, points: 0 },
	],
	status: [
		{ from: 60, status: 'QUALIFIED' },
		{ from: 40, status: 'CONTACTED' },
		{ from: 0, status: 'NEW' },
	],
} as const satisfies { [name: string]: number | readonly Step[] | readonly { from: number; status: Status }[] };

function points(steps: readonly Step[], value: number): number {
	return steps.find(({ from }) => value >= from)?.points ?? 0;
}

/** The share of adjacent pairs in which the other side speaks; a colleague and the autopilot are one side. */
function turnTaking(conversation: readonly ScoredTurn[]): number | undefined {
	if (conversation.length < 2) return undefined;
	const sides = conversation.map(({ from }) => from === 'lead');
	const changes = sides.slice(1).filter((side, index) => side !== sides[index]).length;
	return changes / (sides.length - 1);
}

/** Up to exactly 1 and 7 days count as within; exactly 30 days is not yet more than 30. */
function recencyPoints(days: number): number {
	if (days <= 1) return 10;
	if (days <= 7) return 5;
	return days > 30 ? -10 : 0;
}

/** Days since the newest message; a clock ahead of ours counts as just now. Undefined when no message has a time. */
function daysSince(conversation: readonly ScoredTurn[], now: number): number | undefined {
	let newest: number | undefined;
	for (const { timestamp } of conversation) {
		if (timestamp === undefined) continue;
		const at = typeof timestamp === 'number' ? timestamp : new Date(timestamp).getTime();
		if (Number.isFinite(at) && (newest === undefined || at > newest)) newest = at;
	}
	return newest === undefined ? undefined : Math.max(0, now - newest) / DAY;
}

/** Length as a reader counts it: characters, not UTF-16 halves of them, without the space around. */
function characters(text: string): number {
	return [...text.trim()].length;
}

/**
 * The score when no model answers. Number and mean length are over all messages of both
 * sides, a message without text counting with length 0; buying words are looked for in the lead's messages only; one
 * message has no adjacent pair and earns nothing for turn-taking.
 * @returns null when there are no messages: then nothing is known, and no score is made up.
 * @throws RangeError when `now` is no moment.
 */
export function fallbackScore(conversation: readonly ScoredTurn[], options: { now: Instant; language?: string }): FallbackScore | null {
	if (conversation.length === 0) return null;
	const now = epochMs(options.now);
	const meanLength = conversation.reduce((sum, { text }) => sum + characters(text), 0) / conversation.length;
	const leadTexts = conversation.filter(({ from }) => from === 'lead').map(({ text }) => text);
	const words = buyingWordsIn(leadTexts, options.language);
	const taking = turnTaking(conversation);
	const days = daysSince(conversation, now);
	const factors: ScoreFactor[] = [
		{ name: 'base', points: POLICY.base },
		{ name: 'messages', points: points(POLICY.messages, conversation.length), value: conversation.length },
		{ name: 'length', points: points(POLICY.meanLength, meanLength), value: meanLength },
		{ name: 'buyingWords', points: points(POLICY.buyingWords, words.length), value: words.length, words },
		{ name: 'turnTaking', points: taking === undefined ? 0 : points(POLICY.turnTaking, taking), value: taking },
		{ name: 'recency', points: days === undefined ? 0 : recencyPoints(days), value: days },
	];
	const sum = factors.reduce((total, factor) => total + factor.points, 0);
	const score = Math.min(POLICY.highest, Math.max(POLICY.lowest, sum));
	const status = POLICY.status.find(({ from }) => score >= from)?.status ?? 'NEW';
	return { score, status, confidence: POLICY.confidence, factors };
}
