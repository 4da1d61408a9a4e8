import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { MessageSchema } from '../../engine/message/message';
import { decideRoute } from '../../engine/message/route';
import type { Store, OutboundRow } from '../../store/store';
import { commitIsolated, executeBatch, settled, type Settled } from '../shared/batch';
import { ItemInputError } from '../shared/errors';
import { jobOf } from '../shared/jobKeys';
import { withStore } from '../shared/openNodeStore';
import { perWorkspace } from '../shared/perWorkspace';
import { readKey, readOptionalText, readText } from '../shared/readParameter';
import { readJobKey, type JobKey } from './readJob';

const SEND = 0;
const DO_NOT_SEND = 1;

/**
 * Begin Send: the last check. Whatever does not leave on Send must not be sent, and what is sent is the draft as stored: an
 * item that waited long may carry an older one.
 */
export async function beginSend(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await executeBatch<JobKey, { id: string; ok: boolean; row?: OutboundRow; sentence: string }>(context, {
		outputs: 2,
		failedOutput: DO_NOT_SEND,
		read: (index) => readJobKey(context, index),
		decide: async (items) =>
			await withStore(context, async (store) => {
				return await perWorkspace(items.map(({ params }) => params), ({ workspace }) => workspace, async (workspace, own) => {
					return (await store.outbound.beginSend(workspace, own.map(({ id }) => id), decideRoute)).map(settled.ok);
				});
			}),
		write: ({ ok, row, sentence, id }, { params }) => ({
			output: ok ? SEND : DO_NOT_SEND,
			json: row ? { job: { ...jobOf(row), sentence }, ...(ok ? { draft: row.draft } : {}) } : { job: { id, workspace: params.workspace, sentence } },
		}),
	});
}

interface CancelParameters extends JobKey {
	reason: string;
}

/** Cancel: a person or a rule of the user's stops what is not sent yet. */
export async function cancelJobs(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await executeBatch<CancelParameters, OutboundRow>(context, {
		outputs: 1,
		failedOutput: 0,
		read: (index) => ({ ...readJobKey(context, index), reason: readOptionalText(context, 'cancelReason', index) ?? 'Stopped by a person.' }),
		decide: async (items) =>
			await withStore(context, async (store) => {
				return await perWorkspace(items.map(({ params }) => params), ({ workspace }) => workspace, async (workspace, own) => await cancelAll(store, workspace, own));
			}),
		write: (row) => ({ output: 0, json: { job: jobOf(row) } }),
	});
}

async function cancelAll(store: Store, workspace: string, own: CancelParameters[]): Promise<Settled<OutboundRow>[]> {
	const results = new Map<CancelParameters, Settled<OutboundRow>>();
	for (const [reason, group] of Map.groupBy(own, (params) => params.reason)) {
		const cancelled = await commitIsolated(group, async (batch) => (await store.outbound.cancel(workspace, batch.map(({ id }) => id), reason, 'person')).map(({ row }) => row));
		group.forEach((params, place) => results.set(params, cancelled[place]));
	}
	return own.map((params) => results.get(params) ?? settled.failed(new ItemInputError(`Message ${params.id} was not cancelled`)));
}

interface NoReplyParameters {
	workspace: string;
	messageIds: string[];
	reason: string;
}

/** No Reply: the inbound message, and the burst it ends, is settled without an answer. */
export async function settleWithoutReply(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await executeBatch<NoReplyParameters, string>(context, {
		outputs: 1,
		failedOutput: 0,
		read: (index, item) => {
			const id = readText(context, 'messageId', index, 'Message ID');
			const message = readKey(item, 'message', MessageSchema);
			const merged = message?.id === id ? (message.mergedIds ?? []) : [];
			return { workspace: readText(context, 'workspace', index, 'Workspace'), messageIds: [...merged, id], reason: readOptionalText(context, 'noReplyReason', index) ?? 'No answer needed.' };
		},
		decide: async (items) =>
			await withStore(context, async (store) => {
				return await perWorkspace(items.map(({ params }) => params), ({ workspace }) => workspace, async (workspace, own) => {
					return await commitIsolated(own, async (batch) => {
						await store.messages.decide(workspace, batch.flatMap(({ messageIds, reason }) => messageIds.map((messageId) => ({ messageId, reason, actor: 'engine' as const }))));
						return batch.map(({ reason }) => reason);
					});
				});
			}),
		write: (sentence) => ({ output: 0, json: { noReply: { sentence } } }),
	});
}
