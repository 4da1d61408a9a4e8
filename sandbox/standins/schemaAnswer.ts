import type { LeadReading } from './leadReading';
import { REPLIES, SUBJECTS } from './replyTexts';
import { at, isObject, listAt, type JsonObject } from './shapes';

const STAGE_OF_SCORE = (score: number): string => (score >= 81 ? 'PROPOSAL' : score >= 61 ? 'QUALIFIED' : score >= 31 ? 'CONTACTED' : 'NEW');

function summary(reading: LeadReading): string {
	const quoted = reading.text.replace(/\s+/g, ' ').slice(0, 160);
	const mood = { hot: 'The lead is close to a decision.', warm: 'The lead shows some interest.', cold: 'The lead shows little interest so far.', leaving: 'The lead does not want further contact.' }[reading.warmth];
	return `The lead wrote: "${quoted}". ${mood} ${reading.reasons.join('. ')}.`;
}

/** What the default model answers the lead: with the fact that was given, when one fits. */
export function replyOf({ language, warmth, fact }: LeadReading): string {
	const reply = REPLIES[language][warmth];
	if (fact === undefined) return reply;
	const [first, ...rest] = reply.split(/(?<=[.!]) /);
	return [first, fact, ...rest].join(' ');
}

/** What the default model says under the names the pack's schemas use. */
function known(name: string, reading: LeadReading): unknown {
	const heat = reading.warmth === 'leaving' ? 'cold' : reading.warmth;
	const wantsOut = reading.intent === 'opt_out' || reading.intent === 'not_interested';
	const answers: Record<string, unknown> = {
		score: reading.score,
		leadScore: reading.score,
		confidence: reading.confidence,
		rawConfidence: reading.confidence,
		certainty: wantsOut ? 0.9 : 0.95,
		sentiment: reading.sentiment,
		summary: summary(reading),
		reasons: reading.reasons,
		status: STAGE_OF_SCORE(reading.score),
		intent: [heat, reading.intent],
		category: [heat, reading.intent],
		temperature: heat,
		text: replyOf(reading),
		reply: replyOf(reading),
		draft: replyOf(reading),
		message: replyOf(reading),
		subject: SUBJECTS[reading.language],
		reasoning: reading.reasons.join('; '),
		explanation: reading.reasons.join('; '),
		language: reading.language,
		needsAnswer: reading.text.trim() !== '' && !wantsOut,
		wanted: wantsOut,
		optOutWanted: wantsOut,
		asksToStop: reading.intent === 'opt_out',
		usedFallback: false,
		flagged: false,
		facts: [],
		evidence: [],
		objection: reading.intent === 'objection' ? 'price' : null,
	};
	return answers[name];
}

/** A stage fitting the score: the list is taken as running from early to late. */
function stageFrom(options: unknown[], score: number): unknown {
	const open = options.filter((option) => typeof option === 'string' && !/lost|won|unresponsive|verloren|gewonnen/i.test(option));
	const list = open.length > 0 ? open : options;
	return list[Math.min(list.length - 1, Math.floor((score / 101) * list.length))];
}

function resolve(schema: unknown, root: JsonObject): JsonObject {
	if (!isObject(schema)) return {};
	if (typeof schema.$ref === 'string') return resolve(at(root, ...schema.$ref.replace(/^#\/?/, '').split('/').filter(Boolean)), root);
	const parts = listAt(schema, 'allOf');
	return parts.length > 0 ? Object.assign({}, schema, ...parts.map((part) => resolve(part, root))) : schema;
}

function typesOf(schema: JsonObject): unknown[] {
	if (schema.type !== undefined) return [schema.type].flat();
	if (isObject(schema.properties)) return ['object'];
	return schema.items === undefined ? [] : ['array'];
}

function fits(value: unknown, schema: JsonObject): boolean {
	const actual = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
	const types = typesOf(schema);
	if (types.length > 0 && !types.includes(actual) && !(types.includes('integer') && Number.isInteger(value))) return false;
	if (typeof value === 'number') {
		if (typeof schema.minimum === 'number' && value < schema.minimum) return false;
		if (typeof schema.maximum === 'number' && value > schema.maximum) return false;
	}
	if (typeof value === 'string' && typeof schema.maxLength === 'number' && value.length > schema.maxLength) return false;
	return !Array.isArray(schema.enum) || schema.enum.includes(value);
}

function numberFor(schema: JsonObject, reading: LeadReading): number {
	const low = typeof schema.minimum === 'number' ? schema.minimum : typeof schema.exclusiveMinimum === 'number' ? schema.exclusiveMinimum : 0;
	const high = typeof schema.maximum === 'number' ? schema.maximum : low + 1;
	const value = low + (high - low) * (reading.score / 100);
	return typesOf(schema).includes('integer') ? Math.round(value) : Number(value.toFixed(2));
}

function textFor(schema: JsonObject, reading: LeadReading): string {
	if (schema.format === 'date-time') return '2026-01-01T00:00:00.000Z';
	if (schema.format === 'date') return '2026-01-01';
	if (schema.format === 'email') return 'lead@demo.example';
	const text = reading.reasons[0] ?? 'Nothing to add';
	return typeof schema.maxLength === 'number' ? text.slice(0, schema.maxLength) : text;
}

function generic(schema: JsonObject, root: JsonObject, reading: LeadReading): unknown {
	const [type] = typesOf(schema).filter((candidate) => candidate !== 'null');
	switch (type) {
		case 'object': {
			const properties = isObject(schema.properties) ? schema.properties : {};
			return Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, answerFor(property, root, reading, name)]));
		}
		case 'array': {
			const length = typeof schema.minItems === 'number' ? schema.minItems : 0;
			return Array.from({ length }, () => answerFor(schema.items, root, reading, ''));
		}
		case 'number':
		case 'integer':
			return numberFor(schema, reading);
		case 'boolean':
			return false;
		case 'string':
			return textFor(schema, reading);
		default:
			return null;
	}
}

/** A value that is valid for the schema, with sensible content where the property's name is known. */
export function answerFor(schema: unknown, root: JsonObject, reading: LeadReading, name: string): unknown {
	const own = resolve(schema, root);
	if (own.const !== undefined) return own.const;
	const choices = [...listAt(own, 'anyOf'), ...listAt(own, 'oneOf')].map((choice) => resolve(choice, root));
	const answer = known(name, reading);
	const candidates = Array.isArray(answer) && !typesOf(own).includes('array') && !choices.some((choice) => typesOf(choice).includes('array')) ? answer : [answer];
	for (const candidate of candidates) {
		if (candidate === undefined) continue;
		const accepted = choices.length > 0 ? choices.some((choice) => fits(candidate, choice)) : fits(candidate, own);
		if (accepted) return candidate;
	}
	if (choices.length > 0) return answerFor(choices.find((choice) => choice.type !== 'null') ?? {}, root, reading, name);
	if (Array.isArray(own.enum)) return /stage|status|pipeline/i.test(name) ? stageFrom(own.enum, reading.score) : own.enum[0];
	if (/stage/i.test(name) && typesOf(own).includes('null')) return null;
	return generic(own, root, reading);
}
