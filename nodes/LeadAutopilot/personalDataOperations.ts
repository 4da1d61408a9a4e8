import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { ERASURE_SCOPES } from '../../engine/privacy/erasure';
import type { ErasureRequest } from '../../store/store';
import { commitIsolated, executeBatch, type Settled } from '../shared/batch';
import { ItemInputError } from '../shared/errors';
import { withStore } from '../shared/openNodeStore';
import { perWorkspace } from '../shared/perWorkspace';
import { readOptionalText, readText } from '../shared/readParameter';

type Written = Record<string, unknown>;
interface PersonParameters {
	workspace: string;
	reference: string;
}

/** Export: everything that is held about a person, by table. */
export async function exportContact(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await executeBatch<PersonParameters, Written>(context, {
		outputs: 1,
		failedOutput: 0,
		read: (index) => ({ workspace: readText(context, 'workspace', index, 'Workspace'), reference: readText(context, 'contact', index, 'Contact') }),
		decide: async (items) =>
			await withStore(context, async (store) =>
				await perWorkspace(items.map(({ params }) => params), ({ workspace }) => workspace, async (workspace, own) =>
					await commitIsolated(own, async (batch) => {
						const found = await store.personalData.export(workspace, batch.map(({ reference }) => reference));
						return found.map((held): Written => ({
							personalData: held ? { found: true, ...held, sentence: `${held.rows} entries in ${Object.keys(held.tables).length} tables are held about this person.` } : { found: false, sentence: 'Nothing is held about this person.' },
						}));
					}),
				),
			),
		write: (json) => ({ output: 0, json }),
	});
}

function readErasure(context: IExecuteFunctions, index: number): ErasureRequest & { workspace: string } {
	const chosen = readText(context, 'erase', index, 'What');
	const scope = ERASURE_SCOPES.find((one) => one === chosen);
	if (!scope) throw new ItemInputError(`'What' is '${chosen.slice(0, 40)}', which is not known`, `Use one of: ${ERASURE_SCOPES.join(', ')}.`);
	return {
		workspace: readText(context, 'workspace', index, 'Workspace'),
		reference: readText(context, 'contact', index, 'Contact'),
		scope,
		suppress: scope === 'everything' && context.getNodeParameter('suppress', index, true) === true,
		by: readOptionalText(context, 'by', index) ?? 'workflow',
		actor: 'person',
	};
}

/** Erase: each person in a transaction of their own, so that what is reported for one is never repeated for another's failure. */
export async function eraseContact(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await executeBatch<ErasureRequest & { workspace: string }, Written>(context, {
		outputs: 1,
		failedOutput: 0,
		read: (index) => readErasure(context, index),
		decide: async (items) =>
			await withStore(context, async (store) => {
				const results: Settled<Written>[] = [];
				for (const { params: { workspace, ...request } } of items) results.push(...(await commitIsolated([request], async (one) => (await store.personalData.erase(workspace, one)).map((erasure) => ({ erasure })))));
				return results;
			}),
		write: (json) => ({ output: 0, json }),
	});
}
