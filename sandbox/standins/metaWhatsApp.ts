import type { StandInAnswer } from './httpServer';
import { metaError, wrongParameter } from './metaErrors';
import { at, isObject, listAt, textAt, type JsonObject } from './shapes';

/** Characters of a text body. Source: Meta, Cloud API text messages. */
export const WHATSAPP_TEXT_LIMIT = 4096;
const CALLBACK_DATA_LIMIT = 512;
const TYPES = ['audio', 'contacts', 'document', 'image', 'interactive', 'location', 'reaction', 'sticker', 'template', 'text', 'video'];

/** What a valid send asks for. */
export interface WhatsAppSend {
	to: string;
	type: string;
	text: string;
	template?: { name: string; language: string; components: unknown[] };
	callbackData?: string;
}

export type WhatsAppReading = { ok: true; send: WhatsAppSend } | { ok: true; read: string } | { ok: false; answer: StandInAnswer };

const refuse = (answer: StandInAnswer): WhatsAppReading => ({ ok: false, answer });

function badTemplateParameter(component: unknown): string | undefined {
	for (const parameter of listAt(component, 'parameters')) {
		const type = textAt(parameter, 'type');
		if (!type) return "The parameter template['components']['parameters']['type'] is required.";
		if (type !== 'text') continue;
		const text = textAt(parameter, 'text');
		if (!text) return "The parameter template['components']['parameters']['text'] is required.";
		if (/[\n\t]| {5,}/.test(text)) return 'Param text cannot have new-line/tab characters or more than 4 consecutive spaces';
	}
	return undefined;
}

function readTemplate(body: JsonObject): { template: NonNullable<WhatsAppSend['template']> } | { answer: StandInAnswer } {
	const name = textAt(body, 'template', 'name');
	const language = textAt(body, 'template', 'language', 'code');
	if (!name) return { answer: wrongParameter("The parameter template['name'] is required.") };
	if (!language) return { answer: wrongParameter("The parameter template['language'] is required.") };
	if (!/^[a-z0-9_]{1,512}$/.test(name) || !/^[a-z]{2,3}(_[A-Z]{2})?$/.test(language)) {
		return { answer: metaError(132001, { details: `template name (${name}) does not exist in ${language}` }) };
	}
	const components = listAt(body, 'template', 'components');
	for (const component of components) {
		const problem = badTemplateParameter(component);
		if (problem) return { answer: wrongParameter(problem) };
	}
	return { template: { name, language, components } };
}

/** Checks the body of `POST /{phone-number-id}/messages` as strictly as Meta does. */
export function readWhatsAppSend(body: unknown): WhatsAppReading {
	if (!isObject(body)) return refuse(wrongParameter('The parameter messaging_product is required.'));
	if (body.messaging_product !== 'whatsapp') return refuse(wrongParameter('The parameter messaging_product is required.'));
	if (body.status === 'read') {
		return typeof body.message_id === 'string' ? { ok: true, read: body.message_id } : refuse(wrongParameter('The parameter message_id is required.'));
	}
	const { to } = body;
	if (typeof to !== 'string' || to === '') return refuse(wrongParameter('The parameter to is required.'));
	if (!/^[1-9]\d{6,14}$/.test(to)) return refuse(metaError(131009, { details: 'Recipient phone number is not valid: digits with the country code only.' }));
	if (body.recipient_type !== undefined && body.recipient_type !== 'individual') {
		return refuse(wrongParameter('Param recipient_type must be one of {INDIVIDUAL, GROUP} - got "' + String(body.recipient_type) + '".'));
	}
	const type = body.type ?? 'text';
	if (typeof type !== 'string' || !TYPES.includes(type)) {
		return refuse(wrongParameter(`Param type must be one of {${TYPES.join(', ').toUpperCase()}} - got "${String(type)}".`));
	}
	const callbackData = body.biz_opaque_callback_data;
	if (callbackData !== undefined && (typeof callbackData !== 'string' || callbackData.length > CALLBACK_DATA_LIMIT)) {
		return refuse(wrongParameter(`Param biz_opaque_callback_data must be a string of at most ${CALLBACK_DATA_LIMIT} characters.`));
	}
	const send = { to, type, ...(callbackData === undefined ? {} : { callbackData }) };
	if (type === 'template') {
		const read = readTemplate(body);
		if ('answer' in read) return refuse(read.answer);
		return { ok: true, send: { ...send, text: templateText(read.template), template: read.template } };
	}
	if (type !== 'text') {
		if (!isObject(body[type]) && !Array.isArray(body[type])) return refuse(wrongParameter(`The parameter ${type} is required.`));
		return { ok: true, send: { ...send, text: textAt(body, type, 'caption') ?? `[${type}]` } };
	}
	const text = at(body, 'text', 'body');
	if (typeof text !== 'string' || text === '') return refuse(wrongParameter("The parameter text['body'] is required."));
	if ([...text].length > WHATSAPP_TEXT_LIMIT) return refuse(wrongParameter(`Param text['body'] must be at most ${WHATSAPP_TEXT_LIMIT} characters long.`));
	return { ok: true, send: { ...send, text } };
}

/** The stand-in does not know a template's wording, so its name and parameters stand for it. */
function templateText({ name, language, components }: NonNullable<WhatsAppSend['template']>): string {
	const parameters = components.flatMap((component) => listAt(component, 'parameters').map((parameter) => textAt(parameter, 'text') ?? ''));
	return `[template ${name}, ${language}] ${parameters.join(' | ')}`.trim();
}
