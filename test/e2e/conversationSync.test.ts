import { MINUTE, SECOND } from '../../engine/time';
import { keyFingerprint } from '../../llm/keyLedger';
import { SANDBOX } from '../../sandbox/standins';
import { waitFor } from '../../sandbox/waitFor';
import { startSyncWorld, SYNC_WORKSPACE, type SyncWorld } from './support/syncWorld';

/** Old conversations read in by the shipped workflow in a real n8n, from a stand-in that enforces Meta's limits. */
const MESSENGER = 65;
const INSTAGRAM = 35;
const BATCH = 10;

let world: SyncWorld;
beforeAll(async () => (world = await startSyncWorld({ settings: { 'assignments.contactsAtOnce': BATCH } })), 600_000);
afterAll(async () => await world?.stop());

const conversations = () => world.sandbox.standIns.meta.conversations;
const personOf = (platform: 'messenger' | 'instagram', number: number): string => `${platform === 'instagram' ? '17' : '24'}90000${String(number).padStart(8, '0')}`;
const contactOf = async (platform: 'messenger' | 'instagram', number: number) => (await world.store.contacts.find(SYNC_WORKSPACE, [personOf(platform, number)]))[0];

it('brings all conversations of both platforms, with both sides, names and scores, and leaves the page itself out', async () => {
	conversations().seed({ platform: 'messenger', count: MESSENGER, namelessEvery: 5 });
	conversations().seed({ platform: 'instagram', count: INSTAGRAM, first: 500 });
	const ids = [await world.request('sync', SANDBOX.pageId), await world.request('sync', SANDBOX.instagramId)];
	const [messenger, instagram] = await Promise.all(ids.map(world.settled));
	expect(messenger).toMatchObject({ state: 'done', counts: { done: MESSENGER, skipped: 0, failed: 0, total: MESSENGER } });
	expect(instagram).toMatchObject({ state: 'done', counts: { done: INSTAGRAM, skipped: 0, failed: 0, total: INSTAGRAM } });
	expect(await contactOf('messenger', 0)).toMatchObject({ name: 'Ada Weber 0', handles: { messenger: personOf('messenger', 0) }, score: expect.any(Number), summary: 'The lead asks about kitchens.' });
	expect(await contactOf('messenger', 4)).toMatchObject({ name: 'User 000004' });
	expect(await contactOf('instagram', 512)).toMatchObject({ name: 'cem.okafor.512', handles: { instagram: personOf('instagram', 512) } });
	const known = await Promise.all([...Array.from({ length: MESSENGER }, (_, at) => contactOf('messenger', at)), ...Array.from({ length: INSTAGRAM }, (_, at) => contactOf('instagram', 500 + at))]);
	expect(known.filter((contact) => contact?.score === undefined || contact.stageId === undefined)).toEqual([]);
	expect(await world.store.contacts.find(SYNC_WORKSPACE, [SANDBOX.pageId, SANDBOX.instagramId])).toEqual([undefined, undefined]);
	const first = await contactOf('messenger', 0);
	const { messages } = await world.store.messages.list(SYNC_WORKSPACE, first?.id ?? '', { limit: 50 });
	expect(messages.map(({ from }) => from)).toEqual(['lead', 'person', 'lead', 'person', 'lead', 'person']);
	expect(world.undecided()).toBe(0);
	expect(world.asked()).toBe(MESSENGER + INSTAGRAM);
	expect(conversations().calls()).toMatchObject({ violations: 0, calls: 5 });
	expect(first?.takenOverUntil).toBeUndefined();
}, 300_000);

it('reads only what changed since the last sync, and leaves what is being written just now to the intake', async () => {
	const before = { asked: world.asked(), calls: conversations().calls().calls };
	// The last sync looked at all that was ten minutes old when it began; this is, by now.
	const at = Date.now() - 10 * MINUTE - SECOND;
	for (const number of [20, 40]) conversations().write(`t_messenger_000000${number}`, { id: `m_new_${number}`, at, fromPage: false, text: `One more question (${number}): do you take the old kitchen away?` });
	conversations().write('t_messenger_00000030', { id: 'm_now', at: Date.now(), fromPage: false, text: 'I am writing this very moment.' });
	const run = await world.settled(await world.request('sync', SANDBOX.pageId));
	expect(run).toMatchObject({ state: 'done', counts: { done: 2, skipped: 1, failed: 0, total: 3 } });
	expect([world.asked() - before.asked, conversations().calls().calls - before.calls]).toEqual([2, 2]);
	const texts = async (number: number) => (await world.store.messages.list(SYNC_WORKSPACE, (await contactOf('messenger', number))?.id ?? '', { limit: 50 })).messages.map(({ text }) => text);
	expect((await texts(20)).at(-1)).toContain('One more question (20)');
	expect((await texts(30)).join()).not.toContain('this very moment');
	expect(world.undecided()).toBe(0);
}, 240_000);

it('notes the one conversation that cannot be read, reads the rest, and tries it again the next time', async () => {
	world.startOver();
	conversations().seed({ platform: 'messenger', count: 30, first: 1000 });
	conversations().failFor('t_messenger_00001007', 2);
	const run = await world.settled(await world.request('sync', SANDBOX.pageId));
	expect(run).toMatchObject({ state: 'done', counts: { done: 29, failed: 1, skipped: 0 } });
	expect(await world.store.runs.errors(SYNC_WORKSPACE, run.id, 9)).toMatchObject([{ platform: 'messenger', id: 't_messenger_00001007', error: 'An unexpected error has occurred. Please retry your request later.', code: '2' }]);
	conversations().failFor('t_messenger_00001007', 0);
	const again = await world.settled(await world.request('sync', SANDBOX.pageId));
	expect(again).toMatchObject({ state: 'done', counts: { done: 1, failed: 0 } });
	expect(await contactOf('messenger', 1007)).toMatchObject({ name: 'Hana Weber 1007' });
	expect(conversations().calls().violations).toBe(0);
}, 240_000);

it('honours who asked not to be written to', async () => {
	world.startOver();
	const at = Date.now() - 90 * 24 * 60 * MINUTE;
	conversations().add({ id: 't_stop', platform: 'messenger', person: { id: '2490000077777777', name: 'Stop Sender' }, messages: [{ id: 'm_stop', at, fromPage: false, text: 'Please stop writing to me and delete my number.' }] });
	expect(await world.settled(await world.request('sync', SANDBOX.pageId))).toMatchObject({ state: 'done', counts: { done: 1 } });
	expect((await world.store.contacts.find(SYNC_WORKSPACE, ['2490000077777777']))[0]?.optOutChannels).toContain('messenger');
}, 120_000);

it('stops at once when somebody cancels: no contact is begun any more', async () => {
	world.startOver();
	conversations().seed({ platform: 'messenger', count: 60, first: 2000 });
	world.slowModel(400);
	const before = world.asked();
	const id = await world.request('sync', SANDBOX.pageId);
	await waitFor(() => world.asked() - before > BATCH, { what: 'the second batch', timeoutMs: 60_000, everyMs: 10 });
	await world.store.runs.cancel(SYNC_WORKSPACE, id, 'mia');
	const atCancel = world.asked();
	const run = await world.settled(id);
	expect(run).toMatchObject({ state: 'cancelled', sentence: expect.stringContaining('stopped by mia') });
	// All of a batch are asked about at the same time, so those under way were begun before.
	expect(world.asked() - atCancel).toBeLessThan(BATCH);
	expect(run.counts.done).toBeLessThanOrEqual(2 * BATCH);
}, 120_000);

it('ends with what to do when the token expires in the middle, and holds the sender', async () => {
	world.startOver();
	conversations().seed({ platform: 'messenger', count: 70, first: 3000 });
	// Whose it is, and the first page.
	conversations().expireToken({ afterCalls: 2 });
	const run = await world.settled(await world.request('sync', SANDBOX.pageId));
	expect(run).toMatchObject({ state: 'failed', counts: { done: 50, failed: 0 }, sentence: expect.stringContaining('Meta refuses the access token (code 190/463): renew it') });
	expect(await world.store.senderHolds.list(SYNC_WORKSPACE)).toMatchObject([{ kind: 'token', channel: 'messenger', accountId: SANDBOX.pageId }]);
	conversations().renewToken();
	expect(await world.settled(await world.request('sync', SANDBOX.pageId))).toMatchObject({ state: 'done', counts: { done: 20, skipped: 50, failed: 0 } });
}, 240_000);

it('waits for the hourly limit without an execution, and goes on by itself', async () => {
	world.startOver();
	conversations().seed({ platform: 'messenger', count: 70, first: 4000 });
	const subject = { provider: 'meta' as const, subject: keyFingerprint(SANDBOX.metaToken) };
	for (let call = 0; call < 178; call++) await world.store.callAllowances.take(subject, { limit: 200, windowMs: 60 * MINUTE, gapMs: 0 });
	const id = await world.request('sync', SANDBOX.pageId);
	const waiting = await world.settled(id);
	expect(waiting).toMatchObject({ state: 'waiting', waitsFor: "Meta's hourly limit", counts: { done: 50 }, sentence: expect.stringMatching(/waits until \d\d:\d\d UTC for Meta's hourly limit/) });
	expect(Date.parse(waiting.waitsUntil ?? '') - Date.now()).toBeGreaterThan(50 * MINUTE);
	expect(conversations().calls().calls).toBe(2);
	await waitFor(async () => (await world.sandbox.api.executions({ workflowId: 'leadAutopilot08' })).every(({ status }) => status !== 'running' && status !== 'waiting' && status !== 'new'), { what: 'no execution to be open', timeoutMs: 20_000 });
	world.muchLater();
	expect(await world.over(id)).toMatchObject({ state: 'done', counts: { done: 70, failed: 0, total: 70 } });
	expect(conversations().calls()).toMatchObject({ calls: 3, violations: 0 });
}, 240_000);

it('goes on where it was when n8n is killed in the middle, and doubles nothing', async () => {
	world.startOver();
	conversations().seed({ platform: 'messenger', count: 80, first: 5000 });
	world.slowModel(400);
	const before = world.asked();
	const id = await world.request('sync', SANDBOX.pageId);
	await waitFor(() => world.asked() - before > 2 * BATCH + 1, { what: 'the third batch', timeoutMs: 60_000, everyMs: 10 });
	await world.sandbox.n8n.kill();
	const noted = (await world.run(id)).counts.done;
	world.muchLater();
	world.slowModel(0);
	await world.sandbox.n8n.restart();
	expect(await world.settled(id)).toMatchObject({ state: 'done', counts: { done: 80, skipped: 0, failed: 0, total: 80 } });
	expect(noted).toBeGreaterThanOrEqual(2 * BATCH);
	// Those under way when it was killed are asked about twice, no others.
	expect(world.asked() - before).toBeLessThanOrEqual(80 + BATCH);
	const lists = await Promise.all(Array.from({ length: 80 }, async (_, at) => (await world.store.messages.list(SYNC_WORKSPACE, (await contactOf('messenger', 5000 + at))?.id ?? '', { limit: 50 })).messages.length));
	expect(lists.filter((length) => length !== 6)).toEqual([]);
	expect(conversations().calls()).toMatchObject({ violations: 0 });
	expect(world.undecided()).toBe(0);
}, 300_000);

it('reads and places contacts again, after what is skipped and up to the limit, or only places them', async () => {
	world.startOver();
	const before = world.asked();
	const run = await world.settled(await world.request('reanalysis', undefined, { skip: 3, limit: 25 }));
	expect(run).toMatchObject({ state: 'done', counts: { done: 25, failed: 0, skipped: 0, total: 25 } });
	const again = world.asked();
	expect(again - before).toBeLessThanOrEqual(25);
	expect(await world.settled(await world.request('reassignment', undefined, { limit: 12 }))).toMatchObject({ state: 'done', counts: { done: 12, total: 12 } });
	expect(world.asked()).toBe(again);
}, 240_000);

it('asks the model about several at once, within the limits of Meta', async () => {
	world.startOver();
	const count = 120;
	conversations().seed({ platform: 'messenger', count, first: 7000 });
	world.slowModel(1_500);
	const begun = performance.now();
	expect(await world.settled(await world.request('sync', SANDBOX.pageId))).toMatchObject({ state: 'done', counts: { done: count, failed: 0 } });
	const perMinute = count / ((performance.now() - begun) / 60_000);
	const calls = conversations().calls();
	process.stdout.write(`${perMinute.toFixed(0)} contacts a minute, ${BATCH} at once; ${calls.calls} calls to Meta, at most ${calls.mostASecond} a second, ${calls.violations} refused\n`);
	// One by one a model of 1.5 s lets 40 a minute through.
	expect(perMinute).toBeGreaterThan(2 * 40);
	expect(calls).toMatchObject({ calls: 4, violations: 0 });
}, 240_000);
