/** A link a text holds, with or without its scheme. */
export interface StatedLink {
	url: string;
	start: number;
	end: number;
}

const WITH_SCHEME = /(?<![@\w.])(?:https?:\/\/|www\.)[^\s<>"')\]]{2,300}/gi;
/** Small letters in the ending: "Danke.Es geht" is a missing space. */
const BARE = /(?<![@\w./-])(?:[A-Za-z0-9][A-Za-z0-9-]{0,40}\.){1,3}(?:com|net|org|io|de|at|ch|eu|fr|es|it|nl|pl|pt|tr|uk|us|ca|app|ai|shop|info|biz|co|me|ly|link|online|dev|store|site)(?![\p{L}\d-]|\.\w)(?:\/[^\s<>"')\]]{0,200})?/gu;
/** Added by mail programs and advertisers; the page stays the same. */
const TRACKING = /^(?:utm_\w{1,20}|gclid|fbclid|msclkid|mc_[ce]id|_hsenc|_hsmi|ref|source)$/i;

/** Links in order. Linear in the text's length. */
export function linksIn(text: string): StatedLink[] {
	const found = [...text.matchAll(WITH_SCHEME)].map((match) => ({ url: match[0], start: match.index, end: match.index + match[0].length }));
	const taken = new Set<number>();
	for (const { start, end } of found) for (let at = start; at < end; at++) taken.add(at);
	for (const match of text.matchAll(BARE)) if (!taken.has(match.index)) found.push({ url: match[0], start: match.index, end: match.index + match[0].length });
	return found;
}

/** What two links to the same page share: no scheme, www, tracking, fragment, closing slash or case. */
export function samePage(link: string): string {
	const plain = link.toLowerCase().replace(/^https?:\/\//, '').replace(/^www\./, '').replace(/[.,;:!?]{1,5}$/, '').replace(/#.*$/, '');
	const [path, query = ''] = plain.split('?', 2);
	const kept = query.split('&').filter((pair) => pair !== '' && !TRACKING.test(pair.split('=', 1)[0]));
	return `${path.replace(/\/{1,5}$/, '')}${kept.length > 0 ? `?${kept.join('&')}` : ''}`;
}

/** The host a link leads to, small letters; what stands before an @ is a user name, not the host. */
export function hostOf(link: string): string {
	const authority = /^(?:https?:\/\/)?([^/?#\s]{1,255})/i.exec(link)?.[1] ?? '';
	return authority.slice(authority.lastIndexOf('@') + 1).replace(/:\d{1,5}$/, '').toLowerCase();
}
