/** One field of a form with files. */
export interface FormPart {
	name: string;
	/** Set for files. */
	filename?: string;
	content: Buffer;
}

const CRLF = Buffer.from('\r\n');
const BREAK = Buffer.from('\r\n\r\n');

/** A form as RFC 7578 writes it; undefined when it is none, or is cut off before its last boundary. */
export function readMultipart(contentType: string | undefined, body: Buffer): FormPart[] | undefined {
	const found = /^multipart\/form-data;.*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType ?? '');
	const boundary = found?.[1] ?? found?.[2];
	if (boundary === undefined) return undefined;
	const delimiter = Buffer.from(`--${boundary}`);
	const parts: FormPart[] = [];
	let place = body.indexOf(delimiter);
	while (place >= 0) {
		const begin = place + delimiter.length;
		if (body.subarray(begin, begin + 2).toString() === '--') return parts;
		const next = body.indexOf(Buffer.concat([CRLF, delimiter]), begin);
		if (next < 0) return undefined;
		const part = readPart(body.subarray(begin + CRLF.length, next));
		if (part) parts.push(part);
		place = next + CRLF.length;
	}
	return undefined;
}

function readPart(bytes: Buffer): FormPart | undefined {
	const end = bytes.indexOf(BREAK);
	if (end < 0) return undefined;
	const head = bytes.subarray(0, end).toString('utf8');
	const disposition = /^content-disposition: *form-data;(.*)$/im.exec(head)?.[1] ?? '';
	const name = /[; ]name="([^"]*)"/.exec(disposition)?.[1];
	const filename = /filename="([^"]*)"/.exec(disposition)?.[1];
	return name === undefined ? undefined : { name, content: bytes.subarray(end + BREAK.length), ...(filename === undefined ? {} : { filename }) };
}
