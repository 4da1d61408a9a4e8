import type { IExecuteFunctions } from 'n8n-workflow';
import type { CallLog } from '../../llm/callLog';
import { ModelError, type ModelErrorKind } from '../../llm/chatModel';
import { createLimiter, MODEL_CONCURRENCY } from '../../llm/concurrency';
import { inMemoryKeyLedger, type KeyLedger } from '../../llm/keyLedger';
import { createModelAccess, type ModelAccess } from '../../llm/modelAccess';
import { inMemorySpendLedger, type SpendLedger } from '../../llm/spendCap';
import type { Store } from '../../store/store';
import { localModelsOnly, type ModelSettings } from './localModels';
import { findModel } from './modelSource';

/** The model of one node run, or why there is none. */
export interface NodeModel {
	/** Undefined: rules decide. Accesses of all workspaces share one queue of as many calls as are allowed at once. `modelId` takes the place of the credential's, where models can be named. */
	access(workspace: string, settings?: ModelSettings, modelId?: string): ModelAccess | undefined;
	/** Whether another model of the same provider can be named: with the credential of an OpenAI-compatible one. */
	namesModels: boolean;
	/** Finishes "because …" when there is no model. */
	why?: string;
	/** Ends the calls when the execution is cancelled. */
	signal?: AbortSignal;
}

// Without a store, keys that were refused and money that was spent are remembered for as long as the process lives.
const processKeyLedger = inMemoryKeyLedger();
const processSpendLedger = inMemorySpendLedger();

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isKeyLedger = (value: unknown): value is KeyLedger => isObject(value) && 'load' in value && 'record' in value;
const isSpendLedger = (value: unknown): value is SpendLedger => isObject(value) && 'reserve' in value && 'settle' in value && 'spentToday' in value;
const isCallLog = (value: unknown): value is CallLog => isObject(value) && 'record' in value;

/** Where keys, spending and calls are kept: the store, else this process. */
export function modelBookkeeping(store: Store | undefined): { keyLedger: KeyLedger; spendLedger: SpendLedger; callLog?: CallLog } {
	const keys: unknown = store?.modelCalls.keyLedger();
	const spend: unknown = store?.modelCalls.spendLedger();
	const log: unknown = store?.modelCalls.callLog();
	return {
		keyLedger: isKeyLedger(keys) ? keys : processKeyLedger,
		spendLedger: isSpendLedger(spend) ? spend : processSpendLedger,
		...(isCallLog(log) ? { callLog: log } : {}),
	};
}

/** The stricter of two optional caps, in USD. */
export function lower(a: number | undefined, b: number | undefined): number | undefined {
	if (a === undefined || b === undefined) return a ?? b;
	return Math.min(a, b);
}

/** Opens the model the user chose for this node run and tells the user when there is none. `callsAtOnce`: model calls at a time. */
export async function openNodeModel(context: IExecuteFunctions, store: Store | undefined, callsAtOnce = MODEL_CONCURRENCY): Promise<NodeModel> {
	const found = await findModel(context);
	if (found.kind === 'rules') {
		if (found.hint) context.addExecutionHints({ message: found.hint, location: 'outputPane', type: 'info' });
		return { access: () => undefined, namesModels: false, why: found.why };
	}
	const { source, dailyCapUsd } = found;
	const limiter = createLimiter(callsAtOnce);
	const wired = modelBookkeeping(store);
	const accesses = new Map<string, ModelAccess>();
	let warned = false;
	return {
		signal: context.getExecutionCancelSignal(),
		namesModels: source.kind === 'openai',
		access(workspace, settings, modelId) {
			const key = JSON.stringify([workspace, modelId]);
			const open = accesses.get(key);
			if (open) return open;
			const cap = lower(dailyCapUsd, settings?.modelSpendCapUsd);
			const access = createModelAccess({
				source: source.kind === 'openai' && modelId !== undefined ? { ...source, modelId } : source,
				workspace,
				dailyCapUsd: cap,
				localOnly: localModelsOnly(settings),
				limiter,
				...wired,
				onStoreError: () => context.logger.warn('autopilot_model_bookkeeping_failed', { workspace, modelId: access.modelId }),
			});
			if (cap !== undefined && !access.priceKnown && !warned) {
				warned = true;
				context.addExecutionHints({ message: `The price of the model '${access.modelId}' is not known, so the daily spend cap cannot count it.`, location: 'outputPane', type: 'warning' });
			}
			accesses.set(key, access);
			return access;
		},
	};
}

const WHY: Readonly<Record<ModelErrorKind, string>> = {
	rate_limited: 'the model takes no more requests for now',
	invalid_key: 'the model refused the API key',
	quota: 'the model account has no credit left',
	timeout: 'the model did not answer in time',
	unavailable: 'the model could not be reached',
	bad_request: 'the model rejected the request',
	refused: 'the model declined to answer',
	bad_output: 'the model did not answer in the asked form',
	spend_cap: 'the daily spend cap is reached',
	not_local: 'only local models are allowed (by a setting, or because the settings of the workspace could not be read: then see that the store can be reached), and this one is outside or does not say where it is',
	aborted: 'the execution was stopped',
};

/** A failed model call in words that finish "because …", and how many tries were made beyond the first. */
export function modelFailure(error: unknown): { why: string; retryCount: number } {
	if (!(error instanceof ModelError)) return { why: 'the model call failed', retryCount: 0 };
	return { why: WHY[error.kind], retryCount: Math.max(0, (error.attempts ?? 1) - 1) };
}
