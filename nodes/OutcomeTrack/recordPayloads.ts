import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { Outcome } from '../../engine/outcome/outcome';
import { detectProvider, PROVIDERS, readProviderEvents, type Provider } from '../../engine/outcome/providerEvents';
import { commitIsolated, executeBatch, settled, type Settled } from '../shared/batch';
import { ItemInputError } from '../shared/errors';
import { withStore } from '../shared/openNodeStore';
import { readJson, readText } from '../shared/readParameter';
import { reportedOutcomes } from '../shared/reportedOutcomes';
import { toOutcome } from '../shared/toOutcome';

interface PayloadParameters {
	workspace: string;
	provider: Provider;
	payload: unknown;
}

function readParameters(context: IExecuteFunctions, index: number): PayloadParameters {
	const payload = readJson(context, 'payload', index, 'Payload');
	const chosen: unknown = context.getNodeParameter('provider', index);
	const provider = PROVIDERS.find((name) => name === chosen) ?? detectProvider(payload);
	if (!provider) throw new ItemInputError('The payload is no report this node knows', "Choose the provider under 'Provider', and check that 'Payload' holds what the provider sent.");
	return { workspace: readText(context, 'workspace', index, 'Workspace'), provider, payload };
}

/** Record Provider Payload: every report inside the item is recorded; the item carries them as `outcomes`, and the last as `outcome`. */
export async function recordPayloads(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await executeBatch<PayloadParameters, Outcome[]>(context, {
		outputs: 1,
		failedOutput: 0,
		read: (index) => readParameters(context, index),
		decide: async (items) =>
			await withStore(context, async (store) => {
				const now = await store.clock.now();
				const reports = items.map(({ params }) => readProviderEvents(params.provider, params.payload, now).map((event) => ({ workspace: params.workspace, event })));
				const recorded = await commitIsolated(await reportedOutcomes(store, reports.flat()), async (batch) => {
					const results = await store.outcomes.record(batch);
					return results.map((result, place) => toOutcome(batch[place], result));
				});
				return regroup(recorded, reports.map((list) => list.length));
			}),
		write: (outcomes) => ({ output: 0, json: { outcomes, outcome: outcomes.at(-1) } }),
	});
}

/** Gives each item its own outcomes back; an item with a failed one fails. */
function regroup(recorded: Settled<Outcome>[], sizes: number[]): Settled<Outcome[]>[] {
	let from = 0;
	return sizes.map((size) => {
		const own = recorded.slice(from, (from += size));
		const failure = own.find((outcome) => !outcome.ok);
		return failure && !failure.ok ? failure : settled.ok(own.flatMap((outcome) => (outcome.ok ? [outcome.value] : [])));
	});
}
