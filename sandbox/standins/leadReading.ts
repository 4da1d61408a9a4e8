import { parseJson, textAt } from './shapes';
import { BUYING, LATER, LEAVING, MEDDLING, MEETING, STOP_WORDS, URGENT, type Language, type Warmth } from './replyTexts';
import type { ModelRequest } from './modelTypes';

/** What the default model thinks of a lead's message. */
export interface LeadReading {
	text: string;
	language: Language;
	warmth: Warmth;
	/** 0–100. */
	score: number;
	/** 0–1. */
	confidence: number;
	/** −1…1. */
	sentiment: number;
	intent: 'interested' | 'objection' | 'meeting' | 'question' | 'not_now' | 'not_interested' | 'opt_out' | 'other';
	reasons: string[];
	/** Of the facts in the prompt the one that speaks of what the lead asks, if any. */
	fact?: string;
}

const LANGUAGES: readonly Language[] = ['en', 'de', 'es', 'fr', 'it', 'pt', 'nl', 'pl', 'tr'];

/** The language whose most common words occur most often; English when none does. */
export function readLanguage(text: string): Language {
	const found = text.toLowerCase().match(/[\p{L}']+/gu) ?? [];
	const hits = LANGUAGES.map((language) => ({ language, count: found.filter((word) => STOP_WORDS[language].includes(word)).length }));
	const most = Math.max(...hits.map(({ count }) => count));
	return hits.find(({ count }) => count === most)?.language ?? 'en';
}

/**
 * The last thing the lead said, in any of the ways a prompt may quote it: `Lead: …` lines, `<lead>…</lead>` or
 * `<message from="lead">…</message>` tags, JSON objects with `from: "lead"` and `text`. Else the last paragraph.
 */
export function lastLeadMessage(request: Pick<ModelRequest, 'messages'>): string {
	const prompt = request.messages.filter(({ role }) => role === 'user').map(({ text }) => text).join('\n\n');
	const found: { index: number; text: string }[] = [];
	const note = (match: RegExpMatchArray, text: string | undefined): void => {
		if (text?.trim()) found.push({ index: match.index ?? 0, text: text.trim() });
	};
	for (const match of prompt.matchAll(/<(lead|lead_message|lead-message|inbound)\b[^>]*>([\s\S]*?)<\/\1>/gi)) note(match, match[2]);
	for (const match of prompt.matchAll(/<(message|turn)\b[^>]*\b(?:from|role)="(?:lead|customer|inbound)"[^>]*>([\s\S]*?)<\/\1>/gi)) note(match, match[2]);
	for (const match of prompt.matchAll(/\{[^{}]*"from"\s*:\s*"lead"[^{}]*\}/g)) note(match, textAt(parseJson(match[0]), 'text'));
	for (const match of prompt.matchAll(/^[ \t]*(?:[-*]|\d+[.)]|#)?[ \t]*(?:\[[^\]\n]*\][ \t]*)?[[(]?(?:lead|customer|prospect|contact)\b[^:\]\n]{0,60}[:\]][ \t]*(\S.*)$/gim)) note(match, match[1]);
	const last = found.sort((one, other) => one.index - other.index).at(-1);
	if (last) return last.text;
	return prompt.split(/\n{2,}/).map((paragraph) => paragraph.trim()).filter(Boolean).at(-1) ?? '';
}

const hits = (text: string, list: string[]): string[] => list.filter((word) => new RegExp(`(?<!\\p{L})${word}`, 'iu').test(text));

function readIntent(found: Record<'buying' | 'meeting' | 'leaving' | 'later', string[]>, text: string): LeadReading['intent'] {
	if (found.leaving.length > 0) return /interes|intéress|interess|zainteres|ilgilen/i.test(found.leaving.join(' ')) ? 'not_interested' : 'opt_out';
	if (found.later.length > 0) return /expensive|teuer|caro|cher|duur|drogo|pahalı/i.test(found.later.join(' ')) ? 'objection' : 'not_now';
	if (found.meeting.length > 0) return 'meeting';
	if (found.buying.length > 0) return 'interested';
	return text.includes('?') ? 'question' : 'other';
}

/** Simple and repeatable: the same text always gets the same reading. */
export function readLead(text: string): LeadReading {
	const buying = hits(text, BUYING);
	const urgent = hits(text, URGENT);
	const meeting = hits(text, MEETING);
	const leaving = hits(text, LEAVING);
	const later = hits(text, LATER);
	const meddling = hits(text, MEDDLING);
	const letters = (text.match(/\p{L}/gu) ?? []).length;
	const detail = Math.min(10, Math.floor(letters / 40) * 2);
	const raw = 30 + Math.min(3, buying.length) * 13 + (urgent.length > 0 ? 14 : 0) + (meeting.length > 0 ? 16 : 0) + (text.includes('?') ? 5 : 0) + detail - (later.length > 0 ? 18 : 0);
	const vague = letters < 15 && buying.length === 0 && meeting.length === 0;
	const score = leaving.length > 0 ? 5 : vague ? 14 : Math.max(3, Math.min(96, raw));
	const signals = buying.length + meeting.length + urgent.length + later.length;
	const sure = leaving.length > 0 ? 0.9 : letters === 0 ? 0.3 : vague ? 0.42 : Math.min(0.96, 0.62 + signals * 0.09 + (text.includes('?') ? 0.05 : 0));
	const confidence = Number((meddling.length > 0 ? Math.min(sure, 0.4) : sure).toFixed(2));
	const warmth: Warmth = leaving.length > 0 ? 'leaving' : score >= 61 ? 'hot' : score >= 31 ? 'warm' : 'cold';
	const reasons = [
		buying.length > 0 ? `Uses buying words: ${buying.slice(0, 4).join(', ')}` : 'Uses no buying words',
		...(urgent.length > 0 ? ['Sounds urgent'] : []),
		...(meeting.length > 0 ? ['Asks for a conversation'] : []),
		...(leaving.length > 0 ? ['Does not want further messages'] : []),
		...(later.length > 0 ? ['Has an objection or wants to wait'] : []),
		...(vague ? ['Says too little to be sure'] : []),
		...(meddling.length > 0 ? ['Tries to give the model instructions'] : []),
	];
	const sentiment = leaving.length > 0 ? -0.6 : later.length > 0 ? -0.2 : warmth === 'hot' ? 0.5 : warmth === 'warm' ? 0.2 : 0;
	return { text, language: readLanguage(text), warmth, score, confidence, sentiment, intent: readIntent({ buying, meeting, leaving, later }, text), reasons };
}

/** Words of a text that say what it is about, by their beginnings. */
const topics = (text: string): Set<string> => new Set((text.toLowerCase().match(/\p{L}{4,}/gu) ?? []).map((word) => word.slice(0, 5)));

/**
 * The fact of the prompt (JSON with `facts`) that shares most words with what the lead wrote, in the lead's language; at
 * least two, so that it is no chance.
 */
export function factFor(request: Pick<ModelRequest, 'messages'>, { text, language }: Pick<LeadReading, 'text' | 'language'>): string | undefined {
	const prompt = request.messages.filter(({ role }) => role === 'user').map(({ text: one }) => one).join('\n');
	const given = /"facts"\s*:\s*(\[(?:[^\]"\\]|"(?:[^"\\]|\\.)*")*\])/.exec(prompt)?.[1];
	const facts = given === undefined ? undefined : parseJson(given);
	if (!Array.isArray(facts)) return undefined;
	const asked = topics(text);
	const lines = facts.flatMap((fact) => (typeof fact === 'string' ? fact.split('\n') : [])).map((line) => line.trim()).filter((line) => /[.!]$/.test(line) && readLanguage(line) === language);
	const shared = (line: string): number => [...topics(line)].filter((topic) => asked.has(topic)).length;
	const [best] = lines.toSorted((a, b) => shared(b) - shared(a));
	return best !== undefined && shared(best) >= 2 ? best : undefined;
}
