import { ERROR_CODES, type CodeBook } from '../channels/errorCodes';

/** What can be read from the item a channel node left behind. */
export interface ProviderAnswer {
	/** Codes found, the most specific first. */
	codes: { book: CodeBook; code: string }[];
	/** The provider's or n8n's own words. */
	text?: string;
	/** The Retry-After header as sent. */
	retryAfter?: string;
	/** True when the answer says that it did not work. */
	failed: boolean;
}

type Fields = Readonly<Record<string, unknown>>;
type Found = { book: CodeBook; code: string };

/** Nested causes are read to this depth; more is no error any more but an attack. */
const DEEPEST = 5;
/** An SMTP reply: a code followed by its enhanced code, or one that HTTP does not use (a 502 page is no mail server's word). */
const SMTP_REPLY = /(?:^|[\s:"(])(?:([45]\d\d)[ -](?=[45]\.\d)|(421|45[0-5]|521|53[0-8]|55\d)[ -])/;
const SMTP_ENHANCED = /\b([245]\.\d{1,3}\.\d{1,3})\b/;
const META_IN_TEXT = /\(#(\d{1,6})\)/;
const JSON_CODE = /"code\\{0,3}"\s{0,2}:\s{0,2}(\d{1,7})/;
const JSON_SUBCODE = /"error_subcode\\{0,3}"\s{0,2}:\s{0,2}(\d{1,8})/;
/** Of a longer text only the beginning is searched. */
const CHARACTERS_READ = 20_000;

/** Reads an item of n8n's HTTP Request (full response), of its channel nodes, or of an error output. */
export function readProviderAnswer(answer: unknown): ProviderAnswer {
	const item = fields(answer);
	const status = httpStatus(item.statusCode);
	const body = fields(item.body ?? (status === undefined ? undefined : item.data));
	const error = item.error;
	const codes: Found[] = [...bodyCodes(body), ...bodyCodes(item), ...thrownCodes(error, 0)];
	const text = bodyText(body) ?? errorText(error, 0) ?? bodyText(item);
	if (status !== undefined && status >= 400) codes.push({ book: 'http', code: String(status) });
	return {
		codes: bySpecificity(codes),
		...(text === undefined ? {} : { text }),
		...retryAfterOf(item, error),
		failed: (status !== undefined && status >= 400) || filled(error) || bodyCodes(body).length > 0,
	};
}

const ORDER: readonly CodeBook[] = ['node', 'metaSubcodes', 'meta', 'twilio', 'smtpEnhanced', 'smtp', 'network', 'http'];
function bySpecificity(codes: Found[]): Found[] {
	return codes.sort((a, b) => ORDER.indexOf(a.book) - ORDER.indexOf(b.book));
}

/** Meta: {error: {code, error_subcode}}. Twilio: {code, message, more_info, status}. */
function bodyCodes(body: Fields): Found[] {
	const meta = fields(body.error);
	if (isCode(meta.code) && (meta.fbtrace_id !== undefined || meta.type !== undefined || meta.error_data !== undefined)) {
		return [{ book: 'meta', code: String(meta.code) }, ...(isCode(meta.error_subcode) ? [{ book: 'metaSubcodes' as const, code: String(meta.error_subcode) }] : [])];
	}
	const twilio = body.code ?? body.error_code;
	const shaped = body.more_info !== undefined || body.sid !== undefined || body.account_sid !== undefined;
	return isCode(twilio) && shaped ? [{ book: 'twilio', code: String(twilio) }] : [];
}

/** An error as n8n puts it on an item: a text, or an object with causes inside. */
function thrownCodes(error: unknown, depth: number): Found[] {
	if (typeof error === 'string') return textCodes(error);
	const thrown = fields(error);
	if (depth > DEEPEST || Object.keys(thrown).length === 0) return [];
	const details = fields(thrown.details);
	const named = [thrown.code, details.httpCode, thrown.httpCode, thrown.statusCode, thrown.responseCode].flatMap(codeOf);
	const texts = [thrown.message, thrown.description, thrown.response].flatMap((text) => (typeof text === 'string' ? textCodes(text) : []));
	return [...named, ...texts, ...bodyCodes(fields(fields(thrown.response).body)), ...thrownCodes(thrown.cause, depth + 1)];
}

/** A code field of an error object: a name of the network's, or an HTTP status as number or text. */
function codeOf(code: unknown): Found[] {
	if (typeof code === 'string' && Object.hasOwn(ERROR_CODES.network, code)) return [{ book: 'network', code }];
	const status = httpStatus(code);
	return status !== undefined && status >= 400 ? [{ book: 'http', code: String(status) }] : [];
}

function textCodes(whole: string): Found[] {
	const text = whole.slice(0, CHARACTERS_READ);
	const own = ERROR_CODES.texts.find(({ contains, node }) => node !== undefined && text.toLowerCase().startsWith(contains))?.node;
	if (own !== undefined) return [{ book: 'node', code: own }];
	const found: Found[] = [];
	const meta = META_IN_TEXT.exec(text)?.[1] ?? (/fbtrace_id/.test(text) ? JSON_CODE.exec(text)?.[1] : undefined);
	if (meta !== undefined) found.push({ book: 'meta', code: meta });
	const subcode = meta === undefined ? undefined : JSON_SUBCODE.exec(text)?.[1];
	if (subcode !== undefined) found.push({ book: 'metaSubcodes', code: subcode });
	const twilio = /more_info/.test(text) ? JSON_CODE.exec(text)?.[1] : undefined;
	if (twilio !== undefined) found.push({ book: 'twilio', code: twilio });
	if (found.length > 0) return found;
	const smtp = SMTP_REPLY.exec(text);
	const reply = smtp?.[1] ?? smtp?.[2];
	const enhanced = SMTP_ENHANCED.exec(text)?.[1];
	if (reply !== undefined && enhanced !== undefined) found.push({ book: 'smtpEnhanced', code: enhanced });
	if (reply !== undefined) found.push({ book: 'smtp', code: reply });
	const network = Object.keys(ERROR_CODES.network).find((name) => text.includes(name));
	if (network !== undefined) found.push({ book: 'network', code: network });
	if (found.length > 0) return found;
	const lower = text.toLowerCase();
	const known = ERROR_CODES.texts.find(({ contains, node }) => node === undefined && lower.includes(contains));
	if (known?.network !== undefined) return [{ book: 'network', code: known.network }];
	return known?.http === undefined ? [] : [{ book: 'http', code: known.http }];
}

function bodyText(body: Fields): string | undefined {
	const meta = fields(body.error);
	return firstText(fields(meta.error_data).details, meta.message, body.message, body.error_message);
}

function errorText(error: unknown, depth: number): string | undefined {
	if (typeof error === 'string') return error;
	const thrown = fields(error);
	if (depth > DEEPEST || Object.keys(thrown).length === 0) return undefined;
	return firstText(thrown.description, thrown.message) ?? errorText(thrown.cause, depth + 1);
}

function retryAfterOf(item: Fields, error: unknown): { retryAfter?: string } {
	const header = fields(item.headers)['retry-after'] ?? fields(fields(fields(error).response).headers)['retry-after'];
	return typeof header === 'string' || typeof header === 'number' ? { retryAfter: String(header) } : {};
}

function fields(value: unknown): Fields {
	return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {};
}

function firstText(...values: unknown[]): string | undefined {
	return values.find((value): value is string => typeof value === 'string' && value.trim() !== '');
}

function isCode(value: unknown): value is number | string {
	return (typeof value === 'number' && Number.isInteger(value) && value > 0) || (typeof value === 'string' && /^[1-9]\d{0,7}$/.test(value));
}

function httpStatus(value: unknown): number | undefined {
	const number = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value;
	return typeof number === 'number' && Number.isInteger(number) && number >= 100 && number <= 599 ? number : undefined;
}

function filled(error: unknown): boolean {
	return (typeof error === 'string' && error !== '') || Object.keys(fields(error)).length > 0;
}
