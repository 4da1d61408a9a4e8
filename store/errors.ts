import type { OutboundStatus } from '../engine/message/outbound';

/** Base of every error the store raises on purpose. The message says what happened, then how to get unstuck. */
export class StoreError extends Error {
	override name = 'StoreError';
}

/** The store cannot be reached or opened, or cannot be written to. Names the host or file, never a password. */
export class StoreUnavailableError extends StoreError {
	override name = 'StoreUnavailableError';
}

/** Another process held the write lock longer than the store waits. Trying again later is safe: nothing was written. */
export class StoreBusyError extends StoreError {
	override name = 'StoreBusyError';
}

/** The store was made by a newer version of the pack. */
export class StoreNewerError extends StoreError {
	override name = 'StoreNewerError';
}

/** A call's argument cannot be stored. `index` is its place in the batch; nothing of the batch was written. */
export class StoreInputError extends StoreError {
	override name = 'StoreInputError';
	constructor(
		message: string,
		readonly index: number,
		options?: ErrorOptions,
	) {
		super(message, options);
	}
}

/** A move of an outbound row that the transition table does not have. Nothing of the batch was written. */
export class TransitionRefusedError extends StoreError {
	override name = 'TransitionRefusedError';
	constructor(
		readonly outboundId: string,
		readonly from: OutboundStatus,
		readonly to: OutboundStatus,
	) {
		super(`Message ${outboundId} is ${from} and cannot become ${to}. Read it again and decide on what it is now.`);
	}
}

/** A row changed between reading and writing it. Raised inside a transaction and retried there; callers never see it. */
export class ConcurrentChangeError extends StoreError {
	override name = 'ConcurrentChangeError';
}
