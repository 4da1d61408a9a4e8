import { z } from 'zod';
import { UNFILLED } from '../../draft/unfilled';
import { MARK_LEFT } from '../../privacy/redactForModel';
import { PhraseSet } from '../../reply/phrases';
import { quote, spanIn, type Check, type CheckName, type GateInput, type Severity } from '../check';
import compliance from '../data/compliance.json';
import modelTalk from '../data/modelTalk.json';
import moderation from '../data/moderation.json';
import type { GateIssue } from '../gate';

const COMPLIANCE = new PhraseSet(
	Object.entries(z.object({ phrases: z.record(z.string(), z.array(z.string())) }).parse(compliance).phrases).flatMap(([tag, list]) => list.map((phrase) => ({ phrase, tag }))),
);
const MODEL_TALK = new PhraseSet(z.object({ phrases: z.array(z.string()) }).parse(modelTalk).phrases.map((phrase) => ({ phrase, tag: 'talk' })));

const KINDS = ['insult', 'threat', 'sexual'] as const;
const MODERATION = new PhraseSet<string>(
	Object.entries(z.object({ phrases: z.record(z.enum(KINDS), z.record(z.string(), z.array(z.string()))) }).parse(moderation).phrases).flatMap(([kind, lists]) => Object.values(lists).flat().map((phrase) => ({ phrase, tag: kind }))),
);
const KIND_NAMES: Readonly<Record<string, string>> = { insult: 'insulting', threat: 'threatening', sexual: 'sexual' };

/** More findings of one kind than a person wants to read. */
const MOST_ISSUES = 10;

function phraseIssues(set: PhraseSet<string>, input: GateInput, check: CheckName, severity: Severity, say: (found: string, tag: string) => string): GateIssue[] {
	const issues: GateIssue[] = [];
	let covered = -1;
	for (const { start, end, tag } of set.find(input.canonical)) {
		if (start < covered || issues.length >= MOST_ISSUES) continue;
		covered = end;
		issues.push({ check, severity, reason: say(quote(input, start, end), tag), ...spanIn(input, start, end) });
	}
	return issues;
}

/** Promises that advertising law forbids or that nobody can keep. */
export function complianceCheck({ severity }: { severity: Severity }): Check {
	return (input) => phraseIssues(COMPLIANCE, input, 'compliance', severity, (found) => `'${found}' promises what may not be promised.`);
}

/** Insults, threats and sexual talk, in nine languages. */
export function moderationCheck({ severity }: { severity: Severity }): Check {
	return (input) => phraseIssues(MODERATION, input, 'moderation', severity, (found, kind) => `'${found}' is ${KIND_NAMES[kind] ?? 'offensive'}.`);
}

const LEAKS: readonly RegExp[] = [
	MARK_LEFT,
	UNFILLED,
	/\{\{[^{}\n]{0,80}\}\}|\{[A-Za-z_][\w .|'-]{0,60}\}/g,
	/\[(?:[A-ZÄÖÜ][\p{L} _'-]{1,40}|[a-z_]{2,30}|(?:your|ihr|ihre|insert|einfügen) [\p{L} ]{2,40})\](?!\()/gu,
	/<(?:name|first_?name|last_?name|vorname|nachname|company|firma|insert[^<>\n]{0,40})>/gi,
	/%(?:[A-Z][A-Z_]{2,30}|(?:first|last)_?name|name)%|\$\{[^{}\n]{0,80}\}|\bXX{2,}\b/g,
	/(?<![\p{L}\p{N}_])(?:undefined|\[object Object\]|NaN)(?![\p{L}\p{N}_])/gu,
	/(?<![\p{L}\p{N}_'’-])null(?=[,!.;:]|$)/gmu,
	/^(?:dear|hi|hello|hey|hallo|liebe|lieber|sehr geehrte|sehr geehrter (?:herr|frau)|sehr geehrte frau|guten tag herr|guten tag frau|estimado|querido|cher|chère|caro|cara|prezado|beste|gentile) {1,4}[,!]/gim,
];

/** Whether a text holds a template field that nobody filled. */
export const holdsPlaceholder = (text: string): boolean => LEAKS.some((pattern) => text.search(pattern) !== -1);

/** A template field nobody filled, or the model's own talk about its answer. */
export function placeholderCheck({ severity }: { severity: Severity }): Check {
	return (input) => {
		const issues: GateIssue[] = [];
		for (const pattern of LEAKS) {
			for (const match of input.whole.matchAll(pattern)) {
				if (issues.length >= MOST_ISSUES) return issues;
				const end = match.index + match[0].length;
				issues.push({ check: 'placeholder', severity, reason: `'${quote(input, match.index, end)}' looks like a field that was not filled in.`, ...spanIn(input, match.index, end) });
			}
		}
		return [...issues, ...phraseIssues(MODEL_TALK, input, 'placeholder', severity, (found) => `'${found}' is the model talking, not the message.`)];
	};
}
