import { escapeHtml } from './escapeHtml';

/** A web address as people write it into a text; what ends a sentence is no part of it. */
const WEB_ADDRESS = /https?:\/\/[^\s<>"']{1,900}[^\s<>"'.,;:!?)\]]/g;

/** One line: everything escaped, web addresses (http and https alone) made links. */
function line(text: string): string {
	let html = '';
	let end = 0;
	for (const found of text.matchAll(WEB_ADDRESS)) {
		const address = escapeHtml(found[0]);
		html += `${escapeHtml(text.slice(end, found.index))}<a href="${address}">${address}</a>`;
		end = found.index + found[0].length;
	}
	return html + escapeHtml(text.slice(end));
}

/** A plain text as HTML paragraphs that read the same. Nothing of the text can become markup. */
export function htmlFromText(text: string): string {
	return text
		.replace(/\r\n?/g, '\n')
		.split(/\n{2,}/)
		.filter((paragraph) => paragraph.trim() !== '')
		.map((paragraph) => `<p>${paragraph.split('\n').map(line).join('<br>\n')}</p>`)
		.join('\n');
}
