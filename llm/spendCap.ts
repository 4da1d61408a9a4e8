import { randomUUID } from 'node:crypto';
import { ModelError, type ChatAnswer, type ChatRequest } from './chatModel';
import { costUsd, type ModelPrice } from './prices';

/** What a call may cost at most, held back until its real cost is known. */
export interface SpendReservation {
	workspace: string;
	/** UTC day, `YYYY-MM-DD`. */
	day: string;
	amountUsd: number;
	/** The day's limit the sum of settled and held-back amounts must not pass. */
	capUsd: number;
	/** Milliseconds since the epoch after which a hold that was never settled (the process died) may be dropped. */
	expiresAt: number;
}

/** Where a workspace's spending is kept. */
export interface SpendLedger {
	/** USD settled on that UTC day. */
	spentToday(workspace: string, day: string): Promise<number>;
	/**
	 * Holds the amount back if settled + held + amount ≤ cap. Checking and holding must be one atomic step across processes:
	 * that is what keeps concurrent calls from passing the cap together.
	 */
	reserve(reservation: SpendReservation): Promise<{ granted: true; reservationId: string } | { granted: false }>;
	/** Replaces the hold by what was really spent (0 when nothing was). Settling twice changes nothing. */
	settle(reservationId: string, actualUsd: number): Promise<void>;
}

/** The UTC day of a time in milliseconds since the epoch, `YYYY-MM-DD`. */
export function utcDay(at: number): string {
	return new Date(at).toISOString().slice(0, 10);
}

/** A spend ledger for one process without a store. */
export function inMemorySpendLedger(now: () => number = Date.now): SpendLedger {
	const settled = new Map<string, number>();
	const held = new Map<string, { account: string; amountUsd: number; expiresAt: number }>();
	const accountOf = (workspace: string, day: string) => JSON.stringify([workspace, day]);
	return {
		async spentToday(workspace, day) {
			return settled.get(accountOf(workspace, day)) ?? 0;
		},
		async reserve({ workspace, day, amountUsd, capUsd, expiresAt }) {
			const account = accountOf(workspace, day);
			let committed = settled.get(account) ?? 0;
			for (const [id, hold] of held) {
				if (hold.expiresAt <= now()) held.delete(id);
				else if (hold.account === account) committed += hold.amountUsd;
			}
			if (committed + amountUsd > capUsd) return { granted: false };
			const reservationId = randomUUID();
			held.set(reservationId, { account, amountUsd, expiresAt });
			return { granted: true, reservationId };
		},
		async settle(reservationId, actualUsd) {
			const hold = held.get(reservationId);
			if (!hold) return;
			held.delete(reservationId);
			settled.set(hold.account, (settled.get(hold.account) ?? 0) + actualUsd);
		},
	};
}

/** Bytes of UTF-8 per token, low enough that English, German and CJK texts all count at least their real tokens. */
const BYTES_PER_TOKEN = 3;
/** A hold outlives the longest call (30 s) by far, and a crash blocks the cap for minutes only. */
const HOLD_MS = 5 * 60_000;

/** The texts of a request, by which its cost is estimated. */
export type SpendRequest = Pick<ChatRequest, 'system' | 'schema'> & { messages: readonly { content: string }[] };

/** The most tokens a request is expected to use; `maxTokens` bounds the output. */
export function estimateTokens(request: SpendRequest, maxTokens: number): { inputTokens: number; outputTokens: number } {
	const parts = [request.system, ...request.messages.map(({ content }) => content), request.schema ? JSON.stringify(request.schema.jsonSchema) : ''];
	const bytes = parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0);
	return { inputTokens: Math.ceil(bytes / BYTES_PER_TOKEN) + 16 * parts.length, outputTokens: maxTokens };
}

/** The cap of one workspace. */
export interface SpendCapConfig {
	workspace: string;
	/** USD per UTC day; no cap when absent. */
	dailyCapUsd?: number;
	ledger: SpendLedger;
	/** Undefined for a model of unknown price: such calls cannot be counted and pass. */
	priceOf: (modelId: string) => ModelPrice | undefined;
	modelId: string;
	now: () => number;
	/** Told when a settlement could not be written; the answer is already paid for and goes on. */
	onStoreError: (error: unknown) => void;
}

/** Runs one call under the cap. */
export type SpendCap = <A extends Pick<ChatAnswer, 'usage' | 'modelId'>>(request: SpendRequest, maxTokens: number, call: () => Promise<A>) => Promise<A>;

// These kinds mean the provider did no work, so nothing is charged. A timeout may well be charged.
const NOT_CHARGED = new Set(['rate_limited', 'invalid_key', 'quota', 'unavailable', 'bad_request', 'spend_cap']);

/**
 * Holds the most a call can cost before it begins and settles the real cost after. A call whose cost stays unknown (timeout, no
 * token count) is settled at the held amount, so that the cap errs on the safe side. Rejects with kind `spend_cap` before any
 * request when the cap does not allow the call, and when the ledger cannot be asked.
 */
export function createSpendCap(config: SpendCapConfig): SpendCap {
	const { workspace, dailyCapUsd, ledger, now } = config;
	const settle = async (reservationId: string, usd: number) => {
		try {
			await ledger.settle(reservationId, usd);
		} catch (error) {
			config.onStoreError(error);
		}
	};
	return async (request, maxTokens, call) => {
		const price = config.priceOf(config.modelId);
		if (dailyCapUsd === undefined || !price) return call();
		const amountUsd = costUsd(estimateTokens(request, maxTokens), price);
		const at = now();
		let hold: Awaited<ReturnType<SpendLedger['reserve']>>;
		try {
			hold = await ledger.reserve({ workspace, day: utcDay(at), amountUsd, capUsd: dailyCapUsd, expiresAt: at + HOLD_MS });
		} catch (error) {
			config.onStoreError(error);
			throw new ModelError('spend_cap', 'The daily spend cap could not be checked because the store did not answer, so no model was called. Check the store credential.');
		}
		if (!hold.granted) {
			throw new ModelError('spend_cap', `The daily spend cap of ${dailyCapUsd} USD for the workspace "${workspace}" leaves no room for this call. Raise the cap in Settings, or wait until 00:00 UTC.`);
		}
		try {
			const answer = await call();
			const paid = config.priceOf(answer.modelId) ?? price;
			await settle(hold.reservationId, answer.usage ? costUsd(answer.usage, paid) : amountUsd);
			return answer;
		} catch (error) {
			const known = error instanceof ModelError ? error : undefined;
			const unused = known !== undefined && NOT_CHARGED.has(known.kind);
			await settle(hold.reservationId, known?.usage ? costUsd(known.usage, price) : unused ? 0 : amountUsd);
			throw error;
		}
	};
}
