import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { correctContacts, type CorrectedContact, type WantedCorrection } from '../../desk/corrections/correctContacts';
import { parseLeadIntent } from '../../engine/classify/correction';
import { StatusSchema } from '../../engine/message/contact';
import { ReplyIntentSchema } from '../../engine/reply/reply';
import type { Store } from '../../store/store';
import { executeBatch, settled, type ReadItem, type Settled } from '../shared/batch';
import { ItemInputError } from '../shared/errors';
import { withStore } from '../shared/openNodeStore';
import { perWorkspace } from '../shared/perWorkspace';
import { readNumber, readOptionalText, readText } from '../shared/readParameter';

interface CorrectParameters extends WantedCorrection {
	workspace: string;
}

/** Correct: a person puts intent, score, status or the reading of a message right. */
export async function correctContact(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await executeBatch<CorrectParameters, CorrectedContact>(context, {
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

async function decide(store: Store, items: ReadItem<CorrectParameters>[]): Promise<Settled<CorrectedContact>[]> {
	return await perWorkspace(items.map(({ params }) => params), ({ workspace }) => workspace, async (workspace, own) => await correctAll(store, workspace, own));
}

async function correctAll(store: Store, workspace: string, own: CorrectParameters[]): Promise<Settled<CorrectedContact>[]> {
	const corrected = await correctContacts(store, workspace, own);
	return corrected.map((result, place) =>
		result ? settled.ok(result) : settled.failed(new ItemInputError(`Nobody is known as '${own[place].reference.slice(0, 80)}' in workspace '${workspace}'`, 'Create the contact with Contact → Create or Update first.')),
	);
}
