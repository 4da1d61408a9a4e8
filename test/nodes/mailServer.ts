import type { AddressInfo } from 'node:net';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';

export interface TakenMail {
	envelope: { from: string; to: string[] };
	/** As it came over the wire. */
	raw: string;
	/** Read by a mail parser that shares no code with the sender. */
	parsed: Email;
}
export interface MailServer {
	port: number;
	mails: TakenMail[];
	/** Connections that were opened, and the end of the first that was closed. */
	connections: { opened: number; closed: Promise<void> };
	/** Answers to RCPT TO, by address: a code and a text. */
	refuse: Map<string, [number, string]>;
	/** The answer to the mail itself: a code and a text, or the connection cut off. */
	atTheEnd?: [number, string] | 'cut';
	/** The answer to MAIL FROM. */
	refuseSender?: [number, string];
	stop(): Promise<void>;
}

const USER = 'sales@acme.example';
export const PASSWORD = 'correct-horse-battery';
const refusal = ([responseCode, text]: [number, string]): Error => Object.assign(new Error(text), { responseCode });

/** A mail server on this machine. */
export async function startMailServer(): Promise<MailServer> {
	let closed = (): void => undefined;
	const firstClosed = new Promise<void>((done) => (closed = done));
	const state: MailServer = { port: 0, mails: [], connections: { opened: 0, closed: firstClosed }, refuse: new Map(), stop: async () => await new Promise((done) => server.close(() => done())) };
	const server = new SMTPServer({
		authOptional: true,
		allowInsecureAuth: true,
		disabledCommands: ['STARTTLS'],
		disableReverseLookup: true,
		logger: false,
		closeTimeout: 200,
		onConnect: (_session, done) => {
			state.connections.opened++;
			done();
		},
		onClose: () => closed(),
		onAuth: ({ username, password }, _session, done) => (username === USER && password === PASSWORD ? done(null, { user: USER }) : done(refusal([535, `5.7.8 Wrong password ${password} of ${username}`]))),
		onMailFrom: (_address, _session, done) => (state.refuseSender ? done(refusal(state.refuseSender)) : done()),
		onRcptTo: ({ address }, _session, done) => {
			const refused = state.refuse.get(address);
			if (refused) done(refusal(refused));
			else done();
		},
		onData: (stream, session, done) => {
			const chunks: Buffer[] = [];
			stream.on('data', (chunk: Buffer) => chunks.push(chunk));
			stream.on('end', () => {
				const end = state.atTheEnd;
				if (end === 'cut') {
					for (const connection of server.connections) (connection as unknown as { _socket: { destroy(): void } })._socket.destroy();
					return;
				}
				if (end) return done(refusal(end));
				const raw = Buffer.concat(chunks);
				const { mailFrom, rcptTo } = session.envelope;
				void PostalMime.parse(raw).then((parsed) => {
					state.mails.push({ envelope: { from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address) }, raw: raw.toString('utf8'), parsed });
					done();
				});
			});
		},
	});
	server.on('error', () => undefined);
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
	state.port = (server.server.address() as AddressInfo).port;
	return state;
}

export const smtpCredential = (port: number, extra: Record<string, string | number | boolean> = {}) => ({ user: USER, password: PASSWORD, host: '127.0.0.1', port, secure: false, disableStartTls: true, hostName: '', ...extra });
export const headerOf = ({ parsed }: TakenMail, name: string): string | undefined => parsed.headers.find(({ key }) => key === name.toLowerCase())?.value;
/** A header's lines as they came, unfolded nowhere. */
export const linesOf = ({ raw }: TakenMail, name: string): string[] => {
	const lines = raw.slice(0, raw.indexOf('\r\n\r\n')).split('\r\n');
	const at = lines.findIndex((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`));
	if (at === -1) return [];
	const next = lines.findIndex((line, place) => place > at && !/^[ \t]/.test(line));
	return lines.slice(at, next === -1 ? undefined : next);
};
