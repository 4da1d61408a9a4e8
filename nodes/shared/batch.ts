import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { toNodeError } from './errors';
import { notingWhoIsHeld } from './noteWhoIsHeld';

/** What became of one item of a batch. */
export type Settled<T> = { ok: true; value: T } | { ok: false; error: unknown };

export const settled = {
	ok: <T>(value: T): Settled<T> => ({ ok: true, value }),
	failed: (error: unknown): Settled<never> => ({ ok: false, error }),
};

/** One item as read: its place in the input and what its parameters said. */
export interface ReadItem<P> {
	index: number;
	item: INodeExecutionData;
	params: P;
}

export interface WrittenItem {
	/** Index of the named output. */
	output: number;
	/** Keys added to the incoming item. */
	json: object;
}

export interface BatchSteps<P, R> {
	/** Number of named outputs. */
	outputs: number;
	/** The output on which a failed item is the least harm when the node continues on fail. */
	failedOutput: number;
	/** Reads one item's parameters. Throwing fails that item alone. */
	read(itemIndex: number, item: INodeExecutionData): P;
	/** Loads the state for all items at once, decides, commits for all at once. One result an item, in order. */
	decide(items: ReadItem<P>[]): Promise<Settled<R>[]>;
	write(result: R, item: ReadItem<P>): WrittenItem;
}

/**
 * The one shape of every node's execute: read items → load → decide → commit → write items. Incoming keys pass
 * through, every emitted item names the item it came from, a bad item fails alone, and with Continue On Fail it leaves
 * with its error on the least harmful output.
 */
export async function executeBatch<P, R>(context: IExecuteFunctions, steps: BatchSteps<P, R>): Promise<INodeExecutionData[][]> {
	return await notingWhoIsHeld(context, async () => await runBatch(context, steps));
}

async function runBatch<P, R>(context: IExecuteFunctions, steps: BatchSteps<P, R>): Promise<INodeExecutionData[][]> {
	const input = context.getInputData();
	const outcomes = new Map<number, Settled<R>>();
	const readable: ReadItem<P>[] = [];
	input.forEach((item, index) => {
		try {
			readable.push({ index, item, params: steps.read(index, item) });
		} catch (error) {
			outcomes.set(index, settled.failed(error));
		}
	});
	// A parameter that cannot be read stops the node before anything is committed, unless it is told to continue.
	if (!context.continueOnFail()) throwFirstFailure(context, outcomes);
	if (readable.length > 0) {
		const results = await decideAll(steps, readable);
		results.forEach((result, place) => outcomes.set(readable[place].index, result));
	}
	if (!context.continueOnFail()) throwFirstFailure(context, outcomes);
	return writeAll(context, steps, input, readable, outcomes);
}

async function decideAll<P, R>(steps: BatchSteps<P, R>, items: ReadItem<P>[]): Promise<Settled<R>[]> {
	try {
		return await steps.decide(items);
	} catch (error) {
		return items.map(() => settled.failed(error));
	}
}

function throwFirstFailure<R>(context: IExecuteFunctions, outcomes: Map<number, Settled<R>>): void {
	const failures = [...outcomes].filter(([, outcome]) => !outcome.ok).sort(([a], [b]) => a - b);
	for (const [index, outcome] of failures) {
		if (!outcome.ok) throw toNodeError(context.getNode(), outcome.error, index);
	}
}

function writeAll<P, R>(
	context: IExecuteFunctions,
	steps: BatchSteps<P, R>,
	input: INodeExecutionData[],
	readable: ReadItem<P>[],
	outcomes: Map<number, Settled<R>>,
): INodeExecutionData[][] {
	const outputs: INodeExecutionData[][] = Array.from({ length: steps.outputs }, () => []);
	const reads = new Map(readable.map((read) => [read.index, read]));
	input.forEach((item, index) => {
		const outcome = outcomes.get(index);
		const read = reads.get(index);
		const passedOn = { binary: item.binary, pairedItem: { item: index } };
		if (outcome?.ok && read) {
			const written = steps.write(outcome.value, read);
			outputs[written.output].push({ ...passedOn, json: { ...item.json, ...written.json } });
		} else if (outcome && !outcome.ok) {
			outputs[steps.failedOutput].push({ ...passedOn, json: failedJson(context, item.json, toNodeError(context.getNode(), outcome.error, index).message) });
		}
	});
	return outputs;
}

/**
 * A failed item keeps what came in, with the sentence under `error`. n8n recognises a failure for the error output by
 * an item that holds `error` alone, and puts the incoming keys back itself; were the item's own `error` property set,
 * it would drop them on every output.
 */
export function failedJson(context: IExecuteFunctions, json: IDataObject, message: string): IDataObject {
	return context.getNode().onError === 'continueErrorOutput' ? { error: message } : { ...json, error: message };
}

/**
 * Commits a whole batch at once; if that fails, each item by itself, so that one bad item does not take the others
 * with it. `commit` must be atomic and idempotent per item.
 */
export async function commitIsolated<T, R>(items: T[], commit: (items: T[]) => Promise<R[]>): Promise<Settled<R>[]> {
	try {
		return (await commit(items)).map(settled.ok);
	} catch (error) {
		if (items.length <= 1) return items.map(() => settled.failed(error));
		const results: Settled<R>[] = [];
		for (const item of items) results.push(...(await commitIsolated([item], commit)));
		return results;
	}
}
