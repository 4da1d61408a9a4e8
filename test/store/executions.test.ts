import { iso } from '../../engine/time';
import { withinExecution } from '../../store/executionScope';
import type { ExecutionRef } from '../../store/store';
import { DIALECTS, inbound, openTestStore, query, START, stopServers, type TestStore } from './fixtures';

afterAll(stopServers);

const ANNA = { email: 'anna@mail.example', phone: '+49 171 5550199', name: 'Anna' };
const BERTA = { email: 'berta@mail.example', phone: '+49 171 5550200', name: 'Berta' };
const ERASE = { reference: ANNA.email, suppress: false, by: 'mia', actor: 'person' as const };
const run = (executionId: string, workflowId = '03', instance = 'n8n'): ExecutionRef => ({ instance, executionId, workflowId });

describe.each(DIALECTS)('executions of n8n on %s', (dialect) => {
	let test: TestStore;
	beforeEach(async () => (test = await openTestStore(dialect)));
	afterEach(async () => await test.close());

	const traces = async () => await query<{ contact_id: string; execution_id: string }>(test.place.config, 'select contact_id, execution_id from {execution_traces} order by execution_id, contact_id');
	const queued = async (instance = 'n8n', workspace = 'acme') => (await test.store.executions.toDelete(workspace, instance, { limit: 99 })).map(({ executionId }) => executionId);
	const upsert = async (person: typeof ANNA): Promise<string> => (await test.store.contacts.upsert('acme', [person]))[0].id;

	it('are noted in the transaction that writes about somebody, and not where it fails', async () => {
		await withinExecution(run('7'), async () => await test.store.messages.record('acme', [inbound({ providerId: 'a', contact: ANNA }), inbound({ providerId: 'b', contact: BERTA })]));
		const ids = (await test.store.contacts.find('acme', [ANNA.email, BERTA.email])).map((contact) => contact?.id).sort();
		expect(await traces()).toEqual(ids.map((contact_id) => ({ contact_id, execution_id: '7' })));
		const unlikely = { ...inbound({ providerId: 'c', contact: { email: 'cora@mail.example' } }), takeOverMs: Number.NaN };
		await expect(withinExecution(run('8'), async () => await test.store.messages.recordFromPerson('acme', [unlikely]))).rejects.toThrow();
		expect((await traces()).map(({ execution_id }) => execution_id)).not.toContain('8');
	});

	it('are noted once, by any name of a person, also by several nodes and processes at once', async () => {
		const id = await upsert(ANNA);
		const people = [id, ANNA.email, ANNA.phone, '0049 171 5550199', 'ANNA@mail.example '].map((reference) => ({ workspace: 'acme', reference }));
		await Promise.all([test.store.executions.note(run('7'), people), test.store.executions.note(run('7'), people), test.store.executions.note(run('7'), people.slice(2))]);
		expect(await traces()).toEqual([{ contact_id: id, execution_id: '7' }]);
	});

	it('that held a person are listed in the export, and to be deleted after the erasure, which leaves nothing else of them', async () => {
		await test.store.executions.note(run('5'), [{ workspace: 'acme', reference: ANNA.phone }]);
		const id = await upsert(ANNA);
		const other = await upsert(BERTA);
		await test.store.executions.note(run('6'), [{ workspace: 'acme', reference: id }, { workspace: 'acme', reference: other }]);
		await test.store.executions.note(run('9'), [{ workspace: 'acme', reference: other }]);
		expect((await test.store.personalData.export('acme', [ANNA.email]))[0]?.tables.execution_traces).toHaveLength(2);
		const [erased] = await test.store.personalData.erase('acme', [{ ...ERASE, scope: 'everything' }]);
		expect(erased.executions.map(({ executionId }) => executionId).sort()).toEqual(['5', '6']);
		expect((await queued()).sort()).toEqual(['5', '6']);
		expect(await traces()).toEqual([{ contact_id: other, execution_id: '6' }, { contact_id: other, execution_id: '9' }].filter(({ contact_id }) => contact_id === other));
		expect(JSON.stringify(await query(test.place.config, 'select * from {execution_deletions}'))).not.toMatch(new RegExp(`anna|5550199|${id}`));
	});

	it('are deleted for AI data as well: they hold what was concluded', async () => {
		await upsert(ANNA);
		await test.store.executions.note(run('5'), [{ workspace: 'acme', reference: ANNA.email }]);
		await test.store.personalData.erase('acme', [{ ...ERASE, scope: 'ai' }]);
		expect(await queued()).toEqual(['5']);
		expect(await traces()).toEqual([]);
	});

	it('that ask for the erasure are deleted too, and later nodes of theirs do not bring the person back', async () => {
		const id = await upsert(ANNA);
		await withinExecution(run('20'), async () => {
			await test.store.personalData.erase('acme', [{ ...ERASE, scope: 'everything' }]);
			await test.store.executions.note(run('20'), [{ workspace: 'acme', reference: id }, { workspace: 'acme', reference: ANNA.email }]);
		});
		expect(await traces()).toEqual([]);
		expect(await queued()).toEqual(['20']);
		// Asked for by somebody of whom nothing is held: the request itself names them.
		await withinExecution(run('21'), async () => expect(await test.store.personalData.erase('acme', [{ ...ERASE, reference: 'nobody@mail.example', scope: 'everything' }])).toMatchObject([{ found: false }]));
		expect((await queued()).sort()).toEqual(['20', '21']);
	});

	it('stay on the list until they are gone, what failed longest ago first, and belong to one n8n and workspace', async () => {
		await upsert(ANNA);
		for (const ref of [run('1'), run('2'), run('3'), run('3', '03', 'another n8n')]) await test.store.executions.note(ref, [{ workspace: 'acme', reference: ANNA.email }]);
		await test.store.personalData.erase('acme', [{ ...ERASE, scope: 'everything' }]);
		expect(await test.store.executions.toDelete('acme', 'n8n', { limit: 9, except: '2' })).toMatchObject([{ executionId: '1', workflowId: '03', tries: 0, queuedAt: iso(START) }, { executionId: '3' }]);
		test.clock.advance(60_000);
		expect(await test.store.executions.settle('acme', 'n8n', [{ executionId: '1', deleted: false, error: 'x'.repeat(999) }, { executionId: '3', deleted: true }, { executionId: '99', deleted: true }])).toEqual({ left: 2 });
		expect(await test.store.executions.toDelete('acme', 'n8n', { limit: 9 })).toMatchObject([{ executionId: '2', tries: 0 }, { executionId: '1', tries: 1, error: 'x'.repeat(200) }]);
		expect(await queued('another n8n')).toEqual(['3']);
		expect(await queued('n8n', 'other')).toEqual([]);
	});

	it('hold whatever hostile words a person is called by', async () => {
		const hostile = ["'; drop table contacts; --", '\0', 'constructor', '🙂'.repeat(100), '   ', 'x'.repeat(100_000)];
		await test.store.executions.note(run('7'), hostile.map((reference) => ({ workspace: 'acme', reference })));
		// Neither nothing nor a whole text is what somebody is called.
		expect(await traces()).toHaveLength(4);
	});
});
