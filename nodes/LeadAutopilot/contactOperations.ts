import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { Channel } from '../../engine/channels/channel';
import type { Contact } from '../../engine/message/contact';
import { phoneNumber } from '../../engine/message/intake/cleaning';
import { DEFAULT_PIPELINE } from '../../engine/pipeline/defaultPipeline';
import type { Pipeline } from '../../engine/pipeline/stage';
import { whyThisStage } from '../../engine/pipeline/whyThisStage';
import { HOUR, iso, later, type EpochMs } from '../../engine/time';
import type { ContactInput, Store } from '../../store/store';
import { commitIsolated, executeBatch, type ReadItem, type Settled } from '../shared/batch';
import { ItemInputError } from '../shared/errors';
import { withStore } from '../shared/openNodeStore';
import { perWorkspace } from '../shared/perWorkspace';
import { readChannel, readNumber, readOptionalText, readText } from '../shared/readParameter';
import { readContactInput } from './readContactInput';

interface ContactParameters {
	workspace: string;
	/** Empty for Upsert. */
	reference: string;
	input: ContactInput;
	channel: Channel;
	allChannels: boolean;
	reason: string;
	hours: number;
	by: string;
}
type Written = Record<string, unknown>;
type Work = (store: Store, workspace: string, items: ContactParameters[], now: EpochMs) => Promise<Written[]>;

const OPERATIONS: Readonly<Record<string, Work>> = {
	async upsert(store, workspace, items) {
		return (await store.contacts.upsert(workspace, items.map(({ input }) => input))).map((contact) => ({ contact }));
	},
	async get(store, workspace, items) {
		const contacts = await store.contacts.find(workspace, items.map(({ reference }) => reference));
		const known = contacts.flatMap((contact) => (contact ? [contact.id] : []));
		const conversations = await store.contacts.conversations(workspace, known);
		const moves = await store.pipelines.lastMoves(workspace, known);
		const pipelines = await store.pipelines.list(workspace);
		const why = (contact: Contact): object => ({ stage: whyThisStage(contact, moves[known.indexOf(contact.id)], stageName(pipelines, contact)) });
		return contacts.map((contact, place) => (contact ? { contact, conversation: conversations[known.indexOf(contact.id)], why: why(contact), lookup: { found: true, sentence: foundSentence(contact) } } : { lookup: { found: false, sentence: `Nobody is known as '${items[place].reference.slice(0, 80)}' in workspace '${workspace}'.` } }));
	},
	async optOut(store, workspace, items) {
		const contacts = await store.contacts.find(workspace, items.map(({ reference }) => reference));
		const results = await store.suppressions.optOut(
			items.map(({ channel, allChannels, reason, reference }, place) => ({ workspace, contactId: contacts[place]?.id, channel, address: addressOn(channel, contacts[place], reference), allChannels, reason, actor: 'person' })),
		);
		const after = await store.contacts.find(workspace, items.map(({ reference }) => reference));
		return items.map(({ channel, allChannels }, place) => {
			const { cancelled } = results[place];
			const where = allChannels ? 'on any channel' : `on ${channel}`;
			return { ...contactKey(after[place]), optOut: { channel, allChannels, cancelled, sentence: `Opted out: nothing is sent ${where} any more; ${cancelled.length} planned ${cancelled.length === 1 ? 'message was' : 'messages were'} cancelled.` } };
		});
	},
	async optIn(store, workspace, items) {
		const contacts = await store.contacts.find(workspace, items.map(({ reference }) => reference));
		await store.suppressions.optIn(
			workspace,
			items.map(({ channel, reason, by, reference }, place) => ({ contactId: contacts[place]?.id, channel, address: addressOn(channel, contacts[place], reference), actor: by, reason })),
		);
		const after = await store.contacts.find(workspace, items.map(({ reference }) => reference));
		return items.map(({ channel }, place) => ({ ...contactKey(after[place]), optIn: { channel, sentence: `Opted in: messages on ${channel} are allowed again.` } }));
	},
	async takeOver(store, workspace, items, now) {
		const ids = await knownIds(store, workspace, items);
		await store.contacts.setTakeOver(workspace, items.map(({ hours, by }, place) => ({ contactId: ids[place], until: later(now, hours * HOUR), by })));
		const after = await store.contacts.find(workspace, ids);
		return items.map(({ hours }, place) => ({ ...contactKey(after[place]), takeover: { until: iso(later(now, hours * HOUR)), sentence: `Taken over for ${hours} ${hours === 1 ? 'hour' : 'hours'}: the autopilot keeps quiet until ${iso(later(now, hours * HOUR)).slice(0, 16).replace('T', ' ')} UTC.` } }));
	},
	async handBack(store, workspace, items) {
		const ids = await knownIds(store, workspace, items);
		await store.contacts.setTakeOver(workspace, items.map(({ by }, place) => ({ contactId: ids[place], until: null, by })));
		const after = await store.contacts.find(workspace, ids);
		return items.map((_, place) => ({ ...contactKey(after[place]), takeover: { sentence: 'Handed back: the autopilot answers again.' } }));
	},
};

/** Upsert, Get, Opt Out, Opt In, Take Over and Hand Back. */
export async function contactOperation(context: IExecuteFunctions, operation: string): Promise<INodeExecutionData[][]> {
	const work = OPERATIONS[operation];
	return await executeBatch<ContactParameters, Written>(context, {
		outputs: 1,
		failedOutput: 0,
		read: (index) => readParameters(context, operation, index),
		decide: async (items) => await withStore(context, async (store) => await decide(store, items, work)),
		write: (json) => ({ output: 0, json }),
	});
}

async function decide(store: Store, items: ReadItem<ContactParameters>[], work: Work): Promise<Settled<Written>[]> {
	const now = await store.clock.now();
	return await perWorkspace(items.map(({ params }) => params), ({ workspace }) => workspace, async (workspace, own) => await commitIsolated(own, async (batch) => await work(store, workspace, batch, now)));
}

function readParameters(context: IExecuteFunctions, operation: string, index: number): ContactParameters {
	const workspace = readText(context, 'workspace', index, 'Workspace');
	const writes = operation === 'optOut' || operation === 'optIn';
	return {
		workspace,
		reference: operation === 'upsert' ? '' : readText(context, 'contact', index, 'Contact'),
		input: operation === 'upsert' ? readContactInput(context, index) : {},
		channel: writes ? readChannel(context, index) : 'email',
		allChannels: context.getNodeParameter('allChannels', index, false) === true,
		reason: readOptionalText(context, 'reason', index) ?? 'Asked for by a person',
		hours: operation === 'takeOver' ? positive(readNumber(context, 'hours', index, 'Hours')) : 0,
		by: readOptionalText(context, 'by', index) ?? 'workflow',
	};
}

function positive(hours: number): number {
	if (hours <= 0) throw new ItemInputError("'Hours' must be more than 0", 'To end a takeover use the operation Hand Back.');
	return hours;
}

/** Ids of people; who is not known yet becomes known by the reference, since a takeover must hold from the first message on. */
async function knownIds(store: Store, workspace: string, items: ContactParameters[]): Promise<string[]> {
	const contacts = await store.contacts.find(workspace, items.map(({ reference }) => reference));
	const unknown = items.filter((_, place) => !contacts[place]).map(({ reference }) => inputFor(reference));
	const created = await store.contacts.upsert(workspace, unknown);
	return contacts.map((contact) => contact?.id ?? created.shift()?.id ?? '');
}

function inputFor(reference: string): ContactInput {
	if (reference.includes('@')) return { email: reference };
	return /^\+?[\d\s()./-]{6,}$/.test(reference) ? { phone: phoneNumber(reference) } : { id: reference };
}

/** The address to suppress: the contact's own on the channel, else the reference itself where it is one. */
function addressOn(channel: Channel, contact: Contact | undefined, reference: string): string | undefined {
	const stored = channel === 'email' ? contact?.email : channel === 'whatsapp' || channel === 'sms' ? contact?.phone : contact?.handles[channel];
	if (stored !== undefined) return stored;
	if (contact) return undefined;
	return channel === 'email' ? (reference.includes('@') ? reference : undefined) : reference;
}

function stageName(pipelines: readonly Pipeline[], { pipelineId, stageId }: Contact): string | undefined {
	const pipeline = pipelines.find(({ id }) => id === pipelineId) ?? (pipelineId === DEFAULT_PIPELINE.id ? DEFAULT_PIPELINE : undefined);
	return pipeline?.stages.find(({ id }) => id === stageId)?.name;
}

function contactKey(contact: Contact | undefined): { contact?: Contact } {
	return contact ? { contact } : {};
}

function foundSentence(contact: Contact): string {
	const parts = [contact.status, contact.score === undefined ? undefined : `score ${contact.score}`, contact.stageId && `stage ${contact.stageId}`].filter((part) => part !== undefined && part !== '');
	return `${contact.name ?? 'The contact'} is known${parts.length > 0 ? ` (${parts.join(', ')})` : ''}.`;
}

