import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { readSendFailure, saysFailed, type SendFailure } from '../../engine/message/sendFailure';
import { iso } from '../../engine/time';
import type { OutboundRow, Store } from '../../store/store';
import { commitIsolated, executeBatch, settled, type ReadItem, type Settled } from '../shared/batch';
import { ItemInputError } from '../shared/errors';
import { jobOf } from '../shared/jobKeys';
import { withStore } from '../shared/openNodeStore';
import { perWorkspace } from '../shared/perWorkspace';
import { readOptionalText } from '../shared/readParameter';
import { readJobKey, readTry, type JobKey } from './readJob';

interface SettleParameters extends JobKey {
	/** The try the answer belongs to, when it is known. */
	attempt?: number;
	/** Set when the channel took the message. */
	providerId?: string;
	/** Set when it did not: the answer to read the reason from. */
	failedAnswer?: unknown;
}
interface Result {
	row: OutboundRow;
	failure?: SendFailure;
}

/**
 * Mark Sent and Mark Failed. An answer that says no is recorded as failed by both: a wire in the wrong place must not turn
 * a refusal into a sent message.
 */
export async function settleSends(context: IExecuteFunctions, operation: 'markSent' | 'markFailed'): Promise<INodeExecutionData[][]> {
	return await executeBatch<SettleParameters, Result>(context, {
		outputs: 1,
		failedOutput: 0,
		read: (index, item) => readParameters(context, index, item, operation),
		decide: async (items) => {
			const results = await withStore(context, async (store) => await settle(store, items));
			results.forEach((result) => log(context, result));
			return results;
		},
		write: ({ row, failure }) => ({ output: 0, json: { job: jobOf(row), ...(failure ? { failure: failureKey(failure) } : {}) } }),
	});
}

function readParameters(context: IExecuteFunctions, index: number, item: INodeExecutionData, operation: 'markSent' | 'markFailed'): SettleParameters {
	const attempt = readTry(context, index);
	const key = { ...readJobKey(context, index), ...(attempt === undefined ? {} : { attempt }) };
	if (operation === 'markFailed') {
		const error: unknown = context.getNodeParameter('error', index, '');
		const given = typeof error === 'string' ? error.trim() : error;
		return { ...key, failedAnswer: given === '' || given === undefined || given === null ? item.json : { error: given } };
	}
	const providerId = readOptionalText(context, 'providerId', index);
	return saysFailed(item.json) ? { ...key, failedAnswer: item.json } : { ...key, ...(providerId === undefined ? {} : { providerId }) };
}

async function settle(store: Store, items: ReadItem<SettleParameters>[]): Promise<Settled<Result>[]> {
	const now = await store.clock.now();
	return await perWorkspace(items.map(({ params }) => params), ({ workspace }) => workspace, async (workspace, own) => {
		const rows = await store.outbound.find(workspace, own.map(({ id }) => id));
		const jobs = own.map((params, place) => ({ params, row: rows[place], failure: params.failedAnswer === undefined ? undefined : readSendFailure(params.failedAnswer, { now, attempts: params.attempt ?? rows[place]?.attempts ?? 1 }) }));
		const known = jobs.filter(({ row }) => row !== undefined);
		const sent = await commitIsolated(known.filter(({ failure }) => !failure), async (batch) => {
			const marked = await store.outbound.markSent(batch.map(({ params: { id, attempt, providerId } }) => ({ workspace, id, ...tryOf(attempt), ...(providerId === undefined ? {} : { providerId }) })));
			return marked.map(({ row }): Result => ({ row }));
		});
		const failed = await commitIsolated(known.flatMap(({ params, failure }) => (failure ? [{ id: params.id, attempt: params.attempt, failure }] : [])), async (batch) => {
			const marked = await store.outbound.markFailed(batch.map(({ id, attempt, failure }) => ({ workspace, id, ...tryOf(attempt), failure })));
			return marked.map((row, place): Result => ({ row, failure: batch[place].failure }));
		});
		return jobs.map(({ params, row, failure }): Settled<Result> => {
			if (!row) return settled.failed(new ItemInputError(`No message ${params.id} is known in workspace '${workspace}'`, "Check 'Job ID' and 'Workspace', and that the node uses the same store credential as the trigger."));
			return (failure ? failed.shift() : sent.shift()) ?? settled.failed(new ItemInputError(`Message ${params.id} was not settled`));
		});
	});
}

const tryOf = (attempt: number | undefined): { attempt?: number } => (attempt === undefined ? {} : { attempt });

function failureKey({ code, message, kind, retryAt, action, suppress: suppressed }: SendFailure): object {
	return { ...(code === undefined ? {} : { code }), kind, ...(retryAt === undefined ? {} : { retryAt: iso(retryAt) }), ...(suppressed ? { suppressed } : {}), ...(action === undefined ? {} : { action }), sentence: message };
}

function log(context: IExecuteFunctions, result: Settled<Result>): void {
	if (!result.ok) return;
	const { row, failure } = result.value;
	const event = row.status === 'sent' ? 'autopilot_message_sent' : row.status === 'uncertain' ? 'autopilot_message_uncertain' : 'autopilot_message_failed';
	context.logger.info(event, { id: row.id, workspace: row.workspace, channel: row.channel, status: row.status, ...(failure?.code ? { code: failure.code } : {}) });
}
