import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { HANDLE_KIND, type Channel } from '../../engine/channels/channel';
import { GateSchema, type Gate } from '../../engine/gate/gate';
import { ContactSchema, type Contact } from '../../engine/message/contact';
import { DraftSchema, type Draft } from '../../engine/draft/draft';
import { MessageSchema, type Message } from '../../engine/message/message';
import type { OutboundStatus } from '../../engine/message/outbound';
import { decideReview, decideRoute, type DecideRoute } from '../../engine/message/route';
import { derivedId, draftId } from '../../engine/message/spine';
import type { EpochMs } from '../../engine/time';
import type { NewDraft, Planned, PlanRequest, Store } from '../../store/store';
import { commitIsolated, executeBatch, settled, type ReadItem, type Settled } from '../shared/batch';
import { ItemInputError } from '../shared/errors';
import { jobOf, reviewOf } from '../shared/jobKeys';
import { withStore } from '../shared/openNodeStore';
import { perWorkspace } from '../shared/perWorkspace';
import { readChannel, readKey, readOptionalText, readOptionalTime, readText } from '../shared/readParameter';

const SCHEDULED = 0;
const IN_REVIEW = 1;
const BLOCKED = 2;

/** Where a planned row leaves the node; a repeat finds it wherever it got to meanwhile. */
const OUTPUT: Readonly<Record<OutboundStatus, number>> = {
	drafted: BLOCKED,
	scheduled: SCHEDULED,
	claimed: SCHEDULED,
	sending: SCHEDULED,
	sent: SCHEDULED,
	in_review: IN_REVIEW,
	uncertain: IN_REVIEW,
	blocked: BLOCKED,
	failed: BLOCKED,
	cancelled: BLOCKED,
};

interface PlanParameters {
	workspace: string;
	draftId: string;
	sendAt?: EpochMs;
	reservationId?: string;
	reason?: string;
	/** A verdict on the item, kept only where it is strict: an item may ask for more caution, never for less. */
	gate?: Gate;
	/** A message from elsewhere; used when nothing is stored under the id. */
	elsewhere?: { contact: string; itemContact?: Contact; channel: Channel; message?: Message; draft: Draft };
}

/** Schedule, and Send to Review: job, reservation and the inbound message's decision in one transaction. */
export async function planJobs(context: IExecuteFunctions, toReview: boolean): Promise<INodeExecutionData[][]> {
	return await executeBatch<PlanParameters, Planned>(context, {
		outputs: toReview ? 1 : 3,
		failedOutput: toReview ? 0 : BLOCKED,
		read: (index, item) => readParameters(context, index, item, toReview),
		decide: async (items) => await withStore(context, async (store) => await plan(store, items, toReview)),
		write: ({ row, review }) => ({ output: toReview ? 0 : OUTPUT[row.status], json: { job: jobOf(row), ...(review ? { review: reviewOf(review) } : {}) } }),
	});
}

function readParameters(context: IExecuteFunctions, index: number, item: INodeExecutionData, toReview: boolean): PlanParameters {
	const workspace = readText(context, 'workspace', index, 'Workspace');
	const gate = readKey(item, 'gate', GateSchema);
	const ownText = readOptionalText(context, 'own.text', index);
	const given = readOptionalText(context, 'draftId', index);
	const elsewhere = readElsewhere(context, index, item, ownText);
	const step = readOptionalText(context, 'own.step', index);
	if (ownText !== undefined && !elsewhere) throw new ItemInputError("'Text of Your Own' has no contact to go to", "Fill in its 'Contact' with a contact ID, an e-mail address or a phone number.");
	const id = ownText !== undefined && elsewhere ? ownId(workspace, step, elsewhere, ownText) : (given ?? (elsewhere ? draftId(workspace, step ?? elsewhere.message?.id ?? elsewhere.draft.text, elsewhere.contact) : undefined));
	if (id === undefined) throw new ItemInputError("'Draft ID' is empty and there is no text", "Put Generate With Confidence before this node, or add 'Text' under 'Text of Your Own'.");
	return {
		workspace,
		draftId: id,
		sendAt: toReview ? undefined : readOptionalTime(context, 'sendAt', index, 'Send At'),
		reservationId: toReview ? undefined : readOptionalText(context, 'reservationId', index),
		reason: toReview ? reasonOf(readOptionalText(context, 'reason', index)) : undefined,
		...(gate && gate.verdict !== 'pass' ? { gate } : {}),
		...(elsewhere ? { elsewhere: { ...elsewhere, draft: { ...elsewhere.draft, id } } } : {}),
	};
}

/**
 * A text of one's own never is the stored draft whose ID came with the item, so it has an ID of its own: one a text, or
 * one a campaign step, which each contact gets once whatever its text became meanwhile.
 */
function ownId(workspace: string, step: string | undefined, { message, contact }: NonNullable<PlanParameters['elsewhere']>, text: string): string {
	return step === undefined ? derivedId('draft', workspace, message?.id ?? '', contact, 'own', text) : derivedId('draft', workspace, step, contact, 'own');
}

function reasonOf(text: string | undefined): string {
	const reason = (text ?? 'somebody asked for a look').replace(/\.+$/, '');
	return reason.length > 300 ? `${reason.slice(0, 300)}…` : reason;
}

/** What the item says about a message nobody stored. It was checked by nobody, so it never goes out by itself. */
function readElsewhere(context: IExecuteFunctions, index: number, item: INodeExecutionData, ownText: string | undefined): PlanParameters['elsewhere'] {
	const fromItem = readKey(item, 'draft', DraftSchema);
	const itemText = typeof item.json.draft === 'object' && item.json.draft !== null && 'text' in item.json.draft && typeof item.json.draft.text === 'string' ? item.json.draft.text : undefined;
	const text = ownText ?? fromItem?.text ?? itemText;
	if (text === undefined) return undefined;
	const itemContact = readKey(item, 'contact', ContactSchema);
	const fallback = [itemContact?.id, item.json.email, item.json.phone].find((value): value is string => typeof value === 'string' && value !== '');
	const contact = readOptionalText(context, 'own.contact', index) ?? fallback;
	if (contact === undefined) return undefined;
	const message = readKey(item, 'message', MessageSchema);
	const option = readOptionalText(context, 'own.channel', index);
	const channel = option === undefined ? (message?.channel ?? (contact.includes('@') ? 'email' : 'whatsapp')) : readChannel(context, index, 'own.channel');
	const subject = readOptionalText(context, 'own.subject', index) ?? fromItem?.subject;
	const base = fromItem ?? { id: '', language: 'und', facts: [], signals: {}, usedFallback: false };
	const draft: Draft = {
		...base,
		text,
		...(subject === undefined ? {} : { subject }),
		decision: { autoSend: false, threshold: 1, source: 'fixed', audited: false },
		sentence: 'Written outside Generate With Confidence.',
	};
	return { contact, ...(itemContact ? { itemContact } : {}), channel, ...(message ? { message } : {}), draft };
}

async function plan(store: Store, items: ReadItem<PlanParameters>[], toReview: boolean): Promise<Settled<Planned>[]> {
	return await perWorkspace(items.map(({ params }) => params), ({ workspace }) => workspace, async (workspace, own) => {
		const stored = await store.outbound.find(workspace, own.map((params) => params.draftId));
		const contacts = await store.contacts.find(workspace, own.map(({ elsewhere }) => elsewhere?.contact ?? ''));
		const requests = own.map((params, place) => ({ request: requestOf(params, stored[place] === undefined ? newDraft(params, contacts[place]) : undefined), known: stored[place] !== undefined, reason: params.reason }));
		const missing = requests.filter(({ request, known }) => !known && !request.draft);
		const planned = await commitIsolated(requests.filter((entry) => !missing.includes(entry)), async (batch) => await planBatch(store, batch, toReview));
		return requests.map((entry): Settled<Planned> => {
			const result = missing.includes(entry) ? undefined : planned.shift();
			return result ?? settled.failed(new ItemInputError(`No draft ${entry.request.draftId} is stored in workspace '${workspace}'`, 'Put Generate With Confidence before this node and use the same store credential and workspace in both.'));
		});
	});
}

/** Reviews carry their own reason into the decision, so each reason is planned by itself; usually there are few. */
async function planBatch(store: Store, batch: { request: PlanRequest; reason?: string }[], toReview: boolean): Promise<Planned[]> {
	const requests = batch.map(({ request }) => request);
	if (!toReview) return await store.outbound.plan(requests, decideRoute);
	const reasons = new Map(batch.map(({ request, reason }) => [request.draftId, reason]));
	const decide: DecideRoute = (facts) => decideReview(reasons.get(facts.row.id) ?? reasonOf(undefined))(facts);
	return await store.outbound.plan(requests, decide);
}

function requestOf(params: PlanParameters, draft: NewDraft | undefined): PlanRequest {
	const { workspace, gate, sendAt, reservationId, reason } = params;
	return { workspace, draftId: params.draftId, ...(draft ? { draft } : {}), ...(gate ? { gate } : {}), ...(sendAt === undefined ? {} : { sendAt }), ...(reservationId === undefined ? {} : { reservationId }), ...(reason === undefined ? {} : { reason }) };
}

function newDraft(params: PlanParameters, stored: Contact | undefined): NewDraft | undefined {
	const { elsewhere, workspace } = params;
	if (!elsewhere) return undefined;
	const { channel, message, draft, contact } = elsewhere;
	const answers = message?.direction === 'inbound' ? message : undefined;
	return {
		workspace,
		id: params.draftId,
		contactId: stored?.id ?? elsewhere.itemContact?.id ?? contact,
		channel,
		to: addressOn(channel, stored ?? elsewhere.itemContact) ?? addressIn(channel, contact),
		...(message?.accountId === undefined ? {} : { accountId: message.accountId }),
		...(answers ? { threadId: answers.threadId } : {}),
		inboundIds: answers ? [...(answers.mergedIds ?? []), answers.id] : [],
		purpose: answers ? 'reply' : 'outreach',
		draft,
	};
}

function addressOn(channel: Channel, contact: Contact | undefined): string | undefined {
	const kind = HANDLE_KIND[channel];
	if (kind === 'email') return contact?.email ?? contact?.handles.email;
	if (kind === 'phone') return contact?.phone ?? contact?.handles.phone;
	return contact?.handles[kind];
}

/** A contact named by an address is reached at it, if it is one of the channel's kind. */
function addressIn(channel: Channel, reference: string): string {
	const kind = HANDLE_KIND[channel];
	if (kind === 'email') return reference.includes('@') ? reference : '';
	if (kind === 'phone') return /^\+?[\d\s()./-]{6,}$/.test(reference) ? reference : '';
	return '';
}
