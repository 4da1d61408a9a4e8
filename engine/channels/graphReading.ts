import { HOUR, MINUTE, SECOND } from '../time';

/**
 * How often Meta's conversations may be read. Sources: Meta, Graph API rate limits (200 calls an hour for each user of the
 * app; a page's token is taken as one user) and Messenger Platform rate limits (Conversations API: 2 calls a second for
 * each page or Instagram account), read 2026.
 */
export const GRAPH_READING = {
	callsAnHour: 200,
	/** A minute more than the hour: a call is counted here when it leaves and there when it arrives. */
	hourMs: HOUR + MINUTE,
	/** One a second keeps below two a second even when one call travels slower than the next. */
	gapMs: SECOND,
	/** From this share of any of Meta's own usage figures on, per cent, reading pauses: other nodes and apps count there too. */
	usagePause: 90,
	/** How long it pauses when Meta does not say until when. */
	pauseMs: 5 * MINUTE,
	/** After an error that passes by itself, times the number of such errors in a row. */
	passingMs: 30 * SECOND,
	/** Conversations a call; fewer when Meta asks for less data. */
	conversations: 50,
	/** Messages of each conversation. Meta gives details of the 20 newest on Instagram only (Conversation reference). */
	messages: { messenger: 50, instagram: 20 },
} as const;

/** token: renew the credential. permission: the app or token may not. limit: later. passing: try again. request: this request never works. */
export type GraphFailureKind = 'token' | 'permission' | 'limit' | 'passing' | 'request';

export interface GraphFailure {
	kind: GraphFailureKind;
	/** Meta's code, with its subcode after a slash; HTTP status or a network code when there is none. */
	code: string;
	message: string;
	/** For limit: milliseconds until Meta lets calls through again, when it says so. */
	waitMs?: number;
}

export interface GraphAnswer {
	status: number;
	headers: Readonly<Record<string, unknown>>;
	body: unknown;
}

const TOKEN_CODES = new Set([102, 190, 463, 467]);
/** 4 app, 17 user, 32 page, 613 call; 80000–80014 business use cases. */
const LIMIT_CODES = new Set([4, 17, 32, 613]);
/** 1 and 2: Meta's own trouble, also "reduce the amount of data"; -2, -3: the same in other words. */
const PASSING_CODES = new Set([-3, -2, 1, 2]);

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const numberOf = (value: unknown): number | undefined => (typeof value === 'number' && Number.isFinite(value) ? value : undefined);

function kindOf(code: number | undefined, status: number): GraphFailureKind {
	if (code === undefined) return status === 429 ? 'limit' : status >= 500 ? 'passing' : status === 401 ? 'token' : 'request';
	if (TOKEN_CODES.has(code)) return 'token';
	if (LIMIT_CODES.has(code) || (code >= 80_000 && code <= 80_014)) return 'limit';
	if (PASSING_CODES.has(code)) return 'passing';
	return code === 3 || code === 10 || (code >= 200 && code <= 299) ? 'permission' : 'request';
}

/** What went wrong, or undefined when the answer is good. */
export function graphFailure({ status, headers, body }: GraphAnswer): GraphFailure | undefined {
	const error = isObject(body) && isObject(body.error) ? body.error : undefined;
	if (!error && status >= 200 && status < 300 && isObject(body)) return undefined;
	const code = numberOf(error?.code);
	const subcode = numberOf(error?.error_subcode);
	const kind = kindOf(code, status);
	const wait = kind === 'limit' ? usageOf(headers).waitMs : undefined;
	return {
		kind,
		code: code === undefined ? String(status) : subcode === undefined ? String(code) : `${code}/${subcode}`,
		message: typeof error?.message === 'string' ? error.message.slice(0, 300) : 'Meta gave no reason',
		...(wait === undefined ? {} : { waitMs: wait }),
	};
}

/** How much of its allowances Meta says is used, per cent, and how long it asks to wait. */
export function usageOf(headers: GraphAnswer['headers']): { usedShare: number; waitMs?: number } {
	const [app, business] = ['x-app-usage', 'x-business-use-case-usage'].map((name) => fromHeader(headers[name]));
	const cases = Object.values(business).flatMap((entry) => (Array.isArray(entry) ? entry : [])).filter(isObject);
	const figures = [app, ...cases].flatMap((one) => ['call_count', 'total_cputime', 'total_time'].flatMap((name) => numberOf(one[name]) ?? []));
	const minutes = Math.max(0, ...cases.map((one) => numberOf(one.estimated_time_to_regain_access) ?? 0));
	return { usedShare: Math.max(0, ...figures), ...(minutes > 0 ? { waitMs: minutes * MINUTE } : {}) };
}

function fromHeader(value: unknown): Record<string, unknown> {
	if (typeof value !== 'string') return {};
	try {
		const parsed: unknown = JSON.parse(value);
		return isObject(parsed) ? parsed : {};
	} catch {
		return {};
	}
}
