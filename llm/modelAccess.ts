import { z } from 'zod';
import type { CallLog, CallLogEntry, CallPurpose } from './callLog';
import { ModelError, type ChatAnswer, type ChatModel, type ChatRequest, type TokenUsage } from './chatModel';
import { createLimiter, type Limiter } from './concurrency';
import { inMemoryKeyLedger, type KeyLedger } from './keyLedger';
import { openModelSource, type ModelSource } from './modelSource';
import { costUsd, priceOf, type ModelPrice } from './prices';
import { promptVersion } from './promptVersion';
import { createLocalFetch } from './localFetch';
import { localGuard } from './localGuard';
import { RETRY_POLICY, SYSTEM_TIME, withRetry, type RetryPolicy, type TimeSource } from './retry';
import { createSpendCap, inMemorySpendLedger, type SpendLedger } from './spendCap';
import { completeStructured, jsonSchemaOf, readStructured } from './structured';

/** What the model access of one node run is made of. Only `source` and `workspace` are needed. */
export interface ModelAccessConfig {
	source: ModelSource;
	workspace: string;
	/** USD per UTC day for the workspace; no cap when absent. */
	dailyCapUsd?: number;
	/** Only models in one's own network: any other is refused with kind `not_local` before a connection is made. */
	localOnly?: boolean;
	/** Overrides the price table, for models it does not hold. */
	price?: ModelPrice;
	keyLedger?: KeyLedger;
	spendLedger?: SpendLedger;
	callLog?: CallLog;
	time?: TimeSource;
	policy?: RetryPolicy;
	/** Share one between several accesses to limit them together; a limiter of 5 when absent. */
	limiter?: Limiter;
	/** Told when a ledger or the log failed. The answer is paid for by then, so the item goes on. */
	onStoreError?: (error: unknown) => void;
}

/** What a call is for. */
export interface CallContext {
	purpose: CallPurpose;
	/** `draft.id`, or whatever the item is followed by. */
	correlationId?: string;
	/** The user message before a lead's data goes in; part of the prompt version. */
	template?: string;
	/** Given when the caller already worked it out; else hashed from system, schema and template. */
	promptVersion?: string;
	/** Ends the item's work early. */
	signal?: AbortSignal;
}

/** What an item asks of a model; time limits are the access's own. */
export type ItemRequest = Omit<ChatRequest, 'timeoutMs' | 'signal' | 'schema'>;

/** What is known about the calls behind an answer, for the item and the store. */
export interface CallFacts {
	modelId: string;
	promptVersion: string;
	/** Absent when the provider reported none. */
	usage?: TokenUsage;
	/** USD at list price; absent when price or usage is unknown. */
	costUsd?: number;
	/** Milliseconds of all calls, waits included, waiting for a free place not. */
	latencyMs: number;
	/** Tries over all calls. */
	attempts: number;
	/** Tries beyond the first of each call, and the repair. */
	retryCount: number;
	keyFingerprint?: string;
}

/** The model as nodes use it: one call an item, with retries, key rotation, cap, log and the item's time limit inside. */
export interface ModelAccess {
	readonly modelId: string;
	/** False when the price is unknown: cost is then absent and the cap cannot count. */
	readonly priceKnown: boolean;
	/** Rejects with `ModelError`; kind `bad_output` when the answer is empty. */
	complete(request: ItemRequest, context: CallContext): Promise<CallFacts & { text: string; truncated: boolean }>;
	/** Rejects with `ModelError`; kind `bad_output` when the answer does not fit the schema, one repair included. */
	completeStructured<T>(request: ItemRequest & { schemaName?: string }, schema: z.ZodType<T>, context: CallContext): Promise<CallFacts & { value: T }>;
}

/** Most tokens of an answer when the caller names none; also what the cap holds back. */
const DEFAULT_MAX_TOKENS = 4096;

interface Tally {
	attempts: number;
	calls: number;
	costs: (number | undefined)[];
	keyFingerprint?: string;
}

/** Builds the model access of one node run. Throws a RangeError for unusable settings; opens no connection. */
export function createModelAccess(config: ModelAccessConfig): ModelAccess {
	const { workspace, callLog } = config;
	const time = config.time ?? SYSTEM_TIME;
	const policy = config.policy ?? RETRY_POLICY;
	const limiter = config.limiter ?? createLimiter();
	const onStoreError = config.onStoreError ?? (() => undefined);
	const now = () => time.now();
	const staysHome = config.localOnly === true ? localGuard(config.source) : undefined;
	const { ring, modelId } = openModelSource(config.source, { keyLedger: config.keyLedger ?? inMemoryKeyLedger(), now, onStoreError, ...(staysHome && { fetch: createLocalFetch() }) });
	const priced = (id: string) => config.price ?? priceOf(id) ?? priceOf(modelId);
	const spend = createSpendCap({
		workspace,
		dailyCapUsd: config.dailyCapUsd,
		ledger: config.spendLedger ?? inMemorySpendLedger(now),
		priceOf: priced,
		modelId,
		now,
		onStoreError,
	});
	const costOf = (usage: TokenUsage | undefined, id: string) => {
		const price = priced(id);
		return usage && price ? costUsd(usage, price) : undefined;
	};
	const log = async (entry: CallLogEntry) => {
		try {
			await callLog?.record(entry);
		} catch (error) {
			onStoreError(error);
		}
	};

	/** A port to the model for one item: each call retried, capped and logged, `judge` deciding how a good answer is logged. */
	const itemModel = (item: { deadline: number; context: CallContext; promptVersion: string; tally: Tally; judge: (answer: ChatAnswer) => 'ok' | 'bad_output' }): ChatModel => ({
		modelId,
		async complete(request) {
			const { context, deadline, tally } = item;
			const startedAt = now();
			const maxTokens = request.maxTokens ?? DEFAULT_MAX_TOKENS;
			const base = { workspace, purpose: context.purpose, promptVersion: item.promptVersion, correlationId: context.correlationId, at: new Date(startedAt).toISOString() };
			tally.calls += 1;
			try {
				const { value, attempts } = await withRetry(
					async ({ timeoutMs }) => {
						await staysHome?.();
						const timed = { ...request, maxTokens, timeoutMs };
						return await ring.run((model) => spend(timed, maxTokens, () => model.complete(timed)), (answer) => costOf(answer.usage, answer.modelId));
					},
					{ deadline, time, policy, signal: context.signal },
				);
				const { value: answer, fingerprint } = value;
				const latencyMs = now() - startedAt;
				const cost = costOf(answer.usage, answer.modelId);
				tally.attempts += attempts;
				tally.costs.push(cost);
				tally.keyFingerprint = fingerprint;
				await log({ ...base, modelId: answer.modelId, keyFingerprint: fingerprint, ...answer.usage, costUsd: cost, latencyMs, attempts, outcome: item.judge(answer) });
				return { ...answer, latencyMs };
			} catch (error) {
				const failed = error instanceof ModelError ? error : new ModelError('unavailable', 'The model call failed for an unforeseen reason. Report it with the steps that led here.');
				if (failed !== error) onStoreError(error);
				// A refusal by us came before any request was made.
				const attempts = failed.kind === 'spend_cap' || failed.kind === 'not_local' ? (failed.attempts ?? 1) - 1 : (failed.attempts ?? 0);
				const failedModel = failed.modelId ?? modelId;
				tally.attempts += attempts;
				await log({
					...base,
					modelId: failedModel,
					keyFingerprint: failed.keyFingerprint,
					...failed.usage,
					costUsd: costOf(failed.usage, failedModel),
					latencyMs: now() - startedAt,
					attempts,
					outcome: failed.kind,
				});
				throw failed.with({ attempts });
			}
		},
	});

	const facts = (tally: Tally, version: string, answer: { modelId: string; usage?: TokenUsage; latencyMs: number }): CallFacts => ({
		modelId: answer.modelId,
		promptVersion: version,
		usage: answer.usage,
		costUsd: tally.costs.reduce<number | undefined>((sum, cost) => (sum === undefined || cost === undefined ? undefined : sum + cost), 0),
		latencyMs: answer.latencyMs,
		attempts: tally.attempts,
		retryCount: tally.attempts - 1,
		keyFingerprint: tally.keyFingerprint,
	});
	const freshTally = (): Tally => ({ attempts: 0, calls: 0, costs: [] });

	return {
		modelId,
		priceKnown: priced(modelId) !== undefined,
		complete: (request, context) =>
			limiter.run(async () => {
				const version = context.promptVersion ?? promptVersion({ system: request.system, template: context.template });
				const tally = freshTally();
				const judge = (answer: ChatAnswer) => (answer.text.trim() === '' ? ('bad_output' as const) : ('ok' as const));
				// The item's time begins with its place, not while it queues behind the others.
				const model = itemModel({ deadline: now() + policy.itemBudgetMs, context, promptVersion: version, tally, judge });
				const answer = await model.complete({ ...request, timeoutMs: policy.callTimeoutMs, signal: context.signal });
				if (judge(answer) === 'bad_output') {
					const why = answer.truncated ? 'used up its token limit before it wrote anything. Raise the limit' : 'answered with an empty text. Try again';
					throw new ModelError('bad_output', `The model "${answer.modelId}" ${why}, or choose another model.`, { usage: answer.usage, modelId: answer.modelId, attempts: tally.attempts });
				}
				return { ...facts(tally, version, answer), text: answer.text, truncated: answer.truncated ?? false };
			}),
		completeStructured: (request, schema, context) =>
			limiter.run(async () => {
				const version = context.promptVersion ?? promptVersion({ system: request.system, jsonSchema: jsonSchemaOf(schema), template: context.template });
				const tally = freshTally();
				const judge = (answer: ChatAnswer) => ('value' in readStructured(answer, schema) ? ('ok' as const) : ('bad_output' as const));
				const model = itemModel({ deadline: now() + policy.itemBudgetMs, context, promptVersion: version, tally, judge });
				const answer = await completeStructured(model, { ...request, timeoutMs: policy.callTimeoutMs, signal: context.signal }, schema);
				return { ...facts(tally, version, answer), value: answer.value };
			}),
	};
}
