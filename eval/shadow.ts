import type { ShadowDecisionName } from '../engine/message/shadowDecision';
import { shadowReport, type ShadowCase } from '../engine/message/shadowReport';
import type { PeopleDid } from '../engine/message/whatPeopleDid';
import { epochMs, HOUR, later } from '../engine/time';
import type { Section } from './table';
import { uniform, type Random } from './uniform';

const SEED = 20261121;
const START = epochMs('2026-03-02T08:00:00Z');

/** A workspace as it is simulated. All shares 0–1, all ours: what is known of them is only that they are the truth here. */
export interface ShadowWorld {
	/** Messages that ask for an answer; of the rest a quarter asks to stop. */
	dueShare: number;
	/** Answers that are due and that people give in time. */
	answered: number;
	/** Messages that need no answer and get one all the same. */
	polite: number;
	/** Words of a right draft that a person puts otherwise. */
	rephrased: number;
	/** Messages that need no answer and are taken for some that do, and the other way round. */
	misread: number;
}
export const WORLD: ShadowWorld = { dueShare: 0.85, answered: 0.93, polite: 0.05, rephrased: 0.3, misread: 0.03 };

/** A case with the truth the report cannot see. */
export interface SimulatedCase extends ShadowCase {
	/** For a send: the draft says what had to be said to somebody who was due an answer. For silence: none was due. */
	right: boolean;
}

/** A third of the words are the thirty that stand in every text, the rest are the topic's. */
function words(rng: Random, count: number): string[] {
	return Array.from({ length: count }, () => (rng() < 1 / 3 ? `the${Math.floor(rng() * 30)}` : `topic${Math.floor(rng() * 2_000)}`));
}

function personText(rng: Random, draft: readonly string[], draftRight: boolean, rephrased: number): string {
	if (!draftRight) return words(rng, 10 + Math.floor(rng() * 40)).join(' ');
	// Each person rephrases as they are used to: between nothing and twice the mean.
	const share = Math.min(1, 2 * rephrased * rng());
	return draft.map((word) => (rng() < share ? words(rng, 1)[0] : word)).join(' ');
}

/** One lead's message: what was due, what the settings decide, what the person does. */
export function simulateCase(rng: Random, world: ShadowWorld, place: number): SimulatedCase {
	const due = rng() < world.dueShare;
	const optOut = !due && rng() < 0.25;
	const taken = rng() < world.misread ? !due : due;
	// Confidence is right as often as it says: even between 0.5 and 1.
	const confidence = 0.5 + rng() / 2;
	const draftRight = due && rng() < confidence;
	const decision: ShadowDecisionName = !taken ? (optOut ? 'block' : 'no_reply') : confidence >= 0.85 ? 'send' : 'review';
	const draft = words(rng, 10 + Math.floor(rng() * 40));
	const answers = rng() < (due ? world.answered : world.polite);
	const people: PeopleDid = answers ? { did: 'answered', text: personText(rng, draft, draftRight, world.rephrased), afterMs: rng() * 20 * HOUR } : { did: optOut ? 'opted_out' : 'no_answer' };
	return {
		messageId: `m${place}`,
		channel: 'whatsapp',
		decision,
		reason: decision,
		at: later(START, place * HOUR),
		...(decision === 'send' || decision === 'review' ? { draftText: draft.join(' ') } : {}),
		people,
		right: decision === 'send' ? draftRight : !due,
	};
}

export const simulateWorkspace = (rng: Random, world = WORLD, size = 1_000): SimulatedCase[] => Array.from({ length: size }, (_, place) => simulateCase(rng, world, place));

const rightShare = (cases: readonly SimulatedCase[], decisions: readonly ShadowDecisionName[]): number => {
	const own = cases.filter(({ decision }) => decisions.includes(decision));
	return own.filter(({ right }) => right).length / own.length;
};

export interface ShadowFigures {
	/** Share of sends that agree, and that are right, in a workspace so large that chance plays no part. */
	expected: { send: number; sendRight: number; silence: number; silenceRight: number };
	/** Workspaces whose 95 % interval holds the expected agreement. */
	holds: { send: number; silence: number; of: number };
}

/** @param large messages of the workspace in which chance plays (nearly) no part */
export function shadowFigures(world = WORLD, workspaces = 200, { size = 1_000, seed = SEED, large: most = 60_000 } = {}): ShadowFigures {
	const large = simulateWorkspace(uniform(seed), world, most);
	const { agreement } = shadowReport(large);
	const expected = { send: agreement.send.share ?? NaN, sendRight: rightShare(large, ['send']), silence: agreement.silence.share ?? NaN, silenceRight: rightShare(large, ['block', 'no_reply']) };
	const rng = uniform(seed + 1);
	const reports = Array.from({ length: workspaces }, () => shadowReport(simulateWorkspace(rng, world, size)).agreement);
	const holding = (part: 'send' | 'silence'): number => reports.filter((report) => (report[part].low ?? 1) <= expected[part] && expected[part] <= (report[part].high ?? 0)).length;
	return { expected, holds: { send: holding('send'), silence: holding('silence'), of: workspaces } };
}

/** Mean share of words rephrased, and what the report makes of it. */
export const REPHRASED = [0, 0.1, 0.2, 0.3, 0.4, 0.5] as const;

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

export function shadowSection(): Section {
	const { expected, holds } = shadowFigures();
	const one = shadowReport(simulateWorkspace(uniform(SEED + 2)));
	const rows = REPHRASED.map((rephrased) => {
		const { expected: there } = shadowFigures({ ...WORLD, rephrased }, 0);
		return `people rephrase ${percent(rephrased)} of the words on average: sends agree ${percent(there.send)}, are right ${percent(there.sendRight)}`;
	});
	return {
		title: 'Shadow mode (simulated workspaces of 1,000 messages)',
		note: 'Fixed seed. Truth is known because it is simulated: agreement is held against its expectation and against how often the decision was right.',
		figures: [
			{ name: 'sends: interval holds the agreement to be expected', hits: holds.send, of: holds.of, wanted: { atLeast: 0.95 } },
			{ name: 'silence: interval holds the agreement to be expected', hits: holds.silence, of: holds.of, wanted: { atLeast: 0.95 } },
		],
		rows: [
			`sends agree ${percent(expected.send)} and are right ${percent(expected.sendRight)}; silence agrees ${percent(expected.silence)} and is right ${percent(expected.silenceRight)}`,
			...rows,
			`one workspace: ${one.sentence}`,
		],
	};
}
