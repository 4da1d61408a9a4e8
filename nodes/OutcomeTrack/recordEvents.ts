import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { parseChannel } from '../../engine/channels/channel';
import { MessageSchema } from '../../engine/message/message';
import { amountProblem, readCurrency } from '../../engine/outcome/money';
import { OutcomeEventSchema, type Outcome } from '../../engine/outcome/outcome';
import { iso, type EpochMs } from '../../engine/time';
import type { OutcomeInput } from '../../store/store';
import { commitIsolated, executeBatch } from '../shared/batch';
import { ItemInputError } from '../shared/errors';
import { withStore } from '../shared/openNodeStore';
import { readKey, readOptionalText, readOptionalTime, readText } from '../shared/readParameter';
import { toOutcome } from '../shared/toOutcome';

type EventParameters = Omit<OutcomeInput, 'occurredAt'> & { occurredAt?: OutcomeInput['occurredAt'] };

function readMoney(context: IExecuteFunctions, index: number): { value?: number; currency?: string } {
	const given = readOptionalText(context, 'options.currency', index);
	const currency = readCurrency(given);
	if (given !== undefined && currency === undefined) throw new ItemInputError(`'Currency' is no currency: '${given.slice(0, 20)}'`, 'Use an ISO 4217 code, e.g. EUR or USD.');
	const raw: unknown = context.getNodeParameter('options.value', index, '');
	if (raw === undefined || raw === null || raw === '') return { currency };
	const value = Number(raw);
	const problem = amountProblem(value, currency);
	if (problem !== undefined) throw new ItemInputError(`'Value' ${problem}: ${JSON.stringify(raw)}`, "Give the amount in the currency's own unit, e.g. 1200.50 for EUR.");
	return { value, currency };
}

function readParameters(context: IExecuteFunctions, index: number, item: INodeExecutionData): EventParameters {
	const message = readKey(item, 'message', MessageSchema);
	const event = OutcomeEventSchema.safeParse(context.getNodeParameter('event', index));
	if (!event.success) throw new ItemInputError(`'Event' is not known: ${JSON.stringify(context.getNodeParameter('event', index))}`, 'Choose one of the list.');
	const parameters: EventParameters = {
		workspace: readText(context, 'workspace', index, 'Workspace'),
		event: event.data,
		occurredAt: readOptionalTime(context, 'options.occurredAt', index, 'Occurred At'),
		outboundId: readOptionalText(context, 'draftId', index),
		contactId: readOptionalText(context, 'contact', index),
		providerId: readOptionalText(context, 'options.providerId', index),
		eventId: readOptionalText(context, 'options.eventId', index),
		threadId: readOptionalText(context, 'options.threadId', index) ?? message?.threadId,
		channel: parseChannel(readOptionalText(context, 'options.channel', index) ?? message?.channel ?? item.json.channel),
		...readMoney(context, index),
	};
	const { outboundId, contactId, providerId, threadId } = parameters;
	if (!outboundId && !contactId && !providerId && !threadId) {
		throw new ItemInputError('The event names no message and no person', "Fill in 'Draft ID' or 'Contact', or add 'Provider ID' or 'Thread ID' under Options.");
	}
	return parameters;
}

/** Without an id or a time of its own, an event that is reported again (a retry, a second run) is the same one if it is about the same message or person on the same UTC day. */
function onceADay({ event, occurredAt, outboundId, providerId, threadId, contactId }: EventParameters, now: EpochMs): string | undefined {
	if (occurredAt !== undefined) return undefined;
	return ['day', outboundId ?? providerId ?? threadId ?? contactId, event, iso(now).slice(0, 10)].join(':');
}

/** Record Event: one event an item, found and attributed by the store. */
export async function recordEvents(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await executeBatch<EventParameters, Outcome>(context, {
		outputs: 1,
		failedOutput: 0,
		read: (index, item) => readParameters(context, index, item),
		decide: async (items) =>
			await withStore(context, async (store) => {
				const now = await store.clock.now();
				const inputs = items.map(({ params }): OutcomeInput => ({ ...params, eventId: params.eventId ?? onceADay(params, now), occurredAt: params.occurredAt ?? now }));
				return await commitIsolated(inputs, async (batch) => {
					const recorded = await store.outcomes.record(batch);
					return recorded.map((result, place) => toOutcome(batch[place], result));
				});
			}),
		write: (outcome) => ({ output: 0, json: { outcome } }),
	});
}
