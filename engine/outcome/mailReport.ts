import type { OutcomeEvent } from './outcome';

/** What a delivery report says about the message it is about. */
export interface MailReport {
	event: Extract<OutcomeEvent, 'bounced_hard' | 'bounced_soft'>;
	/** Enhanced status code (RFC 3463), e.g. 5.1.1. */
	code: string;
	/** Message-ID of the message that did not arrive, with its angle brackets. */
	messageId?: string;
}

/** A report quotes the message it is about; what matters stands before that. */
const CHARACTERS_READ = 20_000;

function textOf(value: unknown): string {
	if (typeof value === 'string') return value.slice(0, CHARACTERS_READ);
	if (value === null || typeof value !== 'object') return '';
	return Object.values(value)
		.filter((part): part is string => typeof part === 'string')
		.join('\n')
		.slice(0, CHARACTERS_READ);
}

/** The reports' own header names the message in In-Reply-To or References; others quote its Message-ID line. */
function originalId(headers: string, text: string): string | undefined {
	const referred = /^(?:in-reply-to|references|x-failed-message-id)\s*:[^<\n]{0,200}(<[^<>\s]{1,300}>)/im.exec(headers)?.[1];
	return referred ?? /^\s{0,10}message-id\s*:[^<\n]{0,200}(<[^<>\s]{1,300}>)/im.exec(text)?.[1];
}

/**
 * Reads a bounce as n8n's Email Trigger (IMAP) hands it over: 5.x.x is for good, 4.x.x for now.
 * @returns undefined when the mail carries no status code
 */
export function readMailReport(payload: Readonly<Record<string, unknown>>): MailReport | undefined {
	const metadata = payload.metadata !== null && typeof payload.metadata === 'object' ? payload.metadata : {};
	const headers = [...Object.entries(metadata).map(([name, value]) => `${name}: ${String(value)}`), textOf(payload.headers)].join('\n');
	const text = [payload.textPlain, payload.text, payload.textHtml, payload.html].map(textOf).join('\n');
	const code = /\b([45]\.\d{1,3}\.\d{1,3})\b/.exec(text)?.[1];
	if (code === undefined) return undefined;
	return { event: code.startsWith('5') ? 'bounced_hard' : 'bounced_soft', code, messageId: originalId(headers, text) };
}
