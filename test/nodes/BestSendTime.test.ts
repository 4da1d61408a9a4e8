import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ScheduleSchema, type Schedule } from '../../engine/sendTime/schedule';
import { localTime } from '../../engine/sendTime/zoneClock';
import { DAY, epochMs, HOUR, MINUTE } from '../../engine/time';
import { BestSendTime } from '../../nodes/BestSendTime/BestSendTime.node';
import { closeAllStores, openStore } from '../../store/openStore';
import { runNode, type RunOptions, type RunResult } from './runNode';

let folder: string;
const run = async (items: object[], options: RunOptions = {}): Promise<RunResult> => await runNode(new BestSendTime(), JSON.parse(JSON.stringify(items)), options);
const schedules = (result: RunResult): Schedule[] => result.outputs[0].map(({ json }) => ScheduleSchema.parse(json.schedule));
const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();
const inbound = (patch: object = {}): object => ({ id: 'm1', workspace: 'w', channel: 'email', direction: 'inbound', threadId: 't1', text: 'Hi', timestamp: ago(5 * MINUTE), ...patch });

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'best-send-time-'));
	process.env.N8N_USER_FOLDER = folder;
});
afterEach(async () => {
	await closeAllStores();
	delete process.env.N8N_USER_FOLDER;
	rmSync(folder, { recursive: true, force: true });
});

describe('Best Send Time', () => {
	it('times a plain spreadsheet row on an empty store, and keeps the row', async () => {
		const result = await run([{ name: 'Anna', email: 'anna@example.com', phone: '+49 170 1234567', text: 'Hello' }]);
		const [schedule] = schedules(result);
		expect(schedule).toMatchObject({ purpose: 'outreach', source: 'channel', timezone: 'Europe/Berlin' });
		expect(schedule.localTime).toMatch(/ 10:00$/);
		expect(schedule.warnings?.join(' ')).toContain('guess from the phone number');
		expect(result.outputs[0][0]).toMatchObject({ json: { name: 'Anna' }, pairedItem: { item: 0 } });
		expect(result.hints).toEqual([]);
	});

	it('answers an unanswered inbound message now, and one that was answered as outreach', async () => {
		const contact = { id: 'c1', timezone: 'Europe/Berlin' };
		const answered = [{ from: 'us', text: 'Hello', timestamp: ago(MINUTE) }];
		const started = Date.now();
		const result = await run([
			{ message: inbound(), contact },
			{ message: inbound(), contact, conversation: answered },
			{ message: inbound({ timestamp: ago(25 * HOUR) }), contact },
		]);
		const times = schedules(result);
		expect(times.map(({ purpose }) => purpose)).toEqual(['reply', 'outreach', 'outreach']);
		expect(Math.abs(epochMs(times[0].sendAt) - started)).toBeLessThan(10_000);
	});

	it("keeps the workspace's quiet hours and working days, and a takeover that only the store knows", async () => {
		const store = await openStore({ kind: 'sqlite', file: join(folder, '.n8n', 'lead-autopilot.sqlite') });
		const today = localTime('UTC', epochMs(Date.now())).weekday;
		const workday = (today % 7) + 1;
		await store.settings.set('w', { kind: 'workspace' }, { workingDays: [workday], quietHours: { from: '09:00', to: '11:15' }, timezone: 'UTC' }, 'test');
		const [contact] = await store.contacts.upsert('w', [{ email: 'bob@example.com' }]);
		const until = epochMs(Date.now() + 3 * DAY);
		await store.contacts.setTakeOver('w', [{ contactId: contact.id, until, by: 'test' }]);
		await store.close();
		const result = await run([
			{ message: inbound({ direction: 'outbound' }), email: 'new@example.com' },
			{ message: inbound(), email: 'bob@example.com' },
		]);
		const [outreach, reply] = schedules(result);
		expect(outreach.timezone).toBe('UTC');
		expect(outreach.localTime).toMatch(/ 11:15$/);
		expect(localTime('UTC', epochMs(outreach.sendAt)).weekday).toBe(workday);
		expect(reply).toMatchObject({ purpose: 'reply', sendAt: new Date(until).toISOString() });
	});

	it('still answers with the store away, with a hint', async () => {
		const file = join(folder, 'not-a-folder');
		writeFileSync(file, '');
		process.env.N8N_USER_FOLDER = file;
		const result = await run([{ email: 'anna@example.com', timezone: 'Asia/Kathmandu', bestContactTime: '14:30' }]);
		expect(schedules(result)[0]).toMatchObject({ source: 'preference', timezone: 'Asia/Kathmandu' });
		expect(schedules(result)[0].localTime).toMatch(/ 14:30$/);
		expect(result.hints[0]).toContain('without the store');
	});

	it('fails only the bad item with Continue On Fail, the first one here', async () => {
		const result = await run([{ email: 'a@example.com', channel: 'pigeon' }, { email: 'b@example.com' }], { continueOnFail: true });
		expect(result.outputs[0][0].json.error).toContain("'pigeon' is not known");
		expect(result.outputs[0][1].json.schedule).toBeDefined();
		await expect(run([{ channel: 'pigeon' }])).rejects.toThrow("'pigeon' is not known");
	});

	it('fails an item that has no possible time with the reason, so that it is not sent at once', async () => {
		const message = inbound({ channel: 'whatsapp', timestamp: ago(30 * HOUR) });
		const result = await run([{ message, contact: { id: 'c1', timezone: 'Europe/Berlin' } }], { parameters: { purpose: 'reply' }, continueOnFail: true });
		expect(result.outputs[0][0].json.error).toContain('the WhatsApp window closed');
		expect(result.outputs[0][0].json.schedule).toBeUndefined();
	});

	it('gives the same answer when it is run again', async () => {
		const items = [{ email: 'anna@example.com', timezone: 'America/New_York', bestContactTime: '9am' }];
		expect(schedules(await run(items))).toEqual(schedules(await run(items)));
	});

	it('survives rows of every kind', async () => {
		const items = [
			{},
			{ text: '', email: '' },
			{ text: 'x'.repeat(20_000), email: 'a@example.com' },
			{ text: '🎉🎉🎉', phone: '💥', country: '🇩🇪', timezone: 'Mars/Phobos', bestContactTime: '25:99' },
			{ message: 'only a text', contact: 'just a name', phone: 4917012345 },
			{ message: { direction: 'inbound', timestamp: 'soon' } },
		];
		const times = schedules(await run(items));
		expect(times).toHaveLength(items.length);
		expect(times[3].warnings?.join(' ')).toContain("'Mars/Phobos' is not an IANA time zone");
	});

	it('keeps options: own quiet hours, delay, lawful hours', async () => {
		const options = { quietFrom: '00:00', quietTo: '22:00', workingDays: [1, 2, 3, 4, 5, 6, 7] };
		const [night] = schedules(await run([{ email: 'a@example.com', timezone: 'UTC' }], { parameters: { options } }));
		expect(night.localTime).toMatch(/ 22:00$/);
		const [lawful] = schedules(await run([{ phone: '+12125550123', channel: 'sms' }], { parameters: { purpose: 'outreach', options: { lawfulHours: '15:00-16:00' } } }));
		expect(lawful.localTime).toMatch(/ 15:00$/);
		await expect(run([{}], { parameters: { options: { lawfulHours: 'daytime' } } })).rejects.toThrow('no span of time');
		await expect(run([{}], { parameters: { options: { minimumDelay: -5 } } })).rejects.toThrow('Minimum Delay');
	});

	it('times 2,000 items at once', async () => {
		const items = Array.from({ length: 2_000 }, (_, index) => ({ email: `p${index}@example.com`, phone: `+1212555${String(index).padStart(4, '0')}`, channel: 'sms' }));
		expect(schedules(await run(items))).toHaveLength(2_000);
	});
});
