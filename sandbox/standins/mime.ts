/** A mail or a part of one. Sizes and bodies as they were transferred. */
export interface MimePart {
	/** Names in lower case; repeated headers in order. */
	headers: Map<string, string[]>;
	type: string;
	subtype: string;
	parameters: Record<string, string>;
	encoding: string;
	/** The header block with its empty line. */
	rawHeader: string;
	/** Everything behind it, not decoded. Both texts hold one character a byte. */
	rawBody: string;
	parts: MimePart[];
}

const WORD = /=\?([^?]+)\?([bq])\?([^?]*)\?=/gi;

function decodeBytes(bytes: Buffer, charset: string): string {
	try {
		return new TextDecoder(charset).decode(bytes);
	} catch {
		return bytes.toString('utf8');
	}
}

function hexBytes(text: string): Buffer {
	return Buffer.from(text.replace(/=([0-9a-f]{2})/gi, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16))), 'latin1');
}

/** In a body, blanks at a line's end and soft line breaks mean nothing; in a header word they would. */
function quotedPrintable(text: string): Buffer {
	return hexBytes(text.replace(/[ \t]+$/gm, '').replace(/=\r?\n/g, ''));
}

/** Decodes a header's encoded words (RFC 2047). Raw UTF-8 is read as such. */
export function decodeHeader(value: string): string {
	const adjacent = value.replace(/(\?=)\s+(=\?)/g, '$1$2');
	const decoded = adjacent.replace(WORD, (_all, charset: string, kind: string, text: string) =>
		decodeBytes(kind.toLowerCase() === 'b' ? Buffer.from(text, 'base64') : hexBytes(text.replace(/_/g, ' ')), charset),
	);
	return decoded === value ? Buffer.from(value, 'latin1').toString('utf8') : decoded;
}

/** Encodes a header value when it is not plain ASCII (RFC 2047). */
export function encodeHeader(value: string): string {
	return /^[\x20-\x7e]*$/.test(value) ? value : `=?UTF-8?B?${Buffer.from(value).toString('base64')}?=`;
}

function readHeaders(block: string): Map<string, string[]> {
	const headers = new Map<string, string[]>();
	for (const line of block.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
		const [, name, value] = /^([^:\s]+):\s*(.*)$/.exec(line) ?? [];
		if (name === undefined || value === undefined) continue;
		const key = name.toLowerCase();
		headers.set(key, [...(headers.get(key) ?? []), value.trim()]);
	}
	return headers;
}

function readContentType(value: string | undefined): Pick<MimePart, 'type' | 'subtype' | 'parameters'> {
	const [full = 'text/plain', ...rest] = (value ?? 'text/plain; charset=us-ascii').split(';').map((piece) => piece.trim());
	const [type = 'text', subtype = 'plain'] = full.toLowerCase().split('/');
	const parameters: Record<string, string> = {};
	for (const piece of rest) {
		const [, name, content] = /^([^=]+)="?([^"]*)"?$/.exec(piece) ?? [];
		if (name !== undefined && content !== undefined) parameters[name.toLowerCase().trim()] = content;
	}
	return { type, subtype, parameters };
}

/** Splits a mail into its parts. `raw` holds one character a byte (latin1). */
export function parseMime(raw: string): MimePart {
	const end = /\r?\n\r?\n/.exec(raw);
	const split = end ? end.index + end[0].length : raw.length;
	const rawHeader = raw.slice(0, split);
	const rawBody = raw.slice(split);
	const headers = readHeaders(rawHeader);
	const content = readContentType(headers.get('content-type')?.[0]);
	const encoding = (headers.get('content-transfer-encoding')?.[0] ?? '7bit').toLowerCase();
	const boundary = content.parameters.boundary;
	const parts = content.type === 'multipart' && boundary ? splitParts(rawBody, boundary).map(parseMime) : [];
	return { headers, ...content, encoding, rawHeader, rawBody, parts };
}

function splitParts(body: string, boundary: string): string[] {
	const pieces = `\r\n${body}`.split(`\n--${boundary}`);
	return pieces
		.slice(1)
		.filter((piece) => !piece.startsWith('--'))
		.map((piece) => piece.replace(/^[ \t]*\r?\n/, '').replace(/\r$/, ''));
}

/** The decoded text of a part. */
export function partText(part: MimePart): string {
	const charset = part.parameters.charset ?? 'utf-8';
	if (part.encoding === 'base64') return decodeBytes(Buffer.from(part.rawBody, 'base64'), charset);
	if (part.encoding === 'quoted-printable') return decodeBytes(quotedPrintable(part.rawBody), charset);
	return decodeBytes(Buffer.from(part.rawBody, 'latin1'), charset);
}

/** The first part of a text subtype, at any depth. */
export function findText(part: MimePart, subtype: string): MimePart | undefined {
	if (part.type === 'text' && part.subtype === subtype) return part;
	for (const child of part.parts) {
		const found = findText(child, subtype);
		if (found) return found;
	}
	return undefined;
}

/** What a person reads: the plain text, else the HTML without its tags. */
export function readableText(mail: MimePart): string {
	const plain = findText(mail, 'plain');
	if (plain) return partText(plain).trimEnd();
	const html = findText(mail, 'html');
	return html ? partText(html).replace(/<br\s*\/?>|<\/p>/gi, '\n').replace(/<[^>]*>/g, '').trim() : '';
}

/** The mail addresses in a header value. */
export function addressesOf(value: string | undefined): string[] {
	return (value ?? '').match(/[^\s<>,;"()]+@[^\s<>,;"()]+/g) ?? [];
}
