import { SANDBOX, startStandIns, type StandIns } from '../../sandbox/standins';
import { mostWithin } from '../../sandbox/standins/conversationCalls';
import { readFields } from '../../sandbox/standins/graphFields';
import { at, listAt } from '../../sandbox/standins/shapes';

let world: StandIns;
beforeAll(async () => (world = await startStandIns()));
afterAll(async () => await world.stop());
beforeEach(() => {
	world.meta.conversations.reset();
	Object.assign(world.meta.conversations.limits, { callsAnHour: 200, hourMs: 3_600_000, perSecond: 1_000 });
});

const FIELDS = 'id,updated_time,participants,messages.limit(4){id,created_time,from,to,message,attachments}';
async function get(path: string, query: Record<string, string> = {}, token: string = SANDBOX.metaToken): Promise<{ status: number; body: unknown; headers: Headers }> {
	const response = await fetch(`http://127.0.0.1:${world.httpPort}/v23.0${path}?${new URLSearchParams({ access_token: token, ...query })}`);
	return { status: response.status, body: await response.json(), headers: response.headers };
}
const list = async (query: Record<string, string> = {}) => await get(`/${SANDBOX.pageId}/conversations`, { platform: 'messenger', fields: FIELDS, ...query });
const codeOf = (body: unknown): unknown => at(body, 'error', 'code');

describe('the stand-in of Meta’s conversations', () => {
	it('brings conversations with their messages by field expansion, the newest first, page by page', async () => {
		world.meta.conversations.seed({ platform: 'messenger', count: 5, messages: 6 });
		const first = await list({ limit: '3' });
		expect(first.body).toMatchObject({
			data: [{ id: 't_messenger_00000000', updated_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000$/), participants: { data: [{ id: '249000000000000', name: 'Ada Weber 0' }, { id: SANDBOX.pageId }] } }, { id: 't_messenger_00000001' }, { id: 't_messenger_00000002' }],
			paging: { next: expect.stringContaining('/conversations?') },
		});
		const messages = listAt(listAt(first.body, 'data')[0], 'messages', 'data');
		expect(messages).toHaveLength(4);
		expect(messages[0]).toMatchObject({ id: 'm_messenger_00000000_5', from: { id: SANDBOX.pageId } });
		const second = await list({ limit: '3', after: String(at(first.body, 'paging', 'cursors', 'after')) });
		expect(listAt(second.body, 'data').map((one) => at(one, 'id'))).toEqual(['t_messenger_00000003', 't_messenger_00000004']);
		expect(at(second.body, 'paging', 'next')).toBeUndefined();
	});

	it('keeps its place when a conversation moves to the front in between', async () => {
		world.meta.conversations.seed({ platform: 'messenger', count: 5 });
		const first = await list({ limit: '2' });
		world.meta.conversations.write('t_messenger_00000001', { id: 'm_new', at: Date.now(), fromPage: false, text: 'Hello?' });
		const second = await list({ limit: '2', after: String(at(first.body, 'paging', 'cursors', 'after')) });
		expect(listAt(second.body, 'data').map((one) => at(one, 'id'))).toEqual(['t_messenger_00000002', 't_messenger_00000003']);
	});

	it('tells only the 20 newest messages of a conversation on Instagram', async () => {
		world.meta.conversations.seed({ platform: 'instagram', count: 1, messages: 30 });
		const { body } = await list({ platform: 'instagram', fields: 'messages.limit(30){id,from,message}' });
		const messages = listAt(listAt(body, 'data')[0], 'messages', 'data');
		expect(messages.map((one) => at(one, 'from') !== undefined)).toEqual(Array.from({ length: 30 }, (_, place) => place < 20));
	});

	it.each([
		['a field there is not', { fields: 'id,secret' }, 400, 100],
		['a message field there is not', { fields: 'messages{id,secret}' }, 400, 100],
		['fields that cannot be read', { fields: 'id,messages{id' }, 400, 2500],
		['a platform there is not', { platform: 'fax' }, 400, 100],
		['a cursor of nowhere', { after: 'nowhere' }, 400, 100],
		['more than fits into one answer', { limit: '101', fields: 'messages.limit(50){id}' }, 500, 1],
	])('refuses %s', async (_, query, status, code) => {
		world.meta.conversations.seed({ platform: 'messenger', count: 1 });
		const answer = await list(query);
		expect([answer.status, codeOf(answer.body)]).toEqual([status, code]);
	});

	it('refuses the token of another page, an unknown one, and one that expired in the middle', async () => {
		expect(codeOf((await get('/400000000000099/conversations', { platform: 'messenger' })).body)).toBe(200);
		expect(codeOf((await get(`/${SANDBOX.pageId}/conversations`, {}, 'EAAother')).body)).toBe(190);
		world.meta.conversations.expireToken({ afterCalls: 1 });
		const [before, after] = [await list(), await list()];
		expect([before.status, codeOf(after.body), at(after.body, 'error', 'error_subcode')]).toEqual([200, 190, 463]);
	});

	it('fails every answer that would show a broken conversation, and knows a deleted one no more', async () => {
		world.meta.conversations.seed({ platform: 'messenger', count: 3 });
		world.meta.conversations.failFor('t_messenger_00000001', 2);
		expect(codeOf((await list()).body)).toBe(2);
		expect((await list({ fields: 'id,updated_time' })).status).toBe(200);
		expect((await list({ limit: '1' })).status).toBe(200);
		world.meta.conversations.remove('t_messenger_00000001');
		expect(listAt((await list()).body, 'data')).toHaveLength(2);
		expect((await get('/t_messenger_00000001/messages')).body).toMatchObject({ error: { code: 100, error_subcode: 33 } });
	});

	it('counts the calls of a token, refuses the one too many in an hour and says when it takes calls again', async () => {
		Object.assign(world.meta.conversations.limits, { callsAnHour: 3 });
		for (let call = 0; call < 3; call++) expect((await list()).status).toBe(200);
		const refused = await list();
		expect(codeOf(refused.body)).toBe(32);
		const usage = JSON.parse(refused.headers.get('x-business-use-case-usage') ?? '{}') as Record<string, { call_count: number; estimated_time_to_regain_access: number }[]>;
		expect(usage[SANDBOX.pageId][0]).toMatchObject({ call_count: 100, estimated_time_to_regain_access: 60 });
		expect(world.meta.conversations.calls()).toMatchObject({ calls: 4, violations: 1, mostAnHour: 4 });
		expect((await get(`/${SANDBOX.pageId}/conversations`, {}, 'EAAsandboxOther')).status).toBe(200);
	});

	it('refuses the third call for conversations in a second', async () => {
		Object.assign(world.meta.conversations.limits, { perSecond: 2 });
		const answers = await Promise.all([list(), list(), list()]);
		expect(answers.map(({ body }) => codeOf(body)).filter((code) => code !== undefined)).toEqual([613]);
		expect(world.meta.conversations.calls()).toMatchObject({ violations: 1, mostASecond: 3 });
	});

	it('is told what to hold and do from outside', async () => {
		const tell = async (name: string, body: object): Promise<unknown> => await (await fetch(`http://127.0.0.1:${world.httpPort}/__sandbox/conversations/${name}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })).json();
		expect(await tell('seed', { platform: 'instagram', count: 2 })).toEqual({ ok: true, result: ['t_instagram_00000000', 't_instagram_00000001'] });
		await tell('expireToken', { afterCalls: 0 });
		expect(codeOf((await list()).body)).toBe(190);
		expect(await tell('calls', {})).toMatchObject({ ok: true, result: { violations: 0 } });
		expect(await tell('seed', { platform: 'fax', count: 1 })).toMatchObject({ error: expect.any(String) });
	});
});

it('reads the Graph API’s fields', () => {
	expect(readFields('id,messages.limit(2).after(x){id,from{name}}')).toEqual([{ name: 'id' }, { name: 'messages', limit: 2, after: 'x', fields: [{ name: 'id' }, { name: 'from', fields: [{ name: 'name' }] }] }]);
	for (const wrong of ['', 'id,', 'id}', 'a{', 'a{}', 'a.limit(2', 'A b']) expect(() => readFields(wrong)).toThrow(SyntaxError);
});

it('finds the most calls in any window', () => {
	expect(mostWithin([], 10)).toBe(0);
	expect(mostWithin([0, 5, 9, 10, 30], 10)).toBe(3);
	expect(mostWithin([0, 10, 20], 10)).toBe(1);
});
