import { DAY, later, MINUTE } from '../../engine/time';
import type { ErasureRequest } from '../../store/store';
import { FigureWorld } from './figureWorld';
import { DIALECTS, openTestStore, query, START, stopServers, type TestStore } from './fixtures';

afterAll(stopServers);
jest.setTimeout(60_000);

const SENT = later(START, -20 * DAY);
const erasure = (reference: string, scope: ErasureRequest['scope'] = 'everything'): ErasureRequest => ({ reference, scope, suppress: false, by: 'mia', actor: 'person' });

describe.each(DIALECTS)('training exports on %s', (dialect) => {
	let test: TestStore;
	const ids: Record<string, string> = {};
	beforeEach(async () => {
		test = await openTestStore(dialect);
		const world = new FigureWorld('acme');
		for (const name of ['anna', 'berta', 'stranger@x.example']) {
			if (!name.includes('@')) world.contact(name, SENT, { email: `${name}@mail.example` });
			ids[name] = world.sending({ at: SENT, contact: name });
		}
		await world.write(test.place.config);
	});
	afterEach(async () => await test.close());

	const named = (...names: string[]) => names.map((name) => ({ outboundId: ids[name], contactId: name }));
	const exported = async (...names: string[]): Promise<string> => {
		const { id } = await test.store.training.beginExport('acme');
		await test.store.training.noteExported('acme', id, named(...names));
		await test.store.training.finishExport('acme', id, { state: 'ready', manifest: { written: names.length }, storage: { sftTrain: 'filesystem-v2:a' } });
		return id;
	};
	const only = async (exportId: string) => (await test.store.training.exports('acme', { exportId, limit: 1 }))[0];

	it('say whose messages are in them, and keep what is known of the files', async () => {
		const id = await exported('anna', 'berta');
		expect(await only(id)).toMatchObject({ state: 'ready', contacts: 2, erased: 0, manifest: { written: 2 }, storage: { sftTrain: 'filesystem-v2:a' }, sentence: 'The files are ready: messages of 2 contacts.' });
		await test.store.training.setExportVersion('acme', id, 'v2.1.0');
		expect((await only(id)).version).toBe('v2.1.0');
		const [held] = await test.store.personalData.export('acme', ['anna']);
		expect(held?.tables.training_export_contacts).toEqual([{ workspace: 'acme', export_id: id, contact_id: 'anna' }]);
		expect(await test.store.training.exports('other', { limit: 9 })).toEqual([]);
		await expect(test.store.training.finishExport('other', id, { state: 'failed', sentence: '' })).rejects.toThrow('no such training export');
	});

	it.each(['everything', 'ai'] as const)('are named when somebody in them is erased (%s), hold no name of theirs from then on, and say that their files must go', async (scope) => {
		const [first, second] = [await exported('anna', 'berta'), await exported('anna')];
		const other = await exported('berta');
		const [erased] = await test.store.personalData.erase('acme', [erasure('anna', scope)]);
		expect(erased).toMatchObject({ trainingExports: [first, second].sort(), rows: { training_export_contacts: 2 }, sentence: expect.stringContaining('2 training exports hold messages of theirs') });
		expect(await query(test.place.config, "select contact_id from {training_export_contacts} where contact_id = 'anna'")).toEqual([]);
		expect(JSON.stringify(await query(test.place.config, 'select * from {training_exports}'))).not.toContain('anna');
		expect(await only(first)).toMatchObject({ erased: 1, erasedAt: START, sentence: expect.stringMatching(/Contains erased persons: 1 person .* on 2026-03-02\. Delete the files/) });
		expect(await only(other)).toMatchObject({ erased: 0, contacts: 1 });
		expect((await test.store.personalData.erase('acme', [erasure('anna')]))[0].trainingExports).toBeUndefined();
	});

	it('know nobody who was erased, or objected, between the reading of a page and its writing', async () => {
		const { id } = await test.store.training.beginExport('acme');
		const { candidates } = await test.store.training.examples('acme', { since: SENT, until: START, limit: 9 });
		expect(candidates).toHaveLength(3);
		await test.store.personalData.erase('acme', [erasure('anna'), erasure('stranger@x.example')]);
		await test.store.contacts.upsert('acme', [{ id: 'berta', profiling: false }]);
		expect(await test.store.training.noteExported('acme', id, named('anna', 'berta', 'stranger@x.example'))).toEqual(new Set());
		expect(await query(test.place.config, 'select * from {training_export_contacts}')).toEqual([]);
	});

	it('count whoever was erased while their files were still written', async () => {
		const { id } = await test.store.training.beginExport('acme');
		expect(await test.store.training.noteExported('acme', id, named('anna', 'berta'))).toEqual(new Set([ids.anna, ids.berta]));
		const [erased] = await test.store.personalData.erase('acme', [erasure('anna')]);
		expect(erased.trainingExports).toEqual([id]);
		expect(await test.store.training.finishExport('acme', id, { state: 'ready', manifest: {}, storage: {} })).toMatchObject({ contacts: 2, erased: 1, sentence: expect.stringContaining('Contains erased persons') });
	});

	it('that failed hold nobody', async () => {
		const { id } = await test.store.training.beginExport('acme');
		await test.store.training.noteExported('acme', id, named('anna'));
		expect(await test.store.training.finishExport('acme', id, { state: 'failed', sentence: 'The disk is full.' })).toMatchObject({ state: 'failed', contacts: 0, sentence: 'The disk is full.' });
		expect((await test.store.personalData.erase('acme', [erasure('anna')]))[0].trainingExports).toBeUndefined();
	});

	it('come newest first, and two at once are two', async () => {
		const first = await exported('anna');
		test.clock.advance(MINUTE);
		const both = await Promise.all([exported('anna'), exported('anna')]);
		expect((await test.store.training.exports('acme', { limit: 9 })).map(({ id }) => id)).toEqual([...both.toSorted().toReversed(), first]);
		expect((await test.store.personalData.erase('acme', [erasure('anna')]))[0].trainingExports).toEqual([first, ...both].sort());
	});

	it('and an erasure at the same moment end with nobody in the lists who is gone', async () => {
		const { id } = await test.store.training.beginExport('acme');
		const [noted] = await Promise.all([test.store.training.noteExported('acme', id, named('anna', 'berta')), test.store.personalData.erase('acme', [erasure('anna')])]);
		const [record] = await test.store.training.exports('acme', { exportId: id, limit: 1 });
		// Whichever was first: either the message was refused, or the export says that somebody in it is gone.
		expect(record.erased).toBe(noted.has(ids.anna) ? 1 : 0);
		expect(await query(test.place.config, "select contact_id from {training_export_contacts} where contact_id = 'anna'")).toEqual([]);
	});
});
