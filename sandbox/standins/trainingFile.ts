import { tokensOf } from './modelAnswer';
import { isObject, type JsonObject } from './shapes';

/**
 * What the service allows. Sources: OpenAI, supervised fine-tuning guide (at least 10 examples; 65,536 tokens an example
 * with the GPT-4.1 and GPT-4o families) and Files API (512 MB a file); 50 million tokens a file as third parties report it.
 */
export const TRAINING_LIMITS = { minExamples: 10, exampleTokens: 65_536, fileTokens: 50_000_000, fileBytes: 512 * 1024 * 1024, metadataKeys: 16, metadataKeyLength: 64, metadataValueLength: 512, suffixLength: 64 };

/** How many times the service goes through a file when it is left to it. */
const AUTO_EPOCHS = 3;
/** Tokens each message has beside its text. */
const MESSAGE_TOKENS = 4;

export type TrainingMethod = 'supervised' | 'dpo';

/** As the job shows it. Codes as users report them; the sentences after "Line" are the stand-in's own. */
export interface JobError {
	code: string;
	message: string;
	param: string | null;
}

const FATAL_UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const KEY = /"(?:[^"\\]|\\.)*"/y;

/** The text of a file; undefined when it is no UTF-8. */
function textOf(bytes: Buffer): string | undefined {
	try {
		return FATAL_UTF8.decode(bytes);
	} catch {
		return undefined;
	}
}

function parsed(line: string): unknown {
	try {
		return JSON.parse(line);
	} catch {
		return undefined;
	}
}

/** Lines without the last line end. An empty line in between counts as one. */
const linesOf = (text: string): string[] => (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));

/** What the Files API refuses at once: what is no JSON Lines. Undefined when it takes the file. */
export function uploadProblem(bytes: Buffer): string | undefined {
	if (bytes.length === 0) return 'File is empty.';
	const text = textOf(bytes);
	if (text === undefined) return 'Invalid file format. The file must be UTF-8 encoded.';
	const lines = linesOf(text);
	const at = lines.findIndex((line) => !isObject(parsed(line)));
	if (at < 0) return undefined;
	return `Expected file to have JSONL format, where every line is a valid JSON dictionary. Line ${at + 1} is not a dictionary (HINT: line starts with: "${lines[at].slice(0, 4)}...").`;
}

/** A key that stands twice in one object: the parser would keep the last and lose the others without a word. */
export function duplicateKey(json: string): string | undefined {
	const open: { keys: Set<string>; object: boolean }[] = [];
	let place = 0;
	while (place < json.length) {
		const character = json[place];
		if (character === '{' || character === '[') open.push({ keys: new Set(), object: character === '{' });
		if (character === '}' || character === ']') open.pop();
		if (character !== '"') {
			place += 1;
			continue;
		}
		KEY.lastIndex = place;
		const [text] = KEY.exec(json) ?? [character];
		place += text.length;
		const inside = open.at(-1);
		if (!inside?.object || !/^\s*:/.test(json.slice(place, place + 20))) continue;
		if (inside.keys.has(text)) return text.slice(1, -1);
		inside.keys.add(text);
	}
	return undefined;
}

const MESSAGE_KEYS = ['role', 'content', 'weight', 'name', 'refusal', 'tool_calls', 'tool_call_id', 'function_call'];
const ROLES = ['system', 'developer', 'user', 'assistant', 'tool', 'function'];
const strangerIn = (object: JsonObject, known: readonly string[]): string | undefined => Object.keys(object).find((key) => !known.includes(key));

interface MessageRules {
	roles: readonly string[];
	/** Weights are for supervised training. */
	weights: boolean;
}

function messageProblem(message: unknown, { roles, weights }: MessageRules): string | undefined {
	if (!isObject(message)) return 'is not an object';
	const stranger = strangerIn(message, MESSAGE_KEYS);
	if (stranger !== undefined) return `has an unexpected key "${stranger}"`;
	const { role, content, weight } = message;
	if (typeof role !== 'string' || !roles.includes(role)) return `has the role ${JSON.stringify(role)}; supported are ${roles.join(', ')}`;
	if (weight !== undefined && (!weights || role !== 'assistant')) return 'has a weight, which only assistant messages of supervised training may have';
	if (weight !== undefined && weight !== 0 && weight !== 1) return `has the weight ${JSON.stringify(weight)}; only 0 and 1 are allowed`;
	if (Array.isArray(message.tool_calls) && message.tool_calls.length > 0) return undefined;
	if (typeof content !== 'string') return 'key "content" must be a string';
	return content === '' && role !== 'system' ? 'key "content" is empty' : undefined;
}

type Read = { problem: string } | { text: string; messages: number };

function readMessages(list: unknown, rules: MessageRules): Read {
	if (!Array.isArray(list) || list.length === 0) return { problem: 'key "messages" must be a list that is not empty' };
	for (const [at, message] of list.entries()) {
		const problem = messageProblem(message, rules);
		if (problem !== undefined) return { problem: `message ${at + 1} ${problem}` };
	}
	return { text: list.map((message: unknown) => JSON.stringify(isObject(message) ? message.content : '')).join(' '), messages: list.length };
}

const roleOf = (list: unknown, at: number): unknown => {
	const message: unknown = Array.isArray(list) ? list.at(at) : undefined;
	return isObject(message) ? message.role : undefined;
};

function readChat(example: JsonObject): Read {
	if ('prompt' in example || 'completion' in example) return { problem: 'is in the prompt-completion format, but the model requires chat-formatted data' };
	if ('input' in example || 'preferred_output' in example) return { problem: 'is in the preference format, but the method is supervised' };
	const stranger = strangerIn(example, ['messages', 'tools', 'parallel_tool_calls', 'functions']);
	if (stranger !== undefined) return { problem: `has an unexpected key "${stranger}"` };
	const read = readMessages(example.messages, { roles: ROLES, weights: true });
	if ('problem' in read) return read;
	if (roleOf(example.messages, -1) !== 'assistant') return { problem: 'the last message must be from the assistant' };
	const learns = Array.isArray(example.messages) && example.messages.some((message: unknown) => isObject(message) && message.role === 'assistant' && message.weight !== 0);
	return learns ? read : { problem: 'has no assistant message to learn from: all weights are 0' };
}

function readPreference(example: JsonObject): Read {
	if ('messages' in example) return { problem: 'is in the chat format, but the method dpo requires "input", "preferred_output" and "non_preferred_output"' };
	const stranger = strangerIn(example, ['input', 'preferred_output', 'non_preferred_output']);
	if (stranger !== undefined) return { problem: `has an unexpected key "${stranger}"` };
	if (!isObject(example.input)) return { problem: 'key "input" must be an object' };
	const foreign = strangerIn(example.input, ['messages', 'tools', 'parallel_tool_calls']);
	if (foreign !== undefined) return { problem: `key "input" has an unexpected key "${foreign}"` };
	const input = readMessages(example.input.messages, { roles: ROLES, weights: false });
	if ('problem' in input) return { problem: `input: ${input.problem}` };
	if (roleOf(example.input.messages, -1) === 'assistant') return { problem: 'the last message of "input" must not be from the assistant' };
	let { text, messages } = input;
	for (const key of ['preferred_output', 'non_preferred_output'] as const) {
		const output = readMessages(example[key], { roles: ['assistant'], weights: false });
		if ('problem' in output) return { problem: `${key}: ${output.problem}` };
		if (output.messages !== 1) return { problem: `${key} must hold exactly one assistant message` };
		text += output.text;
		messages += 1;
	}
	return { text, messages };
}

/** What a checked file holds. */
export interface CheckedFile {
	examples: number;
	tokens: number;
}

/** Checks a file as the job does while it is validating: the first problem, or what the file holds. */
export function checkTrainingFile(bytes: Buffer, method: TrainingMethod, kind: 'training' | 'validation'): JobError | CheckedFile {
	const param = `${kind}_file`;
	const invalid = (what: string): JobError => ({ code: `invalid_${param}`, message: `The job failed due to an invalid ${kind} file. Invalid file format. ${what}`, param });
	const text = textOf(bytes);
	if (text === undefined) return invalid('The file is not UTF-8 encoded.');
	if (text.startsWith('\uFEFF')) return invalid('Line 1 begins with a byte order mark.');
	const lines = linesOf(text);
	let tokens = 0;
	for (const [at, line] of lines.entries()) {
		const where = `Line ${at + 1}`;
		if (line.trim() === '') return invalid(`${where} is empty.`);
		const example = parsed(line);
		if (!isObject(example)) return invalid(`${where} is not a JSON object.`);
		const twice = duplicateKey(line);
		if (twice !== undefined) return invalid(`${where} has the key "${twice}" twice.`);
		const read = method === 'dpo' ? readPreference(example) : readChat(example);
		if ('problem' in read) return invalid(`${where}: ${read.problem}.`);
		const own = tokensOf(read.text) + MESSAGE_TOKENS * read.messages;
		if (own > TRAINING_LIMITS.exampleTokens) return invalid(`${where} has ${own} tokens, more than the ${TRAINING_LIMITS.exampleTokens} an example may have.`);
		tokens += own;
	}
	if (tokens > TRAINING_LIMITS.fileTokens) return invalid(`The file has ${tokens} tokens, more than the ${TRAINING_LIMITS.fileTokens} a file may have.`);
	if (kind === 'training' && lines.length < TRAINING_LIMITS.minExamples) {
		return { code: 'invalid_n_examples', message: `Training file has ${lines.length} example(s), but must have at least ${TRAINING_LIMITS.minExamples} examples`, param };
	}
	return { examples: lines.length, tokens };
}

/** How often the file is gone through. */
export const epochsOf = (asked: unknown): number => (typeof asked === 'number' ? asked : AUTO_EPOCHS);
