import { ownText } from '../../reply/quotedText';
import type { EpochMs } from '../../time';
import { cleaned, messageTime } from './cleaning';
import { htmlAsText } from './htmlAsText';
import { fieldsOf, listOf, nothingParsed, textOf, type Fields, type ParsedPayload } from './parsed';

/** Of a list of recipients only the beginning is read. */
const CHARACTERS_READ = 4_000;

interface Mailbox {
	address: string;
	name?: string;
}

/**
 * One item of n8n's Email Trigger (IMAP), format Simple or Resolved. A delivery report goes to the statuses. The text is
 * what the person wrote, without quoted mails below (our own opt-out line in a quotation is no opt-out wish).
 * @returns undefined when the item is no mail in one of the two formats.
 */
export function parseEmail(payload: Fields, now: EpochMs): ParsedPayload | undefined {
	const [from] = mailboxes(payload.from);
	if (from === undefined) return undefined;
	const parsed = nothingParsed();
	if (isReport(payload, from)) return { ...parsed, statuses: payload };
	const written = textOf(payload.textPlain) ?? textOf(payload.text) ?? htmlAsText(textOf(payload.textHtml) ?? textOf(payload.html) ?? '');
	const own = ownText(written);
	const named = [...mailboxes(payload.to), ...mailboxes(payload.cc)];
	const recipients = [...mailboxes(header(payload, 'delivered-to')), ...named];
	parsed.messages.push({
		channel: 'email',
		accountCandidates: [...new Set(recipients.map(({ address }) => address))],
		providerId: messageId(payload),
		text: cleaned(own === '' ? written : own),
		...(textOf(payload.subject) === undefined ? {} : { subject: cleaned(textOf(payload.subject) ?? '') }),
		attachments: [],
		timestamp: messageTime(payload.date, now),
		...(from.name === undefined ? {} : { name: from.name }),
		address: { kind: 'email', value: from.address },
		recipients: named,
		...(isAutomatic(payload) ? { automatic: true } : {}),
	});
	return parsed;
}

function messageId(payload: Fields): string | undefined {
	return textOf(payload.messageId) ?? header(payload, 'message-id');
}

/** A header by its lower-case name: under `metadata` (Simple), or as a whole line under `headers` (Resolved). */
function header(payload: Fields, name: string): string | undefined {
	const simple = textOf(fieldsOf(payload.metadata)[name]);
	if (simple !== undefined) return simple;
	const line = textOf(fieldsOf(payload.headers)[name]);
	return line?.toLowerCase().startsWith(`${name}:`) ? textOf(line.slice(name.length + 1)) : line;
}

/** RFC 3834: everything but `no` is an answer no person wrote. */
function isAutomatic(payload: Fields): boolean {
	return !/^(?:no)?$/i.test((header(payload, 'auto-submitted') ?? '').trim());
}

/** RFC 3464 reports and mail from nobody: bounces, which belong to the message they are about. */
function isReport(payload: Fields, from: Mailbox): boolean {
	const type = header(payload, 'content-type') ?? '';
	return /multipart\/report/i.test(type) || /^(?:mailer-daemon|postmaster)@/i.test(from.address);
}

/** Simple: `Name <a@b>, c@d`. Resolved: {value: [{address, name}]}, or a list of these. */
function mailboxes(value: unknown): Mailbox[] {
	if (typeof value === 'string') return addressList(value.slice(0, CHARACTERS_READ)).flatMap(mailbox);
	if (Array.isArray(value)) return value.flatMap(mailboxes);
	return listOf(fieldsOf(value).value).flatMap((entry) => {
		const address = textOf(entry.address)?.toLowerCase();
		return address === undefined || !address.includes('@') ? [] : [{ address, ...(textOf(entry.name) === undefined ? {} : { name: textOf(entry.name) }) }];
	});
}

/** The parts between commas that stand outside quotation marks: `"Doe, Jane" <j@x.example>` is one. */
function addressList(text: string): string[] {
	const parts = [''];
	let quoted = false;
	for (const character of text) {
		if (character === '"') quoted = !quoted;
		if (character === ',' && !quoted) parts.push('');
		else parts[parts.length - 1] += character;
	}
	return parts;
}

function mailbox(text: string): Mailbox[] {
	const angled = /^([^<]*)<([^<>\s]+@[^<>\s]+)>\s*$/.exec(text.trim());
	const address = (angled?.[2] ?? text.trim()).toLowerCase();
	if (!/^[^\s@<>]+@[^\s@<>]+$/.test(address)) return [];
	const name = angled?.[1].trim().replace(/^"(.*)"$/, '$1').trim();
	return [{ address, ...(name ? { name } : {}) }];
}
