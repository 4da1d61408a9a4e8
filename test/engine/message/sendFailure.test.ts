import { ERROR_CODES, errorRule } from '../../../engine/channels/errorCodes';
import { readSendFailure, saysFailed } from '../../../engine/message/sendFailure';
import { epochMs } from '../../../engine/time';

const NOW = epochMs('2026-03-02T10:00:00Z');
const read = (answer: unknown, attempts = 1) => readSendFailure(answer, { now: NOW, attempts });
const meta = (code: number, statusCode = 400, extra: object = {}) => ({ statusCode, statusMessage: 'Bad Request', headers: {}, body: { error: { message: `(#${code}) x`, type: 'OAuthException', code, fbtrace_id: 'A1', ...extra } } });
const twilio = (code: number, statusCode = 400) => ({ statusCode, headers: {}, body: { code, message: 'refused', more_info: `https://www.twilio.com/docs/errors/${code}`, status: statusCode } });

describe('Meta', () => {
	it.each([
		[131047, 'permanent', undefined, undefined],
		[131026, 'permanent', undefined, undefined],
		[131050, 'permanent', undefined, 'opt_out'],
		[131031, 'permanent', undefined, undefined],
		[368, 'permanent', undefined, undefined],
		[100, 'permanent', undefined, undefined],
		[10, 'permanent', undefined, undefined],
		[131056, 'not_sent', 6, undefined],
		[130429, 'not_sent', 30, undefined],
		[131048, 'not_sent', 86_400, undefined],
		[131049, 'not_sent', 86_400, undefined],
		[132015, 'not_sent', 10_800, undefined],
		[190, 'not_sent', 900, undefined],
	])('reads %i as %s, wait %s', (code, kind, seconds, suppress) => {
		const failure = read(meta(code));
		expect(failure).toMatchObject({ code: String(code), kind });
		expect(failure.retryAt).toBe(seconds === undefined ? undefined : NOW + seconds * 1000);
		expect(failure.suppress).toBe(suppress);
	});
	it('waits four times longer with each try at the pair limit', () => {
		expect(read(meta(131056), 2).retryAt).toBe(NOW + 24_000);
		expect(read(meta(131056), 3).retryAt).toBe(NOW + 96_000);
	});
	it('knows the closed Messenger window by its subcode', () => {
		const failure = read(meta(10, 403, { error_subcode: 2018278 }));
		expect(failure).toMatchObject({ code: '10', kind: 'permanent' });
		expect(failure.message).toContain('24-hour window');
	});
	it('finds the code inside a text', () => {
		expect(read({ error: { name: 'NodeApiError', message: 'x', cause: { message: '400 - "{\\"error\\":{\\"message\\":\\"(#131047) Re-engagement message\\",\\"code\\":131047,\\"fbtrace_id\\":\\"A\\"}}"' } } })).toMatchObject({ code: '131047', kind: 'permanent' });
	});
	it('does not take a number from Meta for one of Twilio', () => {
		expect(read(meta(21610)).suppress).toBeUndefined();
	});
});

describe('Twilio', () => {
	it.each([
		[21211, 400, 'permanent', undefined],
		[21610, 400, 'permanent', 'opt_out'],
		[21408, 400, 'permanent', undefined],
		[30005, 400, 'permanent', 'hard_bounce'],
		[20429, 429, 'not_sent', undefined],
		[30003, 400, 'not_sent', undefined],
		[20500, 500, 'unknown', undefined],
	])('reads %i', (code, status, kind, suppress) => {
		expect(read(twilio(code, status))).toMatchObject({ code: String(code), kind });
		expect(read(twilio(code, status)).suppress).toBe(suppress);
	});
});

describe('mail servers', () => {
	it.each([
		["Can't send mail - all recipients were rejected: 550 5.1.1 user unknown", '5.1.1', 'permanent', 'hard_bounce'],
		['Message failed: 421 4.7.0 Try again later', '4.7.0', 'not_sent', undefined],
		['450 mailbox busy', '450', 'not_sent', undefined],
		['554 5.7.1 Spam', '5.7.1', 'permanent', undefined],
		['550 5.7.515 Access denied', '5.7.515', 'permanent', undefined],
		['552 5.2.2 Mailbox full', '5.2.2', 'not_sent', undefined],
		['Invalid login: 535 5.7.8 Error: authentication failed', '5.7.8', 'not_sent', undefined],
		['550 No such user', '550', 'permanent', undefined],
	])('reads "%s"', (error, code, kind, suppress) => {
		expect(read({ to: 'a@b.example', error })).toMatchObject({ code, kind });
		expect(read({ error }).suppress).toBe(suppress);
	});
});

describe('HTTP and the network', () => {
	it.each([
		[400, 'permanent'],
		[401, 'not_sent'],
		[403, 'permanent'],
		[404, 'permanent'],
		[408, 'not_sent'],
		[429, 'not_sent'],
		[500, 'unknown'],
		[502, 'unknown'],
		[503, 'not_sent'],
		[504, 'unknown'],
	])('reads status %i without a code as %s', (statusCode, kind) => {
		expect(read({ statusCode, headers: {}, data: '<html>502 Bad Gateway</html>' })).toMatchObject({ code: String(statusCode), kind });
	});
	it('honours Retry-After in seconds and as a date, and believes no year', () => {
		const limited = (after: string) => read({ statusCode: 429, headers: { 'retry-after': after }, body: {} }).retryAt;
		expect(limited('120')).toBe(NOW + 120_000);
		expect(limited('Mon, 02 Mar 2026 10:05:00 GMT')).toBe(NOW + 300_000);
		expect(limited('31536000')).toBe(NOW + 2 * 86_400_000);
		expect(limited('nonsense')).toBe(NOW + 60_000);
	});
	it.each([
		[{ error: { name: 'NodeApiError', message: 'The service refused the connection - perhaps it is offline', cause: { code: 'ECONNREFUSED' } } }, 'ECONNREFUSED', 'not_sent'],
		[{ error: { message: 'getaddrinfo ENOTFOUND graph.example' } }, 'ENOTFOUND', 'not_sent'],
		[{ error: { message: 'x', cause: { name: 'Error', message: 'socket hang up' } } }, 'ECONNRESET', 'unknown'],
		[{ error: { message: 'x', details: { httpCode: 'ECONNRESET' } } }, 'ECONNRESET', 'unknown'],
		[{ error: { message: 'timeout of 30000ms exceeded', code: 'ECONNABORTED' } }, 'ECONNABORTED', 'unknown'],
		[{ error: 'Gateway timed out - perhaps try again later?' }, '504', 'unknown'],
		[{ error: 'Bad request - please check your parameters' }, '400', 'permanent'],
	])('reads %j', (answer, code, kind) => {
		expect(read(answer)).toMatchObject({ code, kind });
	});
});

describe('what nobody can tell', () => {
	it.each([[{}], [null], ['boom'], [{ error: 'Something odd happened' }], [{ statusCode: 200, body: { ok: true } }], [{ error: { cause: {} } }]])('is unknown for %j', (answer) => {
		expect(read(answer).kind).toBe('unknown');
		expect(read(answer).message).not.toBe('');
	});
	it('survives an error that contains itself and a megabyte of backslashes', () => {
		const error: Record<string, unknown> = { message: '\\'.repeat(1_000_000) };
		error.cause = error;
		expect(read({ error }).kind).toBe('unknown');
	});
});

it('tells a refusal from a success', () => {
	expect(saysFailed(meta(131047))).toBe(true);
	expect(saysFailed({ error: 'no' })).toBe(true);
	expect(saysFailed({ statusCode: 201, body: { sid: 'SM1', status: 'queued', error_code: null } })).toBe(false);
	expect(saysFailed({ statusCode: 200, headers: {}, body: { messages: [{ id: 'wamid.1' }] } })).toBe(false);
	expect(saysFailed({ accepted: ['a@b.example'], messageId: '<1@x>' })).toBe(false);
});

it('has dated, sourced rules, and a wait with every retry', () => {
	expect(ERROR_CODES.asOf).toMatch(/^\d{4}-\d\d-\d\d$/);
	for (const book of ['meta', 'metaSubcodes', 'twilio', 'smtpEnhanced', 'smtp', 'http', 'network'] as const) {
		for (const [code, rule] of Object.entries(ERROR_CODES[book])) {
			if (rule.kind === 'not_sent') expect([code, rule.retryAfterSeconds]).toEqual([code, expect.any(Number)]);
			else expect([code, rule.retryAfterSeconds]).toEqual([code, undefined]);
		}
	}
	expect(errorRule('meta', 'constructor')).toBeUndefined();
});

describe("the provider's own words", () => {
	it.each([
		['451 <ann.lee@mail.example>: greylisted, try again', 'It said: "451 <[e-mail address]>: greylisted, try again"'],
		['450 recipient ann@mail.example busy', '[e-mail address] busy'],
		["450 The number +49 151 12345678 is busy", 'number [phone number] is busy'],
		['450 wa_id 4915112345678 busy', 'wa_id [phone number] busy'],
	])('name nobody: %s', (text, said) => {
		const { message } = read({ error: text });
		expect(message).toContain(said);
		expect(message).not.toMatch(/\bann\b|lee|151/);
	});
	it('name nobody in an answer that cannot be read, or is cut in the middle of an address', () => {
		expect(read({ error: 'Strange: ann@mail.example' }).message).toBe('The channel said: "Strange: [e-mail address]"');
		expect(read({ error: `${'x '.repeat(95)}ann.longname@mail.example` }).message).not.toContain('ann.');
	});
	it('keep codes, dates and short numbers', () => {
		expect(read({ error: 'Strange: 12345 on 2026-03-02 (5.7.1)' }).message).toBe('The channel said: "Strange: 12345 on 2026-03-02 (5.7.1)"');
	});
});
