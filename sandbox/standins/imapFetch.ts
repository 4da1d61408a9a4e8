import type { StoredMail } from './mailbox';
import { parseMime, type MimePart } from './mime';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number): string => String(value).padStart(2, '0');

/** IMAP's date and time, in UTC. */
export function internalDate(date: Date): string {
	const day = String(date.getUTCDate()).padStart(2, ' ');
	return `${day}-${MONTHS[date.getUTCMonth()]}-${date.getUTCFullYear()} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`;
}

const quoted = (text: string | undefined): string => (text === undefined ? 'NIL' : `"${text.replace(/["\\]/g, '\\$&').replace(/[^\x20-\x7e]/g, '?')}"`);
const parameterList = (parameters: Record<string, string>): string => {
	const entries = Object.entries(parameters).flat().map(quoted);
	return entries.length > 0 ? `(${entries.join(' ')})` : 'NIL';
};

function bodyStructure(part: MimePart): string {
	if (part.type === 'multipart' && part.parts.length > 0) return `(${part.parts.map(bodyStructure).join('')} ${quoted(part.subtype)} ${parameterList(part.parameters)} NIL NIL NIL)`;
	const [disposition, ...rest] = (part.headers.get('content-disposition')?.[0] ?? '').split(';').map((piece) => piece.trim());
	const filename = /filename="?([^"]*)"?/.exec(rest.join(';'))?.[1];
	const dispositionList = disposition ? `(${quoted(disposition)} ${filename === undefined ? 'NIL' : `("filename" ${quoted(filename)})`})` : 'NIL';
	const lines = part.type === 'text' ? ` ${part.rawBody.split('\n').length - 1}` : '';
	return `(${quoted(part.type)} ${quoted(part.subtype)} ${parameterList(part.parameters)} NIL NIL ${quoted(part.encoding)} ${part.rawBody.length}${lines} NIL ${dispositionList} NIL NIL)`;
}

/** What BODY[section] holds; one character a byte. */
export function section(mail: StoredMail, name: string): string {
	const root = parseMime(mail.raw);
	const upper = name.toUpperCase();
	if (upper === '') return mail.raw;
	if (upper === 'TEXT') return root.rawBody;
	if (upper === 'HEADER') return root.rawHeader;
	const fields = /^HEADER\.FIELDS(\.NOT)? \(([^)]*)\)$/.exec(upper);
	if (fields) {
		const wanted = (fields[2] ?? '').split(' ');
		const lines = root.rawHeader.trimEnd().split(/\r\n(?![ \t])/);
		const kept = lines.filter((line) => wanted.includes((line.split(':')[0] ?? '').toUpperCase()) !== Boolean(fields[1]));
		return [...kept, '', ''].join('\r\n');
	}
	let part: MimePart | undefined = root;
	for (const step of upper.split('.').filter((piece) => /^\d+$/.test(piece))) {
		// A mail with a single part counts as its own part 1.
		part = part.parts.length === 0 && step === '1' ? part : part.parts[Number(step) - 1];
		if (!part) return '';
	}
	return upper.endsWith('MIME') ? part.rawHeader : part.rawBody;
}

/** One FETCH line for a mail; sets \Seen as the protocol wants it. */
export function fetchLine(mail: StoredMail, sequence: number, items: string, withUid: boolean): string {
	const answers: string[] = [];
	const names = items.toUpperCase();
	if (withUid || /\bUID\b/.test(names)) answers.push(`UID ${mail.uid}`);
	if (/\bINTERNALDATE\b/.test(names)) answers.push(`INTERNALDATE "${internalDate(mail.received)}"`);
	if (/\bRFC822\.SIZE\b/.test(names)) answers.push(`RFC822.SIZE ${mail.raw.length}`);
	if (/\bBODYSTRUCTURE\b/.test(names)) answers.push(`BODYSTRUCTURE ${bodyStructure(parseMime(mail.raw))}`);
	const literals: string[] = [];
	for (const [, peek, name = ''] of items.matchAll(/BODY(\.PEEK)?\[([^\]]*)\]/gi)) {
		if (!peek) mail.flags.add('\\Seen');
		const content = section(mail, name);
		literals.push(`BODY[${name}] {${content.length}}\r\n${content}`);
	}
	if (/\bFLAGS\b/.test(names) || literals.length > 0) answers.push(`FLAGS (${[...mail.flags].join(' ')})`);
	return `* ${sequence} FETCH (${[...answers, ...literals].join(' ')})\r\n`;
}
