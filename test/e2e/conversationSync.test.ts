import { later, epochMs, MINUTE, SECOND } from '../../engine/time';
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
