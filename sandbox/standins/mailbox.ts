import { randomUUID } from 'node:crypto';
import { SANDBOX } from './accounts';
import type { MessageLog } from './messageLog';
import { encodeHeader, parseMime, readableText } from './mime';

export interface IncomingMail {
	from: string;
	name?: string;
	to?: string;
	subject: string;
	text: string;
	html?: string;
	/** With or without angle brackets. */
	messageId?: string;
	inReplyTo?: string;
	references?: string | string[];
	/** Further headers, as in an automatic answer: `{ 'Auto-Submitted': 'auto-replied' }`. */
	headers?: Record<string, string>;
	date?: Date;
}

export interface StoredMail {
	uid: number;
	flags: Set<string>;
	received: Date;
	/** One character a byte. */
	raw: string;
}

export interface Mailbox {
	name: string;
	uidValidity: number;
	mails: StoredMail[];
	nextUid(): number;
	append(raw: string, flags?: string[], received?: Date): StoredMail;
	remove(mails: StoredMail[]): void;
	/** Called when mails come or go. Returns the way to stop. */
	watch(listener: () => void): () => void;
}

export interface Mail {
	/** Puts a mail into INBOX; returns its Message-ID with angle brackets. */
	deliver(mail: IncomingMail): string;
	/** Files what a colleague wrote in Sent, read already, as a mail program does; returns its Message-ID with angle brackets. */
	fileSent(mail: IncomingMail & { to: string }): string;
	/** Puts a ready-made message (RFC 5322 text) into INBOX. */
	deliverRaw(raw: string): void;
	/** The mail server's word that a mail could not be delivered (RFC 3464). */
	bounce(bounce: { to: string; messageId: string; status?: string; diagnostic?: string }): string;
}

export function createMailbox(name: string): Mailbox {
	const listeners = new Set<() => void>();
	let uid = 0;
	const tell = (): void => [...listeners].forEach((listener) => listener());
	const box: Mailbox = {
		name,
		uidValidity: 1,
		mails: [],
		nextUid: () => uid + 1,
		append(raw, flags = [], received = new Date()) {
			uid += 1;
			const mail = { uid, flags: new Set(flags), received, raw: raw.replace(/\r?\n/g, '\r\n') };
			box.mails.push(mail);
			tell();
			return mail;
		},
		remove(mails) {
			box.mails = box.mails.filter((mail) => !mails.includes(mail));
			tell();
		},
		watch(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
	};
	return box;
}

const bracketed = (id: string): string => (id.startsWith('<') ? id : `<${id}>`);
const base64Lines = (text: string): string => (Buffer.from(text).toString('base64').match(/.{1,76}/g) ?? ['']).join('\r\n');

function textPart(subtype: string, text: string): string {
	return `Content-Type: text/${subtype}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64Lines(text)}\r\n`;
}

function compose(mail: IncomingMail, messageId: string): string {
	const references = [mail.references ?? mail.inReplyTo ?? []].flat().map(bracketed).join(' ');
	const headers: [string, string][] = [
		['From', mail.name ? `${encodeHeader(mail.name)} <${mail.from}>` : mail.from],
		['To', mail.to ?? SANDBOX.mailUser],
		['Subject', encodeHeader(mail.subject)],
		['Date', (mail.date ?? new Date()).toUTCString().replace('GMT', '+0000')],
		['Message-ID', messageId],
		...(mail.inReplyTo ? [['In-Reply-To', bracketed(mail.inReplyTo)] satisfies [string, string]] : []),
		...(references ? [['References', references] satisfies [string, string]] : []),
		...Object.entries(mail.headers ?? {}).map(([name, value]) => [name, encodeHeader(value)] satisfies [string, string]),
		['MIME-Version', '1.0'],
	];
	const head = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
	if (mail.html === undefined) return head + textPart('plain', mail.text);
	const boundary = `sandbox-${randomUUID()}`;
	const parts = [textPart('plain', mail.text), textPart('html', mail.html)].map((part) => `--${boundary}\r\n${part}`).join('');
	return `${head}Content-Type: multipart/alternative; boundary="${boundary}"\r\n\r\n${parts}--${boundary}--\r\n`;
}

export function createMail(inbox: Mailbox, sent: Mailbox, log: MessageLog): Mail {
	const note = (raw: string, from: string, name?: string): void => {
		const parsed = parseMime(raw);
		const headers = Object.fromEntries([...parsed.headers].map(([key, values]) => [key, values.join(', ')]));
		log.add({ direction: 'fromLead', channel: 'email', provider: 'imap', from, name, to: SANDBOX.mailUser, subject: headers.subject, text: readableText(parsed), headers, providerId: headers['message-id'] ?? '', raw });
	};

	return {
		deliver(mail) {
			const messageId = bracketed(mail.messageId ?? `${randomUUID()}@${mail.from.split('@')[1] ?? 'lead.example'}`);
			const raw = compose(mail, messageId);
			log.add({ direction: 'fromLead', channel: 'email', provider: 'imap', from: mail.from, name: mail.name, to: mail.to ?? SANDBOX.mailUser, subject: mail.subject, text: mail.text, providerId: messageId, raw: mail });
			inbox.append(raw, [], mail.date);
			return messageId;
		},
		fileSent(mail) {
			const messageId = bracketed(mail.messageId ?? `${randomUUID()}@${mail.from.split('@')[1] ?? 'demo.example'}`);
			log.add({ direction: 'fromPerson', channel: 'email', provider: 'imap', from: mail.from, name: mail.name, to: mail.to, subject: mail.subject, text: mail.text, providerId: messageId, raw: mail });
			sent.append(compose(mail, messageId), ['\\Seen'], mail.date);
			return messageId;
		},
		deliverRaw(raw) {
			note(raw, parseMime(raw).headers.get('from')?.[0] ?? '');
			inbox.append(raw);
		},
		bounce({ to, messageId, status = '5.1.1', diagnostic = 'smtp; 550 5.1.1 The email account that you tried to reach does not exist' }) {
			const id = bracketed(`${randomUUID()}@mx.sandbox.example`);
			const boundary = `bounce-${randomUUID()}`;
			const raw = [
				'From: Mail Delivery Subsystem <mailer-daemon@mx.sandbox.example>',
				`To: ${SANDBOX.mailUser}`,
				'Subject: Delivery Status Notification (Failure)',
				`Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
				`Message-ID: ${id}`,
				`In-Reply-To: ${bracketed(messageId)}`,
				'Auto-Submitted: auto-replied',
				'MIME-Version: 1.0',
				`Content-Type: multipart/report; report-type=delivery-status; boundary="${boundary}"`,
				'',
				`--${boundary}`,
				'Content-Type: text/plain; charset=utf-8',
				'',
				`Your message to ${to} could not be delivered.`,
				`--${boundary}`,
				'Content-Type: message/delivery-status',
				'',
				'Reporting-MTA: dns; mx.sandbox.example',
				'',
				`Final-Recipient: rfc822; ${to}`,
				'Action: failed',
				`Status: ${status}`,
				`Diagnostic-Code: ${diagnostic}`,
				`--${boundary}`,
				'Content-Type: text/rfc822-headers',
				'',
				`Message-ID: ${bracketed(messageId)}`,
				`To: ${to}`,
				`--${boundary}--`,
				'',
			].join('\r\n');
			note(raw, 'mailer-daemon@mx.sandbox.example', 'Mail Delivery Subsystem');
			inbox.append(raw);
			return id;
		},
	};
}
