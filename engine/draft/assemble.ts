import type { Channel } from '../channels/channel';
import { auditDraw } from './auditDraw';
import { rawConfidence, ruleHits } from './confidence';
import { decideAutoSend } from './decision';
import type { Draft } from './draft';
import { renderForChannel } from './render';
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
	threshold: number;
	auditShare: number;
}

/** The draft a written text becomes: rendered for its channel, weighed, decided. */
export function assembleDraft(input: AssembleInput): Draft {
	const { id, channel, written, style, facts, threshold, auditShare } = input;
	const { selfReport, ...rest } = written;
	const rendered = renderForChannel(written.text, channel);
	const shortened = rendered.changed.some((change) => change.startsWith('cut'));
	const reviewReasons = [...input.reviewReasons, ...(rendered.problem ? [rendered.problem] : []), ...(rendered.text === '' ? ['the text is empty'] : [])];
	const hits = selfReport === undefined ? [] : ruleHits({ text: rendered.text, subject: written.subject, language: written.language, sources: [...facts, ...input.sources], shortened });
	// A template says nothing about itself, so there is no confidence to state.
	const weighed = selfReport === undefined ? { signals: {} } : rawConfidence(selfReport, hits);
	const confidence = 'rawConfidence' in weighed ? weighed.rawConfidence : undefined;
	const decision = decideAutoSend({ confidence, threshold, auditShare, reviewReasons, rng: () => auditDraw(id) });
	return {
		id,
		...rest,
		text: rendered.text,
		...style,
		facts: [...facts],
		...weighed,
		// Calibration needs reviews; until there are any the raw value stands, and the sentence says so.
		...(confidence === undefined ? {} : { confidence }),
		decision,
		sentence: draftSentence({ confidence, decision, reviewReasons, hits }),
	};
}
