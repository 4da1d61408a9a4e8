import { createServer, type Socket } from 'node:net';
import { isSandboxKey } from './accounts';
import type { ScriptState } from './failureScript';
import { portOf, type RunningServer } from './httpServer';
import { fetchLine } from './imapFetch';
import { inSet, search, words } from './imapSearch';
import type { Mailbox, StoredMail } from './mailbox';

const CAPABILITIES = 'IMAP4rev1 LITERAL+ IDLE UNSELECT UIDPLUS CHILDREN';

/** Cuts a byte stream into command lines; a literal is handed over with its line. */
function createLineReader(onLine: (line: string, literal?: string) => void, wantsMore: () => void): (chunk: Buffer) => void {
	let buffer = '';
	let pending: { line: string; length: number } | undefined;
	return (chunk) => {
		buffer += chunk.toString('latin1');
		for (;;) {
			if (pending) {
				if (buffer.length < pending.length) return;
				const literal = buffer.slice(0, pending.length);
				const { line } = pending;
				buffer = buffer.slice(pending.length).replace(/^\r?\n/, '');
				pending = undefined;
				onLine(line, literal);
				continue;
			}
			const end = buffer.indexOf('\n');
			if (end < 0) return;
			const line = buffer.slice(0, end).replace(/\r$/, '');
			buffer = buffer.slice(end + 1);
			const [, length, plus] = /\{(\d+)(\+?)\}$/.exec(line) ?? [];
			if (length === undefined) onLine(line);
			else {
				pending = { line, length: Number(length) };
				if (!plus) wantsMore();
			}
		}
	};
}

/** One client's conversation with the server. */
class Session {
	private box: Mailbox | undefined;
	private known = 0;
	private signedIn = false;
	private idleTag: string | undefined;
	private stopWatching: () => void = () => undefined;

	constructor(
		private readonly socket: Socket,
		private readonly boxes: Map<string, Mailbox>,
		private readonly script: ScriptState,
	) {
		const read = createLineReader(
			(line, literal) => this.receive(line, literal),
			() => this.write('+ go ahead'),
		);
		socket.on('data', read);
		socket.on('error', () => undefined);
		socket.on('close', () => this.stopWatching());
		this.write('* OK sandbox mail server ready');
	}

	private write(line: string): void {
		if (!this.socket.destroyed) this.socket.write(`${line}\r\n`, 'latin1');
	}

	private receive(line: string, literal?: string): void {
		if (this.idleTag !== undefined) {
			if (line.toUpperCase() === 'DONE') this.write(`${this.idleTag} OK IDLE terminated`);
			this.idleTag = undefined;
			return;
		}
		const [tag = '*', rawCommand = '', ...rest] = line.split(' ');
		const isUid = rawCommand.toUpperCase() === 'UID';
		const command = (isUid ? (rest.shift() ?? '') : rawCommand).toUpperCase();
		const failure = this.script.take({ service: 'imap', to: command, body: line });
		if (failure?.drop) return void this.socket.destroy();
		if (failure?.stall) return;
		if (failure?.status !== undefined) return this.write(`${tag} NO ${String(failure.body ?? '[UNAVAILABLE] Try again later')}`);
		const answer = (): void => this.run(tag, command, rest.join(' '), isUid, literal);
		if (failure?.delayMs) setTimeout(answer, failure.delayMs);
		else answer();
	}

	private run(tag: string, command: string, rest: string, isUid: boolean, literal?: string): void {
		const ok = (text = `${command} completed`): void => this.write(`${tag} OK ${text}`);
		const no = (text: string): void => this.write(`${tag} NO ${text}`);
		if (command === 'CAPABILITY') {
			this.write(`* CAPABILITY ${CAPABILITIES}`);
			return ok();
		}
		if (command === 'NOOP') return ok();
		if (command === 'LOGOUT') {
			this.write('* BYE see you');
			ok();
			return void this.socket.end();
		}
		if (command === 'LOGIN') return this.login(tag, words(rest));
		if (!this.signedIn) return this.write(`${tag} BAD not signed in`);
		if (command === 'LIST' || command === 'LSUB') return this.list(tag, command, rest);
		if (command === 'SELECT' || command === 'EXAMINE') return this.select(tag, command, words(rest)[0] ?? '');
		if (command === 'STATUS') return this.status(tag, words(rest)[0] ?? '');
		if (command === 'APPEND') return this.append(tag, words(rest), literal);
		const { box } = this;
		if (!box) return this.write(`${tag} BAD no mailbox selected`);
		switch (command) {
			case 'IDLE':
				this.idleTag = tag;
				return this.write('+ idling');
			case 'SEARCH': {
				const found = search(words(rest), box.mails);
				if (!found) return this.write(`${tag} BAD search criterion not known`);
				this.write(`* SEARCH ${found.map((mail) => (isUid ? mail.uid : box.mails.indexOf(mail) + 1)).join(' ')}`.trimEnd());
				return ok();
			}
			case 'FETCH':
				for (const mail of this.chosen(box, rest, isUid)) this.socket.write(fetchLine(mail, box.mails.indexOf(mail) + 1, rest.slice(rest.indexOf(' ') + 1), isUid), 'latin1');
				return ok();
			case 'STORE':
				this.store(box, rest, isUid);
				return ok();
			case 'EXPUNGE':
				this.expunge(box);
				return ok();
			case 'CLOSE':
			case 'UNSELECT':
				this.stopWatching();
				this.box = undefined;
				return ok();
			case 'CHECK':
				return ok();
			default:
				return no(`${command} is not supported here`);
		}
	}

	private login(tag: string, [user, password]: string[]): void {
		this.signedIn = Boolean(user) && isSandboxKey(password);
		this.write(this.signedIn ? `${tag} OK [CAPABILITY ${CAPABILITIES}] signed in` : `${tag} NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)`);
	}

	private list(tag: string, command: string, rest: string): void {
		if (words(rest)[1] === '') this.write(`* ${command} (\\Noselect) "/" ""`);
		else for (const name of this.boxes.keys()) this.write(`* ${command} (\\HasNoChildren) "/" "${name}"`);
		this.write(`${tag} OK ${command} completed`);
	}

	private select(tag: string, command: string, name: string): void {
		const box = this.boxes.get(name.toUpperCase() === 'INBOX' ? 'INBOX' : name);
		if (!box) return this.write(`${tag} NO [NONEXISTENT] Unknown Mailbox: ${name} (Failure)`);
		this.stopWatching();
		this.box = box;
		this.known = box.mails.length;
		this.stopWatching = box.watch(() => {
			if (box.mails.length > this.known) this.write(`* ${box.mails.length} EXISTS`);
			this.known = box.mails.length;
		});
		this.write('* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)');
		this.write('* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)] limited');
		this.write(`* ${box.mails.length} EXISTS`);
		this.write('* 0 RECENT');
		this.write(`* OK [UIDVALIDITY ${box.uidValidity}] valid`);
		this.write(`* OK [UIDNEXT ${box.nextUid()}] predicted`);
		this.write(`${tag} OK [${command === 'SELECT' ? 'READ-WRITE' : 'READ-ONLY'}] ${command} completed`);
	}

	private status(tag: string, name: string): void {
		const box = this.boxes.get(name);
		if (!box) return this.write(`${tag} NO [NONEXISTENT] Unknown Mailbox: ${name} (Failure)`);
		const unseen = box.mails.filter((mail) => !mail.flags.has('\\Seen')).length;
		this.write(`* STATUS "${name}" (MESSAGES ${box.mails.length} RECENT 0 UNSEEN ${unseen} UIDNEXT ${box.nextUid()} UIDVALIDITY ${box.uidValidity})`);
		this.write(`${tag} OK STATUS completed`);
	}

	private append(tag: string, [name = '', ...rest]: string[], literal?: string): void {
		const box = this.boxes.get(name);
		if (!box) return this.write(`${tag} NO [TRYCREATE] Unknown Mailbox: ${name} (Failure)`);
		if (literal === undefined) return this.write(`${tag} BAD the message is missing`);
		const flags = rest.find((word) => word.startsWith('('))?.slice(1, -1).split(' ').filter(Boolean);
		const mail = box.append(literal, flags);
		this.write(`${tag} OK [APPENDUID ${box.uidValidity} ${mail.uid}] APPEND completed`);
	}

	private chosen(box: Mailbox, rest: string, isUid: boolean): StoredMail[] {
		const set = rest.split(' ')[0] ?? '';
		const highest = isUid ? (box.mails.at(-1)?.uid ?? 0) : box.mails.length;
		return box.mails.filter((mail, index) => inSet(set, isUid ? mail.uid : index + 1, highest));
	}

	private store(box: Mailbox, rest: string, isUid: boolean): void {
		const [, mode = '', silent, list = ''] = /^\S+ ([+-]?)FLAGS(\.SILENT)? \(?([^)]*)\)?$/i.exec(rest) ?? [];
		// Flags are told apart without regard to case; n8n sets \SEEN.
		const flags = list.split(' ').filter(Boolean).map((flag) => (flag.startsWith('\\') ? `\\${flag.charAt(1).toUpperCase()}${flag.slice(2).toLowerCase()}` : flag));
		for (const mail of this.chosen(box, rest, isUid)) {
			if (mode === '') mail.flags.clear();
			for (const flag of flags) {
				if (mode === '-') mail.flags.delete(flag);
				else mail.flags.add(flag);
			}
			if (!silent) this.write(`* ${box.mails.indexOf(mail) + 1} FETCH (UID ${mail.uid} FLAGS (${[...mail.flags].join(' ')}))`);
		}
	}

	private expunge(box: Mailbox): void {
		for (const mail of box.mails.filter(({ flags }) => flags.has('\\Deleted'))) {
			this.write(`* ${box.mails.indexOf(mail) + 1} EXPUNGE`);
			box.remove([mail]);
		}
	}
}

/** A small IMAP4rev1 server over mailboxes in memory: enough for n8n's Email Trigger and for filing sent mail. */
export async function startImap(boxes: Map<string, Mailbox>, script: ScriptState, port = 0): Promise<RunningServer> {
	const sockets = new Set<Socket>();
	const server = createServer((socket) => {
		sockets.add(socket);
		socket.on('close', () => sockets.delete(socket));
		new Session(socket, boxes, script);
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, '127.0.0.1', resolve);
	});
	return {
		port: portOf(server.address()),
		stop: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				for (const socket of sockets) socket.destroy();
			}),
	};
}
