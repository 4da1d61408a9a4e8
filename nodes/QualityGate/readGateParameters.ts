import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { z } from 'zod';
import { HANDLE_KIND, parseChannel, type Channel } from '../../engine/channels/channel';
import { DraftSchema, type Draft } from '../../engine/draft/draft';
import type { Action, CheckName } from '../../engine/gate/check';
import { CHECKS } from '../../engine/gate/check';
import { DEFAULT_MODEL_ACTIONS, MODEL_CHECKS, type ModelCheck } from '../../engine/gate/modelCheck';
import { ContactSchema, type Contact } from '../../engine/message/contact';
import { ConversationSchema, MessageSchema, type Conversation, type Message } from '../../engine/message/message';
import { readChannel, readKey, readOptionalText, readText } from '../shared/readParameter';
import { isReplay } from '../shared/replay';

const ActionSchema = z.enum(['off', 'review', 'block']);
const listed = (text: unknown): string[] => (typeof text === 'string' ? text.split('\n').map((line) => line.trim()).filter((line) => line !== '') : []);

export interface Addressed {
	workspace: string;
	channel: Channel;
	/** What the contact is known by. */
	reference?: string;
	contact?: Partial<Contact>;
	/** The contact's address on the channel. */
	address?: string;
	message?: Message;
	text: string;
	/** Whether anything is kept; never of what a lead wrote in the past. */
	record: boolean;
	/** What happens when the model objects. */
	modelActions: Readonly<Record<ModelCheck, Action>>;
	/** Whether personal data is hidden from the model. */
	redact: boolean;
}
export interface OutboundParameters extends Addressed {
	kind: 'outbound';
	subject?: string;
	language?: string;
	draft?: Draft;
	conversation?: Conversation;
	actions: Partial<Record<CheckName, Action>>;
	known: string[];
	allowedDomains: string[];
	words: string[];
	patterns: string[];
}
export interface InboundParameters extends Addressed {
	kind: 'inbound';
	outOfOffice: 'pass' | 'review' | 'block';
	injection: Action;
	spam: Action;
	notInterestedIsOptOut: boolean;
}
export type GateParameters = OutboundParameters | InboundParameters;

const RowSchema = z.object({ name: z.string(), email: z.string(), phone: z.coerce.string(), country: z.string(), company: z.string() }).partial();

/** The contact of the item: the contract's key, or what a spreadsheet row says. */
function contactOf(item: INodeExecutionData): Partial<Contact> | undefined {
	const contact = readKey(item, 'contact', ContactSchema);
	if (contact) return contact;
	const row: Partial<Contact> = {};
	for (const key of ['name', 'email', 'phone', 'country', 'company'] as const) {
		const value = RowSchema.shape[key].safeParse(item.json[key]);
		if (value.success && value.data !== undefined && value.data !== 'undefined' && value.data !== '') row[key] = value.data;
	}
	return Object.keys(row).length > 0 ? row : undefined;
}

function addressOn(channel: Channel, contact: Partial<Contact> | undefined, reference: string | undefined): string | undefined {
	const kind = HANDLE_KIND[channel];
	const own = contact?.handles?.[kind] ?? (kind === 'email' ? contact?.email : kind === 'phone' ? contact?.phone : undefined);
	if (own) return own;
	if (kind === 'email') return reference?.includes('@') ? reference : undefined;
	return kind === 'phone' && /^\+?[\d ()/-]{6,25}$/.test(reference ?? '') ? reference : undefined;
}

function readAddressed(source: IExecuteFunctions, index: number, item: INodeExecutionData, text: string, record: boolean): Addressed {
	const message = readKey(item, 'message', MessageSchema);
	const channel = readChannel(source, index);
	const reference = readOptionalText(source, 'contact', index);
	const contact = contactOf(item);
	const chosen = source.getNodeParameter('modelActions', index, {}) as Record<string, unknown>;
	const modelActions = { ...DEFAULT_MODEL_ACTIONS };
	for (const check of MODEL_CHECKS) modelActions[check] = ActionSchema.catch(DEFAULT_MODEL_ACTIONS[check]).parse(chosen[check]);
	const redact = source.getNodeParameter('redact', 0, false) === true;
	return { workspace: readText(source, 'workspace', index, 'Workspace'), channel, reference, contact, address: addressOn(parseChannel(channel) ?? channel, contact, reference), message, text, record, modelActions, redact };
}

/** Reads one item's parameters. */
export function readGateParameters(source: IExecuteFunctions, index: number, item: INodeExecutionData): GateParameters {
	if (source.getNodeParameter('check', index) === 'inbound') {
		const options = source.getNodeParameter('inboundOptions', index, {}) as Record<string, unknown>;
		return {
			...readAddressed(source, index, item, readOptionalText(source, 'inboundText', index) ?? '', options.recordResult !== false && !isReplay(item.json.message)),
			kind: 'inbound',
			outOfOffice: z.enum(['pass', 'review', 'block']).catch('block').parse(options.outOfOffice),
			injection: ActionSchema.catch('review').parse(options.injection),
			spam: ActionSchema.catch('review').parse(options.spam),
			notInterestedIsOptOut: options.notInterestedIsOptOut !== false,
		};
	}
	const options = source.getNodeParameter('options', index, {}) as Record<string, unknown>;
	const chosen = source.getNodeParameter('actions', index, {}) as Record<string, unknown>;
	const actions: Partial<Record<CheckName, Action>> = {};
	for (const check of CHECKS) {
		const action = ActionSchema.safeParse(chosen[check]);
		if (action.success) actions[check] = action.data;
	}
	return {
		...readAddressed(source, index, item, readOptionalText(source, 'text', index) ?? '', options.recordResult !== false),
		kind: 'outbound',
		subject: readOptionalText(source, 'subject', index),
		language: readOptionalText(source, 'language', index),
		draft: readKey(item, 'draft', DraftSchema),
		conversation: readKey(item, 'conversation', ConversationSchema),
		actions,
		known: listed(options.known),
		allowedDomains: listed(options.allowedDomains),
		words: listed(options.words),
		patterns: listed(options.patterns),
	};
}
