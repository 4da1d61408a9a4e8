const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', euro: '€' };
/** Longer mails are newsletters or attacks; the beginning says what a person wrote. */
const CHARACTERS_READ = 200_000;

/** The readable text of a mail that has HTML only: tags gone, line breaks kept, quotations left out. Linear in its length. */
export function htmlAsText(html: string): string {
	const out: string[] = [];
	let hidden = 0;
	for (const part of html.slice(0, CHARACTERS_READ).split('<')) {
		const end = part.indexOf('>');
		const first = out.length === 0 && hidden === 0 && end === -1;
		const tag = end === -1 ? '' : part.slice(0, end).toLowerCase();
		const name = /^\/?\s*([a-z0-9]+)/.exec(tag)?.[1] ?? '';
		if (name === 'style' || name === 'script' || name === 'head' || name === 'blockquote') hidden = Math.max(0, hidden + (tag.startsWith('/') ? -1 : 1));
		if (/^(?:br|p|div|tr|li|h[1-6])$/.test(name)) out.push('\n');
		if (hidden === 0) out.push(first ? part : part.slice(end + 1));
	}
	return decoded(out.join('')).replace(/[ \t]+/g, ' ').replace(/ ?\n ?/g, '\n').replace(/\n{3,}/g, '\n\n').trim();
}

function decoded(text: string): string {
	return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,6}));/gi, (whole, decimal?: string, hex?: string, name?: string) => {
		const code = decimal !== undefined ? Number(decimal) : hex !== undefined ? Number.parseInt(hex, 16) : undefined;
		if (code !== undefined) return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : '';
		const key = (name ?? '').toLowerCase();
		return Object.hasOwn(ENTITIES, key) ? ENTITIES[key] : whole;
	});
}
