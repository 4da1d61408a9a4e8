import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { CHANNELS } from '../../engine/channels/channel';
import { fieldsOf } from '../../engine/message/intake/parsed';
import { SettingsPatchSchema, type EffectiveSettings, type SettingsPatch } from '../../engine/message/settings';
import { PipelineSchema, type Pipeline } from '../../engine/pipeline/stage';
import type { Account, Store } from '../../store/store';
import { commitIsolated, executeBatch, settled, type Settled } from '../shared/batch';
import { ItemInputError } from '../shared/errors';
import { withStore } from '../shared/openNodeStore';
import { perWorkspace } from '../shared/perWorkspace';
import { readJson, readOptionalText, readText } from '../shared/readParameter';

interface Scope {
	kind: 'workspace' | 'account' | 'contact';
	/** Account id or contact reference. */
	id?: string;
}
interface ScopeParameters {
	workspace: string;
	scope: Scope;
	patch: SettingsPatch;
	by: string;
}

function readScope(context: IExecuteFunctions, index: number): Scope {
	const chosen: unknown = context.getNodeParameter('scope', index);
	if (chosen === 'account') return { kind: 'account', id: readText(context, 'scopeId', index, 'Scope ID') };
	if (chosen === 'contact') return { kind: 'contact', id: readText(context, 'scopeContact', index, 'Contact') };
	return { kind: 'workspace' };
}

const READABLE: Readonly<Record<string, string>> = { quietHours: 'Quiet Hours', killSwitch: 'Kill Switch', retentionDays: 'Retention (Days)' };

function readPatch(context: IExecuteFunctions, index: number): SettingsPatch {
	const given: unknown = context.getNodeParameter('patch', index, {});
	const { quietFrom, quietTo, ...rest } = fieldsOf(given);
	if ((quietFrom === undefined) !== (quietTo === undefined)) throw new ItemInputError("'Quiet Hours' needs both a beginning and an end", "Add 'Quiet Hours From' and 'Quiet Hours To'.");
	const retention = fieldsOf(context.getNodeParameter('retention', index, {}));
	const named = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== ''));
	const parsed = SettingsPatchSchema.strict().safeParse({ ...named, ...(quietFrom === undefined ? {} : { quietHours: { from: quietFrom, to: quietTo } }), ...(Object.keys(retention).length === 0 ? {} : { retentionDays: retention }) });
	if (!parsed.success) {
		const [issue] = parsed.error.issues;
		const field = String(issue.path[0] ?? '');
		throw new ItemInputError(`'${READABLE[field] ?? field}' does not fit: ${issue.message}`, 'Open the node and correct that setting.');
	}
	if (Object.keys(parsed.data).length === 0) throw new ItemInputError("No setting was chosen under 'Settings'", 'Add at least one with Add Setting.');
	return parsed.data;
}

/** Get and Set of a workspace's, account's or contact's settings. */
export async function settingsOperation(context: IExecuteFunctions, operation: 'get' | 'set'): Promise<INodeExecutionData[][]> {
	return await executeBatch<ScopeParameters, object>(context, {
		outputs: 1,
		failedOutput: 0,
		read: (index) => ({
			workspace: readText(context, 'workspace', index, 'Workspace'),
			scope: readScope(context, index),
			patch: operation === 'set' ? readPatch(context, index) : {},
			by: readOptionalText(context, 'changedBy', index) ?? 'workflow',
		}),
		decide: async (items) =>
			await withStore(context, async (store) => {
				const params = items.map((item) => item.params);
				return await perWorkspace(params, ({ workspace }) => workspace, async (workspace, own) => {
					const scopes = await withContactIds(store, workspace, own);
					return operation === 'get' ? await getAll(store, workspace, scopes) : await setAll(store, workspace, own, scopes);
				});
			}),
		write: (json) => ({ output: 0, json }),
	});
}

async function getAll(store: Store, workspace: string, scopes: Scope[]): Promise<Settled<object>[]> {
	const effective = await store.settings.effective(scopes.map(({ kind, id }) => ({ workspace, ...(kind === 'account' ? { accountId: id } : kind === 'contact' ? { contactId: id } : {}) })));
	return effective.map((settings) => settled.ok({ settings: { ...settings, sentence: settingsSentence(settings) } }));
}

/** One item after the other: two items may change the same scope, and the later one must win. */
async function setAll(store: Store, workspace: string, own: ScopeParameters[], scopes: Scope[]): Promise<Settled<object>[]> {
	const results: Settled<object>[] = [];
	for (const [place, { patch, by }] of own.entries()) {
		results.push(...(await commitIsolated([scopes[place]], async ([scope]) => {
			const settings = await store.settings.set(workspace, scope, patch, by);
			return [{ settings: { ...settings, sentence: `Set ${Object.keys(patch).join(', ')} for ${scope.kind === 'workspace' ? `workspace '${workspace}'` : `the ${scope.kind}`}. ${settingsSentence(settings)}` } }];
		})));
	}
	return results;
}

/** Settings of a contact are kept under its id; who is named by address is looked up. */
async function withContactIds(store: Store, workspace: string, own: ScopeParameters[]): Promise<Scope[]> {
	const references = own.flatMap(({ scope }) => (scope.kind === 'contact' && scope.id !== undefined ? [scope.id] : []));
	const contacts = references.length > 0 ? await store.contacts.find(workspace, references) : [];
	return own.map(({ scope }) => (scope.kind === 'contact' ? { ...scope, id: contacts.shift()?.id ?? scope.id } : scope));
}

function settingsSentence({ mode, killSwitch }: EffectiveSettings): string {
	return `The mode is ${mode.replace('_', ' ')}${killSwitch ? ' and the kill switch is on: nothing is sent' : ''}.`;
}

/** Set Account: which workspace a channel account belongs to. */
export async function setAccount(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await executeBatch<Account, Account>(context, {
		outputs: 1,
		failedOutput: 0,
		read: (index) => {
			const chosen: unknown = context.getNodeParameter('accountChannel', index);
			const channel = CHANNELS.find((name) => name === chosen) ?? 'whatsapp';
			const externalId = readText(context, 'externalId', index, 'Account ID');
			const name = readOptionalText(context, 'accountName', index);
			const pipelineId = readOptionalText(context, 'accountPipeline', index);
			return {
				workspace: readText(context, 'workspace', index, 'Workspace'),
				channel,
				externalId: channel === 'email' ? externalId.toLowerCase() : externalId,
				...(name === undefined ? {} : { name }),
				...(pipelineId === undefined ? {} : { pipelineId }),
				enabled: context.getNodeParameter('enabled', index, true) === true,
			};
		},
		decide: async (items) =>
			await withStore(context, async (store) => {
				return await commitIsolated(items.map(({ params }) => params), async (batch) => {
					await store.accounts.upsert(batch);
					return batch;
				});
			}),
		write: (account) => ({ output: 0, json: { account: { ...account, sentence: `Messages of ${account.channel} account ${account.externalId} ${account.enabled ? `belong to workspace '${account.workspace}'` : 'are no longer taken in by account'}.` } } }),
	});
}

/** Save Pipeline: stages as JSON. */
export async function savePipeline(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await executeBatch<{ workspace: string; pipeline: Pipeline }, Pipeline>(context, {
		outputs: 1,
		failedOutput: 0,
		read: (index) => ({ workspace: readText(context, 'workspace', index, 'Workspace'), pipeline: readPipeline(context, index) }),
		decide: async (items) =>
			await withStore(context, async (store) => {
				return await perWorkspace(items.map(({ params }) => params), ({ workspace }) => workspace, async (workspace, own) => {
					return await commitIsolated(own, async (batch) => {
						await store.pipelines.save(workspace, batch.map(({ pipeline }) => pipeline));
						return batch.map(({ pipeline }) => pipeline);
					});
				});
			}),
		write: (pipeline) => ({ output: 0, json: { pipeline: { ...pipeline, sentence: `Pipeline '${pipeline.name}' saved with ${pipeline.stages.length} ${pipeline.stages.length === 1 ? 'stage' : 'stages'}.` } } }),
	});
}

function readPipeline(context: IExecuteFunctions, index: number): Pipeline {
	const stages = readJson(context, 'stages', index, 'Stages');
	const instructions = readOptionalText(context, 'instructions', index);
	const parsed = PipelineSchema.safeParse({ id: readText(context, 'pipelineId', index, 'Pipeline ID'), name: readText(context, 'pipelineName', index, 'Pipeline Name'), stages, ...(instructions === undefined ? {} : { instructions }) });
	if (!parsed.success) {
		const [issue] = parsed.error.issues;
		throw new ItemInputError(`'Stages' does not fit at ${issue.path.join('.')}: ${issue.message}`, 'Each stage needs id, name, type (LEAD, IN_PROGRESS, WON, LOST or ARCHIVED) and order.');
	}
	const ids = parsed.data.stages.map(({ id }) => id);
	const twice = ids.find((id, place) => ids.indexOf(id) !== place);
	if (twice !== undefined) throw new ItemInputError(`'Stages' has the ID '${twice}' twice`, 'Give every stage an ID of its own.');
	return parsed.data;
}
