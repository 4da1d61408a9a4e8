import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { HANDLE_KIND, type Channel, type HandleKind } from '../../engine/channels/channel';
import { boundedRaw, cleaned } from '../../engine/message/intake/cleaning';
import { AttachmentSchema, MESSAGE_SOURCES, type Attachment, type Message } from '../../engine/message/message';
import { HOUR } from '../../engine/time';
import { ItemInputError } from '../shared/errors';
import { readChannel, readOptionalText, readText } from '../shared/readParameter';
import { readOptionalJson } from './readOptionalJson';

/** What one item of Record or Record From Person says, read from the node's own fields and nothing else. */
export interface MessageParameters {
	workspace: string;
	account?: string;
	channel: Channel;
	text: string;
	subject?: string;
	thread?: string;
	providerId?: string;
	/** As given; read against the store's clock. */
	timestamp: unknown;
	name?: string;
	email?: string;
	phone?: string;
	handle?: { kind: HandleKind; value: string };
	company?: string;
	country?: string;
	attachments: Attachment[];
	source: Message['source'];
	raw?: unknown;
	takeOverMs: number;
}

/** How long the autopilot keeps quiet after a colleague wrote, unless the node says otherwise. */
const TAKE_OVER_HOURS = 24;
/** The longest text a channel of ours carries is far shorter; the rest would be an attack on everybody downstream. */
const LONGEST_TEXT = 100_000;

export function readMessage(context: IExecuteFunctions, index: number, item: INodeExecutionData): MessageParameters {
	const channel = readChannel(context, index);
	const handle = readOptionalText(context, 'handle', index);
	const kind = HANDLE_KIND[channel];
	const social = kind === 'phone' || kind === 'email' ? undefined : kind;
	if (handle !== undefined && social === undefined && readOptionalText(context, kind, index) === undefined) {
		throw new ItemInputError(`'Handle' is no address on ${channel}`, `Fill in '${kind === 'phone' ? 'Phone' : 'Email'}', or choose the channel the handle belongs to.`);
	}
	return {
		workspace: readText(context, 'messageWorkspace', index, 'Workspace'),
		account: readOptionalText(context, 'options.account', index),
		channel,
		text: readMessageText(context, index),
		subject: optionOrField(context, index, item, 'subject'),
		thread: readOptionalText(context, 'options.thread', index),
		providerId: readOptionalText(context, 'providerId', index),
		timestamp: context.getNodeParameter('timestamp', index, ''),
		name: readOptionalText(context, 'name', index),
		email: readOptionalText(context, 'email', index),
		phone: readOptionalText(context, 'phone', index),
		...(handle !== undefined && social !== undefined ? { handle: { kind: social, value: handle } } : {}),
		company: optionOrField(context, index, item, 'company'),
		country: optionOrField(context, index, item, 'country'),
		attachments: readAttachments(context, index, item),
		source: readSource(context, index),
		raw: context.getNodeParameter('options.keepRaw', index, true) === true ? boundedRaw(item.json) : undefined,
		takeOverMs: readTakeOver(context, index),
	};
}

function readSource(context: IExecuteFunctions, index: number): Message['source'] {
	const value: unknown = context.getNodeParameter('source', index, 'channel');
	return MESSAGE_SOURCES.find((source) => source === value) ?? 'form';
}

export function readTakeOver(context: IExecuteFunctions, index: number): number {
	const given: unknown = context.getNodeParameter('takeOverHours', index, TAKE_OVER_HOURS);
	const hours = given === '' ? TAKE_OVER_HOURS : Number(given);
	if (!Number.isFinite(hours) || hours < 0) throw new ItemInputError(`'Takeover (Hours)' must be a number of at least 0, but is ${JSON.stringify(given)}`);
	return hours * HOUR;
}

/** Trimmed, without NUL characters, cut at 100,000 characters; empty stays empty (a voice note has no text). */
function readMessageText(context: IExecuteFunctions, index: number): string {
	const text = cleaned(readOptionalText(context, 'text', index) ?? '');
	return text.length > LONGEST_TEXT ? text.slice(0, LONGEST_TEXT) : text;
}

/** An option that was not added falls back on the item's field of the same name. */
function optionOrField(context: IExecuteFunctions, index: number, item: INodeExecutionData, name: string): string | undefined {
	const option = readOptionalText(context, `options.${name}`, index);
	if (option !== undefined) return cleaned(option);
	const field = item.json[name];
	return typeof field === 'string' && field.trim() !== '' ? cleaned(field.trim()) : undefined;
}

function readAttachments(context: IExecuteFunctions, index: number, item: INodeExecutionData): Attachment[] {
	const value = readOptionalJson(context, 'options.attachments', index, 'Attachments') ?? item.json.attachments ?? [];
	// A field of that name may be anything in a spreadsheet; only what has the shape is an attachment.
	return (Array.isArray(value) ? value : [value]).flatMap((entry: unknown) => {
		const parsed = AttachmentSchema.safeParse(entry);
		return parsed.success ? [parsed.data] : [];
	});
}
