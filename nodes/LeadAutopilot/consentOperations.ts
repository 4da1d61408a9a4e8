import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { ConsentSchema } from '../../engine/message/contact';
import { iso } from '../../engine/time';
import type { ConsentRecord, ConsentWithdrawal } from '../../store/store';
import { commitIsolated, executeBatch } from '../shared/batch';
import { ItemInputError } from '../shared/errors';
import { withStore } from '../shared/openNodeStore';
import { perWorkspace } from '../shared/perWorkspace';
import { readChannel, readOptionalText, readOptionalTime, readText } from '../shared/readParameter';

type InWorkspace<T> = T & { workspace: string };

function readPerson(context: IExecuteFunctions, index: number): InWorkspace<Pick<ConsentRecord, 'contactId' | 'channel' | 'by'>> {
	return { workspace: readText(context, 'workspace', index, 'Workspace'), contactId: readText(context, 'contact', index, 'Contact'), channel: readChannel(context, index), by: readOptionalText(context, 'by', index) ?? 'workflow' };
}

function readRecord(context: IExecuteFunctions, index: number): InWorkspace<ConsentRecord> {
	const basis = ConsentSchema.shape.basis.safeParse(readText(context, 'basis', index, 'Legal Basis'));
	if (!basis.success) throw new ItemInputError("'Legal Basis' is not known", `Use one of: ${ConsentSchema.shape.basis.options.join(', ')}.`);
	const source = readOptionalText(context, 'consentSource', index);
	const proof = readOptionalText(context, 'proof', index);
	const at = readOptionalTime(context, 'consentAt', index, 'Given At');
	return { ...readPerson(context, index), consent: { basis: basis.data, ...(source === undefined ? {} : { source }), ...(proof === undefined ? {} : { proof }), ...(at === undefined ? {} : { at: iso(at) }) } };
}

/** Record Consent: on what ground a person may be written to on a channel. */
export async function recordConsent(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await executeBatch<InWorkspace<ConsentRecord>, object>(context, {
		outputs: 1,
		failedOutput: 0,
		read: (index) => readRecord(context, index),
		decide: async (items) =>
			await withStore(context, async (store) =>
				await perWorkspace(items.map(({ params }) => params), ({ workspace }) => workspace, async (workspace, own) =>
					await commitIsolated(own, async (batch) => {
						const recorded = await store.consents.record(workspace, batch);
						return recorded.map(({ contactId, holds }, place) => {
							const { channel, consent } = batch[place];
							const sentence = holds ? `Recorded for ${channel}: ${consent.basis.replaceAll('_', ' ')}. An opt-out stays until Opt In.` : `Recorded, but a later withdrawal stands: nothing is sent by ${channel}.`;
							return { contactId, consent: { channel, ...consent, holds, sentence } };
						});
					}),
				),
			),
		write: (json) => ({ output: 0, json }),
	});
}

/** Withdraw Consent: nothing is sent on the channel from now on; what is planned is cancelled in the same transaction. */
export async function withdrawConsent(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await executeBatch<InWorkspace<ConsentWithdrawal>, object>(context, {
		outputs: 1,
		failedOutput: 0,
		read: (index) => ({ ...readPerson(context, index), reason: readOptionalText(context, 'reason', index) ?? 'asked for by the person' }),
		decide: async (items) =>
			await withStore(context, async (store) =>
				await perWorkspace(items.map(({ params }) => params), ({ workspace }) => workspace, async (workspace, own) =>
					await commitIsolated(own, async (batch) => {
						const withdrawn = await store.consents.withdraw(workspace, batch);
						return withdrawn.map(({ contactId, cancelled }, place) => {
							const sentence = `Withdrawn: nothing is sent by ${batch[place].channel} any more; ${cancelled.length} planned ${cancelled.length === 1 ? 'message was' : 'messages were'} cancelled.`;
							return { contactId, consent: { channel: batch[place].channel, holds: false, cancelled, sentence } };
						});
					}),
				),
			),
		write: (json) => ({ output: 0, json }),
	});
}
