import type { IDataObject, INode, INodeExecutionData, INodeParameters, IRun, ITriggerFunctions } from 'n8n-workflow';
import { NodeHelpers } from 'n8n-workflow';
import { DraftSchema } from '../../engine/draft/draft';
import { AutopilotTrigger } from '../../nodes/AutopilotTrigger/AutopilotTrigger.node';
import { InFlight } from '../../nodes/AutopilotTrigger/inFlight';
import { pollLoop } from '../../nodes/AutopilotTrigger/pollLoop';
import { waitFor } from '../../sandbox/waitFor';
import { useEmbeddedStore } from './embeddedStore';

interface IDeferredPromise<T> {
	promise: Promise<T>;
	resolve(value: T): void;
	reject(reason: Error): void;
}

interface Started {
	/** The items of each emit, in order. */
	batches: IDataObject[][];
	/** Ends the n'th execution, as n8n does when it is over. */
	finish(place: number): void;
	errors: Error[];
	logged: string[];
	close(): Promise<void>;
	manual(): Promise<void>;
}

async function start(parameters: INodeParameters, mode: 'trigger' | 'manual' = 'trigger'): Promise<Started> {
	const trigger = new AutopilotTrigger();
	const node: INode = { id: 't', name: 'Send Due', type: 'n8n-nodes-lead-autopilot.autopilotTrigger', typeVersion: 1, position: [0, 0], parameters: {} };
	node.parameters = NodeHelpers.getNodeParameters(trigger.description.properties, parameters, true, false, node, trigger.description) ?? {};
	const batches: IDataObject[][] = [];
	const done: IDeferredPromise<IRun>[] = [];
	const errors: Error[] = [];
	const logged: string[] = [];
	const log = (event: string): void => void logged.push(event);
	const context = {
		getNode: () => node,
		getMode: () => mode,
		getCredentials: async () => ({}),
		getNodeParameter: (name: string, fallback?: unknown) => name.split('.').reduce<unknown>((value, key) => (value as IDataObject | undefined)?.[key], node.parameters) ?? fallback,
		logger: { info: log, warn: log, error: log, debug: log },
		emitError: (error: Error) => errors.push(error),
		helpers: {
			createDeferredPromise: <T>() => {
				const { promise, resolve, reject } = Promise.withResolvers<T>();
				return { promise, resolve, reject };
			},
		},
		emit: ([items]: INodeExecutionData[][], _response: unknown, finished: IDeferredPromise<IRun>) => {
			batches.push(items.map(({ json }) => json));
			done.push(finished);
		},
	};
	const response = await trigger.trigger.call(context as unknown as ITriggerFunctions);
	return {
		batches,
		finish: (place) => done[place].resolve({} as IRun),
		errors,
		logged,
		close: async () => await response.closeFunction?.(),
		manual: async () => await response.manualTriggerFunction?.(),
	};
}

describe('Autopilot Trigger', () => {
	const { store, breakStore } = useEmbeddedStore();
	let started: Started | undefined;
	afterEach(async () => await started?.close());

	const writes = async (...people: string[]): Promise<void> => {
		await store().messages.record('default', people.map((name) => ({ message: { channel: 'email', direction: 'inbound', source: 'channel', threadId: `t-${name}`, text: `Hi from ${name}`, attachments: [], timestamp: new Date().toISOString(), providerId: `in-${name}` }, contact: { name, email: `${name}@mail.example` } })));
	};
	const plans = async (id: string): Promise<void> => {
		const draft = DraftSchema.parse({ id, text: 'Hello', language: 'en', usedFallback: false, decision: { autoSend: true, threshold: 0.85, source: 'fixed', audited: false }, sentence: 'x' });
		const row = { workspace: 'default', id, contactId: 'c1', channel: 'email' as const, to: 'ann@mail.example', inboundIds: [], purpose: 'outreach' as const, draft };
		await store().outbound.plan([{ workspace: 'default', draftId: id, draft: row, gate: { verdict: 'pass', issues: [], skipped: [], sentence: 'x' } }], () => ({ status: 'scheduled', sentence: 'now' }));
	};
	const quick = { pollSeconds: 0.2, quietSeconds: 0 };

	it('emits the step of a sequence that is due once, with all the workflow needs', async () => {
		await store().sequences.save('default', [{ id: 'kitchen', name: 'Kitchen', steps: [{ id: 'email', channel: 'email', wait: { amount: 0, unit: 'days' }, template: 'Hi' }] }], { by: 'test' });
		const [{ id }] = await store().contacts.upsert('default', [{ name: 'Ann', email: 'ann@mail.example', consent: { email: { basis: 'opt_in' } } }]);
		await store().sequences.enrol([{ workspace: 'default', sequenceId: 'kitchen', contactId: id, by: 'test' }]);
		started = await start({ event: 'followUpDue', options: quick });
		const { batches, close } = started;
		await waitFor(() => batches.length > 0, { what: 'the step' });
		expect(batches).toMatchObject([[{ message: { workspace: 'default', channel: 'email', direction: 'outbound' }, contact: { id, email: 'ann@mail.example' }, conversation: [], followUp: { step: 'sequence:kitchen:1:email', number: 1, of: 1, template: 'Hi' }, enrolment: { state: 'active' } }]]);
		await close();
		expect(batches).toHaveLength(1);
	});

	it('emits a ready conversation once, as one batch', async () => {
		await writes('ann', 'bob');
		started = await start({ options: quick });
		await waitFor(() => started?.batches.length === 1, { what: 'the first batch' });
		expect(started.batches[0]).toMatchObject([
			{ message: { workspace: 'default', text: 'Hi from ann' }, contact: { name: 'ann' }, conversation: [{ from: 'lead', text: 'Hi from ann' }] },
			{ message: { text: 'Hi from bob' } },
		]);
		await writes('cem');
		await waitFor(() => started?.batches.length === 2, { what: 'the second batch' });
		expect(started.batches[1]).toHaveLength(1);
	});

	it('emits due sends in mode auto, and leaves the others to review', async () => {
		await store().settings.set('default', { kind: 'workspace' }, { mode: 'auto' }, 'test');
		await plans('d1');
		started = await start({ event: 'sendDue', options: quick });
		await waitFor(() => started?.batches.length === 1, { what: 'the due send' });
		expect(started.batches[0]).toMatchObject([{ job: { id: 'd1', status: 'claimed', workspace: 'default', to: 'ann@mail.example' }, draft: { text: 'Hello' }, message: { workspace: 'default' } }]);
		await store().settings.set('default', { kind: 'workspace' }, { mode: 'assist' }, 'test');
		await plans('d2');
		await waitFor(() => started?.logged.includes('autopilot_send_moved') === true, { what: 'the moved send' });
		expect((await store().outbound.find('default', ['d2']))[0]?.status).toBe('in_review');
	});

	it('emits what was asked for, of the kinds that were chosen', async () => {
		const asked = { workspace: 'default', options: { limit: 20 }, requestedBy: 'mia' };
		await store().runs.request([{ ...asked, kind: 'reanalysis' }, { ...asked, kind: 'sync', accountId: 'page-1' }]);
		started = await start({ event: 'requested', options: { ...quick, kinds: ['sync'] } });
		await waitFor(() => started?.batches.length === 1, { what: 'the requested run' });
		expect(started.batches).toMatchObject([[{ run: { kind: 'sync', accountId: 'page-1', state: 'running', options: { limit: 20 } }, message: { workspace: 'default' } }]]);
		expect(await store().runs.list('default', { kinds: ['reanalysis'], limit: 9 })).toMatchObject([{ state: 'requested' }]);
	});

	it('claims no more while its executions are unfinished', async () => {
		await writes('ann', 'bob', 'cem');
		started = await start({ options: { ...quick, batchSize: 1, atOnce: 2 } });
		await waitFor(() => started?.batches.length === 2, { what: 'two executions' });
		// The third stays claimable by others: nothing is held in this process.
		const free = await store().messages.claimReady({ quietMs: 0, leaseMs: 1, maxLeases: 3, limit: 10 });
		expect(free.map(({ contact }) => contact.name)).toEqual(['cem']);
		started.finish(0);
		await waitFor(() => started?.batches.length === 3, { what: 'the third execution' });
	});

	it('survives a store that is away, says so by name only, and goes on', async () => {
		const folder = process.env.N8N_USER_FOLDER;
		breakStore();
		started = await start({ options: quick });
		await waitFor(() => started?.logged.includes('autopilot_trigger_store_error') === true, { what: 'the logged error' });
		process.env.N8N_USER_FOLDER = folder;
		await writes('ann');
		await waitFor(() => started?.batches.length === 1, { what: 'the batch after the failure' });
		expect(started.errors).toEqual([]);
	});

	it('stops cleanly', async () => {
		started = await start({ options: quick });
		await started.close();
		await writes('ann');
		expect(await store().messages.claimReady({ quietMs: 0, leaseMs: 1, maxLeases: 3, limit: 10 })).toHaveLength(1);
		expect(started.batches).toEqual([]);
	});

	it('runs once in the editor, and shows there what goes wrong', async () => {
		await writes('ann');
		started = await start({ options: quick }, 'manual');
		expect(started.batches).toEqual([]);
		await started.manual();
		expect(started.batches).toHaveLength(1);
		breakStore();
		const broken = await start({ options: quick }, 'manual');
		await broken.manual();
		expect(broken.errors).toHaveLength(1);
	});

	it('names the option that does not fit', async () => {
		await expect(start({ options: { batchSize: 0 } })).rejects.toThrow("'Batch Size' must be a number of at least 1");
	});
});

it('forgets an execution that never ends, with its lease', () => {
	const inFlight = new InFlight(1, 1000);
	inFlight.start(0);
	expect([inFlight.hasRoom(999), inFlight.hasRoom(1000)]).toEqual([false, true]);
});

it('goes on after a failing round and tells how many failed in a row', async () => {
	const stop = new AbortController();
	const told: number[] = [];
	let rounds = 0;
	await pollLoop({
		pollMs: 1,
		signal: stop.signal,
		round: async () => {
			rounds++;
			if (rounds === 4) stop.abort();
			if (rounds < 3) throw new Error('away');
			return true;
		},
		failed: (_error, inARow) => told.push(inARow),
	});
	expect([rounds, told]).toEqual([4, [1, 2]]);
});
