import type { Channel } from '../channels/channel';
import { lengthIn, renderingOf, type Rendering } from '../channels/rendering';
import { sentenceEnds } from '../message/sentences';

export interface RenderedText {
	text: string;
	/** What was changed, in words. */
	changed: string[];
	/** Why a person must look at it, when the text does not fit. */
	problem?: string;
}

/** A text cut to less than this share of the limit has lost its point. */
const LEAST_KEPT = 0.5;

/** Pictures and flags with what may follow them: skin tone, variation selector, joiner, keycap. */
const EMOJI = /(?:\p{Extended_Pictographic}|\p{Regional_Indicator}|\p{Emoji_Modifier}|\u{FE0F}|\u{200D}|\u{20E3})+[ \t]?/gu;
/** Digits, ©, ® and ™ are pictographic by the standard, and words to a reader. */
const PLAIN = /^[\d#*©®™]/u;

/** The text with Markdown's signs taken out and its words, links and lists kept. */
export function withoutMarkdown(text: string): string {
	return text
		.replace(/^[ \t]*```[^\n]*$\n?/gm, '')
		.replace(/^#{1,6}[ \t]+/gm, '')
		.replace(/^>[ \t]?/gm, '')
		.replace(/^[ \t]*(?:[-*_][ \t]*){3,80}$/gm, '')
		.replace(/^([ \t]*)[*+][ \t]+/gm, '$1- ')
		.replace(/!?\[([^[\]\n]{0,300})\]\((https?:\/\/[^()\s]{1,2000})\)/g, (_whole: string, label: string, url: string) => (label.trim() === '' || label.trim() === url ? url : `${label}: ${url}`))
		.replace(/\*\*([^*\n]{1,2000})\*\*/g, '$1')
		.replace(/(?<![\p{L}\p{N}_])__([^_\n]{1,2000})__(?![\p{L}\p{N}_])/gu, '$1')
		.replace(/(?<![*\p{L}\p{N}])\*(?=[^\s*])([^*\n]{1,2000})(?<=[^\s*])\*(?![*\p{L}\p{N}])/gu, '$1')
		.replace(/~~([^~\n]{1,2000})~~/g, '$1')
		.replace(/`([^`\n]{1,2000})`/g, '$1')
		.replace(/\n{3,}/g, '\n\n')
		.trim();
}

function withoutEmoji(text: string): string {
	return text.replace(EMOJI, (found) => (PLAIN.test(found) ? found : '')).replace(/[ \t]+$/gm, '');
}

/** The longest beginning that ends with a sentence and fits; undefined when too little would be left. */
function cutAtSentence(text: string, { unit }: Rendering, longest: number): string | undefined {
	const fitting = sentenceEnds(text).filter((end) => lengthIn(unit, text.slice(0, end)) <= longest);
	const end = fitting.at(-1);
	if (end === undefined) return undefined;
	const kept = text.slice(0, end).trimEnd();
	return lengthIn(unit, kept) >= longest * LEAST_KEPT ? kept : undefined;
}

/** A text as its channel shows it: no signs the channel does not know, and no longer than it takes. */
export function renderForChannel(text: string, channel: Channel): RenderedText {
	const rendering = renderingOf(channel);
	const changed: string[] = [];
	let rendered = text.trim();
	const apply = (next: string, what: string) => {
		if (next !== rendered) changed.push(what);
		rendered = next;
	};
	if (!rendering.markdown) apply(withoutMarkdown(rendered), 'Markdown signs removed');
	if (!rendering.emoji) apply(withoutEmoji(rendered), 'emoji removed');
	const { longest, unit } = rendering;
	if (longest === null || lengthIn(unit, rendered) <= longest) return { text: rendered, changed };
	// Cutting asks for the length of every beginning, so what is far beyond the limit is not looked at.
	const cut = cutAtSentence(rendered.slice(0, longest + 1), rendering, longest);
	if (cut === undefined) {
		return { text: rendered, changed, problem: `it is ${lengthIn(unit, rendered)} ${unit} long, ${channel} takes ${longest}, and no sentence ends where it could be cut` };
	}
	return { text: cut, changed: [...changed, `cut to ${lengthIn(unit, cut)} ${unit} at the end of a sentence`] };
}
