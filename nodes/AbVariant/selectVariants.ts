import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { assignVariant, stableFraction, type ExperimentArm, type VariantChoice } from '../../engine/experiment/assignVariant';
import type { Variant } from '../../engine/experiment/variant';
import { MessageSchema } from '../../engine/message/message';
import { ReplySchema } from '../../engine/reply/reply';
import type { ExperimentRow, Store } from '../../store/store';
import { executeBatch, settled, type ReadItem, type Settled } from '../shared/batch';
import { ItemInputError } from '../shared/errors';
import { withStoreIfReachable } from '../shared/openNodeStore';
import { readKey, readOptionalText, readText } from '../shared/readParameter';
import { readVariants } from './readVariants';
import { sharesOfArms, type Candidate, type Shares } from './sharesOfArms';

export interface SelectParameters {
	workspace: string;
	contact: string;
	experiment?: string;
	inline?: ExperimentArm[];
	replyIntent?: string;
	/** A message of the past: nothing is kept for it. */
	replayed: boolean;
}

const ReplayedSchema = MessageSchema.pick({ replayOf: true }).required();
const INLINE_NAME = 'inline';

function readParameters(context: IExecuteFunctions, index: number, item: INodeExecutionData): SelectParameters {
	return {
		workspace: readText(context, 'workspace', index, 'Workspace'),
		contact: readText(context, 'contact', index, 'Contact'),
		experiment: readOptionalText(context, 'experiment', index),
		inline: context.getNodeParameter('source', index) === 'inline' ? readVariants(context, index) : undefined,
		replyIntent: readKey(item, 'reply', ReplySchema)?.intent,
		replayed: readKey(item, 'message', ReplayedSchema) !== undefined,
	};
}

/** Chooses a variant for every item; the store keeps the choice, without one a hash of the contact does. */
export async function selectVariants(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const outputIds = readOutputIds(context);
	return await executeBatch<SelectParameters, Variant | undefined>(context, {
		outputs: outputIds.length + 1,
		failedOutput: outputIds.length,
		read: (index, item) => readParameters(context, index, item),
		decide: async (items) =>
			await withStoreIfReachable(context, async (store, reason) => {
				if (!store) {
					const message = `The store is away (${reason}). Variants written into this node are still chosen by contact; saved experiments are not.`;
					context.addExecutionHints({ message, location: 'outputPane', type: 'warning' });
				}
				return await chooseVariants(store, items);
			}),
		write: (variant) => {
			const place = variant ? outputIds.indexOf(variant.variantId) : -1;
			return { output: place === -1 ? outputIds.length : place, json: variant ? { variant } : {} };
		},
	});
}

function readOutputIds(context: IExecuteFunctions): string[] {
	if (context.getNodeParameter('split', 0, false) !== true) return [];
	const text = readOptionalText(context, 'outputIds', 0) ?? '';
	return text.split(',').map((id) => id.trim()).filter((id) => id !== '');
}

/** As the node selects, for items that were read. */
export async function chooseVariants(store: Store | undefined, items: ReadItem<SelectParameters>[]): Promise<Settled<Variant | undefined>[]> {
	const results = new Map<number, Settled<Variant | undefined>>();
	for (const [workspace, group] of Map.groupBy(items, (item) => item.params.workspace)) {
		const all = store ? await store.experiments.list(workspace) : [];
		const names = [...new Set(group.flatMap(({ params }) => (params.experiment && !params.inline ? [params.experiment] : [])))];
		const found = store && names.length > 0 ? await store.experiments.find(workspace, names) : [];
		const named = new Map(names.map((name, place) => [name, found[place]]));
		const chosen = group.map((item) => ({ item, experiment: experimentFor(item.params, named, all, store) }));
		const assignable = chosen.flatMap(({ item, experiment }) => (experiment.ok && experiment.value ? [{ item, experiment: experiment.value }] : []));
		for (const { item, experiment } of chosen) if (!experiment.ok || !experiment.value) results.set(item.index, experiment.ok ? settled.ok(undefined) : experiment);
		const shares = await sharesOfArms(store, workspace, assignable.map(({ experiment }) => experiment));
		const possible = assignable.filter(({ item, experiment }) => {
			if (experiment.status !== 'running' || shares.has(experiment)) return true;
			results.set(item.index, settled.failed(new ItemInputError(`No variant of '${experiment.name}' has a weight above 0`, 'Save the experiment again with a weight for at least one variant, or pause it.')));
			return false;
		});
		const variants = await assign(store, workspace, possible, shares);
		possible.forEach(({ item }, place) => results.set(item.index, settled.ok(variants[place])));
	}
	return items.map((item) => results.get(item.index) ?? settled.failed(new ItemInputError('The item was not decided')));
}

function experimentFor(params: SelectParameters, named: Map<string, ExperimentRow | undefined>, all: ExperimentRow[], store: Store | undefined): Settled<Candidate | undefined> {
	if (params.inline) {
		const name = params.experiment ?? INLINE_NAME;
		return settled.ok({ id: name, name, status: 'running', metric: '', variants: params.inline });
	}
	if (!store) return settled.failed(new ItemInputError('Saved experiments need the store, and it cannot be reached', "Check the 'Lead Autopilot Store' credential, or choose Experiment From → Variants Below."));
	if (params.experiment) {
		const experiment = named.get(params.experiment);
		if (experiment) return settled.ok(experiment);
		return settled.failed(new ItemInputError(`There is no experiment '${params.experiment}' in workspace '${params.workspace}'`, 'Create it with the operation Create, or leave the field empty to use the running one.'));
	}
	return settled.ok(unnamed(all, params.replyIntent));
}

/** The one that runs; when none does, the newest that rests: people go on getting its control, or its winner. That of the reply's intent comes before one for any. */
function unnamed(all: ExperimentRow[], replyIntent: string | undefined): ExperimentRow | undefined {
	const forIntent = (row: ExperimentRow): boolean => Boolean(row.context) && row.context === replyIntent;
	const forAny = (row: ExperimentRow): boolean => !row.context;
	const running = all.filter(({ status }) => status === 'running');
	const resting = all.filter(({ status }) => status !== 'running');
	return running.find(forIntent) ?? running.find(forAny) ?? resting.findLast(forIntent) ?? resting.findLast(forAny);
}

async function assign(store: Store | undefined, workspace: string, chosen: { item: ReadItem<SelectParameters>; experiment: Candidate }[], shares: Shares): Promise<Variant[]> {
	const choose = ({ item, experiment }: (typeof chosen)[number]): VariantChoice & { shares: Record<string, number> } => {
		const own = shares.get(experiment);
		const choice = assignVariant({ experiment, contactId: item.params.contact, shares: own, rng: () => stableFraction(experiment.id, item.params.contact) });
		return { ...choice, shares: Object.fromEntries(own ?? []) };
	};
	const live = chosen.filter(({ item, experiment }) => experiment.status === 'running' && !item.params.replayed);
	const kept = store
		? await store.experiments.assign(live.map((entry) => ({ workspace, experimentId: entry.experiment.id, contactId: entry.item.params.contact, choose: () => choose(entry) })))
		: [];
	const places = new Map(live.map((entry, place) => [entry, place]));
	return chosen.map((entry) => {
		const place = places.get(entry);
		const assigned = place === undefined ? undefined : kept.at(place);
		// A kept arm that was taken out of the experiment since gives way to a fresh choice.
		const stands = assigned && entry.experiment.variants.some((arm) => arm.id === assigned.variantId);
		const choice = assigned && stands ? assigned : choose(entry);
		return toVariant(entry.experiment, choice, stands === true && assigned.sticky, entry.item.params.replayed);
	});
}

function toVariant(experiment: Candidate, choice: VariantChoice, sticky: boolean, replayed: boolean): Variant {
	const arm = experiment.variants.find((variant) => variant.id === choice.variantId);
	const name = arm?.name ?? choice.variantId;
	const how = {
		running: sticky ? 'kept from before' : `chosen with probability ${(choice.propensity * 100).toFixed(0)} %${replayed ? ', not kept, as the message is of the past' : ''}`,
		paused: 'the control, as the experiment is paused',
		completed: 'the winner of the completed experiment',
	}[experiment.status];
	return { experimentId: experiment.id, variantId: choice.variantId, name, template: arm?.template, propensity: choice.propensity, sticky, sentence: `Variant '${name}' of '${experiment.name}': ${how}.` };
}
