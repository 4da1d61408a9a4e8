import { emailDuties, type EmailDuties } from '../channels/emailRules';
import type { EpochMs } from '../time';
import { htmlFooter, textFooter, type FooterParts } from './footer';
import { headerText, mailbox, singleAddress } from './headerText';
import { htmlFromText } from './htmlFromText';
import { messageIdFor, threading } from './thread';
import { unsubscribeHeaders, unsubscribeUrl } from './unsubscribeHeaders';

export interface MailRequest {
	/** draft.id: becomes the Message-ID. */
	jobId: string;
	purpose: 'reply' | 'outreach';
	to: string;
	/** Name the recipient is addressed by. */
	toName?: string;
	/** `a@b` or `Name <a@b>`. */
	from: string;
	fromName?: string;
	subject?: string;
	text: string;
	html?: string;
	/** Two letters. */
	language?: string;
	/** Message-ID of the mail that is answered. */
	answers?: string;
	/** Message-IDs of the thread, oldest first. */
	earlier: readonly string[];
	/** Countries of recipient and sender, ISO 3166-1. */
	toCountry?: string;
	fromCountry?: string;
	postalAddress?: string;
	/** Set when a language model wrote the text: it may have to be said. */
	writtenByModel: boolean;
	/** The user's own words for that. */
	disclosure?: string;
	/** Address that serves unsubscription, and the signed token for this mail. */
	unsubscribeBase?: string;
	token?: string;
	/** Mailbox that takes such wishes by mail; the sender's own when not given. */
	unsubscribeMailbox?: string;
}

export interface ComposedMail {
	to: { name: string; address: string };
	from: { name: string; address: string };
	subject: string;
	text: string;
	html: string;
	messageId: string;
	inReplyTo?: string;
	references: string[];
	/** List-Unsubscribe and List-Unsubscribe-Post, each one line. */
	headers: Readonly<Record<string, string>>;
	duties: EmailDuties;
	/** Address in List-Unsubscribe that acts on one click, if any. */
	unsubscribeUrl?: string;
}

/** Why no mail was made: not_set_up is for whoever runs the workflow to mend, refused is about this very mail. */
export class MailRefusal extends Error {
	constructor(
		readonly kind: 'not_set_up' | 'refused',
		message: string,
		/** How to get unstuck. */
		readonly remedy: string,
	) {
		super(message);
		this.name = 'MailRefusal';
	}
}

const LONGEST_SUBJECT = 250;

/**
 * The mail for a request, complete but for its encoding.
 * @throws MailRefusal when an address is none, the text is empty, or the law of a country asks for what is missing.
 */
export function composeMail(request: MailRequest, now: EpochMs): ComposedMail {
	const to = singleAddress(request.to);
	if (to === undefined) throw new MailRefusal('refused', "'To' is not one e-mail address", "Point 'To' at the field that holds a single address, e.g. {{ $json.contact.email }}.");
	const sender = mailbox(request.from);
	if (sender === undefined) throw new MailRefusal('not_set_up', request.from.trim() === '' ? "'From' is empty" : "'From' is not an e-mail address", "Fill 'From' with the mailbox that sends, e.g. sales@your-domain.example.");
	if (request.text.trim() === '') throw new MailRefusal('refused', "'Message Text' is empty", "Point 'Message Text' at the field that holds the mail, e.g. {{ $json.draft.text }}.");
	const outreach = request.purpose === 'outreach';
	const duties = emailDuties({ to: request.toCountry, from: request.fromCountry, now });
	if (outreach && duties.postalAddress && (request.postalAddress ?? '').trim() === '') {
		throw new MailRefusal('not_set_up', `Outreach to ${whereTo(request)} has to carry the sender's postal address, and none is known`, "Fill 'Postal Address' here, or once for all with Lead Autopilot → Setting → Set → Postal Address.");
	}
	const url = outreach ? linkOf(request) : undefined;
	const footer: FooterParts = {
		language: request.language ?? 'en',
		...(request.writtenByModel && duties.aiDisclosure ? { disclosure: request.disclosure ?? true } : {}),
		...(outreach ? { postalAddress: request.postalAddress, unsubscribe: url === undefined ? 'reply' : { url } } : {}),
	};
	const text = request.text.replace(/\r\n?/g, '\n').trimEnd();
	const { messageId, inReplyTo, references } = threading(messageIdFor(request.jobId, sender.address), request.earlier, request.answers);
	return {
		to: { name: headerText(request.toName ?? ''), address: to },
		from: { name: headerText(request.fromName ?? '') || (sender.name ?? ''), address: sender.address },
		subject: subjectOf(request, inReplyTo !== undefined),
		text: text + textFooter(footer),
		html: withFooter(request.html?.trim() ? request.html : htmlFromText(text), htmlFooter(footer)),
		messageId,
		...(inReplyTo === undefined ? {} : { inReplyTo }),
		references,
		headers: outreach ? unsubscribeLines(url, mailboxFor(request, sender.address)) : {},
		duties,
		...(url === undefined ? {} : { unsubscribeUrl: url }),
	};
}

function whereTo({ toCountry, fromCountry }: MailRequest): string {
	if (toCountry) return `a recipient in ${headerText(toCountry, 2).toUpperCase()}`;
	return fromCountry ? `a recipient whose country is not known, from ${headerText(fromCountry, 2).toUpperCase()},` : 'a recipient whose country is not known';
}

function linkOf({ unsubscribeBase, token }: MailRequest): string | undefined {
	if (unsubscribeBase === undefined) return undefined;
	if (token === undefined) throw new MailRefusal('not_set_up', 'The unsubscribe link cannot be signed without the store', "Check the store credential of this node, or empty 'Unsubscribe URL' to offer unsubscription by mail alone.");
	const url = unsubscribeUrl(unsubscribeBase, token);
	if (url === undefined) throw new MailRefusal('not_set_up', "'Unsubscribe URL' is not an https address", 'Copy the production URL of the workflow that serves unsubscription, e.g. https://n8n.your-domain.example/webhook/…');
	return url;
}

function mailboxFor({ unsubscribeMailbox }: MailRequest, from: string): string {
	if (unsubscribeMailbox === undefined) return from;
	const address = singleAddress(unsubscribeMailbox);
	if (address === undefined) throw new MailRefusal('not_set_up', "'Unsubscribe Mailbox' is not one e-mail address", 'Fill in a mailbox whose mail the intake reads, or empty it for the sender.');
	return address;
}

function unsubscribeLines(url: string | undefined, mailto: string): Record<string, string> {
	try {
		return unsubscribeHeaders({ url, mailto });
	} catch (error) {
		throw new MailRefusal('not_set_up', error instanceof Error ? error.message : String(error), "Use a shorter 'Unsubscribe URL'.");
	}
}

/** An answer goes under the subject it answers; without any subject the first words of the text serve. */
function subjectOf({ subject, text, purpose }: MailRequest, answers: boolean): string {
	const given = headerText(subject ?? '', LONGEST_SUBJECT);
	if (given === '') return headerText(text, 60);
	return answers && purpose === 'reply' && !/^\s*(?:re|aw|antw|sv|rv|odp)\s*:/i.test(given) ? `Re: ${given}` : given;
}

function withFooter(html: string, footer: string): string {
	if (footer === '') return html;
	const end = html.toLowerCase().lastIndexOf('</body>');
	return end === -1 ? `${html}\n${footer}` : `${html.slice(0, end)}${footer}\n${html.slice(end)}`;
}
