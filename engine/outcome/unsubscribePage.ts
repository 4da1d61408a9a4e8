import { escapeHtml } from '../mail/escapeHtml';
import words from './unsubscribePage.json';

/** ask: the button. done: it holds now. already: it held before. invalid: the link is not one of ours. later: the store is away. */
export type UnsubscribeView = 'ask' | 'done' | 'already' | 'invalid' | 'later';
type Language = keyof typeof words;

/** The page's language by the browser's Accept-Language header: German where that comes first, else English. */
export function pageLanguage(acceptLanguage: string | undefined): Language {
	return /^\s*de\b/i.test(acceptLanguage ?? '') ? 'de' : 'en';
}

/** HTTP status of a view: a mail service tries again later only when it is told that something was wrong. */
export const VIEW_STATUS: Readonly<Record<UnsubscribeView, number>> = { ask: 200, done: 200, already: 200, invalid: 404, later: 503 };

/** Sent with every view: kept nowhere, shown in no frame, loads and tells nothing to anybody. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
	'Content-Type': 'text/html; charset=utf-8',
	'Cache-Control': 'no-store',
	'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
	'Referrer-Policy': 'no-referrer',
	'X-Content-Type-Options': 'nosniff',
	'X-Robots-Tag': 'noindex',
};

/**
 * The whole page: no script, no image, no cookie, no word about who the reader is. `ask` changes nothing; its button
 * posts to the address the page was loaded from, token and all.
 * @param sender whom the mail came from, as the reader knows them; any text.
 */
export function unsubscribePage(view: UnsubscribeView, { language, sender }: { language: Language; sender?: string }): string {
	const { title, button, views } = words[language];
	const said = escapeHtml(views[view]);
	const from = sender === undefined || sender.trim() === '' ? '' : `<p><strong>${escapeHtml(sender)}</strong></p>`;
	// The field is what RFC 8058 has mail programs post: one handler serves both.
	const form = view === 'ask' ? `<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click"><button type="submit">${escapeHtml(button)}</button></form>` : '';
	return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)}</title>
<style>body{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:15vh auto;padding:0 1rem;color:#1b1b1b;background:#fff}button{font:inherit;padding:.7rem 1.4rem;border:0;border-radius:.4rem;background:#14532d;color:#fff;cursor:pointer}button:focus-visible{outline:3px solid #1b1b1b;outline-offset:2px}</style></head>
<body><main><h1>${escapeHtml(title)}</h1>${from}<p role="status">${said}</p>${form}</main></body></html>
`;
}
