import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { HANDLE_KIND, parseChannel, type Channel } from '../../engine/channels/channel';
import { ContactSchema, type Contact } from '../../engine/message/contact';
import { MessageSchema, type Conversation, type Message } from '../../engine/message/message';
import { readConversation, type NewestMessage } from '../../engine/message/readConversation';
import { epochMs, type EpochMs } from '../../engine/time';
import { readKey, readOptionalText, readParameter } from './readParameter';

/** What the incoming item says about a lead, whether it is one of ours or a row of a spreadsheet. */
export interface ItemLead {
	/** The item's inbound message. */
	message?: Message;
	/** What the item says about the contact; the whole contact when it has the contract's shape. */
	about: Partial<Contact>;
	/** The item's conversation; empty when it has none. */
	conversation: Conversation;
	/** The message to look at, which the conversation may not hold yet. */
	newest?: NewestMessage;
}

function word(value: unknown): string | undefined {
	if (typeof value !== 'string' && typeof value !== 'number') return undefined;
	const text = String(value).trim();
	return text === '' ? undefined : text;
}

function aboutContact(item: INodeExecutionData): Partial<Contact> {
	const { contact: given } = item.json;
	const contact = readKey(item, 'contact', ContactSchema);
	// What the item leaves out is not empty: the store may know it, an objection to profiling for one.
	if (contact && given !== null && typeof given === 'object') return Object.fromEntries(Object.entries(contact).filter(([key]) => Object.hasOwn(given, key)));
	const { name, email, phone, company, country, language } = item.json;
	const row = { name: word(name), email: word(email), phone: word(phone), company: word(company), country: word(country), language: word(language) };
	return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined));
}

/** Reads the lead of one item from its keys and the node's fields Text and Conversation. */
export function readItemLead(context: IExecuteFunctions, itemIndex: number, item: INodeExecutionData, now: EpochMs): ItemLead {
	const read = readKey(item, 'message', MessageSchema);
	const message = read?.direction === 'inbound' ? read : undefined;
	const conversation = readConversation(readParameter(context, 'conversation', itemIndex, []));
	const text = readOptionalText(context, 'text', itemIndex);
	const channel = message?.channel ?? parseChannel(item.json.channel);
	// Our own last message is not something the lead said.
	const said = read?.direction === 'outbound' && text === read.text.trim() ? undefined : text;
	const newest = said === undefined ? undefined : { text: said, timestamp: message ? epochMs(message.timestamp) : now, ...(channel && { channel }) };
	return { ...(message && { message }), about: aboutContact(item), conversation, ...(newest && { newest }) };
}

/** The contact's address on a channel; empty when none is known. */
export function addressOn(channel: Channel, about: Partial<Contact>): string {
	const kind = HANDLE_KIND[channel];
	const direct = kind === 'email' ? about.email : kind === 'phone' ? about.phone : undefined;
	return direct ?? about.handles?.[kind] ?? '';
}
