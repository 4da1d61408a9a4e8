import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { ENROLMENT_STATES, type Enrolment, type Sequence } from '../../engine/sequence/sequence';
import type { SavedSequence, SequenceCounts, Store } from '../../store/store';
import { commitIsolated, executeBatch, settled, type Settled } from '../shared/batch';
import { ItemInputError } from '../shared/errors';
import { makeItems } from '../shared/makeItems';
import { withStore } from '../shared/openNodeStore';
import { perWorkspace } from '../shared/perWorkspace';
import { readNumber, readOptionalText, readText } from '../shared/readParameter';
import { readSequence } from './readSequence';

const FRESH = 0;
const KNOWN = 1;
/** Outputs of the operations that have several. */
export const SEQUENCE_OUTPUTS = { 'sequence.enrol': ['Enrolled', 'Already Enrolled'] } as const;
const MOST_LISTED = 1_000;

const by = (context: IExecuteFunctions, index: number): string => readOptionalText(context, 'sequenceBy', index) ?? 'workflow';

interface SaveParams {
	workspace: string;
	sequence: Sequence;
	move: boolean;
	by: string;
}

function savedJson({ sequence, version, changed }: SavedSequence & { changed: boolean }): object {
	const steps = `${sequence.steps.length} ${sequence.steps.length === 1 ? 'step' : 'steps'}`;
	return { sequence: { ...sequence, version, changed, sentence: changed ? `"${sequence.name}" is saved with ${steps} (version ${version}).` : `"${sequence.name}" was saved like this already (version ${version}).` } };
}

/** Save: a changed sequence is a new version. One after the other: two items may change the same one. */
export async function saveSequences(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await executeBatch<SaveParams, object>(context, {
		outputs: 1,
		failedOutput: 0,
		read: (index) => ({ workspace: readText(context, 'workspace', index, 'Workspace'), sequence: readSequence(context, index), move: readOptionalText(context, 'underWay', index) === 'move', by: by(context, index) }),
		decide: async (items) =>
			await withStore(context, async (store) => {
				// A hundred leads that come with the same sequence are one save.
				const distinct = Map.groupBy(items.map(({ params }) => params), (params) => JSON.stringify(params));
				const results = new Map<string, Settled<object>>();
				for (const [key, [{ workspace, sequence, move, by: who }]] of distinct) {
					const [result] = await commitIsolated([sequence], async (batch) => (await store.sequences.save(workspace, batch, { by: who, moveRunning: move })).map(savedJson));
					results.set(key, result);
				}
				return items.flatMap(({ params }) => results.get(JSON.stringify(params)) ?? []);
			}),
		write: (json) => ({ output: 0, json }),
	});
}

interface PersonParams {
	workspace: string;
	sequenceId?: string;
	reference: string;
	by: string;
}

function readPerson(context: IExecuteFunctions, index: number): PersonParams {
	const sequenceId = readOptionalText(context, 'sequenceId', index);
	return { workspace: readText(context, 'workspace', index, 'Workspace'), ...(sequenceId === undefined ? {} : { sequenceId }), reference: readText(context, 'contact', index, 'Contact'), by: by(context, index) };
}

/** Runs `work` over the items whose contact is on record; the others fail with what to do. */
async function forContacts<P extends PersonParams, R>(store: Store, items: readonly P[], work: (workspace: string, own: (P & { contactId: string })[]) => Promise<R[]>): Promise<Settled<R>[]> {
	return await perWorkspace(items, ({ workspace }) => workspace, async (workspace, own) => {
		const contacts = await store.contacts.find(workspace, own.map(({ reference }) => reference));
		const known = own.flatMap((params, at) => {
			const contact = contacts[at];
			return contact ? [{ ...params, contactId: contact.id }] : [];
		});
		const done = await commitIsolated(known, async (batch) => await work(workspace, batch));
		return own.map((_, at) => (contacts[at] ? (done.shift() ?? settled.failed(new Error('The contact was not worked on.'))) : settled.failed(new ItemInputError('Nobody is known under this ID or address', 'Record the lead first (workflow 01, or Lead Autopilot → Message → Record).'))));
	});
}

/** Enrol: who runs already, or went through before, leaves on the second output. */
export async function enrolContacts(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await executeBatch<PersonParams & { sequenceId: string; again: boolean }, { enrolment: Enrolment; created: boolean }>(context, {
		outputs: SEQUENCE_OUTPUTS['sequence.enrol'].length,
		failedOutput: KNOWN,
		read: (index) => ({ ...readPerson(context, index), sequenceId: readText(context, 'sequenceId', index, 'Sequence ID'), again: context.getNodeParameter('again', index, false) === true }),
		decide: async (items) =>
			await withStore(context, async (store) =>
				await forContacts(store, items.map(({ params }) => params), async (workspace, own) => await store.sequences.enrol(own.map(({ sequenceId, contactId, by: who, again }) => ({ workspace, sequenceId, contactId, by: who, again })))),
			),
		write: ({ enrolment, created }) => ({ output: created ? FRESH : KNOWN, json: { enrolment } }),
	});
}

/** Stop: ends what a contact is enrolled in. Nothing to end is no error. */
export async function stopContacts(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await executeBatch<PersonParams & { reason?: string }, object>(context, {
		outputs: 1,
		failedOutput: 0,
		read: (index) => {
			const reason = readOptionalText(context, 'stopReason', index);
			return { ...readPerson(context, index), ...(reason === undefined ? {} : { reason: reason.slice(0, 300) }) };
		},
		decide: async (items) =>
			await withStore(context, async (store) =>
				await forContacts(store, items.map(({ params }) => params), async (workspace, own) => {
					const requests = own.map(({ contactId, sequenceId, by: who, reason }) => ({ workspace, contactId, ...(sequenceId === undefined ? {} : { sequenceId }), reason: `Stopped by ${who}${reason === undefined ? '' : `: ${reason.replace(/\.+$/, '')}`}.`, actor: 'person' as const }));
					return (await store.sequences.stop(requests)).map((stopped) => ({
						stopped: { enrolments: stopped, sentence: stopped.length === 0 ? 'The contact was enrolled in nothing that runs.' : `${stopped.length} ${stopped.length === 1 ? 'enrolment was' : 'enrolments were'} stopped, and what was planned of it is cancelled.` },
					}));
				}),
			),
		write: (json) => ({ output: 0, json }),
	});
}

function countedJson({ sequence, version, savedAt, savedBy }: SavedSequence, counts: SequenceCounts): object {
	const { active, finished, stopped } = counts.states;
	const answered = counts.codes.replied ?? 0;
	return { sequence: { ...sequence, version, savedAt, savedBy, counts, sentence: `"${sequence.name}": ${active} under way, ${finished} had all steps, ${stopped} stopped (${answered} answered).` } };
}

/** Get: one item a sequence. */
export async function getSequences(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await makeItems(context, async (store) => {
		const workspace = readText(context, 'workspace', 0, 'Workspace');
		const id = readOptionalText(context, 'sequenceId', 0);
		const all = id === undefined ? await store.sequences.list(workspace) : (await store.sequences.find(workspace, [id])).filter((one) => one !== undefined);
		if (id !== undefined && all.length === 0) throw new ItemInputError(`No sequence '${id.slice(0, 60)}' is saved in this workspace`, 'Save it first, or empty Sequence ID to get all.');
		const counts = await store.sequences.counts(workspace, all.map(({ sequence }) => sequence.id));
		return all.map((saved, at) => countedJson(saved, counts[at]));
	});
}

/** List Enrolments: one item each, the newest first. */
export async function listEnrolments(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await makeItems(context, async (store) => {
		const workspace = readText(context, 'workspace', 0, 'Workspace');
		const sequenceId = readOptionalText(context, 'sequenceId', 0);
		const reference = readOptionalText(context, 'contact', 0);
		const limit = readNumber(context, 'limit', 0, 'Limit');
		if (limit < 1) throw new ItemInputError(`'Limit' must be 1 or more, but is ${limit}`);
		const state = ENROLMENT_STATES.find((one) => one === readOptionalText(context, 'enrolmentState', 0));
		const contactId = reference === undefined ? undefined : ((await store.contacts.find(workspace, [reference]))[0]?.id ?? reference);
		const enrolments = await store.sequences.enrolments(workspace, { ...(sequenceId === undefined ? {} : { sequenceId }), ...(contactId === undefined ? {} : { contactId }), ...(state ? { states: [state] } : {}), limit: Math.min(Math.floor(limit), MOST_LISTED) });
		return enrolments.map((enrolment) => ({ enrolment }));
	});
}
