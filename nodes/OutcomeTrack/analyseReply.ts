import { createHash, randomInt } from 'node:crypto';
import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { parseChannel, type Channel } from '../../engine/channels/channel';
import { LABEL_RULES, labelOfReply, rewardOf, type OutcomeLabel } from '../../engine/outcome/labels';
import type { Outcome } from '../../engine/outcome/outcome';
import { MessageSchema } from '../../engine/message/message';
import { readReply } from '../../engine/reply/readReply';
import { refineReply } from '../../engine/reply/refineReply';
import { replyPrompt, ReplyReadingSchema } from '../../engine/reply/replyPrompt';
import type { Reply } from '../../engine/reply/reply';
import { epochMs, iso, type EpochMs } from '../../engine/time';
import type { ModelAccess } from '../../llm/modelAccess';
import type { OutcomeInput, Store } from '../../store/store';
import { commitIsolated, executeBatch, settled, type ReadItem, type Settled } from '../shared/batch';
import { ItemInputError } from '../shared/errors';
import { modelFailure, openNodeModel, type NodeModel } from '../shared/model';
import { withStoreIfReachable } from '../shared/openNodeStore';
import { perWorkspace } from '../shared/perWorkspace';
import { readKey, readOptionalText, readOptionalTime, readText } from '../shared/readParameter';
import { toOutcome } from '../shared/toOutcome';

interface ReplyParameters {
	workspace: string;
	text?: string;
	messageId?: string;
	language?: string;
	contactId?: string;
	outboundId?: string;
	threadId?: string;
	channel?: Channel;
	at?: EpochMs;
	redact: boolean;
}

interface Analysed {
	reply: Reply;
	outcome: Outcome;
}

function readParameters(context: IExecuteFunctions, index: number, item: INodeExecutionData): ReplyParameters {
	const message = readKey(item, 'message', MessageSchema);
	const text = readOptionalText(context, 'replyText', index);
	const messageId = readOptionalText(context, 'messageId', index);
	if (text === undefined && messageId === undefined) throw new ItemInputError('There is no answer to analyse', "Fill in 'Text', or 'Message ID' of a message on record.");
	return {
		workspace: readText(context, 'workspace', index, 'Workspace'),
		text,
		messageId,
		language: message?.language,
		contactId: readOptionalText(context, 'contact', index),
		outboundId: readOptionalText(context, 'draftId', index),
		threadId: readOptionalText(context, 'options.threadId', index) ?? message?.threadId,
		channel: parseChannel(readOptionalText(context, 'options.channel', index) ?? message?.channel ?? item.json.channel),
		at: readOptionalTime(context, 'options.occurredAt', index, 'Occurred At') ?? (message ? epochMs(message.timestamp) : undefined),
		redact: context.getNodeParameter('redact', 0, false) === true,
	};
}

/** What the answer reads like: as a person or an earlier step read it, else by rules, refined by a model where one is there. */
async function read(params: ReplyParameters, stored: Reply | undefined, access: ModelAccess | undefined, model: NodeModel): Promise<{ reply: Reply; fresh: boolean; why?: string }> {
	if (stored) return { reply: stored, fresh: false };
	if (params.text === undefined) throw new ItemInputError(`The message ${params.messageId ?? ''} has not been read yet`, "Fill in 'Text', or let Quality Gate or Classify Lead look at the message first.");
	const byRules = readReply(params.text, { language: params.language });
	if (!access) return { reply: byRules, fresh: true };
	const prompt = replyPrompt(params.text, params.redact ? { language: params.language, rng: () => randomInt(2 ** 32) / 2 ** 32 } : undefined);
	try {
		const { value } = await access.completeStructured({ system: prompt.system, messages: [{ role: 'user', content: prompt.user }], schemaName: 'reply' }, ReplyReadingSchema, {
			purpose: 'classify',
			correlationId: params.messageId,
			template: prompt.template,
			signal: model.signal,
		});
		return { reply: { ...refineReply(byRules, value), sentiment: value.sentiment ?? byRules.sentiment }, fresh: true };
	} catch (error) {
		return { reply: byRules, fresh: true, why: modelFailure(error).why };
	}
}

const SAID: Readonly<Partial<Record<OutcomeLabel, string>>> = {
	positive_reply: 'Answered with interest',
	neutral_reply: 'Answered, neither for nor against',
	objection: 'Answered with an objection',
	opt_out: 'Asks to stop: let Quality Gate check the message, so that nothing more is sent',
	complaint: 'Complained',
	automatic_reply: "An absence notice, which is nobody's answer and counts as nothing",
};

/** What is said of an answer, whether or not it could be tied to a message. */
function judged(reply: Reply, at: EpochMs, why: string | undefined): Outcome {
	const label = labelOfReply(reply);
	const reward = rewardOf(label, reply.sentiment);
	const { weight } = LABEL_RULES[label];
	const worth = `weight ${weight}${reward === undefined ? '' : `, reward ${reward.toFixed(2)}`}`;
	const byRules = why === undefined ? '' : ` Read by rules, because ${why}.`;
	return { event: 'replied', occurredAt: iso(at), label, weight, ...(reward === undefined ? {} : { reward }), sentiment: reply.sentiment, attribution: {}, attributed: 'none', recorded: false, sentence: `${SAID[label] ?? 'Answered'} (${worth}).${byRules}` };
}

/** The same words of the same person, reported again on the same day, are one answer. */
function textEventId({ contactId, threadId, outboundId, text = '' }: ReplyParameters, at: EpochMs): string {
	return ['answer-text', outboundId ?? threadId ?? contactId ?? '', iso(at).slice(0, 10), createHash('sha256').update(text).digest('hex').slice(0, 32)].join(':');
}

async function record(store: Store, params: ReplyParameters, { reply, fresh }: { reply: Reply; fresh: boolean }, outcome: Outcome): Promise<Outcome> {
	const { workspace, messageId } = params;
	if (outcome.label === 'automatic_reply') return outcome;
	const at = epochMs(outcome.occurredAt);
	if (messageId !== undefined) {
		if (fresh) await store.messages.saveReadings(workspace, [{ messageId, reply, refined: true }]);
		const [known] = await store.messages.readings(workspace, [messageId]);
		// The store made the outcome of it, where it answers one of our messages.
		if (known) {
			const [answer] = await store.outcomes.list(workspace, { messageId, limit: 1 });
			if (!answer) return { ...outcome, sentence: `${outcome.sentence} It answers no message of ours.` };
			const [row] = answer.outboundId === undefined ? [] : await store.outbound.find(workspace, [answer.outboundId]);
			return merged(outcome, toOutcome(answer, { event: 'replied', attributed: answer.attributed, recorded: fresh, settled: false, outboundId: answer.outboundId, row }));
		}
	}
	const { contactId, threadId, outboundId, channel } = params;
	if (contactId === undefined && threadId === undefined && outboundId === undefined) return { ...outcome, sentence: `${outcome.sentence} Not recorded: it names no message and no person.` };
	const [contact] = contactId === undefined ? [] : await store.contacts.find(workspace, [contactId]);
	const input: OutcomeInput = { workspace, event: 'replied', occurredAt: at, contactId: contact?.id ?? contactId, threadId, outboundId, channel, label: outcome.label, sentiment: reply.sentiment, eventId: textEventId(params, at) };
	const [result] = await store.outcomes.record([input]);
	return merged(outcome, toOutcome(input, result));
}

const merged = (said: Outcome, kept: Outcome): Outcome => ({ ...kept, ...(said.label === undefined ? {} : { label: said.label }), weight: said.weight, reward: said.reward, sentence: `${said.sentence} ${kept.sentence}` });

/** Analyse Reply: how an answer is meant, what it is worth, and on record where it belongs. */
export async function analyseReplies(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await executeBatch<ReplyParameters, Analysed>(context, {
		outputs: 1,
		failedOutput: 0,
		read: (index, item) => readParameters(context, index, item),
		decide: async (items) =>
			await withStoreIfReachable(context, async (store, reason) => {
				if (!store) context.addExecutionHints({ message: `The store could not be reached (${reason ?? 'no reason given'}). The answers were read, but not put on record.`, location: 'outputPane', type: 'warning' });
				const model = await openNodeModel(context, store);
				return await perWorkspace(items, ({ params }) => params.workspace, async (workspace, own) => await analyse(store, model, workspace, own));
			}),
		write: ({ reply, outcome }) => ({ output: 0, json: { reply, outcome } }),
	});
}

async function analyse(store: Store | undefined, model: NodeModel, workspace: string, items: ReadItem<ReplyParameters>[]): Promise<Settled<Analysed>[]> {
	const now = store ? await store.clock.now() : epochMs(Date.now());
	const ids = [...new Set(items.flatMap(({ params }) => params.messageId ?? []))];
	const readings = store && ids.length > 0 ? await store.messages.readings(workspace, ids) : [];
	const stored = new Map(ids.map((id, place) => [id, readings[place]]));
	const [settings] = store ? await store.settings.effective([{ workspace }]) : [];
	const access = model.access(workspace, settings);
	const readAll = await Promise.all(
		items.map(async ({ params }) => {
			try {
				return settled.ok(await read(params, params.messageId === undefined ? undefined : stored.get(params.messageId), access, model));
			} catch (error) {
				return settled.failed(error);
			}
		}),
	);
	const results: Settled<Analysed>[] = [];
	for (const [place, { params }] of items.entries()) {
		const reading = readAll[place];
		if (!reading.ok) {
			results.push(reading);
			continue;
		}
		const { reply, why } = reading.value;
		const outcome = judged(reply, params.at ?? now, why);
		results.push(...(await commitIsolated([params], async ([one]) => [{ reply, outcome: store ? await record(store, one, reading.value, outcome) : outcome }])));
	}
	return results;
}
