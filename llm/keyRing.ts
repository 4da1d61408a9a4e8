import { ModelError, type ChatModel } from './chatModel';
import { applyKeyEvent, keyFingerprint, type KeyEvent, type KeyLedger, type KeyState } from './keyLedger';
import { utcDay } from './spendCap';

/** One API key of a credential. */
export interface ModelKey {
	/** The secret; empty for a server that wants none. */
	key: string;
	/** USD a UTC day this key may spend; no budget when absent. */
	dailyBudgetUsd?: number;
}

/** How long a key is left alone, in milliseconds. */
export const KEY_COOL_DOWN = {
	/** After a 429 without Retry-After. */
	limited: 1_000,
	/** After the provider refused the key. */
	invalid: 3_600_000,
	/** After the provider reported no credit. */
	exhausted: 3_600_000,
	/** How old the ledger's word may be before it is asked again: other processes use the same keys. */
	ledgerAge: 10_000,
};

/** Several keys used as one. */
export interface KeyRing<M = ChatModel> {
	readonly size: number;
	/**
	 * Runs `call` with the key unused longest; when that key is limited, refused or out of credit, with the next, until each was
	 * tried. `costOf` says what a success cost in USD, for the key's budget. Rejects with the call's own error when it is not
	 * about the key, else with one error for all keys. Every rejection carries the fingerprint of the last key used.
	 */
	run<T>(call: (model: M) => Promise<T>, costOf: (value: T) => number | undefined): Promise<{ value: T; fingerprint?: string }>;
}

/** What a ring needs. */
export interface KeyRingConfig<M = ChatModel> {
	keys: readonly ModelKey[];
	/** The model to call with a given key. */
	connect: (key: string) => M;
	ledger: KeyLedger;
	now: () => number;
	/** Told when the ledger could not be read or written; what this process knows itself still counts. */
	onStoreError: (error: unknown) => void;
}

interface Slot<M> {
	/** Absent for the empty key. */
	fingerprint?: string;
	budgetUsd?: number;
	model: M;
	state: KeyState;
	/** Order of use in this process; the ledger's times are too coarse for calls in the same millisecond. */
	turn: number;
}

function blockedUntil(state: KeyState): number {
	return Math.max(state.limitedUntil ?? 0, state.invalidUntil ?? 0, state.exhaustedUntil ?? 0);
}

function budgetLeft({ budgetUsd, state }: Slot<unknown>, now: number): boolean {
	return budgetUsd === undefined || state.spentDay !== utcDay(now) || (state.spentUsd ?? 0) < budgetUsd;
}

function nobodyLeft(slots: readonly Slot<unknown>[], now: number): ModelError {
	const many = slots.length === 1 ? 'The API key' : `All ${slots.length} API keys`;
	const limited = slots.filter(({ state }) => (state.limitedUntil ?? 0) > now && (state.invalidUntil ?? 0) <= now && (state.exhaustedUntil ?? 0) <= now);
	const usable = limited.filter((slot) => budgetLeft(slot, now));
	if (usable.length > 0) {
		const retryAfterMs = Math.min(...usable.map(({ state }) => (state.limitedUntil ?? now) - now));
		return new ModelError('rate_limited', `${many} of the model credential reached the provider's rate limit or cannot be used now. Try again in ${Math.ceil(retryAfterMs / 1000)} s, or add another key.`, { retryAfterMs });
	}
	const refused = slots.filter(({ state }) => (state.invalidUntil ?? 0) > now).length;
	if (refused === slots.length) {
		return new ModelError('invalid_key', `${many} of the model credential ${refused === 1 ? 'was' : 'were'} refused by the provider. Enter a valid key; a refused key is tried again after one hour.`);
	}
	return new ModelError('quota', `${many} of the model credential ${slots.length === 1 ? 'has' : 'have'} no budget or credit left${refused > 0 ? ` (${refused} refused)` : ''}. Raise the key's budget, top up the account, or add another key.`);
}

/** A ring of at least one key; throws a RangeError when there is none. Equal keys count once. */
export function createKeyRing<M = ChatModel>(config: KeyRingConfig<M>): KeyRing<M> {
	const { ledger, now, onStoreError } = config;
	const distinct = [...new Map(config.keys.map((entry) => [entry.key, entry])).values()];
	if (distinct.length === 0) throw new RangeError('The model credential holds no API key. Enter at least one.');
	const slots = distinct.map(({ key, dailyBudgetUsd }): Slot<M> => {
		const fingerprint = key === '' ? undefined : keyFingerprint(key);
		return { fingerprint, budgetUsd: dailyBudgetUsd, model: config.connect(key), state: { fingerprint: fingerprint ?? '' }, turn: 0 };
	});
	const named = new Map(slots.flatMap((slot) => (slot.fingerprint === undefined ? [] : [[slot.fingerprint, slot] as const])));
	let turns = 0;
	let loadedAt = Number.NEGATIVE_INFINITY;
	let loading: Promise<void> | undefined;

	const load = async () => {
		try {
			for (const state of await ledger.load([...named.keys()])) {
				const slot = named.get(state.fingerprint);
				// Our own bans may not have reached the ledger: the later of both counts.
				if (slot) {
					const mine = slot.state;
					const later = (a?: number, b?: number) => (a === undefined && b === undefined ? undefined : Math.max(a ?? 0, b ?? 0));
					slot.state = {
						...mine,
						...state,
						limitedUntil: later(mine.limitedUntil, state.limitedUntil),
						invalidUntil: later(mine.invalidUntil, state.invalidUntil),
						exhaustedUntil: later(mine.exhaustedUntil, state.exhaustedUntil),
						lastUsedAt: later(mine.lastUsedAt, state.lastUsedAt),
					};
				}
			}
		} catch (error) {
			onStoreError(error);
		}
		loadedAt = now();
		loading = undefined;
	};
	const refresh = async () => {
		if (named.size === 0 || now() - loadedAt < KEY_COOL_DOWN.ledgerAge) return;
		loading ??= load();
		await loading;
	};
	const note = async (slot: Slot<M>, event: KeyEvent) => {
		slot.state = applyKeyEvent(slot.state, event);
		if (slot.fingerprint === undefined) return;
		try {
			await ledger.record(slot.fingerprint, event);
		} catch (error) {
			onStoreError(error);
		}
	};
	const next = (tried: ReadonlySet<Slot<M>>): Slot<M> | undefined => {
		const at = now();
		const free = slots.filter((slot) => !tried.has(slot) && blockedUntil(slot.state) <= at && budgetLeft(slot, at));
		free.sort((a, b) => a.turn - b.turn || (a.state.lastUsedAt ?? 0) - (b.state.lastUsedAt ?? 0));
		return free[0];
	};
	const ban = async (slot: Slot<M>, error: ModelError): Promise<boolean> => {
		const at = now();
		if (error.kind === 'rate_limited') await note(slot, { kind: 'limited', at, until: at + Math.max(1, error.retryAfterMs ?? KEY_COOL_DOWN.limited) });
		else if (error.kind === 'invalid_key') await note(slot, { kind: 'invalid', at, until: at + KEY_COOL_DOWN.invalid });
		else if (error.kind === 'quota') await note(slot, { kind: 'exhausted', at, until: at + KEY_COOL_DOWN.exhausted });
		else return false;
		return true;
	};

	return {
		size: slots.length,
		async run(call, costOf) {
			await refresh();
			const tried = new Set<Slot<M>>();
			let last: ModelError | undefined;
			for (;;) {
				const slot = next(tried);
				if (!slot) {
					const about = last ? { keyFingerprint: last.keyFingerprint, status: last.status } : {};
					// With a single key the provider's own sentence is the more helpful one.
					throw slots.length === 1 && last ? last : nobodyLeft(slots, now()).with(about);
				}
				tried.add(slot);
				turns += 1;
				slot.turn = turns;
				const { fingerprint } = slot;
				try {
					const value = await call(slot.model);
					await note(slot, { kind: 'used', at: now(), costUsd: costOf(value) });
					return { value, fingerprint };
				} catch (error) {
					if (!(error instanceof ModelError)) throw error;
					last = error.with({ keyFingerprint: fingerprint });
					if (!(await ban(slot, error))) throw last;
				}
			}
		},
	};
}
