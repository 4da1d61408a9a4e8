import { domainToASCII } from 'node:url';
import { domainOf, messageIdOf } from './headerText';

/** Of a long thread the first and the last ones are named: a header line must not grow without end. */
const MOST_REFERENCES = 12;

/** The Message-ID of the mail for a draft: the same at every try, so that a mail sent twice is one to the reader's program. */
export function messageIdFor(jobId: string, from: string): string {
	const local = jobId.replace(/[^A-Za-z0-9._-]/g, '-').slice(0, 120);
	return `<${local}@${domainToASCII(domainOf(from)) || 'localhost'}>`;
}

export interface Threading {
	messageId: string;
	inReplyTo?: string;
	/** Oldest first. */
	references: string[];
}

/**
 * RFC 5322, 3.6.4: In-Reply-To names the mail that is answered, References the thread up to and with it.
 * @param earlier ids of the thread, oldest first; what is no Message-ID is left out.
 * @param answers the mail that is answered; without it the last of the thread.
 */
export function threading(messageId: string, earlier: readonly string[], answers?: string): Threading {
	const parent = answers === undefined ? undefined : messageIdOf(answers);
	const known = earlier.flatMap((id) => messageIdOf(id) ?? []).filter((id) => id !== messageId && id !== parent);
	const thread = [...new Set([...known, ...(parent === undefined ? [] : [parent])])];
	const references = thread.length > MOST_REFERENCES ? [thread[0], ...thread.slice(1 - MOST_REFERENCES)] : thread;
	const inReplyTo = references[references.length - 1];
	return { messageId, ...(inReplyTo === undefined ? {} : { inReplyTo }), references };
}
