import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { demoCredentials, withCredentials, type ClientAccounts, type ModelChoice, type PostgresChoice } from './credentials';
import type { N8nApi } from './n8n/api';
import type { CredentialJson, WorkflowJson } from './n8n/importing';
import { shippedWorkflows, withReplacements, type Replacements, type WorkflowNumber } from './shippedWorkflows';
import { SANDBOX, type StandIns } from './standins';

/** Who the sandbox's housekeeping writes to. */
export const ALERT_MAILBOX = 'alerts@demo.example';

export interface SetOptions {
	/** Numbers of the shipped workflows. Default all. */
	workflows?: readonly WorkflowNumber[];
	replacements?: Replacements;
	/** Added to each workflow's own settings. */
	settings?: Readonly<Record<string, unknown>>;
	model: ModelChoice;
	postgres?: PostgresChoice;
	/** Workflows as a visitor changed them are kept while the shipped ones are the same; what they were is noted in this folder. */
	keepEditsIn?: string;
}

/** Imports one client's credentials and its set of the shipped workflows; gives them as they were imported. */
export async function importSet(api: N8nApi, standIns: StandIns, client: ClientAccounts, options: SetOptions, asCopy: (workflow: WorkflowJson) => WorkflowJson = (workflow) => workflow): Promise<Map<WorkflowNumber, WorkflowJson>> {
	const { model, postgres, replacements = {}, settings = {}, keepEditsIn } = options;
	const ownApi: CredentialJson = { name: `Sandbox n8n${client.suffix}`, type: 'n8nApi', data: { apiKey: api.apiKey, baseUrl: `${api.url}/api/v1` } };
	const credentials = [...demoCredentials(standIns, client, model, postgres), ownApi];
	await api.importCredentials(credentials);
	const names = credentialNames(credentials);
	const prepared = [...(await shippedWorkflows(options.workflows))].map(([number, workflow]) => [number, withCredentials(asCopy(withReplacements(number, withAccounts(number, workflow, client), replacements)), names)] as const);
	const errorWorkflow = prepared.find(([number]) => number === '09')?.[1].id;
	const set = new Map(prepared.map(([number, workflow]) => [number, withErrorWorkflow({ ...workflow, settings: { ...workflow.settings, ...settings } }, errorWorkflow)]));
	await putWorkflows(api, [...set.values()], keepEditsIn === undefined ? undefined : join(keepEditsIn, `imported${client.suffix}.json`));
	return set;
}

/** Credential type → name. */
export function credentialNames(credentials: readonly CredentialJson[]): Map<string, string> {
	return new Map(credentials.map(({ type, name }) => [type, name]));
}

/**
 * The client's accounts where they stand in parameters instead of credentials: the app a page is subscribed to, and what
 * a user writes into the Settings nodes.
 */
function withAccounts(number: WorkflowNumber, workflow: WorkflowJson, client: ClientAccounts): WorkflowJson {
	const triggers = workflow.nodes.filter(({ type }) => type === 'n8n-nodes-base.facebookTrigger');
	const settings = SETTINGS[number]?.(client) ?? {};
	return withReplacements(number, workflow, {
		[number]: {
			...Object.fromEntries(triggers.map(({ name }) => [name, { 'parameters.appId': client.metaAppId }])),
			...(Object.keys(settings).length === 0 ? {} : { Settings: Object.fromEntries(Object.entries(settings).map(([field, value]) => [`assignments.${field}`, value])) }),
		},
	});
}

const SETTINGS: Readonly<Record<WorkflowNumber, (client: ClientAccounts) => Readonly<Record<string, string>>>> = {
	'02': ({ metaAppId }) => ({ ownAppIds: metaAppId }),
	'04': ({ mailUser, phoneNumberId, pageId }) => ({
		whatsAppPhoneNumberId: phoneNumberId,
		facebookPageId: pageId,
		instagramAccountId: SANDBOX.instagramId,
		twilioAccountSid: SANDBOX.twilioAccountSid,
		smsNumber: SANDBOX.smsNumber,
		fromEmail: mailUser,
	}),
	'09': ({ mailUser }) => ({ alertTo: ALERT_MAILBOX, alertFrom: mailUser }),
};

/** n8n gives no file the right to name another workflow's id, but here the ids are known. */
function withErrorWorkflow(workflow: WorkflowJson, id: string | undefined): WorkflowJson {
	return id === undefined || workflow.id === id ? workflow : { ...workflow, settings: { ...workflow.settings, errorWorkflow: id } };
}

/** With `noteFile`, only what differs from the last import is imported; the rest is taken off the air, to be published anew. */
async function putWorkflows(api: N8nApi, workflows: readonly WorkflowJson[], noteFile?: string): Promise<void> {
	const hashes = Object.fromEntries(workflows.map((workflow) => [workflow.id, createHash('sha256').update(JSON.stringify(workflow)).digest('hex')]));
	const noted = noteFile === undefined ? {} : await readNote(noteFile);
	const same = ({ id }: WorkflowJson): boolean => noted[id] === hashes[id];
	await api.importWorkflows(workflows.filter((workflow) => !same(workflow)));
	// The stand-ins have forgotten who subscribed to them, and n8n calls them at publishing only.
	for (const { id } of workflows.filter(same)) await api.unpublishWorkflow(id);
	if (noteFile !== undefined) await writeFile(noteFile, JSON.stringify(hashes));
}

async function readNote(file: string): Promise<Record<string, unknown>> {
	try {
		return JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
	} catch {
		// No note: the first start, or one that was broken off while writing it. Everything is imported.
		return {};
	}
}
