import fc from 'fast-check';
import { CHANNELS } from '../../../engine/channels/channel';
import { decideAllowance } from '../../../engine/limit/decideAllowance';
import { LimitRuleSchema, type LimitRequest, type LimitRule } from '../../../engine/limit/rule';
import { defaultRules, GMAIL_RULES, INSTAGRAM_RULES, warmUpRules, WHATSAPP_PAIR_RULES } from '../../../engine/limit/ruleTable';
import { scopeKey, scopesOf } from '../../../engine/limit/scopes';
import { localText } from '../../../engine/sendTime/zoneClock';
import { DAY, epochMs, HOUR, MINUTE, SECOND, type EpochMs } from '../../../engine/time';
import { cpuMs } from '../../cpuTime';

const request: LimitRequest = { contact: '42', channel: 'whatsapp', at: '2026-11-20T10:00:00Z', timezone: 'Europe/Berlin' };
const rule = (patch: Partial<LimitRule>): LimitRule => ({ id: 'r', name: 'a rule', scope: 'contact', window: { kind: 'day' }, limit: 5, ...patch });
const rolling = (seconds: number, limit: number): LimitRule => rule({ window: { kind: 'rolling', seconds }, limit });
const times = (...texts: string[]): EpochMs[] => texts.map((text) => epochMs(text));

/** Every rule's key holds the same entries: enough for rules of one scope. */
function decide(rules: LimitRule[], entries: EpochMs[], patch: Partial<LimitRequest> = {}): ReturnType<typeof decideAllowance> {
	const full = { ...request, ...patch };
	return decideAllowance(rules, full, new Map(rules.map((each) => [scopeKey(each, full), entries])));
}

describe('a calendar day', () => {
	it('is the local day of the contact', () => {
		// 22:59Z on the 19th is 23:59 in Berlin; 23:00Z is the 20th.
		const entries = times('2026-11-19T22:59:59.999Z', '2026-11-19T23:00:00Z', '2026-11-20T08:00:00Z');
		expect(decide([rule({ limit: 3 })], entries)).toMatchObject({ allowed: true, remaining: { r: 0 } });
		expect(decide([rule({ limit: 2 })], entries)).toMatchObject({ allowed: false, rule: 'r', retryAt: '2026-11-20T23:00:00.000Z', remaining: { r: 0 } });
	});

	it('is 25 hours long when the clock goes back, and 23 when it goes forward', () => {
		const full = times('2026-10-25T00:00:00Z');
		expect(decide([rule({ limit: 1 })], full, { at: '2026-10-25T22:59:59.999Z' })).toMatchObject({ allowed: false, retryAt: '2026-10-25T23:00:00.000Z' });
		expect(decide([rule({ limit: 1 })], times('2026-03-29T12:00:00Z'), { at: '2026-03-28T23:00:00Z' }).retryAt).toBe('2026-03-29T22:00:00.000Z');
	});

	it('passes over later days that are full already', () => {
		const entries = times('2026-11-20T08:00:00Z', '2026-11-21T08:00:00Z', '2026-11-23T08:00:00Z');
		expect(decide([rule({ limit: 1 })], entries).retryAt).toBe('2026-11-21T23:00:00.000Z');
	});

	it('knows the leap day', () => {
		const entries = times('2028-02-28T12:00:00Z', '2028-02-29T12:00:00Z');
		expect(decide([rule({ limit: 1 })], entries, { at: '2028-02-28T15:00:00Z', timezone: 'UTC' }).retryAt).toBe('2028-03-01T00:00:00.000Z');
	});

	it("of a shared counter is the workspace's, whatever the contact's zone", () => {
		const shared = rule({ scope: 'workspace', limit: 1 });
		expect(decide([shared], times('2026-11-20T01:00:00Z'), { timezone: 'Pacific/Auckland', workspaceTimezone: 'America/New_York' }).allowed).toBe(true);
		expect(decide([shared], times('2026-11-20T01:00:00Z'), { timezone: 'Pacific/Auckland' }).retryAt).toBe('2026-11-21T00:00:00.000Z');
	});
});

describe('a rolling window', () => {
	it('opens the moment the oldest message leaves it', () => {
		const entries = times('2026-11-20T09:57:00Z');
		expect(decide([rolling(300, 1)], entries)).toMatchObject({ allowed: false, retryAt: '2026-11-20T10:02:00.000Z' });
		expect(decide([rolling(300, 1)], entries, { at: '2026-11-20T10:02:00Z' }).allowed).toBe(true);
	});

	it('counts messages planned for later as well', () => {
		expect(decide([rolling(300, 1)], times('2026-11-20T10:04:59Z'))).toMatchObject({ allowed: false, retryAt: '2026-11-20T10:09:59.000Z' });
		expect(decide([rolling(300, 1)], times('2026-11-20T10:05:00Z')).allowed).toBe(true);
	});
});

describe('several rules', () => {
	it('must all allow, and the answer names the one that is waited for longest', () => {
		const rules = [...defaultRules()];
		const entries = times('2026-11-20T09:00:00Z', '2026-11-20T09:10:00Z', '2026-11-20T09:20:00Z', '2026-11-20T09:30:00Z', '2026-11-20T09:58:00Z');
		const decision = decide(rules, entries);
		expect(decision).toMatchObject({ allowed: false, rule: 'whatsappPerDay', retryAt: '2026-11-20T23:00:00.000Z', remaining: { whatsappPerDay: 0, allPerDay: 45, gap: 0 } });
		expect(decision.sentence).toBe("Limited: '5 WhatsApp messages a day to one contact' is used up: 5 of 5. Free again at 2026-11-21 00:00 (Europe/Berlin).");
		expect(decide(rules, []).remaining).toEqual({ whatsappPerDay: 4, allPerDay: 49, gap: 0 });
	});

	it('answer in a sentence when there is no free moment in 14 days', () => {
		const decision = decide([rule({ limit: 0 })], []);
		expect(decision).toMatchObject({ allowed: false, rule: 'r', remaining: { r: 0 } });
		expect(decision.retryAt).toBeUndefined();
		expect(decision.sentence).toContain('lets nothing through');
		expect(decision.sentence).toContain('14 days');
	});

	it('keep a share for replies', () => {
		const entries = Array.from({ length: 8 }, (_, minute) => epochMs(Date.UTC(2026, 10, 20, 8, minute)));
		const kept = rule({ limit: 10, replyShare: 0.2 });
		const outreach = decide([kept], entries, { purpose: 'outreach' });
		expect(outreach.allowed).toBe(false);
		expect(outreach.sentence).toContain('2 of 10 are kept for replies');
		expect(decide([kept], entries, { purpose: 'reply' })).toMatchObject({ allowed: true, remaining: { r: 1 } });
		expect(decide([rule({ limit: 10, replyShare: 0.9 })], [], { purpose: 'outreach' })).toMatchObject({ allowed: true, remaining: { r: 0 } });
	});

	it('let everything through when there are none', () => {
		expect(decide([], [])).toEqual({ allowed: true, remaining: {}, degraded: false, sentence: 'Allowed: no limit applies to this message.' });
	});
});

describe('presets', () => {
	it('fit the schema', () => {
		for (const each of [...defaultRules(), ...WHATSAPP_PAIR_RULES, ...INSTAGRAM_RULES, ...GMAIL_RULES, ...warmUpRules('2026-01-01T00:00:00Z')]) expect(LimitRuleSchema.safeParse(each).error).toBeUndefined();
	});

	it('allow per contact and channel a day what the table says', () => {
		const allowances = CHANNELS.map((channel) => Object.values(decide(defaultRules(), [], { channel }).remaining)[0]);
		expect(Object.fromEntries(CHANNELS.map((channel, index) => [channel, allowances[index] + 1]))).toEqual({ whatsapp: 5, email: 10, instagram: 3, messenger: 3, linkedin: 3, sms: 3 });
	});

	it('warm a sender up by its age on each day', () => {
		const [day] = warmUpRules('2026-11-01T00:00:00Z');
		const remaining = (at: string): number => decide([day], [], { channel: 'email', at, timezone: 'UTC' }).remaining.warmUpDay + 1;
		expect(['2026-11-01', '2026-11-08', '2026-11-09', '2026-11-16', '2026-12-20', '2027-01-30', '2027-01-31'].map((date) => remaining(`${date}T12:00:00Z`))).toEqual([5, 5, 10, 15, 30, 35, 40]);
		// 8 sent on day 14 and 12 on day 15: over 5, under the day's own 10 and 15.
		const entries = Array.from({ length: 10 }, (_, minute) => epochMs(Date.UTC(2026, 10, 9, 1, minute)));
		expect(decide([day], entries, { channel: 'email', at: '2026-11-09T12:00:00Z' }).retryAt).toBe('2026-11-10T00:00:00.000Z');
	});

	it('counts googlemail.com as Gmail and other domains not at all', () => {
		const keys = (contact: string): string[] => scopesOf(GMAIL_RULES, { ...request, contact, channel: 'email' }).map(({ key }) => key);
		expect(keys('A@GoogleMail.com')).toEqual(keys('b@gmail.com'));
		expect(keys('a@example.com')).toEqual([]);
	});
});

describe('scopes', () => {
	it('are told apart however a contact is called', () => {
		const key = (contact: string): string => scopeKey(rule({ scope: 'contact' }), { ...request, contact });
		const odd = rule({ scope: 'contact_channel' });
		expect(scopeKey(odd, { ...request, contact: 'a:whatsapp' })).not.toBe(scopeKey(rule({}), { ...request, contact: 'a:whatsapp:whatsapp' }));
		expect(key('Anna@Example.com ')).toBe(key('anna@example.com'));
		expect(key('+49 170 123-4567')).toBe(key('0049 170 1234567'));
		expect(key('42')).toBe('contact:42');
		expect(scopeKey(odd, request)).toBe('contact:42:whatsapp');
	});

	it('load each key once, wide enough for every rule', () => {
		const [one, ...none] = scopesOf([rolling(300, 1), rule({ id: 'd' })], request);
		expect(none).toEqual([]);
		expect(localText('Europe/Berlin', one.from)).toBe('2026-11-20 00:00');
		expect(one.to).toBeGreaterThanOrEqual(Date.UTC(2026, 11, 4, 23));
	});
});

describe('hostile input', () => {
	it('lets nothing through under limits that are no number or negative', () => {
		for (const limit of [-1, Number.NaN, Number.NEGATIVE_INFINITY]) {
			expect(decide([rule({ limit })], []).allowed).toBe(false);
			expect(decide([rolling(60, limit)], []).retryAt).toBeUndefined();
		}
	});

	it('copes with huge limits and windows', () => {
		expect(decide([rule({ limit: Number.MAX_SAFE_INTEGER })], times('2026-11-20T09:00:00Z')).allowed).toBe(true);
		expect(decide([rolling(90 * 86_400, 2)], times('2026-11-20T09:00:00Z')).allowed).toBe(true);
		expect(LimitRuleSchema.safeParse(rolling(1e15, 1)).success).toBe(false);
	});

	it('takes an unknown zone for UTC and refuses a moment that is none', () => {
		expect(decide([rule({ limit: 1 })], times('2026-11-20T09:00:00Z'), { timezone: 'Mars/Phobos' }).retryAt).toBe('2026-11-21T00:00:00.000Z');
		for (const at of ['soon', Number.NaN, 1e18]) expect(() => scopesOf([rule({})], { ...request, at })).toThrow(RangeError);
	});

	it('does not depend on the order of the entries', () => {
		const entries = times('2026-11-20T09:59:00Z', '2026-11-20T09:01:00Z', '2026-11-20T09:58:00Z');
		expect(decide([rolling(3_600, 2)], entries)).toEqual(decide([rolling(3_600, 2)], [...entries].reverse()));
	});

	it('decides over 10,000 entries in a few milliseconds, in the worst case too', () => {
		const entries = Array.from({ length: 10_000 }, (_, index) => epochMs(Date.UTC(2026, 10, 20, 9) + index * 60 * SECOND));
		const started = cpuMs();
		decide([rolling(86_400, 1_000), rolling(3_600, 30), rule({ scope: 'contact', limit: 1_000 })], entries);
		expect(cpuMs() - started).toBeLessThan(200);
	});
});

describe('retryAt', () => {
	/** The second method: allowed at t when, with t added, no window holds more than the limit. Every window start is tried. */
	function allowedBy(each: LimitRule, entries: readonly number[], at: number, zone: string): boolean {
		const all = [...entries, at];
		if (each.window.kind === 'day') {
			const day = localText(zone, epochMs(at)).slice(0, 10);
			return all.filter((time) => localText(zone, epochMs(time)).startsWith(day)).length <= each.limit;
		}
		const length = each.window.seconds * SECOND;
		return all.every((end) => at > end || end >= at + length || all.filter((time) => time <= end && time > end - length).length <= each.limit);
	}

	it('is the first moment at which all rules allow it: a walk over every minute finds no earlier one', () => {
		const zones = ['Europe/Berlin', 'Australia/Lord_Howe', 'America/Havana', 'Asia/Kathmandu', 'UTC'];
		const starts = [Date.UTC(2026, 9, 24, 20), Date.UTC(2026, 2, 28, 20), Date.UTC(2026, 3, 4, 10), Date.UTC(2027, 9, 2, 10), Date.UTC(2028, 1, 28, 20)];
		const anyRule = fc.oneof(
			fc.record({ limit: fc.integer({ min: 1, max: 4 }), minutes: fc.integer({ min: 1, max: 240 }) }).map(({ limit, minutes }) => rolling(minutes * 60, limit)),
			fc.integer({ min: 1, max: 6 }).map((limit) => rule({ limit })),
		);
		fc.assert(
			fc.property(
				fc.constantFrom(...zones),
				fc.constantFrom(...starts),
				fc.array(fc.integer({ min: -300, max: 900 }), { maxLength: 14 }),
				fc.array(anyRule, { minLength: 1, maxLength: 3 }),
				(timezone, at, offsets, drawn) => {
					const rules = drawn.map((each, index) => ({ ...each, id: `r${index}` }));
					const entries = offsets.map((minutes) => epochMs(at + minutes * MINUTE));
					const decision = decide(rules, entries, { at, timezone });
					const allowed = (moment: number): boolean => rules.every((each) => allowedBy(each, entries, moment, timezone));
					if (decision.allowed !== allowed(at)) return false;
					if (decision.allowed) return decision.retryAt === undefined;
					const retryAt = Date.parse(decision.retryAt ?? '');
					for (let moment = at; moment < retryAt; moment += MINUTE) if (allowed(moment)) return false;
					return allowed(retryAt) && !allowed(retryAt - 1) && decide(rules, entries, { at: retryAt, timezone }).allowed && !decide(rules, entries, { at: retryAt - 1, timezone }).allowed;
				},
			),
			{ numRuns: 400 },
		);
	});

	it('needs no entry outside the range that is loaded', () => {
		fc.assert(
			fc.property(fc.array(fc.integer({ min: -20 * 24, max: 40 * 24 }), { maxLength: 60 }), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 72 }), (hours, limit, length) => {
				const rules = [rolling(length * 3_600, limit), rule({ id: 'day', limit: limit + 1 })];
				const at = Date.UTC(2026, 9, 20, 12);
				const full = { ...request, at };
				const [scope] = scopesOf(rules, full);
				const entries = hours.map((hour) => epochMs(at + hour * HOUR));
				const loaded = entries.filter((time) => time >= scope.from && time < scope.to);
				const decision = decide(rules, loaded, { at });
				expect(decision).toEqual(decide(rules, entries, { at }));
				return decision.retryAt === undefined || Date.parse(decision.retryAt) <= at + 14 * DAY;
			}),
		);
	});
});
