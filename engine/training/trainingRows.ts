import { draftPrompt } from '../draft/prompt';
import { editDistance } from '../draft/editDistance';
import { isFramework, isTone } from '../draft/style';
import { holdsPlaceholder } from '../gate/checks/phraseChecks';
import { ReplyIntentSchema } from '../reply/reply';
import { ownText } from '../reply/quotedText';
import { marksIn, PersonalMarks } from './personalMarks';
import type { TrainingExample } from './trainingExample';
import type { PersonIdentifiers } from './trainingPerson';
import { estimatedTokens, TRAINING_POLICY } from './trainingPolicy';

/** Why an example gives no row. */
export type RowExclusion = 'empty' | 'placeholder_left' | 'personal_data_left' | 'mark_without_source' | 'too_long';

interface Prompt {
	system: string;
	user: string;
}
/** What an example becomes: what the model is asked, what it should answer, and what it should not. */
export interface ExampleRows {
	prompt: Prompt;
	/** The answer's own words, with marks: what two copies share. */
	text: string;
	/** The message it answers, with marks; empty when it opens the conversation. */
	asked: string;
	/** A line of the file of chats; of rejected drafts there is none. */
	chat?: string;
	/** A line of the file of preferences. */
	pair?: string;
	/** Estimated tokens of the longer of the two. */
	tokens: number;
}

/** What a model is told about the marks; part of the instructions where there are some. */
const MARKS_NOTICE = 'Marks such as [[NAME_1]] stand for a name, address, number or link that you are not shown. The same mark is the same value. Where the value belongs, copy its whole mark exactly as it stands. Never make up, change or explain a mark.';
const SENDER = '[[SENDER_1]]';
/** A pair whose sides differ by less teaches spelling. Policy of this pack. */
const LEAST_DIFFERENCE = 0.02;
const DESCRIBING = ['industry', 'role'];

/**
 * The rows of one example in OpenAI's formats for chats and for preferences (platform.openai.com/docs/guides/
 * supervised-fine-tuning and direct-preference-optimization), asked as Generate With Confidence asks and answered with the
 * first fields of what it wants answered. No id of ours is in them.
 */
export function rowsOf(example: TrainingExample, identifiers: PersonIdentifiers, attributes: Readonly<Record<string, unknown>> = {}): ExampleRows | { excluded: RowExclusion } {
	const preferred = example.judgement === 'rejected' ? example.instead : example;
	const other = example.judgement === 'rejected' ? example : example.original;
	if (!preferred || preferred.text.trim() === '') return { excluded: 'empty' };
	if (preferred.text.length > TRAINING_POLICY.longestText) return { excluded: 'too_long' };
	if (holdsPlaceholder(preferred.text) || holdsPlaceholder(preferred.subject ?? '')) return { excluded: 'placeholder_left' };
	const marks = new PersonalMarks(identifiers, { language: example.language, facts: example.facts });
	const facts = (example.facts ?? []).map((fact) => marks.hide(fact, true));
	const turns = example.conversation.map(({ from, text }) => ({ from, text: marks.hide(from === 'lead' ? ownText(text) : text, from !== 'lead') })).filter(({ text }) => text !== '');
	const answer = hideBoth(marks, preferred);
	const rejected = other && other.text.length <= TRAINING_POLICY.longestText ? hideBoth(marks, other) : undefined;
	if (answer.text === '') return { excluded: 'empty' };
	const persona = example.persona === undefined ? undefined : marks.hide(example.persona, true);
	const told = described(attributes, marks);
	const all = [...facts, ...turns.map(({ text }) => text), answer.text, answer.subject ?? '', rejected?.text ?? '', rejected?.subject ?? '', persona ?? '', ...Object.values(told)];
	if (all.some((text) => marks.remainsIn(text))) return { excluded: 'personal_data_left' };
	const parts = { example, marks, facts, answer, rejected, persona, attributes: told };
	return shortEnough(parts, turns);
}

interface Parts {
	example: TrainingExample;
	marks: PersonalMarks;
	facts: string[];
	answer: Said;
	rejected?: Said;
	persona?: string;
	attributes: Record<string, string>;
}
interface Said {
	text: string;
	subject?: string;
}

function hideBoth(marks: PersonalMarks, { text, subject }: Said): Said {
	const heading = subject === undefined ? '' : marks.hide(subject, true).replaceAll('\n', ' ');
	return { text: marks.hide(text, true), ...(heading === '' ? {} : { subject: heading }) };
}

/** What of a contact's attributes describes many people. */
function described(attributes: Readonly<Record<string, unknown>>, marks: PersonalMarks): Record<string, string> {
	return Object.fromEntries(DESCRIBING.flatMap((key) => {
		const value = Object.hasOwn(attributes, key) ? attributes[key] : undefined;
		return typeof value === 'string' && value !== '' ? [[key, marks.hide(value.slice(0, 100))]] : [];
	}));
}

/** With as many of the newest turns as fit. */
function shortEnough(parts: Parts, turns: TrainingExample['conversation']): ExampleRows | { excluded: RowExclusion } {
	for (let left = turns.length; left >= 0; left = left > 1 ? Math.floor(left / 2) : left - 1) {
		const kept = turns.slice(turns.length - left);
		// An answer without its question teaches to answer anything.
		if (left === 0 && turns.some(({ from }) => from === 'lead')) break;
		const rows = build(parts, kept);
		if ('excluded' in rows || rows.tokens <= TRAINING_POLICY.mostTokensARow) return rows;
	}
	return { excluded: 'too_long' };
}

function build(parts: Parts, turns: TrainingExample['conversation']): ExampleRows | { excluded: RowExclusion } {
	const { answer, rejected, example } = parts;
	const prompt = promptOf(parts, turns);
	const given = new Set(marksIn(`${prompt.system}\n${prompt.user}`));
	// It would teach to make up marks, and with them names and numbers.
	if (marksIn(`${answer.text}\n${answer.subject ?? ''}`).some((mark) => !given.has(mark))) return { excluded: 'mark_without_source' };
	const messages = [{ role: 'system', content: prompt.system }, { role: 'user', content: prompt.user }];
	const chat = example.judgement === 'rejected' ? undefined : JSON.stringify({ messages: [...messages, assistant(answer)] });
	const differs = rejected !== undefined && editDistance(`${rejected.subject ?? ''}\n${rejected.text}`, `${answer.subject ?? ''}\n${answer.text}`) >= LEAST_DIFFERENCE;
	const pair = differs ? JSON.stringify({ input: { messages }, preferred_output: [assistant(answer)], non_preferred_output: [assistant(rejected)] }) : undefined;
	if (chat === undefined && pair === undefined) return { excluded: 'empty' };
	return {
		prompt,
		text: answer.text,
		asked: turns.findLast(({ from }) => from === 'lead')?.text ?? '',
		...(chat === undefined ? {} : { chat }),
		...(pair === undefined ? {} : { pair }),
		tokens: Math.max(estimatedTokens(chat ?? ''), estimatedTokens(pair ?? '')),
	};
}

/** The first two fields of what the model is asked for: it learns what to write, not how sure to be. */
function assistant({ text, subject }: Said): { role: 'assistant'; content: string } {
	return { role: 'assistant', content: JSON.stringify({ text, subject: subject ?? null }) };
}

function promptOf({ example, marks, facts, answer, rejected, persona, attributes }: Parts, turns: TrainingExample['conversation']): Prompt {
	const { channel, language, framework, tone } = example;
	const signed = [answer.text, rejected?.text ?? '', ...turns.map(({ text }) => text)].some((text) => text.includes(SENDER));
	const intent = example.intent === 'outreach' ? 'outreach' : (ReplyIntentSchema.safeParse(example.intent).data ?? 'other');
	const { system, user } = draftPrompt({
		language,
		channel,
		intent,
		...(framework !== undefined && isFramework(framework) ? { framework } : {}),
		...(tone !== undefined && isTone(tone) ? { tone } : {}),
		...(persona === undefined ? {} : { persona }),
		facts,
		// When exactly somebody wrote would tell who it was.
		conversation: turns.map(({ from, text }) => ({ from, text, timestamp: '' })),
		contact: { name: marks.name, company: marks.company, attributes },
		sender: signed ? { senderName: SENDER } : {},
		unread: [],
	});
	return marksIn(`${system}${user}`).length === 0 ? { system, user } : { system: `${system}\n\n${MARKS_NOTICE}`, user };
}
