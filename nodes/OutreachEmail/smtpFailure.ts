import { ERROR_CODES } from '../../engine/channels/errorCodes';
import { withoutAddresses } from '../../engine/privacy/withoutAddresses';
import { ServerAnswerError } from '../shared/errors';

/** An error of nodemailer's connection. */
export interface SmtpError extends Error {
	code?: string;
	/** The system's own code, where there was one. */
	originalCode?: string;
	/** The server's reply, code first. */
	response?: string;
	responseCode?: number;
	/** What the reply was about, e.g. RCPT TO. */
	command?: string;
}
interface Secrets {
	host: string;
	port: number;
	password: string;
}

const LONGEST_REPLY = 300;
const CHECK = 'Check host, port and TLS in the SMTP credential, and that this machine may reach the mail server.';

/** No session could be opened: nothing was sent, whatever the reason. */
export function connectFailure(error: SmtpError, secrets: Secrets): ServerAnswerError {
	const where = `${secrets.host}:${secrets.port}`;
	if (error.code === 'EAUTH') {
		const reply = replyOf(error, secrets);
		return new ServerAnswerError(`The mail server ${where} refuses user name or password (EAUTH)${reply === '' ? '' : `: ${reply}`}`, 'Check user and password in the SMTP credential; many providers want an app password.', String(error.responseCode ?? 'EAUTH'));
	}
	const reply = replyOf(error, secrets);
	if (reply !== '') return new ServerAnswerError(`The mail server ${where} turned us away: ${reply}`, CHECK, String(error.responseCode ?? 'ECONNECTION'));
	const code = knownReason(error);
	return new ServerAnswerError(`No connection to the mail server ${where}, nothing was sent (${code})`, CHECK, code);
}

/** The session stood: the server's refusal, or a connection that broke off. `begun`: the server had asked for the mail's text. */
export function handOverFailure(error: SmtpError, begun: boolean, secrets: Secrets): ServerAnswerError {
	const reply = replyOf(error, secrets);
	if (reply !== '') return refusal(error, reply);
	if (begun) return new ServerAnswerError('The connection to the mail server broke off while it took the mail (ESOCKET): nobody can tell whether it left', 'Look into the sent folder or ask the recipient before sending it again.', 'ESOCKET');
	return new ServerAnswerError(`The connection to the mail server ${secrets.host}:${secrets.port} broke off before the mail was handed over, nothing was sent (ECONNECTION)`, CHECK, 'ECONNECTION');
}

function refusal(error: SmtpError, reply: string): ServerAnswerError {
	const code = String(error.responseCode ?? reply.slice(0, 3));
	if (error.command === 'MAIL FROM') {
		// 5.1.x is about an address; here it is ours, and the recipient's must not be suppressed for it.
		return new ServerAnswerError(`The mail server refuses the sender's address: ${reply.replace(/\b5\.1\.\d{1,3}\s?/g, '')}`, "Use a mailbox in 'From' that the SMTP user may send from.", code);
	}
	return new ServerAnswerError(`The mail server refuses the mail: ${reply}`, code.startsWith('4') ? 'It may be tried again later.' : 'The reply says whether the address, the content or the sender is refused.', code);
}

/** The server's own words on one line, without addresses and never with the password. */
function replyOf({ response }: SmtpError, { password }: Secrets): string {
	if (typeof response !== 'string' || !/^[45]\d\d\b/.test(response)) return '';
	const known = [password, Buffer.from(password).toString('base64')].filter((secret) => secret.length > 3);
	const plain = known.reduce((text, secret) => text.replaceAll(secret, '•••'), response.slice(0, 2_000));
	return withoutAddresses(plain).replace(/\s+/g, ' ').trim().slice(0, LONGEST_REPLY);
}

/** A reason the error table knows to be one before anything was sent; else the general one. */
function knownReason({ originalCode, code, message }: SmtpError): string {
	const before = Object.entries(ERROR_CODES.network).filter(([, rule]) => rule.kind === 'not_sent').map(([name]) => name);
	return before.find((name) => name === originalCode || name === code || message.includes(name)) ?? 'ECONNECTION';
}
