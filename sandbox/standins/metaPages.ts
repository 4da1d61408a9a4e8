import type { StandInAnswer, StandInRequest } from './httpServer';
import { wrongParameter } from './metaErrors';
import { isObject, jsonOrText, textAt, type JsonObject } from './shapes';

/** Source: Meta, Messenger Platform send API: 2,000 characters; Instagram messaging: 1,000 bytes of UTF-8. */
export const MESSENGER_TEXT_LIMIT = 2000;
export const INSTAGRAM_TEXT_BYTES = 1000;
const MESSAGING_TYPES = ['RESPONSE', 'UPDATE', 'MESSAGE_TAG', 'UTILITY'];
const TAGS = ['HUMAN_AGENT', 'ACCOUNT_UPDATE', 'CONFIRMED_EVENT_UPDATE', 'POST_PURCHASE_UPDATE', 'CUSTOMER_FEEDBACK'];

export interface PageSend {
	to: string;
	text: string;
	metadata?: string;
	tag?: string;
}

export type PageReading = { ok: true; send: PageSend } | { ok: false; answer: StandInAnswer };

const refuse = (message: string): PageReading => ({ ok: false, answer: wrongParameter(message) });

/** Parameters of a Graph call from body and query; nested ones may arrive as JSON text. */
export function graphParameters(request: StandInRequest): JsonObject {
	const merged: JsonObject = { ...Object.fromEntries(request.query), ...(isObject(request.body) ? request.body : {}) };
	return Object.fromEntries(Object.entries(merged).map(([name, value]) => [name, jsonOrText(value)]));
}

/** Checks the parameters of `POST /{page-id}/messages` as strictly as Meta does. */
export function readPageSend(parameters: JsonObject, platform: 'messenger' | 'instagram'): PageReading {
	const to = textAt(parameters, 'recipient', 'id');
	if (!to) return refuse('The parameter recipient is required.');
	const { message, messaging_type: messagingType, tag } = parameters;
	if (!isObject(message)) return refuse('The parameter message is required.');
	if (messagingType !== undefined && (typeof messagingType !== 'string' || !MESSAGING_TYPES.includes(messagingType))) {
		return refuse(`Param messaging_type must be one of {${MESSAGING_TYPES.join(', ')}}`);
	}
	if (messagingType === 'MESSAGE_TAG' && tag === undefined) return refuse('Param tag is required when messaging_type is MESSAGE_TAG');
	if (tag !== undefined && (typeof tag !== 'string' || !TAGS.includes(tag))) return refuse(`Param tag must be one of {${TAGS.join(', ')}}`);
	const { text, metadata } = message;
	if (metadata !== undefined && typeof metadata !== 'string') return refuse('Param message[metadata] must be a string');
	const rest = { to, ...(metadata === undefined ? {} : { metadata }), ...(typeof tag === 'string' ? { tag } : {}) };
	if (text === undefined && isObject(message.attachment)) return { ok: true, send: { ...rest, text: '[attachment]' } };
	if (typeof text !== 'string' || text.trim() === '') return refuse('Param message[text] must be a non-empty UTF-8 encoded string');
	const tooLong = platform === 'instagram' ? Buffer.byteLength(text) > INSTAGRAM_TEXT_BYTES : [...text].length > MESSENGER_TEXT_LIMIT;
	if (tooLong) {
		const limit = platform === 'instagram' ? INSTAGRAM_TEXT_BYTES : MESSENGER_TEXT_LIMIT;
		return refuse(`Length of param message[text] must be less than or equal to ${limit}`);
	}
	return { ok: true, send: { ...rest, text } };
}
