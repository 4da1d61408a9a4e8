import type { IExecuteFunctions } from 'n8n-workflow';
import type { ModelVersion } from '../../engine/training/modelVersion';
import { indexMemory, type IndexedMemory } from '../../engine/training/nearestExamples';
import { assignArm, type Rollout } from '../../engine/training/rollout';
import type { Store } from '../../store/store';
import { foundByKey } from '../shared/foundByKey';
import type { NodeModel } from '../shared/model';
import type { LoadedRequest } from './loadRequests';

/** What writes one draft besides the node's own model and prompt. */
export interface Serving {
	/** The registered version; absent when none is to serve. */
	version?: ModelVersion;
	/** Its frozen examples. */
	memory?: IndexedMemory;
	/** Absent when the contact takes part in no rollout. */
	rollout?: Rollout;
	/** A version that was asked for by name and is not there. */
	missing?: string;
}

/** A memory never changes but for people who are erased from it, which its count tells: it is read once as long as that stands. */
const kept = new WeakMap<Store['models'], Map<string, { count: number; memory: IndexedMemory }>>();

async function memoryOf(store: Store, { workspace, version, examples }: ModelVersion): Promise<IndexedMemory> {
	const ofStore = kept.get(store.models) ?? new Map<string, { count: number; memory: IndexedMemory }>();
	kept.set(store.models, ofStore);
	const key = JSON.stringify([workspace, version]);
	const known = ofStore.get(key);
	if (known?.count === examples) return known.memory;
	const memory = indexMemory(await store.models.memory(workspace, version));
	ofStore.set(key, { count: memory.examples.length, memory });
	return memory;
}

const servable = (version: ModelVersion | undefined, model: NodeModel): boolean => version?.modelId === undefined || model.namesModels;

/**
 * The version for one contact. Only where both versions can be served is anybody in the rollout: else one arm would lack
 * whom this node cannot serve. Whoever objects to profiling gets the deployed version and is compared with nobody.
 */
function chosen(one: LoadedRequest, serving: { deployed?: ModelVersion; canary?: ModelVersion }, fixed: ReadonlyMap<string, ModelVersion>, model: NodeModel): Omit<Serving, 'memory'> {
	const { versionWish } = one.request;
	if (versionWish.source === 'fixed') {
		const version = fixed.get(versionWish.version);
		return version ? { version } : { missing: versionWish.version };
	}
	const { deployed, canary } = serving;
	if (!canary || one.about.profiling === false || !servable(canary, model) || !servable(deployed, model)) return { version: deployed };
	const rollout = assignArm(canary, one.contactId);
	return { version: rollout.arm === 'candidate' ? canary : deployed, rollout };
}

function hintUnservable(context: IExecuteFunctions, version: ModelVersion): void {
	context.addExecutionHints({
		message: `Model version ${version.version} is a model of its own ('${version.modelId ?? ''}'), which only a model credential of an OpenAI-compatible provider can call. Drafts were written by the node's own model instead, and nobody took part in a comparison. Choose the credential under Model.`,
		location: 'outputPane',
		type: 'warning',
	});
}

/** Adds to each request what is to write its draft. Drafts of an earlier run keep what wrote them, and without a model nothing is looked up. */
export async function withServingVersion(context: IExecuteFunctions, store: Store | undefined, workspace: string, model: NodeModel, loaded: LoadedRequest[]): Promise<LoadedRequest[]> {
	const wants = loaded.filter(({ existing, request }) => !existing && request.versionWish.source !== 'none');
	if (!store || wants.length === 0 || model.why !== undefined) return loaded;
	const names = [...new Set(wants.flatMap(({ request: { versionWish } }) => (versionWish.source === 'fixed' ? [versionWish.version] : [])))];
	const fixed = names.length === 0 ? new Map<string, ModelVersion>() : foundByKey(names, await store.models.find(workspace, names));
	const serving = wants.some(({ request }) => request.versionWish.source === 'deployed') ? await store.models.serving(workspace) : {};
	const choices = new Map(wants.map((one) => [one, chosen(one, serving, fixed, model)]));
	for (const unservable of [serving.deployed, serving.canary, ...fixed.values()].filter((version) => version !== undefined && !servable(version, model))) if (unservable) hintUnservable(context, unservable);
	const memories = new Map<string, IndexedMemory>();
	for (const { version } of choices.values()) {
		if (version && version.examples > 0 && !memories.has(version.version)) memories.set(version.version, await memoryOf(store, version));
	}
	return loaded.map((one) => {
		const choice = choices.get(one);
		if (!choice) return one;
		const { version, rollout, missing } = choice;
		if (missing !== undefined) return { ...one, serving: { missing } };
		if (!version || !servable(version, model)) return one;
		const memory = memories.get(version.version);
		return { ...one, serving: { version, ...(memory ? { memory } : {}), ...(rollout ? { rollout } : {}) } };
	});
}
