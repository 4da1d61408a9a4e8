import type { Verdict } from '../gate/gate';
import { UNDETERMINED } from '../message/language';
import { LABEL_RULES, type OutcomeLabel } from '../outcome/labels';
import { decidingLabel, DROVE_AWAY } from './decidingLabel';
import type { TrainingExample } from './trainingExample';

/** What an example's quality depends on: few values each, so that a store can count examples by them without reading a text. */
export interface QualitySignals {
	judgement: TrainingExample['judgement'];
	/** Of edited ones: most of the text is a person's. */
	rewritten: boolean;
	/** What came of it. */
	labels: readonly OutcomeLabel[];
	gateVerdict?: Verdict;
	usedFallback: boolean;
	/** `unread` when the answered message was never read, so that nobody knows what the text was an answer to. */
	intent: 'outreach' | 'read' | 'unread';
	/** Whether it is written in the language of the message it answers; undefined when either is not known. */
	sameLanguage?: boolean;
	length: 'too_short' | 'short' | 'usual' | 'long';
}

/** From here on an edited text counts as rewritten: about as much of it is new as is kept. */
export const REWRITTEN_FROM = 0.5;
/** Characters below which, or from which on, a text is of a length. Policy of this pack: "Yes." teaches nothing, and nobody reads a page from a stranger. */
export const LENGTHS = { tooShort: 15, short: 40, long: 2_000 } as const;

/**
 * How fit an example is to learn from: what a person thought of it first, then what came of it, less for each doubt.
 * Policy of this pack. A text nobody read before it was sent teaches only where the lead answered well; a text a person
 * approved teaches also without an answer; what drove somebody away never does.
 */
export const QUALITY_POLICY = {
	/** Examples from here on train. */
	least: 0.6,
	judgement: { approved: 0.7, edited: 0.8, automatic: 0.45, rejected: 0 },
	/** A new text in the draft's place may rest on what only its writer knew. */
	rewritten: -0.1,
	/** By the direction of the label that decides (see `decidingLabel`). */
	outcome: { good: 0.25, neither: 0.05, none: 0, bad: -0.3 },
	gate: { pass: 0.05, review: -0.05, block: -1, unknown: 0 },
	unread: -0.1,
	otherLanguage: -0.4,
	length: { too_short: -0.4, short: -0.05, usual: 0, long: -0.1 },
	/** Nobody's judgement makes a rule's text a model's. */
	mostOfFallback: 0.3,
} as const;

function outcomeOf(label: OutcomeLabel | undefined): keyof typeof QUALITY_POLICY.outcome {
	const valence = label && LABEL_RULES[label].valence;
	if (valence === undefined) return 'none';
	return valence === 0 ? 'neither' : valence > 0 ? 'good' : 'bad';
}

/** 0–1 by `QUALITY_POLICY`, in hundredths. */
export function qualityOf({ judgement, rewritten, labels, gateVerdict, usedFallback, intent, sameLanguage, length }: QualitySignals): number {
	const label = decidingLabel(labels);
	if (judgement === 'rejected' || (label && DROVE_AWAY.includes(label))) return 0;
	const policy = QUALITY_POLICY;
	const points =
		policy.judgement[judgement] +
		(judgement === 'edited' && rewritten ? policy.rewritten : 0) +
		policy.outcome[outcomeOf(label)] +
		policy.gate[gateVerdict ?? 'unknown'] +
		(intent === 'unread' ? policy.unread : 0) +
		(sameLanguage === false ? policy.otherLanguage : 0) +
		policy.length[length];
	const quality = Math.min(1, Math.max(0, usedFallback ? Math.min(points, policy.mostOfFallback) : points));
	return Math.round(quality * 100) / 100;
}

/** Where a text's length falls; `characters` as the database counts them (Unicode code points). */
export function lengthOf(characters: number): QualitySignals['length'] {
	if (characters < LENGTHS.tooShort) return 'too_short';
	if (characters < LENGTHS.short) return 'short';
	return characters >= LENGTHS.long ? 'long' : 'usual';
}

type Known = Pick<TrainingExample, 'judgement' | 'labels' | 'gateVerdict' | 'usedFallback' | 'editDistance' | 'intent' | 'language' | 'answeredLanguage' | 'text'>;

/** How an intent reads where the answered message was never read. */
export const UNREAD = 'unread';

/** Whether a text is in the language it is answered in, where both are known. */
export function languageSignal(language: string, answeredLanguage: string | undefined): Pick<QualitySignals, 'sameLanguage'> {
	if (answeredLanguage === undefined || answeredLanguage === UNDETERMINED || language === UNDETERMINED) return {};
	return { sameLanguage: answeredLanguage === language };
}

/** The signals of one example. */
export function qualitySignals(example: Known): QualitySignals {
	const { judgement, labels, gateVerdict, usedFallback = false, editDistance = 0, intent, language, answeredLanguage, text } = example;
	return {
		judgement,
		rewritten: editDistance >= REWRITTEN_FROM,
		labels,
		...(gateVerdict === undefined ? {} : { gateVerdict }),
		usedFallback,
		intent: intent === 'outreach' ? 'outreach' : intent === UNREAD ? 'unread' : 'read',
		...languageSignal(language, answeredLanguage),
		length: lengthOf([...text].length),
	};
}

/** 0–1: how fit an example is to learn from. */
export function exampleQuality(example: Known): number {
	return qualityOf(qualitySignals(example));
}
