import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { parseChannel, type Channel } from '../../engine/channels/channel';
import { DraftSchema, type Draft } from '../../engine/draft/draft';
import { MessageSchema } from '../../engine/message/message';
import { draftId } from '../../engine/message/spine';
import type { Outcome } from '../../engine/outcome/outcome';
import type { EpochMs } from '../../engine/time';
import type { NewDraft, Store } from '../../store/store';
import { commitIsolated, executeBatch, type ReadItem, type Settled } from '../shared/batch';
import { ItemInputError } from '../shared/errors';
import { withStore } from '../shared/openNodeStore';
import { readKey, readOptionalText, readOptionalTime, readText } from '../shared/readParameter';
import { toOutcome } from '../shared/toOutcome';

interface SentParameters {
	workspace: string;
	draftId?: string;
	contact?: string;
	channel?: Channel;
	text: string;
	threadId?: string;
	providerId?: string;
	at?: EpochMs;
}

function readParameters(context: IExecuteFunctions, index: number, item: INodeExecutionData): SentParameters {
	const message = readKey(item, 'message', MessageSchema);
	const parameters: SentParameters = {
		workspace: readText(context, 'workspace', index, 'Workspace'),
		draftId: readOptionalText(context, 'draftId', index),
		contact: readOptionalText(context, 'contact', index),
		channel: parseChannel(readOptionalText(context, 'options.channel', index) ?? message?.channel ?? item.json.channel),
		text: readOptionalText(context, 'options.text', index) ?? readKey(item, 'draft', DraftSchema)?.text ?? '',
		threadId: readOptionalText(context, 'options.threadId', index) ?? message?.threadId,
		providerId: readOptionalText(context, 'options.providerId', index),
		at: readOptionalTime(context, 'options.occurredAt', index, 'Occurred At'),
	};
	if (!parameters.draftId && !parameters.contact) {
		throw new ItemInputError('Nothing says which message was sent', "Fill in 'Draft ID', or 'Contact' for a message the autopilot did not plan.");
	}
	return parameters;
}

/** A message sent outside the Outbox, as a row of its own. The id rests on what is known, so that a repeat finds it again. */
function unplanned(params: SentParameters, id: string, contactId: string, channel: Channel): NewDraft {
	const draft: Draft = {
		id,
		text: params.text,
		language: 'und',
		facts: [],
		signals: {},
		usedFallback: false,
		decision: { autoSend: false, threshold: 1, source: 'fixed', audited: false },
		sentence: 'Sent outside the Outbox and recorded afterwards.',
	};
	return { workspace: params.workspace, id, contactId, channel, to: params.contact ?? contactId, threadId: params.threadId, inboundIds: [], purpose: 'outreach', draft };
}

async function commit(store: Store, items: ReadItem<SentParameters>[]): Promise<Settled<Outcome>[]> {
	const now = await store.clock.now();
	const known = new Map<ReadItem<SentParameters>, string | undefined>();
	for (const [workspace, group] of Map.groupBy(items, (item) => item.params.workspace)) {
		const contacts = await store.contacts.find(workspace, group.map((item) => item.params.contact ?? ''));
		group.forEach((item, place) => known.set(item, contacts[place]?.id));
	}
	return await commitIsolated(items, async (batch) => {
		const sent = batch.map((item) => {
			const { params } = item;
			const contactId = known.get(item) ?? params.contact ?? '';
			const id = params.draftId ?? draftId(params.workspace, params.providerId ?? `${params.threadId ?? ''}:${params.at ?? ''}:${params.text}`, contactId);
			const draft = contactId === '' ? undefined : unplanned(params, id, contactId, params.channel ?? 'email');
			return { workspace: params.workspace, id, providerId: params.providerId, at: params.at, draft };
		});
		const marked = await store.outbound.markSent(sent);
		return marked.map(({ row, changed }) =>
			toOutcome({ workspace: row.workspace, event: 'sent', occurredAt: row.sentAt ?? now }, { event: 'sent', outboundId: row.id, attributed: 'id', recorded: changed, row, settled: false }),
		);
	});
}

/** Record Sent: what Outbox → Mark Sent does, also for a message nobody planned here. */
export async function recordSent(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await executeBatch<SentParameters, Outcome>(context, {
		outputs: 1,
		failedOutput: 0,
		read: (index, item) => readParameters(context, index, item),
		decide: async (items) => await withStore(context, async (store) => await commit(store, items)),
		write: (outcome) => ({ output: 0, json: { outcome } }),
	});
}
