import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { fieldsOf } from '../../engine/message/intake/parsed';
import { openStore } from '../../store/openStore';
import type { NamedPerson } from '../../store/store';
import { executionOf } from './executionOf';
import { storeConfig, usedStore } from './openNodeStore';
import { readOptionalText } from './readParameter';

const PAST_LEAD = 'lead:';

const words = (...values: unknown[]): string[] => values.flatMap((value) => (typeof value === 'string' || typeof value === 'number' ? [String(value)] : []));

/** Whom an item names, by what our own nodes and common sources call them. */
export function referencesIn(json: IDataObject): string[] {
	const contact = fieldsOf(json.contact);
	const own = words(contact.id);
	const { evidence } = fieldsOf(json.classification);
	const pastLeads = Array.isArray(evidence) ? evidence.flatMap((one) => words(fieldsOf(one).id)).filter((id) => id.startsWith(PAST_LEAD)) : [];
	return [
		...(own.length > 0 ? own : words(contact.email, contact.phone, ...Object.values(fieldsOf(contact.handles)))),
		...words(json.contactId, json.email, json.phone, fieldsOf(json.personalData).contactId),
		...(own.length > 0 ? [] : words(fieldsOf(json.job).to)),
		...pastLeads.map((id) => id.slice(PAST_LEAD.length)),
	];
}

const workspaceIn = (json: IDataObject): string | undefined => [json.message, json.job, json.run].flatMap((key) => words(fieldsOf(key).workspace))[0];

function parameter(context: IExecuteFunctions, name: string, index: number): string | undefined {
	try {
		return readOptionalText(context, name, index);
	} catch {
		// An unreadable parameter is the node's own matter; it names nobody.
		return undefined;
	}
}

function peopleOf(context: IExecuteFunctions, outputs: readonly INodeExecutionData[][]): NamedPerson[] {
	const coming = context.getInputData().flatMap(({ json }, index) => {
		const named = referencesIn(json);
		const references = named.length > 0 ? named : words(parameter(context, 'contact', index));
		if (references.length === 0) return [];
		// The node says whose they are; what an item says of itself was written by anybody.
		const workspace = parameter(context, 'workspace', index) ?? workspaceIn(json) ?? 'default';
		return references.map((reference) => ({ workspace, reference }));
	});
	const leaving = outputs.flat().flatMap(({ json, pairedItem }) => {
		const references = referencesIn(json);
		if (references.length === 0) return [];
		const from = typeof pairedItem === 'object' && !Array.isArray(pairedItem) ? pairedItem.item : 0;
		// An account may belong to another workspace than the node's: what left says where it was put.
		const workspace = workspaceIn(json) ?? parameter(context, 'workspace', from) ?? 'default';
		return references.map((reference) => ({ workspace, reference }));
	});
	return [...coming, ...leaving];
}

async function note(context: IExecuteFunctions, outputs: readonly INodeExecutionData[][], failed: boolean): Promise<void> {
	const execution = executionOf(context);
	// A node that worked without a store is not made to wait for one.
	if (!execution || (!failed && usedStore(context) === undefined)) return;
	try {
		const people = peopleOf(context, outputs);
		if (people.length === 0) return;
		const store = await openStore(usedStore(context) ?? (await storeConfig(context)));
		try {
			await store.executions.note(execution, people);
		} finally {
			await store.close();
		}
	} catch (error) {
		// What the node did is done: failing now would have it done again.
		context.logger.warn('autopilot_execution_not_noted', { executionId: execution.executionId, reason: error instanceof Error ? error.name : 'unknown' });
	}
}

/**
 * Runs a node and notes whom the execution holds: those its items named when they came, and when they left. Those it wrote
 * about are noted with what was written already; this adds whom it only read about, and those of a run that failed.
 */
export async function notingWhoIsHeld(context: IExecuteFunctions, run: () => Promise<INodeExecutionData[][]>): Promise<INodeExecutionData[][]> {
	let outputs: INodeExecutionData[][] | undefined;
	try {
		outputs = await run();
		return outputs;
	} finally {
		await note(context, outputs ?? [], outputs === undefined);
	}
}
