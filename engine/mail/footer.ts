import { escapeHtml } from './escapeHtml';
import wording from './wording.json';

export interface FooterParts {
	/** Two letters; what is not known is worded in English. */
	language: string;
	/** One or several lines. */
	postalAddress?: string;
	/** The sentence about artificial intelligence; `true` for the pack's own wording. */
	disclosure?: string | true;
	unsubscribe?: { url: string } | 'reply';
}

function lines({ language, postalAddress, disclosure, unsubscribe }: FooterParts): { text: string; url?: string }[] {
	const words = language.toLowerCase().startsWith('de') ? wording.de : wording.en;
	const said = disclosure === true ? words.disclosure : disclosure;
	return [
		...(said === undefined ? [] : [{ text: said }]),
		...(postalAddress ?? '').split(/\r\n?|\n/).flatMap((one) => (one.trim() === '' ? [] : [{ text: one.trim() }])),
		...(unsubscribe === undefined ? [] : unsubscribe === 'reply' ? [{ text: words.unsubscribeByReply }] : [{ text: words.unsubscribe, url: unsubscribe.url }]),
	];
}

/** What stands below a mail's text, after the line mail programs know as the end of what was written. Empty when there is nothing to say. */
export function textFooter(parts: FooterParts): string {
	const said = lines(parts).map(({ text, url }) => (url === undefined ? text : `${text}: ${url}`));
	return said.length === 0 ? '' : `\n\n-- \n${said.join('\n')}\n`;
}

/** The same below a mail's HTML. */
export function htmlFooter(parts: FooterParts): string {
	const said = lines(parts).map(({ text, url }) => (url === undefined ? escapeHtml(text) : `<a href="${escapeHtml(url)}">${escapeHtml(text)}</a>`));
	return said.length === 0 ? '' : `<p style="color:#666;font-size:small">${said.join('<br>\n')}</p>`;
}
