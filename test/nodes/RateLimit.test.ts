import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AllowanceSchema, type Allowance } from '../../engine/limit/allowance';
import { CONTACT_CHANNEL_PER_DAY } from '../../engine/limit/ruleTable';
import { HOUR, MINUTE } from '../../engine/time';
import { RateLimit } from '../../nodes/RateLimit/RateLimit.node';
import { closeAllStores } from '../../store/openStore';
import { runNode, type RunOptions, type RunResult } from './runNode';

let folder: string;
const run = async (items: object[], parameters: RunOptions['parameters'] = {}, options: RunOptions = {}): Promise<RunResult> =>
	await runNode(new RateLimit(), JSON.parse(JSON.stringify(items)), { parameters, ...options });
const counts = (result: RunResult): number[] => result.outputs.map((output) => output.length);
const allowance = (result: RunResult, output: number, index = 0): Allowance => AllowanceSchema.parse(result.outputs[output][index].json.allowance);
const noGap = { standardLimits: { gapMinutes: 0 } };
/** Noon tomorrow: far from midnight, whatever the hour the test runs at. */
const noon = (): number => Math.ceil((Date.now() + 24 * HOUR) / (24 * HOUR)) * 24 * HOUR + 12 * HOUR;
const at = (minutes: number): string => new Date(noon() + minutes * MINUTE).toISOString();
const row = (patch: object = {}): object => ({ name: 'Anna', email: 'anna@example.com', timezone: 'UTC', text: 'Hello', schedule: { sendAt: at(0) }, ...patch });

function storeAway(): void {
	const file = join(folder, 'not-a-folder');
	writeFileSync(file, '');
	process.env.N8N_USER_FOLDER = file;
}

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'rate-limit-'));
	process.env.N8N_USER_FOLDER = folder;
});
afterEach(async () => {
	await closeAllStores();
	delete process.env.N8N_USER_FOLDER;
	rmSync(folder, { recursive: true, force: true });
});

describe('Rate Limit: the panel', () => {
	it('shows the limits the table holds', () => {
		const shown = new RateLimit().description.properties.find(({ name }) => name === 'standardLimits')?.options ?? [];
		for (const [channel, { limit }] of Object.entries(CONTACT_CHANNEL_PER_DAY)) expect(shown).toContainEqual(expect.objectContaining({ name: channel, default: limit }));
	});
});

describe('Rate Limit: Reserve', () => {
	it('lets a plain spreadsheet row through on an empty store, and keeps the row', async () => {
		const result = await run([{ name: 'Anna', email: 'anna@example.com', message: 'Hello' }]);
		expect(counts(result)).toEqual([1, 0]);
		expect(allowance(result, 0)).toMatchObject({ allowed: true, degraded: false, remaining: { emailPerDay: 9, allPerDay: 49, gap: 0 } });
		expect(allowance(result, 0).reservationId).toBeTruthy();
		expect(result.outputs[0][0]).toMatchObject({ json: { name: 'Anna' }, pairedItem: { item: 0 } });
	});

	it('limits the eleventh e-mail of the day, with the moment it may go', async () => {
		const result = await run(Array.from({ length: 11 }, (_, index) => row({ text: `mail ${index}` })), noGap);
		expect(counts(result)).toEqual([10, 1]);
		const midnight = new Date(noon() + 12 * HOUR).toISOString();
		expect(allowance(result, 1)).toMatchObject({ allowed: false, rule: 'emailPerDay', retryAt: midnight });
		const again = await run([row({ text: 'mail 10', schedule: { sendAt: midnight } })], noGap);
		expect(counts(again)).toEqual([1, 0]);
		expect(counts(await run([row({ text: 'other', schedule: { sendAt: new Date(Date.parse(midnight) - 1).toISOString() } })], noGap))).toEqual([0, 1]);
	});

	it('keeps five minutes between messages, in either order', async () => {
		await run([row({ text: 'a' })]);
		const result = await run([row({ text: 'b', schedule: { sendAt: at(4) } }), row({ text: 'c', schedule: { sendAt: at(-4) } }), row({ text: 'd', schedule: { sendAt: at(5) } })]);
		expect(counts(result)).toEqual([1, 2]);
		// Not at 5 minutes: the last of the batch has taken that.
		expect(allowance(result, 1)).toMatchObject({ rule: 'gap', retryAt: at(10) });
	});

	it('takes nothing when a batch is tried again, by draft or by row', async () => {
		const items = [row(), row({ text: 'two' }), row({ draft: { id: 'd-1' } }), row(), row()];
		const first = await run(items, noGap);
		const second = await run(items, noGap);
		expect(counts(first)).toEqual([5, 0]);
		expect(counts(second)).toEqual([5, 0]);
		expect(second.outputs[0].map(({ json }) => AllowanceSchema.parse(json.allowance).reservationId)).toEqual(first.outputs[0].map(({ json }) => AllowanceSchema.parse(json.allowance).reservationId));
		expect(allowance(second, 0).sentence).toContain('took nothing again');
		expect(allowance(await run([row({ text: 'six' })], noGap), 0).remaining.emailPerDay).toBe(4);
	});

	it('counts equal rows of one batch one by one, so that a list without texts is limited too', async () => {
		const result = await run(Array.from({ length: 30 }, () => ({ email: 'anna@example.com', schedule: { sendAt: at(0) } })), noGap);
		expect(counts(result)).toEqual([10, 20]);
	});

	it('is not passed by two executions at once', async () => {
		const batch = (tag: string): object[] => Array.from({ length: 10 }, (_, index) => row({ text: `${tag} ${index}` }));
		const results = await Promise.all(['a', 'b', 'c', 'd'].map(async (tag) => await run(batch(tag), noGap)));
		expect(results.reduce((sum, result) => sum + counts(result)[0], 0)).toBe(10);
	});

	it('keeps workspaces apart', async () => {
		for (const workspace of ['one', 'two']) expect(allowance(await run([row()], { workspace }), 0).remaining.emailPerDay).toBe(9);
	});

	it('keeps own rules and a share for replies', async () => {
		const rule = { scope: 'sender', window: 'rolling', minutes: 60, messages: 4, replyPercent: 50, channels: [], name: 'mailbox' };
		const parameters = { ruleSets: [], ownRules: { rule: [rule] } };
		const people = (purpose: string, count: number): object[] => Array.from({ length: count }, (_, index) => row({ email: `${purpose}${index}@example.com`, schedule: { sendAt: at(0), purpose, timezone: 'UTC' } }));
		const outreach = await run(people('outreach', 3), parameters);
		expect(counts(outreach)).toEqual([2, 1]);
		expect(allowance(outreach, 1)).toMatchObject({ rule: 'own1', retryAt: at(60) });
		expect(counts(await run(people('reply', 3), parameters))).toEqual([2, 1]);
	});

	it('keeps the presets', async () => {
		const whatsapp = (text: string, seconds: number): object => ({ phone: '+491701234567', channel: 'whatsapp', text, schedule: { sendAt: new Date(noon() + seconds * 1_000).toISOString() } });
		const pair = await run([whatsapp('a', 0), whatsapp('b', 5), whatsapp('c', 6)], { ruleSets: ['whatsappPair'] });
		expect(counts(pair)).toEqual([2, 1]);
		const warm = Array.from({ length: 6 }, (_, index) => row({ email: `p${index}@example.com`, schedule: { sendAt: at(index * 5) } }));
		expect(counts(await run(warm, { ruleSets: ['warmUp'], senderStarted: new Date(noon()).toISOString() }))).toEqual([5, 1]);
		await expect(run([row()], { ruleSets: ['warmUp'] })).rejects.toThrow("'Sender Started' is empty");
	});

	it('takes a time that has passed for now', async () => {
		const result = await run([row({ schedule: { sendAt: '2001-01-01T00:00:00Z' } })], { ruleSets: [], ownRules: { rule: [{ scope: 'contact', window: 'rolling', minutes: 1, messages: 0 }] } });
		expect(counts(result)).toEqual([0, 1]);
		expect(allowance(result, 1).retryAt).toBeUndefined();
	});

	it.each([
		[{ standardLimits: { email: -1 } }, 'email a Day'],
		[{ standardLimits: { email: 1.5 } }, 'email a Day'],
		[{ standardLimits: { email: 1e300 } }, 'email a Day'],
		[{ standardLimits: { gapMinutes: -1 } }, 'Gap'],
		[{ standardLimits: { replyPercent: 101 } }, 'Share Kept'],
		[{ ownRules: { rule: [{ scope: 'moon', window: 'day', messages: 1 }] } }, 'Own rule 1'],
		[{ ownRules: { rule: [{ scope: 'contact', window: 'rolling', minutes: 0, messages: 1 }] } }, 'Rolling Window'],
		[{ purpose: 'spam' }, 'Purpose'],
		[{ at: 'soon' }, "'At'"],
		[{ at: '9999-12-31T00:00:00Z' }, '1970 to 2999'],
	])('says what is wrong with %j', async (parameters, message) => {
		const result = await run([row()], parameters as RunOptions['parameters'], { continueOnFail: true });
		expect(counts(result)).toEqual([0, 1]);
		expect(String(result.outputs[1][0].json.error)).toContain(message.replace('1970 to 2999', '1970 and 2999'));
	});

	it('lets nothing through under a limit of 0, and everything under a huge one', async () => {
		expect(counts(await run([row()], { standardLimits: { email: 0 } }))).toEqual([0, 1]);
		expect(counts(await run([row()], { standardLimits: { email: 1_000_000_000 } }))).toEqual([1, 0]);
	});

	it('fails only the bad item with Continue On Fail, the first one here, on Limited', async () => {
		const result = await run([{ name: 'nobody' }, row({ channel: 'pigeon' }), row({ timezone: 'Mars/Phobos' })], {}, { continueOnFail: true });
		expect(counts(result)).toEqual([1, 2]);
		expect(result.outputs[1][0].json.error).toContain("'Contact' is empty");
		await expect(run([{ name: 'nobody' }])).rejects.toThrow("'Contact' is empty");
	});

	it('survives empty texts, 20,000 characters and emoji', async () => {
		const texts = ['', 'x'.repeat(20_000), '🎉🎉', null, 42, { a: 1 }];
		expect(counts(await run(texts.map((text, index) => row({ text, email: `p${index}@example.com` }))))).toEqual([6, 0]);
	});

	it('decides 10,000 items in one go', async () => {
		const items = Array.from({ length: 10_000 }, (_, index) => row({ email: `p${index % 5_000}@example.com`, text: `t${index}` }));
		// Fixed fields are not expressions, which n8n takes longer to evaluate than all the rest.
		const fixed = { channel: 'email', purpose: 'outreach', timezone: 'UTC', sender: '', workspace: 'w', at: at(0) };
		expect(counts(await run(items, fixed))).toEqual([5_000, 5_000]);
	}, 60_000);
});

describe('Rate Limit with the store away', () => {
	it('counts in the process, within the same limits, with a hint', async () => {
		storeAway();
		const result = await run(Array.from({ length: 12 }, (_, index) => row({ email: 'away@example.com', text: `t${index}` })), noGap);
		expect(counts(result)).toEqual([10, 2]);
		expect(allowance(result, 0)).toMatchObject({ degraded: true });
		expect(allowance(result, 0).reservationId).toBeUndefined();
		expect(result.hints[0]).toContain('counted by this n8n process alone');
		expect(counts(await run([row({ email: 'away@example.com', text: 'next' })], noGap))).toEqual([0, 1]);
	});

	it('lets nothing through when told so', async () => {
		storeAway();
		const result = await run([row()], { options: { storeAway: 'closed' } }, { continueOnFail: true });
		expect(counts(result)).toEqual([0, 1]);
		expect(result.outputs[1][0].json.error).toContain('while the store is away');
	});
});

describe('Rate Limit: Commit and Release', () => {
	it('gives a released place back, and keeps a committed one', async () => {
		const parameters = { standardLimits: { email: 1, gapMinutes: 0 } };
		const first = await run([row({ text: 'a' })], parameters);
		expect(counts(await run([row({ text: 'b' })], parameters))).toEqual([0, 1]);
		const released = await run([first.outputs[0][0].json], { operation: 'release' });
		expect(allowance(released, 0).sentence).toContain('Released');
		const second = await run([row({ text: 'b' })], parameters);
		expect(counts(second)).toEqual([1, 0]);
		for (let repeat = 0; repeat < 2; repeat++) await run([second.outputs[0][0].json], { operation: 'commit' });
		await run([second.outputs[0][0].json], { operation: 'release' });
		expect(counts(await run([row({ text: 'c' })], parameters))).toEqual([0, 1]);
	});

	it('says what it needs without a reservation, and passes over one counted without the store', async () => {
		const degraded = { allowed: true, remaining: {}, degraded: true, sentence: 'x' };
		const result = await run([{ a: 1 }, { allowance: degraded }], { operation: 'commit' }, { continueOnFail: true });
		expect(counts(result)).toEqual([1, 1]);
		expect(result.outputs[1][0].json.error).toContain("'Reservation ID' is empty");
		expect(allowance(result, 0).sentence).toContain('Nothing to settle');
	});

	it('fails with the store away', async () => {
		storeAway();
		await expect(run([{ allowance: { reservationId: 'r' } }], { operation: 'release' })).rejects.toThrow();
	});
});
