import type { IExecuteFunctions } from 'n8n-workflow';
import { openAiFineTuning, type FineTuning } from '../../llm/fineTuning';
import { keyFingerprint } from '../../llm/keyLedger';
import { createLocalFetch } from '../../llm/localFetch';
import type { Store } from '../../store/store';
import { ItemInputError } from '../shared/errors';
import { localModelsOnly } from '../shared/localModels';
import { modelCredential } from '../shared/modelSource';

/** The server and keys trainings run with. */
export interface TrainingProvider {
	/** Root of the server; empty for OpenAI's own. */
	serverUrl: string;
	/** Fingerprints, in the order of the credential. */
	keys: readonly string[];
	/** Trainings with the key of that fingerprint. */
	open(fingerprint: string, baseModel: string): FineTuning;
}

/**
 * The provider the node's model credential names; undefined when it names none that can train. Where only local models are
 * allowed its server is reached in one's own network or not at all, and OpenAI itself is none.
 */
export async function trainingProvider(context: IExecuteFunctions, store: Pick<Store, 'settings'>, workspace: string): Promise<TrainingProvider | undefined> {
	const credential = await modelCredential(context);
	if (credential === undefined || credential === 'unreadable' || credential.provider === 'anthropic') return undefined;
	const { baseUrl } = credential;
	if (credential.provider === 'compatible' && baseUrl === undefined) return undefined;
	const [settings] = await store.settings.effective([{ workspace }]);
	const localOnly = localModelsOnly(settings);
	if (localOnly && baseUrl === undefined) return undefined;
	// A server that wants no key has one that is empty.
	const secrets = new Map((credential.keys.length > 0 ? credential.keys : [{ key: '' }]).map(({ key }) => [keyFingerprint(key), key]));
	return {
		serverUrl: baseUrl ?? '',
		keys: [...secrets.keys()],
		open: (fingerprint, baseModel) => openAiFineTuning({ ...(baseUrl === undefined ? {} : { baseUrl }), apiKey: secrets.get(fingerprint) ?? '', baseModel, ...(localOnly && { fetch: createLocalFetch() }) }),
	};
}

/** The provider, or what the user has to do to have one. */
export async function requireProvider(context: IExecuteFunctions, store: Pick<Store, 'settings'>, workspace: string): Promise<TrainingProvider> {
	const provider = await trainingProvider(context, store, workspace);
	if (!provider) throw new ItemInputError('No model credential is chosen that can train', "Choose a 'Lead Autopilot Model API' credential of OpenAI or an OpenAI-compatible server with a key, or set Backend to Example Memory, which needs none. Where only local models are allowed, OpenAI itself cannot be chosen.");
	return provider;
}
