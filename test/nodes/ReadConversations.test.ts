import type { IDataObject, IHttpRequestOptions } from 'n8n-workflow';
import type { Run, RunOptions as WorkOptions } from '../../engine/runs/run';
import { HOUR, MINUTE } from '../../engine/time';
import { keyFingerprint } from '../../llm/keyLedger';
import { LeadAutopilot } from '../../nodes/LeadAutopilot/LeadAutopilot.node';
import { metaError, SANDBOX, startStandIns, type StandIns } from '../../sandbox/standins';
import { useEmbeddedStore } from './embeddedStore';
import { runNode } from './runNode';

const node = new LeadAutopilot();
// Calls to Meta are a second apart.
jest.setTimeout(60_000);

const ONCE_MORE = { limit: 200, windowMs: HOUR, gapMs: 0 };

let world: StandIns;
beforeAll(async () => (world = await startStandIns()));
afterAll(async () => await world.stop());

describe('Lead Autopilot → Sync → Read Conversations', () => {
	const { store } = useEmbeddedStore();
	const conversations = () => world.meta.conversations;
	let answerInstead: ((url: string) => unknown) | undefined;
	let token: string = SANDBOX.metaToken;

	beforeEach(async () => {
		conversations().reset();
		answerInstead = undefined;
		token = SANDBOX.metaToken;
		await store().accounts.upsert([
			{ channel: 'messenger', externalId: SANDBOX.pageId, workspace: 'default', name: 'Kitchens', pipelineId: 'sales', enabled: true },
			{ channel: 'instagram', externalId: SANDBOX.instagramId, workspace: 'default', enabled: true },
		]);
	});

	/** As n8n does with this credential: the token goes into the query. */
	const httpRequestWithAuthentication = async (_type: string, { url, qs }: IHttpRequestOptions): Promise<unknown> => {
		const instead = answerInstead?.(`${url}?${JSON.stringify(qs)}`);
		if (instead !== undefined) return instead;
		const query = new URLSearchParams({ access_token: token, ...Object.fromEntries(Object.entries(qs ?? {}).map(([name, value]) => [name, String(value)])) });
		const response = await fetch(`${url.replace('https://graph.facebook.com', `http://127.0.0.1:${world.httpPort}`)}?${query}`);
		return { statusCode: response.status, headers: Object.fromEntries(response.headers), body: await response.json() };
	};
	const begun = async (accountId: string | undefined = SANDBOX.pageId, options: WorkOptions = {}): Promise<Run> => {
		const [{ run }] = await store().runs.request([{ workspace: 'default', kind: 'sync', options, requestedBy: 'mia', ...(accountId === undefined ? {} : { accountId }) }]);
		return (await store().runs.begin('default', run.id, MINUTE)) ?? run;
	};
	const read = async (run: Run, parameters: IDataObject = {}) => {
		const result = await runNode(node, [{ run }], { parameters: { resource: 'sync', operation: 'readConversations', batchSize: 100, ...parameters }, credentials: { facebookGraphApi: { accessToken: token } }, helpers: { httpRequestWithAuthentication } });
		const [contacts, done, waiting] = result.outputs.map((output) => output.map(({ json }) => json as { run: Run; contact?: { id: string; name?: string; pipelineId?: string }; conversation?: { from: string; text: string }[] }));
		return { contacts, done, waiting, all: JSON.stringify(result) };
	};
	const note = async (run: Run, contacts: { contact?: { id: string } }[]) => await store().runs.advance('default', run.id, { items: contacts.map(({ contact }) => ({ itemId: contact?.id ?? '', result: 'done' as const })), leaseMs: MINUTE });

	it('hands out contacts with their conversations in batches, page after page, then says that all is done', async () => {
		conversations().seed({ platform: 'messenger', count: 55, namelessEvery: 55 });
		const run = await begun();
		const sizes: number[] = [];
		for (;;) {
			const { contacts, done } = await read(run, { batchSize: 30 });
			if (done.length > 0) break;
			sizes.push(contacts.length);
			if (sizes.length === 1) expect(contacts[0]).toMatchObject({ run: { id: run.id }, message: { workspace: 'default', channel: 'messenger', accountId: SANDBOX.pageId }, contact: { name: 'Ada Weber 0', pipelineId: 'sales' }, conversation: Array.from({ length: 6 }, (_, turn) => ({ from: turn % 2 === 1 ? 'person' : 'lead' })) });
			await note(run, contacts);
		}
		expect(sizes).toEqual([30, 20, 5]);
		// What is left of the place names nobody.
		const [kept] = await store().runs.find('default', [run.id]);
		expect(JSON.parse(kept?.cursor ?? '')).toMatchObject({ readAll: true, pending: [], handed: [] });
		expect((await store().contacts.find('default', ['249000000000054']))[0]?.name).toBe('User 000054');
		expect(conversations().calls()).toMatchObject({ calls: 3, violations: 0 });
	});

	it('hands the same contacts out again until they are noted, without asking Meta, and gives up on none but those', async () => {
		conversations().seed({ platform: 'messenger', count: 4 });
		const run = await begun();
		const first = await read(run, { batchSize: 2 });
		const again = await read(run, { batchSize: 2 });
		expect(again.contacts.map(({ contact }) => contact?.id)).toEqual(first.contacts.map(({ contact }) => contact?.id));
		await note(run, again.contacts.slice(0, 1));
		const third = await read(run, { batchSize: 2 });
		expect(third.contacts.map(({ contact }) => contact?.id)).toEqual([again.contacts[1].contact?.id]);
		const rest = await read(run, { batchSize: 2 });
		expect(rest.contacts).toHaveLength(2);
		expect(await store().runs.errors('default', run.id, 9)).toMatchObject([{ id: again.contacts[1].contact?.id, platform: 'messenger', error: expect.stringContaining('never noted') }]);
		expect(conversations().calls().calls).toBe(2);
	});

	it('leaves out what is skipped and stops at the limit; such a sync is none the next one builds on', async () => {
		conversations().seed({ platform: 'messenger', count: 12 });
		const run = await begun(SANDBOX.pageId, { skip: 3, limit: 4 });
		const { contacts } = await read(run);
		expect(contacts.map(({ contact }) => contact?.name)).toEqual(['Dana Weber 3', 'Emil Weber 4', 'Fay Weber 5', 'Gus Weber 6']);
		await note(run, contacts);
		expect((await read(run)).done).toMatchObject([{ run: { id: run.id } }]);
		await store().runs.finish('default', run.id);
		expect((await read(await begun())).contacts).toHaveLength(8);
	});

	it.each([
		['an account that is switched off', async () => await store().accounts.upsert([{ channel: 'messenger', externalId: SANDBOX.pageId, workspace: 'default', enabled: false }]), SANDBOX.pageId, 'is switched off'],
		['an account nobody knows', async () => undefined, '99', 'is not known in this workspace'],
		['an account of another channel', async () => await store().accounts.upsert([{ channel: 'whatsapp', externalId: '77', workspace: 'default', enabled: true }]), '77', 'conversations of whatsapp cannot be read'],
		['no account', async () => undefined, undefined, 'needs an account'],
		['the token of another page', async () => await store().accounts.upsert([{ channel: 'messenger', externalId: '400000000000099', workspace: 'default', enabled: true }]), '400000000000099', "the access token belongs to 'Sandbox Sales'"],
	])('ends with what to do for %s', async (_, prepare, accountId, reason) => {
		await prepare();
		const run = accountId === undefined ? await begunWithoutAccount() : await begun(accountId);
		expect((await read(run)).done).toMatchObject([{ run: { state: 'failed', sentence: expect.stringContaining(reason) } }]);
	});
	const begunWithoutAccount = async (): Promise<Run> => {
		const [{ run }] = await store().runs.request([{ workspace: 'default', kind: 'sync', options: {}, requestedBy: 'mia' }]);
		return (await store().runs.begin('default', run.id, MINUTE)) ?? run;
	};

	it('ends what is cancelled before the next contact', async () => {
		conversations().seed({ platform: 'messenger', count: 4 });
		const run = await begun();
		await note(run, (await read(run, { batchSize: 2 })).contacts);
		await store().runs.cancel('default', run.id, 'mia');
		expect((await read(run)).done).toMatchObject([{ run: { state: 'cancelled' } }]);
	});

	it('waits when the hour is used up, whoever used it, and goes on where it was', async () => {
		conversations().seed({ platform: 'messenger', count: 60 });
		for (let call = 0; call < 8; call++) await store().callAllowances.take({ provider: 'meta', subject: keyFingerprint(SANDBOX.metaToken) }, ONCE_MORE);
		const run = await begun();
		await note(run, (await read(run, { callsAnHour: 10 })).contacts);
		const { waiting } = await read(run, { callsAnHour: 10 });
		expect(waiting).toMatchObject([{ run: { state: 'waiting', waitsFor: "Meta's hourly limit", counts: { done: 50 } } }]);
		expect(Date.parse(waiting[0].run.waitsUntil ?? '')).toBeGreaterThan(Date.now() + 59 * MINUTE);
		await store().runs.begin('default', run.id, MINUTE);
		expect((await read(run, { callsAnHour: 200 })).contacts).toHaveLength(10);
	});

	it.each([
		['its own limit', 613, {}, "Meta's limit", 5 * MINUTE],
		['a limit it says the end of', 32, { 'x-business-use-case-usage': JSON.stringify({ 4: [{ estimated_time_to_regain_access: 20 }] }) }, "Meta's limit", 20 * MINUTE],
	])('waits for %s, and asks nothing until then', async (_, code, headers, waitsFor, waitMs) => {
		const run = await begun();
		let asked = 0;
		answerInstead = () => {
			asked += 1;
			return { statusCode: 400, headers, body: metaError(code).body };
		};
		const { waiting } = await read(run);
		expect(waiting).toMatchObject([{ run: { state: 'waiting', waitsFor } }]);
		expect(Math.abs(Date.parse(waiting[0].run.waitsUntil ?? '') - Date.now() - waitMs)).toBeLessThan(MINUTE);
		await store().runs.begin('default', run.id, MINUTE);
		expect((await read(run)).waiting).toHaveLength(1);
		expect(asked).toBe(1);
	});

	it('pauses before Meta has to say no, by what Meta says is used', async () => {
		conversations().seed({ platform: 'messenger', count: 60 });
		const run = await begun();
		answerInstead = (url) => (url.includes('"limit"') ? undefined : { statusCode: 200, headers: { 'x-app-usage': '{"call_count":93}' }, body: { id: SANDBOX.pageId, name: 'Sandbox Sales' } });
		expect((await read(run)).waiting).toMatchObject([{ run: { waitsFor: "Meta's limit" } }]);
		expect(conversations().calls().calls).toBe(0);
	});

	it.each([
		['no connection', () => { throw Object.assign(new Error(`connect ECONNREFUSED https://graph.facebook.com/?access_token=${SANDBOX.metaToken}`), { code: 'ECONNREFUSED' }); }],
		['an error page', () => ({ statusCode: 502, headers: {}, body: '<html>Bad gateway</html>' })],
	])('tries again later after %s, and tells no token', async (_, fail) => {
		const run = await begun();
		answerInstead = fail;
		const { waiting, all } = await read(run);
		expect(waiting).toMatchObject([{ run: { state: 'waiting', waitsFor: 'Meta to answer again' } }]);
		expect(all).not.toContain(SANDBOX.metaToken);
		expect(JSON.stringify(await store().runs.list('default', { limit: 9 }))).not.toContain(SANDBOX.metaToken);
	});

	it('ends when permission is missing, with which', async () => {
		const run = await begun();
		answerInstead = () => ({ statusCode: 403, headers: {}, body: metaError(10).body });
		expect((await read(run)).done).toMatchObject([{ run: { state: 'failed', sentence: expect.stringContaining('pages_messaging') } }]);
	});

	it('suppresses who asked to stop, sends doubts to a person, and answers nobody', async () => {
		const at = Date.now() - 40 * 24 * HOUR;
		const add = (id: string, ...texts: string[]) => conversations().add({ id: `t_${id}`, platform: 'messenger', person: { id, name: id }, messages: texts.map((text, turn) => ({ id: `m_${id}_${turn}`, at: at + turn * HOUR, fromPage: false, text })) });
		add('2401', 'Please unsubscribe me, I do not want any more messages.');
		add('2402', 'What does the oak kitchen cost?');
		add('2403', 'No thanks, not interested.', 'We are building now: please send me the offer.');
		add('2404', 'What does it cost?', 'No thanks, not interested.');
		const run = await begun();
		const { contacts } = await read(run);
		expect(contacts).toHaveLength(4);
		const found = await store().contacts.find('default', ['2401', '2402', '2403', '2404']);
		expect(found.map((contact) => contact?.optOutChannels)).toEqual([['messenger'], [], [], ['messenger']]);
		expect(await store().messages.claimReady({ quietMs: 0, leaseMs: MINUTE, maxLeases: 3, limit: 9 })).toEqual([]);
	});

	it('reads nothing twice when it is begun anew, and hands out nobody without news', async () => {
		conversations().seed({ platform: 'instagram', count: 6, messages: 30 });
		const run = await begun(SANDBOX.instagramId, { channel: 'instagram' });
		const { contacts } = await read(run);
		// Of Instagram's messages the 20 newest can be read.
		expect(contacts.map(({ conversation }) => conversation?.length)).toEqual([20, 20, 20, 20, 20, 20]);
		await store().runs.finish('default', run.id, 'Stopped half-way');
		const next = await begun(SANDBOX.instagramId, { channel: 'instagram' });
		const { contacts: none, done } = await read(next);
		expect(none).toEqual([]);
		expect(done).toHaveLength(1);
		expect(await store().runs.find('default', [next.id])).toMatchObject([{ counts: { done: 0, skipped: 6, failed: 0 } }]);
	});

	it('takes whatever a stranger wrote as text, and one bad conversation takes no other with it', async () => {
		const at = Date.now() - 24 * HOUR;
		const hostile = ['constructor', '__proto__', 'toString'];
		hostile.forEach((id, place) => conversations().add({ id: `t_${place}`, platform: 'messenger', person: { id, name: `<script>alert(1)</script> ${id}` }, messages: [{ id: `m_${place}`, at, fromPage: false, text: `${'x'.repeat(60_000)} \u0000 ={{ $env }} {{7*7}} \u{1F468}\u200D\u{1F469} \ud800 '; drop table messages; --` }] }));
		conversations().add({ id: 't_quiet', platform: 'messenger', person: { id: '2499' }, messages: [{ id: 'm_quiet', at, fromPage: true, text: 'Good morning' }] });
		const { contacts } = await read(await begun());
		expect(contacts.map(({ contact }) => contact?.name).sort()).toEqual([...hostile.map((id) => `<script>alert(1)</script> ${id}`), 'User 2499'].sort());
		expect(contacts.every(({ conversation }) => conversation?.length === 1)).toBe(true);
	});

	it.each([
		['nothing', ''],
		['a list', []],
		['no list of conversations', { data: 'x' }],
		['a page of nonsense', { data: [null, 7, {}, { id: 5 }, { id: 't', messages: 'x', participants: 7 }], paging: 7 }],
	])('survives an answer that is %s', async (_, body) => {
		const run = await begun();
		answerInstead = (url) => (url.includes('"limit"') ? { statusCode: 200, headers: {}, body } : undefined);
		const result = await read(run).catch((error: Error) => error);
		if (result instanceof Error) expect(result.message).toBe("Meta's answer holds no list of conversations");
		else expect(result.contacts).toEqual([]);
		expect((await store().runs.list('default', { limit: 9 })).map(({ state }) => state)).not.toContain('done');
	});

	it('begins at the front again when its place is not taken any more, and hands nobody out twice', async () => {
		conversations().seed({ platform: 'messenger', count: 60 });
		const run = await begun();
		const { contacts: first } = await read(run);
		await note(run, first);
		let refused = 0;
		// As after a long wait: the cursor of before is refused, whatever is asked for behind it.
		answerInstead = (url) => (url.includes('"after"') && refused++ < 4 ? { statusCode: 400, headers: {}, body: metaError(100).body } : undefined);
		const { contacts: second } = await read(run);
		expect([first.length, second.length]).toEqual([50, 10]);
		await note(run, second);
		expect((await read(run)).done).toHaveLength(1);
		expect(await store().runs.find('default', [run.id])).toMatchObject([{ counts: { done: 60, skipped: 0, failed: 0, total: 60 } }]);
	});

	it('counts one token for all accounts it reads', async () => {
		conversations().seed({ platform: 'messenger', count: 1 });
		conversations().seed({ platform: 'instagram', count: 1 });
		for (const accountId of [SANDBOX.pageId, SANDBOX.instagramId]) await read(await begun(accountId));
		const taken = await store().callAllowances.take({ provider: 'meta', subject: keyFingerprint(SANDBOX.metaToken) }, { ...ONCE_MORE, limit: 4 });
		expect(taken).toMatchObject({ taken: false, why: 'limit' });
		expect(conversations().calls()).toMatchObject({ calls: 4, violations: 0 });
	});
});

describe('Lead Autopilot → Sync → Request', () => {
	const { store } = useEmbeddedStore();
	const request = async (parameters: IDataObject = {}) => (await runNode(node, [{}], { parameters: { resource: 'sync', operation: 'request', ...parameters } })).outputs[0][0].json.requested as { runs: Run[]; sentence: string };

	it('asks for a sync of every account in use that can be read, once each', async () => {
		expect((await request()).sentence).toContain('no Messenger or Instagram account');
		await store().accounts.upsert([
			{ channel: 'messenger', externalId: '1', workspace: 'default', enabled: true },
			{ channel: 'instagram', externalId: '2', workspace: 'default', enabled: true },
			{ channel: 'messenger', externalId: '3', workspace: 'default', enabled: false },
			{ channel: 'whatsapp', externalId: '4', workspace: 'default', enabled: true },
		]);
		const { runs, sentence } = await request();
		expect(runs).toMatchObject([{ accountId: '2', options: { channel: 'instagram' }, state: 'requested', requestedBy: 'schedule' }, { accountId: '1', options: { channel: 'messenger' } }]);
		expect(sentence).toBe('2 runs asked for.');
		expect((await request()).sentence).toBe('0 runs asked for; 2 of the kind wait or are under way already.');
	});

	it('asks for a re-analysis with limit and skip', async () => {
		expect((await request({ work: 'reanalysis', syncOptions: { limit: 100, skip: 20 } })).runs).toMatchObject([{ kind: 'reanalysis', options: { limit: 100, skip: 20 } }]);
	});
});
