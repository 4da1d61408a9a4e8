import { connect, type Socket } from 'node:net';
import { SANDBOX, smtpFailure, startStandIns, type StandIns } from '../../sandbox/standins';

let world: StandIns;
const sockets: Socket[] = [];

beforeAll(async () => {
	world = await startStandIns();
});
afterAll(async () => {
	sockets.forEach((socket) => socket.destroy());
	await world.stop();
});
beforeEach(() => {
	world.script.reset();
	world.inbox.clear();
});

/** A line-based conversation: `say` sends, `until` waits for text and returns everything read since the last call. */
function talk(port: number): { say(text: string): void; until(pattern: RegExp): Promise<string>; closed: Promise<void> } {
	const socket = connect(port, '127.0.0.1');
	sockets.push(socket);
	let heard = '';
	let check: () => void = () => undefined;
	socket.on('data', (chunk: Buffer) => {
		heard += chunk.toString('latin1');
		check();
	});
	socket.on('error', () => undefined);
	const closed = new Promise<void>((resolve) => {
		socket.on('close', () => resolve());
	});
	return {
		say: (text) => void socket.write(`${text}\r\n`, 'latin1'),
		until: (pattern) =>
			new Promise((resolve) => {
				check = () => {
					if (!pattern.test(heard)) return;
					const all = heard;
					heard = '';
					check = () => undefined;
					resolve(all);
				};
				check();
			}),
		closed,
	};
}

async function startMail(to = 'lena@demo.example') {
	const smtp = talk(world.smtpPort);
	await smtp.until(/220 [^\n]*\n/);
	smtp.say('EHLO sandbox');
	await smtp.until(/250 /);
	smtp.say(`MAIL FROM:<${SANDBOX.mailUser}>`);
	await smtp.until(/250 /);
	smtp.say(`RCPT TO:<${to}>`);
	return smtp;
}

async function sendMail(lines: string[]): Promise<string> {
	const smtp = await startMail();
	await smtp.until(/250 /);
	smtp.say('DATA');
	await smtp.until(/354 /);
	smtp.say([...lines, '.'].join('\r\n'));
	return await smtp.until(/\d{3} [^\n]*\n/);
}

const HEAD = [`From: Sales <${SANDBOX.mailUser}>`, 'To: lena@demo.example', 'Message-ID: <draft-9@demo.example>', 'Subject: =?UTF-8?Q?Gr=C3=B6=C3=9Fe_?=', ' =?UTF-8?B?dW5kIEZhcmJl?=', 'List-Unsubscribe: <https://demo.example/u/1>,', ' <mailto:u@demo.example>'];

describe('SMTP', () => {
	it('takes a mail and reads folded, encoded headers and its text', async () => {
		expect(await sendMail([...HEAD, 'Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: quoted-printable', '', 'Gr=C3=BC=C3=9Fe, a long =', 'line'])).toMatch(/^250/);
		expect(world.inbox.list()).toMatchObject([{ channel: 'email', provider: 'smtp', to: 'lena@demo.example', subject: 'Größe und Farbe', text: 'Grüße, a long line', correlationId: '<draft-9@demo.example>', headers: { 'list-unsubscribe': '<https://demo.example/u/1>, <mailto:u@demo.example>' } }]);
	});

	it('finds the plain text among several parts', async () => {
		await sendMail([...HEAD, 'Content-Type: multipart/mixed; boundary=outer', '', '--outer', 'Content-Type: multipart/alternative; boundary="inner"', '', '--inner', 'Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: base64', '', Buffer.from('Der Text für Sie').toString('base64'), '--inner', 'Content-Type: text/html', '', '<p>Html</p>', '--inner--', '--outer--']);
		expect(world.inbox.list()).toMatchObject([{ text: 'Der Text für Sie' }]);
	});

	it('refuses a mail without From or Message-ID', async () => {
		expect(await sendMail(['To: lena@demo.example', 'Message-ID: <a@b>', '', 'Hi'])).toMatch(/^550 .*From/);
		expect(await sendMail([`From: ${SANDBOX.mailUser}`, '', 'Hi'])).toMatch(/^550 .*Message-ID/);
		expect(world.inbox.list()).toEqual([]);
	});

	it.each([550, 421, 451, 452] as const)('answers %i on demand', async (code) => {
		world.script.next('smtp', smtpFailure(code));
		expect(await (await startMail()).until(/\d{3} [^\n]*\n/)).toMatch(new RegExp(`^${code} `));
	});

	it('drops the line before, or after it took the mail', async () => {
		world.script.next('smtp', { drop: true });
		await (await startMail()).closed;
		expect(world.inbox.list()).toEqual([]);
		world.script.next('smtp', { drop: true, when: 'after' });
		const smtp = await startMail();
		await smtp.until(/250 /);
		smtp.say('DATA');
		await smtp.until(/354 /);
		smtp.say([...HEAD, '', 'Hi', '.'].join('\r\n'));
		await smtp.closed;
		expect(world.inbox.list()).toHaveLength(1);
	});

	it('checks a password when one is offered', async () => {
		const smtp = talk(world.smtpPort);
		await smtp.until(/220 /);
		smtp.say('EHLO sandbox');
		await smtp.until(/250 /);
		const plain = (password: string) => Buffer.from(`\0user\0${password}`).toString('base64');
		smtp.say(`AUTH PLAIN ${plain('wrong')}`);
		expect(await smtp.until(/\d{3} [^\n]*\n/)).toMatch(/535/);
		smtp.say(`AUTH PLAIN ${plain(SANDBOX.mailPassword)}`);
		expect(await smtp.until(/\d{3} [^\n]*\n/)).toMatch(/235/);
	});
});

describe('IMAP', () => {
	async function signIn() {
		const imap = talk(world.imapPort);
		await imap.until(/\* OK/);
		imap.say(`A1 LOGIN "${SANDBOX.mailUser}" "${SANDBOX.mailPassword}"`);
		await imap.until(/A1 OK/);
		imap.say('A2 SELECT "INBOX"');
		const selected = await imap.until(/A2 OK/);
		return { imap, selected };
	}

	it('announces a new mail to a waiting client, who finds, reads and marks it', async () => {
		const { imap } = await signIn();
		imap.say('IDLE IDLE');
		await imap.until(/\+ /);
		const id = world.mail.deliver({ from: 'lena@demo.example', name: 'Lena Größe', subject: 'Angebot für Büro', text: 'Was kostet das?', inReplyTo: 'draft-9@demo.example' });
		await imap.until(/\* 1 EXISTS/);
		imap.say('DONE');
		await imap.until(/IDLE OK/);
		imap.say('A3 UID SEARCH UNSEEN SINCE 1-Jan-2020');
		expect(await imap.until(/A3 OK/)).toContain('* SEARCH 1\r\n');
		imap.say('A4 UID FETCH 1 (UID FLAGS INTERNALDATE BODYSTRUCTURE BODY.PEEK[HEADER] BODY.PEEK[TEXT] BODY.PEEK[1])');
		const fetched = await imap.until(/A4 OK/);
		expect(fetched).toContain('("text" "plain" ("charset" "utf-8") NIL NIL "base64"');
		expect(fetched).toContain(`Message-ID: ${id}`);
		expect(fetched).toContain('In-Reply-To: <draft-9@demo.example>');
		expect(fetched).toContain(Buffer.from('Was kostet das?').toString('base64'));
		imap.say('A5 UID STORE 1 +FLAGS.SILENT (\\SEEN)');
		await imap.until(/A5 OK/);
		imap.say('A6 UID SEARCH UNSEEN');
		expect(await imap.until(/A6 OK/)).toContain('* SEARCH\r\n');
		imap.say('A7 UID SEARCH UID 1:*');
		expect(await imap.until(/A7 OK/)).toContain('* SEARCH 1\r\n');
	});

	it('files a sent mail, lists the boxes and signs off', async () => {
		const { imap } = await signIn();
		imap.say('A3 LIST "" "*"');
		expect(await imap.until(/A3 OK/)).toContain('"Sent"');
		imap.say('A4 APPEND "Sent" (\\Seen) {13}');
		await imap.until(/\+ /);
		imap.say('Subject: a\r\n\r\n'.slice(0, 13));
		await imap.until(/A4 OK/);
		expect(world.mailboxes.get('Sent')?.mails).toHaveLength(1);
		imap.say('A5 LOGOUT');
		expect(await imap.until(/A5 OK/)).toContain('* BYE');
	});

	it('refuses a wrong password, an unknown box and commands before signing in', async () => {
		const imap = talk(world.imapPort);
		await imap.until(/\* OK/);
		imap.say('A1 SELECT "INBOX"');
		expect(await imap.until(/A1 /)).toMatch(/A1 BAD/);
		imap.say('A2 LOGIN "a" "wrong"');
		expect(await imap.until(/A2 /)).toMatch(/A2 NO \[AUTHENTICATIONFAILED\]/);
		const { imap: other } = await signIn();
		other.say('A3 SELECT "Nowhere"');
		expect(await other.until(/A3 /)).toMatch(/A3 NO/);
	});

	it('reports a bounce as a delivery status', async () => {
		const { imap } = await signIn();
		world.mail.bounce({ to: 'gone@demo.example', messageId: 'draft-9@demo.example' });
		await imap.until(/EXISTS/);
		imap.say('A3 UID SEARCH HEADER In-Reply-To draft-9@demo.example SUBJECT Failure');
		const found = /\* SEARCH (\d+)/.exec(await imap.until(/A3 OK/))?.[1] ?? '';
		imap.say(`A4 UID FETCH ${found} (BODY.PEEK[2])`);
		expect(await imap.until(/A4 OK/)).toContain('Status: 5.1.1');
	});
});
