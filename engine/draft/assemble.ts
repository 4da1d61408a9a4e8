import type { Channel } from '../channels/channel';
import { parseLanguage } from '../message/language';
import { agreement } from './agreement';
import { auditDraw } from './auditDraw';
import { calibrate } from './calibration';
import { rawConfidence, ruleHits, scoringOf } from './confidence';
import { decideAutoSend } from './decision';
import type { Draft } from './draft';
import type { LearntConfidence } from './learntConfidence';
import { renderForChannel } from './render';
import { retrievalSupport } from './retrievalSupport';
import { draftSentence } from './sentence';

/** A text that was written, by a model or from a template, and how it came about. */
export interface WrittenText {
	text: string;
	subject?: string;
	language: string;
	/** The model's own word, 0–1; absent for a template. */
	selfReport?: number;
	reasoning?: string;
	usedFallback: boolean;
	modelId?: string;
	promptVersion?: string;
	tokens?: number;
	/** USD. */
	costUsd?: number;
	latencyMs?: number;
}

export interface AssembleInput {
	id: string;
	channel: Channel;
	written: WrittenText;
	style: Pick<Draft, 'framework' | 'tone' | 'persona'>;
	facts: readonly string[];
	/** Everything the text may quote besides the facts. */
	sources: readonly string[];
	/** Why a person must look whatever the confidence. */
	reviewReasons: readonly string[];
	/** What earlier reviews taught about drafts of this maker, and from where on they may be sent. */
	learnt: Pick<LearntConfidence, 'calibrator' | 'bar'>;
	/** Texts drawn besides, undefined for one that failed; absent for one draft only. */
	others?: readonly (string | undefined)[];
	auditShare: number;
	/** True while every draft is read whatever its confidence. */
	readsAll: boolean;
}

/** The draft a written text becomes: rendered for its channel, weighed, decided. */
export function assembleDraft(input: AssembleInput): Draft {
	const { id, channel, written, style, facts, learnt, others = [], auditShare, readsAll } = input;
	const { selfReport, ...rest } = written;
	const rendered = renderForChannel(written.text, channel);
	const shortened = rendered.changed.some((change) => change.startsWith('cut'));
	const reviewReasons = [...input.reviewReasons, ...(rendered.problem ? [rendered.problem] : []), ...(rendered.text === '' ? ['the text is empty'] : [])];
	const hits = selfReport === undefined ? [] : ruleHits({ text: rendered.text, subject: written.subject, language: written.language, sources: [...facts, ...input.sources], shortened });
	// A template says nothing about itself, so there is no confidence to state.
	const weighed = selfReport === undefined ? undefined : rawConfidence({
		selfReport,
		agreement: agreement(written.text, others, parseLanguage(written.language)),
		retrievalSupport: retrievalSupport({ text: rendered.text, facts, sources: input.sources }),
		hits,
	});
	const confidence = weighed && calibrate(learnt.calibrator, weighed.rawConfidence);
	const decision = decideAutoSend({ confidence, rawConfidence: weighed?.rawConfidence, bar: learnt.bar, auditShare, reviewReasons, readsAll, rng: () => auditDraw(id) });
	return {
		id,
		...rest,
		text: rendered.text,
		...style,
		facts: [...facts],
		signals: {},
		...(weighed && { ...weighed, confidence, scoring: scoringOf(others.length + 1) }),
		decision,
		sentence: draftSentence({
			confidence,
			rawConfidence: weighed?.rawConfidence,
			calibrator: learnt.calibrator,
			decision,
			...(learnt.bar.source === 'certified' && { maxErrorShare: learnt.bar.maxErrorShare }),
			reviewReasons,
			hits,
		}),
	};
}
