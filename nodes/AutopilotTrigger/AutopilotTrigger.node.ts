import {
	NodeConnectionTypes,
	NodeOperationError,
	type IDataObject,
	type INodeType,
	type INodeTypeDescription,
	type IRun,
	type ITriggerFunctions,
	type ITriggerResponse,
} from 'n8n-workflow';
import { collectWork, SWEEP_EVERY_MS, type TriggerEvent, type TriggerOptions } from './collectWork';
import { InFlight } from './inFlight';
import { toNodeError } from '../shared/errors';
import { storeConfig, withStore } from '../shared/openNodeStore';
import { storeCredentialMethods } from '../shared/storeCredentialTest';
import { chosenName } from '../shared/subtitle';
import { pollLoop } from './pollLoop';
import { readOptions } from './readOptions';
import { triggerProperties } from './description';

/** As long as n8n waits for a test webhook: a forgotten editor tab must not go on claiming work. */
const MANUAL_WAIT_MS = 120_000;

/** n8n starts triggers on the leader only, so one process polls, however many workers there are. */
export class AutopilotTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Autopilot Trigger',
		name: 'autopilotTrigger',
		icon: { light: 'file:icon.svg', dark: 'file:icon.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: `={{ ${chosenName(triggerProperties, 'event')} }}`,
		description: 'Starts the workflow when a conversation waits for an answer, a message is due, or work was asked for',
		eventTriggerDescription: 'Waiting for work in the store',
		defaults: { name: 'Autopilot Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'leadAutopilotStoreApi', displayName: 'Store Credential (Optional)', required: false, testedBy: 'leadAutopilotStoreTest' }],
		properties: triggerProperties,
		usableAsTool: undefined,
	};

	methods = storeCredentialMethods;

	async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
		const options = readOptions(this);
		// A store that can never work is said when the workflow is published; one that is only down is waited for.
		await storeConfig(this);
		const stopping = new AbortController();
		const manual = this.getMode() === 'manual';
		const run = async (): Promise<void> => {
			await pollLoop({
				pollMs: options.pollMs,
				signal: stopping.signal,
				round: rounds(this, options, manual ? stopping : undefined),
				failed: (error, inARow) => {
					this.logger.warn('autopilot_trigger_store_error', { event: options.event, inARow, reason: error instanceof Error ? error.name : 'unknown' });
					if (!manual) return;
					stopping.abort();
					this.emitError(toNodeError(this.getNode(), error, 0));
				},
			});
		};
		let running: Promise<void> | undefined;
		if (!manual) running = run();
		return {
			async closeFunction() {
				stopping.abort();
				await running;
			},
			async manualTriggerFunction() {
				running = run();
				await running;
			},
		};
	}
}

/** What to do in the editor when nothing came. */
const HOW_TO_GET_WORK: Readonly<Record<TriggerEvent, string>> = {
	conversationReady: 'Record a message with Lead Autopilot first, and mind the quiet seconds.',
	followUpDue: 'Enrol a contact in a sequence first (Lead Autopilot → Sequence → Enrol), and mind what its first step waits for.',
	requested: 'Ask for a sync on the review desk first.',
	sendDue: 'Schedule a message with the Outbox first; only mode auto sends by itself.',
};

/** One round: sweep now and then, claim when there is room, emit. In the editor the first batch ends it. */
function rounds(context: ITriggerFunctions, options: TriggerOptions, manual?: AbortController): () => Promise<boolean> {
	const inFlight = new InFlight(options.atOnce, options.leaseMs);
	let sweptAt = Number.NEGATIVE_INFINITY;
	const startedAt = performance.now();
	return async () => {
		const now = performance.now();
		if (manual && now - startedAt > MANUAL_WAIT_MS) {
			manual.abort();
			context.emitError(new NodeOperationError(context.getNode(), 'Nothing was ready within two minutes', { description: HOW_TO_GET_WORK[options.event] }));
			return false;
		}
		if (!inFlight.hasRoom(now)) return false;
		return await withStore(context, async (store) => {
			if (options.event === 'sendDue' && now - sweptAt >= SWEEP_EVERY_MS) {
				sweptAt = now;
				const { returned, uncertain } = await store.outbound.expireLeases(options.workspaces);
				for (const id of uncertain) context.logger.warn('autopilot_message_uncertain', { id });
				if (returned.length > 0) context.logger.info('autopilot_leases_returned', { count: returned.length });
			}
			const work = await collectWork(store, options);
			for (const row of work.moved) context.logger.info(options.event === 'followUpDue' ? 'autopilot_enrolment_settled' : 'autopilot_send_moved', row);
			if (work.items.length === 0) return false;
			try {
				emit(context, work.items, inFlight.start(now));
			} catch (error) {
				await work.undo(store);
				throw toNodeError(context.getNode(), error, 0);
			}
			manual?.abort();
			return work.items.length >= options.batchSize;
		});
	};
}

function emit(context: ITriggerFunctions, items: object[], finished: () => void): void {
	const done = context.helpers.createDeferredPromise<IRun>();
	// An execution that failed is finished as well: its items come back with their lease, not at once.
	done.promise.then(finished, finished);
	try {
		context.emit([items.map((json) => ({ json: { ...json } as IDataObject }))], undefined, done);
	} catch (error) {
		finished();
		throw toNodeError(context.getNode(), error, 0);
	}
}
