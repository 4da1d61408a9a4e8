import { HANDLE_KIND, type Channel, type HandleKind } from '../../channels/channel';
import { iso, type EpochMs } from '../../time';
import type { Contact } from '../contact';
import type { Attachment, Message } from '../message';
import { derivedId } from '../spine';
import { phoneNumber } from './cleaning';
import type { IncomingMessage } from './parsed';

/** Everything intake takes over from outside, one by one: what is not named here does not get in. */
export interface IntakeFields extends Omit<IncomingMessage, 'accountCandidates' | 'address' | 'recipients' | 'automatic'> {
	accountId?: string;
	threadId?: string;
	source: Message['source'];
	direction: Message['direction'];
	email?: string;
	phone?: string;
	/** The person's id or profile on Instagram, Messenger or LinkedIn. */
	handle?: { kind: HandleKind; value: string };
	company?: string;
	/** ISO 3166-1 alpha-2, reads phone numbers without a country code. */
	country?: string;
	raw?: unknown;
}

export interface Inbound {
	message: Omit<Message, 'id' | 'workspace'> & { id?: string };
	contact: Partial<Pick<Contact, 'id' | 'name' | 'email' | 'phone' | 'company' | 'country'>> & { handles?: Contact['handles'] };
	/** False when the channel's own address of the person is missing: a reply there cannot be sent yet. */
	reachable: boolean;
}

/**
 * The message and contact to record. Without a provider id the message is known by person, text and time (or the day, when
 * no time is given), so that a repeated run records it once. Without any address the person is known by the message alone:
 * nothing is lost, and no two nameless people become one.
 * @param timeGiven false when `timestamp` is only the time of recording.
 */
export function toInbound(workspace: string, fields: IntakeFields, timeGiven: boolean): Inbound {
	const phone = fields.phone === undefined ? undefined : phoneNumber(fields.phone, fields.country);
	const email = fields.email?.trim().toLowerCase();
	const addresses: Partial<Record<HandleKind, string>> = { ...(phone ? { phone } : {}), ...(email ? { email } : {}), ...(fields.handle ? { [fields.handle.kind]: fields.handle.value } : {}) };
	const own = addresses[HANDLE_KIND[fields.channel]];
	const known = own ?? phone ?? email ?? fields.handle?.value;
	const id = fields.providerId === undefined ? contentId(workspace, fields, known, timeGiven) : undefined;
	const person = known ?? derivedId('contact', workspace, fields.channel, fields.providerId ?? id ?? '');
	const { name, company, country, handle } = fields;
	return {
		message: { ...messageFields(fields), ...(id === undefined ? {} : { id }), threadId: fields.threadId ?? threadOf(fields.channel, fields.accountId, person) },
		contact: defined({ id: known === undefined ? person : undefined, name, email, phone, company, country, handles: handle && { [handle.kind]: handle.value } }),
		reachable: own !== undefined,
	};
}

/** One conversation a person and account of ours on a channel. */
function threadOf(channel: Channel, accountId: string | undefined, person: string): string {
	return `${channel}:${accountId ?? ''}:${person.toLowerCase()}`;
}

function contentId(workspace: string, fields: IntakeFields, known: string | undefined, timeGiven: boolean): string {
	const moment = timeGiven ? iso(fields.timestamp) : dayOf(fields.timestamp);
	return derivedId('message', workspace, fields.direction, fields.channel, known ?? fields.name ?? '', fields.subject ?? '', fields.text, moment);
}

function dayOf(at: EpochMs): string {
	return iso(at).slice(0, 10);
}

function messageFields(fields: IntakeFields): Omit<Inbound['message'], 'threadId'> {
	const { channel, accountId, direction, source, text, subject, providerId, raw } = fields;
	const attachments: Attachment[] = fields.attachments;
	return defined({ channel, accountId, direction, source, text, subject, attachments, timestamp: iso(fields.timestamp), providerId, raw });
}

/** The object without its undefined fields: stored JSON and comparisons stay clean. */
function defined<T extends object>(value: T): T {
	for (const key of Object.keys(value)) if (Reflect.get(value, key) === undefined) Reflect.deleteProperty(value, key);
	return value;
}
