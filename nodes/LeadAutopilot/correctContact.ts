import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { Classification } from '../../engine/classify/classification';
import { correctionOf, parseLeadIntent, type Correction } from '../../engine/classify/correction';
import { TELLING_EVENTS } from '../../engine/classify/evidence';
import { StatusSchema, type Contact, type Status } from '../../engine/message/contact';
import { correctReading } from '../../engine/reply/correctReading';
import { ReplyIntentSchema, type Reply, type ReplyIntent } from '../../engine/reply/reply';
import type { CorrectionResult, Store } from '../../store/store';
import { executeBatch, settled, type ReadItem, type Settled } from '../shared/batch';
import { ItemInputError } from '../shared/errors';
import { foundByKey } from '../shared/foundByKey';
import { indexPastLeads } from '../shared/indexPastLeads';
import { withStore } from '../shared/openNodeStore';
import { perWorkspace } from '../shared/perWorkspace';
import { readNumber, readOptionalText, readText } from '../shared/readParameter';

interface CorrectParameters {
	workspace: string;
	reference: string;
	messageId?: string;
	by: string;
	wanted: { intent?: Classification['intent']; score?: number; status?: Status; replyIntent?: ReplyIntent };
}
interface Written {
	contact: Contact;
	correction: Partial<Correction> & { sentence: string };
}

interface Decided extends Written {
	made?: Correction;
	messageId?: string;
	/** The message's reading as put right. */
	reading?: Reply;
	by: string;
}

/** Correct: a person puts intent, score, status or the reading of a message right. */
export async function correctContact(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await executeBatch<CorrectParameters, Written>(context, {
		outputs: 1,
		failedOutput: 0,
		read: (index) => readCorrection(context, index),
		decide: async (items) => await withStore(context, async (store) => await decide(store, items)),
		write: (json) => ({ output: 0, json }),
	});
}

function readCorrection(context: IExecuteFunctions, index: number): CorrectParameters {
	const field = (name: string): string | undefined => readOptionalText(context, `corrections.${name}`, index);
	const intent = field('intent');
	const status = field('status')?.toUpperCase();
	const replyIntent = field('replyIntent')?.toLowerCase();
	const score = field('score') === undefined ? undefined : readNumber(context, 'corrections.score', index, 'Score');
	if (intent !== undefined && parseLeadIntent(intent) === undefined) throw new ItemInputError(`'Intent' must be hot, warm or cold, but is '${intent.slice(0, 40)}'`);
	if (score !== undefined && (score < 0 || score > 100)) throw new ItemInputError(`'Score' must lie between 0 and 100, but is ${score}`);
	const wanted = {
		...(intent === undefined ? {} : { intent: parseLeadIntent(intent) }),
		...(score === undefined ? {} : { score }),
		...(status === undefined ? {} : { status: known(StatusSchema, status, 'Status') }),
		...(replyIntent === undefined ? {} : { replyIntent: known(ReplyIntentSchema, replyIntent, 'Reply Intent') }),
	};
	if (Object.keys(wanted).length === 0) throw new ItemInputError('Nothing is corrected', "Add what is to be put right under 'Corrections'.");
	if (wanted.replyIntent !== undefined && field('messageId') === undefined) throw new ItemInputError("'Reply Intent' belongs to a message, but there is no 'Message ID'", "Add 'Message ID' under 'Corrections'.");
	return { workspace: readText(context, 'workspace', index, 'Workspace'), reference: readText(context, 'contact', index, 'Contact'), messageId: field('messageId'), by: readOptionalText(context, 'by', index) ?? 'workflow', wanted };
}

function known<T extends string>(schema: { options: readonly T[] }, text: string, label: string): T {
	const value = schema.options.find((option) => option === text);
	if (value === undefined) throw new ItemInputError(`'${label}' cannot be '${text.slice(0, 40)}'`, `Use one of: ${schema.options.join(', ')}.`);
	return value;
}

async function decide(store: Store, items: ReadItem<CorrectParameters>[]): Promise<Settled<Written>[]> {
	return await perWorkspace(items.map(({ params }) => params), ({ workspace }) => workspace, async (workspace, own) => await correctAll(store, workspace, own));
}

async function correctAll(store: Store, workspace: string, own: CorrectParameters[]): Promise<Settled<Written>[]> {
	const contacts = await store.contacts.find(workspace, own.map(({ reference }) => reference));
	const messageIds = [...new Set(own.flatMap(({ messageId }) => messageId ?? []))];
	const readings = foundByKey(messageIds, await store.messages.readings(workspace, messageIds));
	// Two corrections of one contact in a batch follow each other.
	const now = new Map<string, Contact>();
	const results = own.map(({ reference, messageId, by, wanted }, place): Settled<Decided> => {
		const found = contacts[place];
		if (!found) return settled.failed(new ItemInputError(`Nobody is known as '${reference.slice(0, 80)}' in workspace '${workspace}'`, 'Create the contact with Contact → Create or Update first.'));
		const contact = now.get(found.id) ?? found;
		const known = messageId === undefined ? undefined : readings.get(messageId);
		const reading = wanted.replyIntent === undefined ? undefined : correctReading(known, wanted.replyIntent);
		const made = correctionOf({ score: contact.score, status: contact.status, replyIntent: known?.intent }, wanted, by) ?? confirmed(wanted, by);
		const after = { ...contact, ...(made?.score === undefined ? {} : { score: made.score }), ...(made?.status === undefined ? {} : { status: made.status }) };
		now.set(found.id, after);
		return settled.ok({ contact: after, correction: made ?? { sentence: 'Nothing to correct: that is what was decided.' }, made, messageId, reading, by });
	});
	const made = results.flatMap((result) => (result.ok && result.value.made ? [{ value: result.value, made: result.value.made }] : []));
	const corrections = made.map(({ value: { contact, messageId, reading, by }, made }) => ({ contactId: contact.id, ...(messageId === undefined ? {} : { messageId }), ...(reading === undefined ? {} : { reading }), actor: by, ...made }));
	const done = await store.labels.correct(workspace, corrections);
	made.forEach(({ value }, place) => (value.correction = { ...value.correction, sentence: `${value.correction.sentence}${optOutSentence(value, done[place])}` }));
	// The next lead like this one is compared with it at once.
	const corrected = [...new Set(corrections.map(({ contactId }) => contactId))];
	await indexPastLeads(store, workspace, await store.leadScores.pastLeads(workspace, { events: TELLING_EVENTS, contactIds: corrected, limit: corrected.length }));
	const after = done.some(({ optedOut }) => optedOut) ? foundByKey(corrected, await store.contacts.find(workspace, corrected)) : new Map<string, Contact>();
	return results.map((result) => (result.ok ? settled.ok({ contact: after.get(result.value.contact.id) ?? result.value.contact, correction: result.value.correction }) : result));
}

/** Who asks us to stop is opted out even where that is what was read: a doubtful reading opts nobody out. */
function confirmed({ replyIntent }: CorrectParameters['wanted'], by: string): Correction | undefined {
	return replyIntent === 'opt_out' ? { labels: [], sentence: `Confirmed by ${by}: reply intent opt_out.` } : undefined;
}

function optOutSentence({ reading, messageId }: Decided, { optedOut }: CorrectionResult): string {
	if (optedOut) return ` Opted out: nothing is sent on ${optedOut.channel} any more; ${optedOut.cancelled.length} planned ${optedOut.cancelled.length === 1 ? 'message was' : 'messages were'} cancelled.`;
	return reading?.optOut.wanted ? ` Nobody was opted out: no message of a lead is known as '${messageId?.slice(0, 80)}'. Use Contact → Opt Out.` : '';
}
