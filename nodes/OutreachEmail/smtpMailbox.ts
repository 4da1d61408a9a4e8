import { Readable } from 'node:stream';
import MailComposer from 'nodemailer/lib/mail-composer';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { ComposedMail } from '../../engine/mail/composeMail';
import { connectFailure, handOverFailure, type SmtpError } from './smtpFailure';

/** What n8n's own SMTP credential holds. */
export interface SmtpCredential {
	user: string;
	password: string;
	host: string;
	port: number;
	/** TLS from the first byte. */
	secure: boolean;
	disableStartTls: boolean;
	/** Name said to the server. */
	hostName?: string;
	allowUnauthorizedCerts: boolean;
}

export interface HandedOver {
	/** The id the delivered copy carries: some servers put in their own. */
	messageId: string;
	/** The server's last word. */
	response: string;
}

/** Milliseconds. Lower than nodemailer's own minutes: a job is leased while this waits. */
const WAITS = { connectionTimeout: 30_000, greetingTimeout: 30_000, dnsTimeout: 15_000, socketTimeout: 60_000 } as const;

/** One connection to a mail server, opened with the first mail and used for all of an execution. */
export class SmtpMailbox {
	private connection?: SMTPConnection;
	/** Why no connection can be had: not tried again for each mail of a batch. */
	private unreachable?: Error;

	constructor(private readonly credential: SmtpCredential) {}

	/** @throws ServerAnswerError that says whether the mail may have left. */
	async send(mail: ComposedMail, date: Date): Promise<HandedOver> {
		const { envelope, raw } = await encode(mail, date);
		const connection = await this.connected();
		let begun = false;
		// Read by the connection only once the server has taken sender and recipient: until then nothing can have left.
		const body = new Readable({
			read() {
				begun = true;
				this.push(raw);
				this.push(null);
			},
		});
		try {
			const { response, serverMessageId } = await new Promise<{ response: string; serverMessageId?: string }>((resolve, reject) =>
				connection.send({ ...envelope, size: raw.length }, body, (error, info) => (error ? reject(error) : resolve(info))),
			);
			return { messageId: serverMessageId ?? mail.messageId, response };
		} catch (error) {
			await this.recover(connection);
			throw handOverFailure(asSmtpError(error), begun, this.credential);
		}
	}

	/** Ends the connection; nothing may be sent after it. */
	close(): void {
		this.connection?.quit();
		this.connection = undefined;
	}

	private async connected(): Promise<SMTPConnection> {
		if (this.unreachable) throw this.unreachable;
		if (this.connection && !this.connection.destroyed) return this.connection;
		const { user, password, host, port, secure, disableStartTls, hostName, allowUnauthorizedCerts } = this.credential;
		const connection = new SMTPConnection({
			host,
			port,
			secure,
			ignoreTLS: !secure && disableStartTls,
			...(hostName ? { name: hostName } : {}),
			...(allowUnauthorizedCerts ? { tls: { rejectUnauthorized: false } } : {}),
			...WAITS,
		});
		try {
			await new Promise<void>((resolve, reject) => {
				// A later failure reaches whoever waits for an answer then; without a listener it would end the process.
				connection.on('error', reject);
				connection.connect((error) => (error ? reject(error) : resolve()));
			});
			if (user !== '' || password !== '') await answered((done) => connection.login({ user, pass: password, credentials: { user, pass: password } }, done));
		} catch (error) {
			connection.close();
			this.unreachable = connectFailure(asSmtpError(error), this.credential);
			throw this.unreachable;
		}
		this.connection = connection;
		return connection;
	}

	/** After a refusal the session is cleared for the next mail; where that fails a new connection is opened. */
	private async recover(connection: SMTPConnection): Promise<void> {
		if (!connection.destroyed) {
			try {
				await answered((done) => connection.reset(done));
				return;
			} catch {
				connection.close();
			}
		}
		if (this.connection === connection) this.connection = undefined;
	}
}

async function answered(call: (done: (error: Error | null) => void) => void): Promise<void> {
	await new Promise<void>((resolve, reject) => call((error) => (error ? reject(error) : resolve())));
}

function asSmtpError(error: unknown): SmtpError {
	return error instanceof Error ? error : new Error(String(error));
}

async function encode(mail: ComposedMail, date: Date): Promise<{ envelope: { from: string; to: string[] }; raw: Buffer }> {
	const node = new MailComposer({
		from: mail.from,
		to: mail.to,
		subject: mail.subject,
		text: mail.text,
		html: mail.html,
		date,
		messageId: mail.messageId,
		...(mail.inReplyTo === undefined ? {} : { inReplyTo: mail.inReplyTo, references: mail.references }),
		// Prepared headers are written as they are: folded inside the link, DKIM signatures have broken.
		headers: Object.fromEntries(Object.entries(mail.headers).map(([name, value]) => [name, { prepared: true, value }])),
		disableFileAccess: true,
		disableUrlAccess: true,
	}).compile();
	const { from, to } = node.getEnvelope();
	return { envelope: { from: from === false ? mail.from.address : from, to }, raw: await node.build() };
}
