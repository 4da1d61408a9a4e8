import type { IExecuteFunctions, INodeExecutionData, INodeParameters } from 'n8n-workflow';
import type { ZodType } from 'zod';
import { CHANNELS, parseChannel, type Channel } from '../../engine/channels/channel';
import { epochMs, type EpochMs } from '../../engine/time';
import { ItemInputError } from './errors';
import { lookUp } from './plainExpression';

type Source = Pick<IExecuteFunctions, 'getNodeParameter' | 'getNode' | 'getInputData'>;

/** n8n copies the node and its input at every call; one copy an execution is enough. */
const looked = new WeakMap<Source, { parameters: INodeParameters; items: INodeExecutionData[] }>();

/** A parameter's value for an item, as n8n evaluates it; expressions that only look a field up are looked up here. */
export function readParameter(source: Source, name: string, itemIndex: number, fallback?: unknown): unknown {
	const known = looked.get(source) ?? { parameters: source.getNode().parameters, items: source.getInputData() };
	looked.set(source, known);
	const raw = name.split('.').reduce<unknown>((value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined), known.parameters);
	const item = known.items[itemIndex];
	const found = typeof raw === 'string' && raw.startsWith('=') && item !== undefined ? lookUp(raw, item.json) : undefined;
	if (found) return found.value;
	return fallback === undefined ? source.getNodeParameter(name, itemIndex) : source.getNodeParameter(name, itemIndex, fallback);
}

/** A text parameter, trimmed; undefined when empty. Numbers (phone numbers, sheet cells) count as text. */
export function readOptionalText(source: Source, name: string, itemIndex: number): string | undefined {
	const value: unknown = readParameter(source, name, itemIndex, '');
	if (value === null || value === undefined || value === '') return undefined;
	if (typeof value !== 'string' && typeof value !== 'number') {
		throw new ItemInputError(`'${name}' must be text, but is ${Array.isArray(value) ? 'a list' : `a ${typeof value}`}`, `Open the node and point '${name}' at a text field of the item.`);
	}
	const text = String(value).trim();
	return text === '' ? undefined : text;
}

/** A text parameter that must not be empty. `label` is the name a person sees on the node. */
export function readText(source: Source, name: string, itemIndex: number, label: string): string {
	const text = readOptionalText(source, name, itemIndex);
	if (text === undefined) {
		throw new ItemInputError(`'${label}' is empty`, `Open the node and point '${label}' at the field of the item that holds it, e.g. {{ $json.${name} }}.`);
	}
	return text;
}

export function readNumber(source: Source, name: string, itemIndex: number, label: string): number {
	const value: unknown = readParameter(source, name, itemIndex);
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	if (typeof number !== 'number' || !Number.isFinite(number)) {
		throw new ItemInputError(`'${label}' must be a number, but is ${JSON.stringify(value)}`);
	}
	return number;
}

/** The channel a parameter names. */
export function readChannel(source: Source, itemIndex: number, name = 'channel'): Channel {
	const text = readText(source, name, itemIndex, 'Channel');
	const channel = parseChannel(text);
	if (!channel) throw new ItemInputError(`Channel '${text.slice(0, 40)}' is not known`, `Use one of: ${CHANNELS.join(', ')}.`);
	return channel;
}

/** A moment given as ISO-8601 text or epoch milliseconds; undefined when empty. */
export function readOptionalTime(source: Source, name: string, itemIndex: number, label: string): EpochMs | undefined {
	const value: unknown = readParameter(source, name, itemIndex, '');
	if (value === null || value === undefined || value === '') return undefined;
	// Expressions hand over Luxon DateTime objects, e.g. from $now: their text is ISO-8601.
	const moment = new Date(typeof value === 'number' || value instanceof Date ? value : String(value)).getTime();
	if (Number.isNaN(moment)) throw new ItemInputError(`'${label}' is no date and time: ${JSON.stringify(value)}`, 'Use ISO-8601, e.g. 2026-03-01T09:00:00Z.');
	return epochMs(moment);
}

/** The item's own key (`draft`, `gate`, …) when it is there and has the contract's shape; undefined otherwise. */
export function readKey<T>(item: INodeExecutionData, key: string, schema: ZodType<T>): T | undefined {
	const result = schema.safeParse(item.json[key]);
	return result.success ? result.data : undefined;
}

/** The value a text spells in JSON; undefined when it spells none. */
function parseJson(text: string): { value: unknown } | undefined {
	try {
		return { value: JSON.parse(text) as unknown };
	} catch {
		return undefined;
	}
}

/** A JSON parameter: an object handed over by an expression, or text that spells one. */
export function readJson(source: Source, name: string, itemIndex: number, label: string): unknown {
	const value: unknown = readParameter(source, name, itemIndex);
	if (typeof value !== 'string') return value;
	const parsed = parseJson(value);
	if (!parsed) throw new ItemInputError(`'${label}' is not valid JSON`, 'Check for a missing comma or quote, or point the field at the part of the item that holds it.');
	return parsed.value;
}
