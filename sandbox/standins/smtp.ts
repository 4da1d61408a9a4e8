import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import { isSandboxKey } from './accounts';
import type { Failure, ScriptState } from './failureScript';
import type { RunningServer } from './httpServer';
import { portOf } from './httpServer';
import type { MessageLog } from './messageLog';
import { decodeHeader, parseMime, readableText } from './mime';

/** Bytes; Gmail's and Outlook's limit is of this order. */
const SIZE_LIMIT = 25 * 1024 * 1024;

function refusal(code: number, text: string): Error {
	return Object.assign(new Error(text), { responseCode: code });
}

/** An SMTP failure for `script.next('smtp', …)`: 550 mailbox unknown, 421 and 451 try later. */
export function smtpFailure(code: 421 | 450 | 451 | 452 | 535 | 550 | 552 | 554, text?: string): { status: number; body: string } {
	const usual: Record<number, string> = {
		421: '4.7.0 Try again later, closing connection',
		450: '4.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages',
		451: '4.7.1 Greylisted, please try again later',
		452: '4.2.2 The recipient inbox is out of storage space',
		535: '5.7.8 Username and Password not accepted',
		550: '5.1.1 The email account that you tried to reach does not exist',
		552: '5.3.4 Message size exceeds fixed limit',
		554: '5.7.1 Message rejected as spam',
	};
	return { status: code, body: text ?? usual[code] ?? 'Refused' };
}

interface SessionFailure {
	failure: Failure;
}

/** Takes mail with and without a sign-in, writes it into the log, and refuses, defers or stalls by script. */
export async function startSmtp(log: MessageLog, script: ScriptState, port = 0): Promise<RunningServer> {
	const atTheEnd = new WeakMap<SMTPServerSession, SessionFailure>();

	const take = async (stream: SMTPServerDataStream): Promise<string> => {
		const chunks: Buffer[] = [];
		for await (const chunk of stream) chunks.push(Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk)));
		return Buffer.concat(chunks).toString('latin1');
	};

	const record = (raw: string, session: SMTPServerSession): void => {
		const mail = parseMime(raw);
		const one = (name: string): string | undefined => mail.headers.get(name)?.[0];
		if (one('from') === undefined) throw refusal(550, '5.7.1 Messages missing a valid From: header are not accepted');
		if (one('message-id') === undefined) throw refusal(550, '5.7.1 Messages missing a valid Message-ID: header are not accepted');
		const headers = Object.fromEntries([...mail.headers].map(([name, values]) => [name, decodeHeader(values.join(', '))]));
		const from = session.envelope.mailFrom ? session.envelope.mailFrom.address : '';
		for (const { address } of session.envelope.rcptTo) {
			log.add({ direction: 'toLead', channel: 'email', provider: 'smtp', from, to: address, subject: headers.subject, text: readableText(mail), headers, correlationId: headers['message-id'], providerId: headers['message-id'] ?? '', state: 'accepted', raw });
		}
	};

	const server = new SMTPServer({
		authOptional: true,
		allowInsecureAuth: true,
		disabledCommands: ['STARTTLS'],
		disableReverseLookup: true,
		size: SIZE_LIMIT,
		logger: false,
		closeTimeout: 200,
		onAuth(auth, _session, done) {
			if (isSandboxKey(auth.password ?? undefined)) done(null, { user: auth.username ?? '' });
			else done(refusal(535, '5.7.8 Username and Password not accepted'));
		},
		onRcptTo({ address }, session, done) {
			const call = { service: 'smtp' as const, to: address, body: session.envelope };
			const over = script.waitFor(call, Date.now());
			if (over) return done(refusal(450, '4.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages'));
			const failure = script.take(call);
			if (!failure) return done();
			if (failure.when === 'after') {
				atTheEnd.set(session, { failure });
				return done();
			}
			if (failure.stall) return undefined;
			const finish = (): void => {
				if (failure.drop) drop(session);
				else if (failure.status !== undefined) done(refusal(failure.status, String(failure.body ?? 'Refused')));
				else done();
			};
			setTimeout(finish, failure.delayMs ?? 0);
			return undefined;
		},
		onData(stream, session, done) {
			take(stream)
				.then((raw) => {
					if (stream.sizeExceeded) throw refusal(552, '5.3.4 Message size exceeds fixed limit');
					record(raw, session);
					const failure = atTheEnd.get(session)?.failure;
					if (failure?.stall) return;
					if (failure?.drop) drop(session);
					else if (failure?.status !== undefined) done(refusal(failure.status, String(failure.body ?? 'Refused')));
					else setTimeout(done, failure?.delayMs ?? 0);
				})
				.catch((error: unknown) => done(error instanceof Error ? error : new Error(String(error))));
		},
	});
	server.on('error', () => undefined);

	/** smtp-server keeps its sockets to itself except here. */
	const drop = (session: SMTPServerSession): void => {
		for (const connection of server.connections) {
			if (isSessionHolder(connection) && connection.session.id === session.id) connection._socket.destroy();
		}
	};

	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, '127.0.0.1', resolve);
	});
	return {
		port: portOf(server.server.address()),
		stop: () => new Promise((resolve) => server.close(() => resolve())),
	};
}

function isSessionHolder(value: unknown): value is { session: { id: string }; _socket: { destroy(): void } } {
	return typeof value === 'object' && value !== null && 'session' in value && '_socket' in value;
}
