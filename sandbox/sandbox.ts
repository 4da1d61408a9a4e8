import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { StoreConfig } from '../store/config';
import { openStore } from '../store/openStore';
import type { Store } from '../store/store';
import { sandboxCertificate } from './certificates';
import { demoCredentials, FIRST_CLIENT, withCredentials, type ClientAccounts, type ModelChoice, type PostgresChoice } from './credentials';
import { credentialNames, importSet } from './importedSets';
import { startInbox, type Inbox } from './inbox';
import { connectN8n, type N8nApi } from './n8n/api';
import type { WorkflowJson } from './n8n/importing';
import { ensureN8n, type Progress } from './n8n/install';
import { startN8n, type N8nInstance } from './n8n/instance';
import { installPack } from './n8n/pack';
import { copyForClient, type Replacements, type WorkflowNumber } from './shippedWorkflows';
import { startStandIns, type StandIns } from './standins';
import { webhookUrl } from './webhookUrl';

/** The names the stand-ins answer for inside n8n. */
const STAND_IN_HOSTS = ['graph.facebook.com', 'graph.instagram.com', 'api.twilio.com', 'events.twilio.com', 'api.sendgrid.com', 'api.openai.com', 'api.anthropic.com'];
const MODEL_HOST = { openai: 'api.openai.com', anthropic: 'api.anthropic.com' } as const;

/** n8n gives a publication up after its lease; on a busy machine the six at once need more than the default of the tests. */
const PATIENT = { N8N_WORKFLOW_PUBLICATION_OUTBOX_LEASE_SECONDS: '50' };

export interface ClientOptions extends Omit<ClientAccounts, 'suffix'> {
	/** Short and stable: part of the copied workflows' ids and webhook addresses. */
	id: string;
	name: string;
	replacements?: Replacements;
}

export interface SandboxOptions {
	/** Kept over restarts. Without it a temporary folder that `stop` removes. */
	stateFolder?: string;
	/** Fixed ports; what is left out is a free one. */
	ports?: { n8n?: number; http?: number; https?: number; smtp?: number; imap?: number; inbox?: number };
	/** Numbers of the shipped workflows to import, e.g. ['03', '04']. Default all. */
	workflows?: readonly WorkflowNumber[];
	/** Changes to them, e.g. a shorter quiet time. */
	replacements?: Replacements;
	/** Added to the settings of every shipped workflow, e.g. which executions are kept. */
	settings?: Readonly<Record<string, unknown>>;
	/** Further clients, each with a copy of the same workflows. */
	clients?: readonly ClientOptions[];
	/** Workflows of one's own beside the shipped ones; credentials are attached by type, and they are published. */
	extraWorkflows?: readonly WorkflowJson[];
	/** Default 'stand-in'. */
	model?: ModelChoice;
	/** The pack's store in Postgres instead of the embedded one; in queue mode n8n's own tables as well (schema `n8nSchema`, default n8n). */
	postgres?: PostgresChoice & { n8nSchema?: string };
	/** Queue mode: needs `postgres`. Default 2 workers. */
	queue?: { redisUrl: string; workers?: number; prefix?: string };
	/** Whether to publish what is imported. Default true. */
	publish?: boolean;
	/** Keeps workflows as a visitor changed them in the editor, as long as the shipped ones are the same. Default false. */
	keepEdits?: boolean;
	/** Added to n8n's environment. */
	env?: Readonly<Record<string, string>>;
	progress?: Progress;
}

export interface Sandbox {
	readonly n8n: N8nInstance;
	readonly workers: readonly N8nInstance[];
	readonly api: N8nApi;
	readonly standIns: StandIns;
	readonly inboxUrl: string;
	/** The imported workflows of the first client, by number, as they are in n8n. */
	readonly workflows: ReadonlyMap<WorkflowNumber, WorkflowJson>;
	/** The copies, by client id. */
	readonly copies: ReadonlyMap<string, ReadonlyMap<WorkflowNumber, WorkflowJson>>;
	/** Opens the same store from outside. */
	readonly storeConfig: StoreConfig;
	readonly stateFolder: string;
	/** The production address of a webhook, form or trigger node, e.g. urlOf('01', 'Lead Webhook'). */
	urlOf(number: WorkflowNumber, nodeName: string, clientId?: string): string;
	openStore(): Promise<Store>;
	/** Publishes, in case `publish: false` was given. */
	publishAll(): Promise<void>;
	/** Ends every process and server; a temporary folder is removed. Safe to call twice. */
	stop(): Promise<void>;
}

/**
 * The whole sandbox: certificates, the stand-ins of the outside world, the pinned n8n with the pack installed as n8n
 * installs it, credentials and workflows. Used by `npm start` and by the end-to-end tests alike.
 * Nothing stays behind when it rejects.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const temporary = options.stateFolder === undefined;
	const stateFolder = options.stateFolder ?? (await mkdtemp(join(tmpdir(), 'lead-autopilot-')));
	const endings: (() => Promise<unknown>)[] = temporary ? [async () => await rm(stateFolder, { recursive: true, force: true })] : [];
	const stop = async (): Promise<void> => {
		for (const end of endings.splice(0).reverse()) await end();
	};
	try {
		return await compose(options, stateFolder, endings, stop);
	} catch (error) {
		await stop();
		throw error;
	}
}

async function compose(options: SandboxOptions, stateFolder: string, endings: (() => Promise<unknown>)[], stop: () => Promise<void>): Promise<Sandbox> {
	const { progress = () => undefined, ports = {}, postgres, model = 'stand-in' } = options;
	await mkdir(stateFolder, { recursive: true });
	await ensureN8n(progress);
	const certificate = await sandboxCertificate(STAND_IN_HOSTS, join(stateFolder, 'certificates'));
	const standIns = await startStandIns({ httpsKey: certificate.key, httpsCert: certificate.cert, ports: { http: ports.http, https: ports.https, smtp: ports.smtp, imap: ports.imap } });
	endings.push(standIns.stop);
	const inbox: Inbox = await startInbox(standIns, { port: ports.inbox });
	endings.push(inbox.stop);

	const processes = await startProcesses(options, stateFolder, certificate.caPath, standIns, progress, endings);
	const [n8n, ...workers] = processes;
	const api = await connectN8n(n8n.url);

	const { workflows, replacements, settings } = options;
	const keepEditsIn = options.keepEdits === true ? stateFolder : undefined;
	const setOptions = { workflows, settings, model, postgres, keepEditsIn };
	progress('Importing credentials and workflows …');
	const first = await importSet(api, standIns, FIRST_CLIENT, { ...setOptions, replacements });
	const copies = new Map<string, Map<WorkflowNumber, WorkflowJson>>();
	for (const client of options.clients ?? []) {
		standIns.meta.subscriptions.setSecret(client.metaAppId, client.metaAppSecret);
		standIns.meta.subscriptions.ownAccounts(client.metaAppId, [client.phoneNumberId, client.pageId]);
		const accounts = { ...client, suffix: ` (${client.name})` };
		const ownOptions = { ...setOptions, replacements: merged(replacements, client.replacements) };
		copies.set(client.id, await importSet(api, standIns, accounts, ownOptions, (workflow) => copyForClient(workflow, client)));
	}
	const extra = (options.extraWorkflows ?? []).map((workflow) => withCredentials(workflow, credentialNames(demoCredentials(standIns, FIRST_CLIENT, model, postgres))));
	await api.importWorkflows(extra);

	const storeConfig: StoreConfig = postgres ? { kind: 'postgres', connectionString: postgres.url, schema: postgres.schema } : { kind: 'sqlite', file: join(n8n.userFolder, '.n8n', 'lead-autopilot.sqlite') };
	const publishAll = async (): Promise<void> => {
		progress('Publishing the workflows …');
		const sets = [first, ...copies.values()].flatMap((set) => [...set.values()]);
		await Promise.all([...sets, ...extra].filter(canBePublished).map(async ({ id }) => await api.publishWorkflow(id)));
	};
	if (options.publish ?? true) await publishAll();

	return {
		n8n,
		workers,
		api,
		standIns,
		inboxUrl: inbox.url,
		workflows: first,
		copies,
		storeConfig,
		stateFolder,
		urlOf: (number, nodeName, clientId) => webhookUrl(n8n.url, (clientId === undefined ? first : copies.get(clientId))?.get(number), nodeName),
		openStore: async () => await openStore(storeConfig),
		publishAll,
		stop,
	};
}

/** Only what n8n starts by itself: an error workflow is published by its schedule, a workflow without a live trigger not at all. */
function canBePublished({ nodes }: WorkflowJson): boolean {
	return nodes.some(({ type, disabled }) => disabled !== true && /trigger$|\.webhook$|emailReadImap$/i.test(type) && !/errorTrigger$|manualTrigger$/.test(type));
}

async function startProcesses(options: SandboxOptions, stateFolder: string, caCertPath: string, standIns: StandIns, progress: Progress, endings: (() => Promise<unknown>)[]): Promise<[N8nInstance, ...N8nInstance[]]> {
	const { postgres, queue, model, ports = {}, env } = options;
	if (queue && !postgres) throw new Error('Queue mode needs a Postgres database: give one with --postgres.');
	const real = typeof model === 'object' ? [MODEL_HOST[model.provider]] : [];
	const redirect = Object.fromEntries(STAND_IN_HOSTS.filter((host) => !real.some((one) => one === host)).map((host) => [host, standIns.httpsPort]));
	const storeHost = postgres ? [new URL(postgres.url).hostname] : [];
	const shared = { env: { ...PATIENT, ...env }, redirect, allow: [...real, ...storeHost], caCertPath, ...(queue && postgres ? { queue, database: { type: 'postgres' as const, url: postgres.url, schema: postgres.n8nSchema ?? 'n8n' } } : {}) };
	const start = async (name: string, role: 'main' | 'worker', port?: number): Promise<N8nInstance> => {
		const userFolder = join(stateFolder, name);
		await installPack(userFolder, progress);
		progress(role === 'main' ? 'Starting n8n …' : `Starting ${name} …`);
		const instance = await startN8n({ ...shared, role, port, userFolder, networkLog: join(stateFolder, `${name}-network.log`), logFile: join(stateFolder, `${name}.log`) });
		endings.push(async () => await instance.stop());
		return instance;
	};
	const main = await start('n8n', 'main', ports.n8n);
	const workers: N8nInstance[] = [];
	for (let number = 1; queue && number <= (queue.workers ?? 2); number += 1) workers.push(await start(`worker-${number}`, 'worker'));
	return [main, ...workers];
}

function merged(...all: (Replacements | undefined)[]): Replacements {
	const result: Record<string, Record<string, Record<string, unknown>>> = {};
	for (const replacements of all) {
		for (const [number, byNode] of Object.entries(replacements ?? {})) {
			for (const [name, changes] of Object.entries(byNode)) {
				result[number] = { ...result[number], [name]: { ...result[number]?.[name], ...changes } };
			}
		}
	}
	return result;
}
