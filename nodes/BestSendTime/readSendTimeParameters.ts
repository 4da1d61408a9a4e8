import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { Channel } from '../../engine/channels/channel';
import { DraftSchema, type Draft } from '../../engine/draft/draft';
import { ContactSchema, type Contact } from '../../engine/message/contact';
import { ConversationSchema, MessageSchema, type Conversation, type Message } from '../../engine/message/message';
import { parseClockTime } from '../../engine/sendTime/clockTime';
import type { LawfulHours } from '../../engine/sendTime/schedule';
import { DAY, MINUTE, SECOND, type EpochMs } from '../../engine/time';
import { ItemInputError } from '../shared/errors';
import { readChannel, readKey, readNumber, readOptionalText, readOptionalTime } from '../shared/readParameter';

export interface SendTimeParameters {
	workspace: string;
	purpose: 'auto' | 'reply' | 'outreach';
	channel: Channel;
	contactReference?: string;
	preferredTime?: string;
	timezone?: string;
	phone?: string;
	country?: string;
	notBefore?: EpochMs;
	minimumDelayMs?: number;
	replyDelayMs?: { min: number; max: number };
	quietHours?: { from: string; to: string };
	workingDays?: number[];
	holidays?: string[];
	/** Whether to keep the public holidays of the contact's country. */
	avoidHolidays: boolean;
	/** Whether the store's history is asked. */
	learn: boolean;
	/** 0–1. */
	explore?: number;
	lawful?: LawfulHours;
	message?: Message;
	contact?: Contact;
	conversation?: Conversation;
	draft?: Draft;
}

type Read = (name: string) => string;

function optionPath(context: IExecuteFunctions, index: number): { has: (name: string) => boolean; path: Read } {
	const chosen: unknown = context.getNodeParameter('options', index, {});
	const names = chosen !== null && typeof chosen === 'object' ? Object.keys(chosen) : [];
	return { has: (name) => names.includes(name), path: (name) => `options.${name}` };
}

function readDuration(context: IExecuteFunctions, index: number, name: string, label: string, unit: number): number {
	const value = readNumber(context, `options.${name}`, index, label);
	if (value < 0 || value * unit > 365 * DAY) throw new ItemInputError(`'${label}' must be from 0 to a year, but is ${value}`);
	return value * unit;
}

function readLawful(context: IExecuteFunctions, index: number): SendTimeParameters['lawful'] {
	if (context.getNodeParameter('options.statutory', index, true) === false) return 'off';
	const text = readOptionalText(context, 'options.lawfulHours', index);
	if (text === undefined) return undefined;
	const [from, to, ...rest] = text.split(/\s*[-–]\s*/);
	if (to === undefined || rest.length > 0 || parseClockTime(from) === undefined || parseClockTime(to) === undefined) {
		throw new ItemInputError(`'Lawful Hours Instead' is no span of time: '${text.slice(0, 40)}'`, 'Write it as 09:00-20:00.');
	}
	return { from, to };
}

function readWorkingDays(context: IExecuteFunctions, index: number): number[] {
	const days: unknown = context.getNodeParameter('options.workingDays', index, []);
	const numbers = Array.isArray(days) ? days.map(Number) : [];
	if (numbers.length === 0 || numbers.some((day) => !Number.isInteger(day) || day < 1 || day > 7)) {
		throw new ItemInputError("'Working Days' names no weekday", 'Choose at least one day, as numbers 1 (Monday) to 7 (Sunday), or remove the option.');
	}
	return numbers;
}

function readExplore(context: IExecuteFunctions, index: number): number {
	const percent = readNumber(context, 'options.explorePercent', index, 'Exploration (Percent)');
	if (percent < 0 || percent > 100) throw new ItemInputError(`'Exploration (Percent)' must be from 0 to 100, but is ${percent}`);
	return percent / 100;
}

export function readSendTimeParameters(context: IExecuteFunctions, index: number, item: INodeExecutionData): SendTimeParameters {
	const { has } = optionPath(context, index);
	const text = (name: string): string | undefined => readOptionalText(context, name, index);
	const purpose = text('purpose') ?? 'auto';
	if (purpose !== 'auto' && purpose !== 'reply' && purpose !== 'outreach') throw new ItemInputError(`Purpose '${purpose.slice(0, 40)}' is not known`, 'Use one of: auto, outreach, reply.');
	const pauseMin = has('replyPauseMin') ? readDuration(context, index, 'replyPauseMin', 'Shortest Reply Pause', SECOND) : 0;
	const pauseMax = has('replyPauseMax') ? readDuration(context, index, 'replyPauseMax', 'Longest Reply Pause', SECOND) : pauseMin;
	const quiet = has('quietFrom') || has('quietTo') ? { from: text('options.quietFrom') ?? '20:00', to: text('options.quietTo') ?? '08:00' } : undefined;
	const holidays = text('options.holidays')?.split(/[\s,;]+/).filter((day) => day !== '');
	return {
		workspace: text('workspace') ?? 'default',
		purpose,
		channel: readChannel(context, index),
		contactReference: text('contact'),
		preferredTime: text('preferredTime'),
		timezone: text('timezone'),
		phone: text('phone'),
		country: text('country'),
		notBefore: readOptionalTime(context, 'options.notBefore', index, 'Not Before'),
		minimumDelayMs: has('minimumDelay') ? readDuration(context, index, 'minimumDelay', 'Minimum Delay', MINUTE) : undefined,
		replyDelayMs: pauseMax > 0 ? { min: pauseMin, max: Math.max(pauseMin, pauseMax) } : undefined,
		quietHours: quiet,
		workingDays: has('workingDays') ? readWorkingDays(context, index) : undefined,
		holidays,
		avoidHolidays: !has('avoidHolidays') || context.getNodeParameter('options.avoidHolidays', index, true) !== false,
		learn: !has('learn') || context.getNodeParameter('options.learn', index, true) !== false,
		explore: has('explorePercent') ? readExplore(context, index) : undefined,
		lawful: readLawful(context, index),
		message: readKey(item, 'message', MessageSchema),
		contact: readKey(item, 'contact', ContactSchema),
		conversation: readKey(item, 'conversation', ConversationSchema),
		draft: readKey(item, 'draft', DraftSchema),
	};
}
