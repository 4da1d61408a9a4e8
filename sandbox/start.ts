import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve as resolvePath } from 'node:path';

import { closeAllStores } from '../store/openStore';
import { HELP, readArguments, type StartArguments } from './arguments';
import { checkBeforeStart, checkPort } from './checks';
import { feedAll } from './demo/run';
import { knowledgeWorkflow, readWebsite } from './shop/knowledgeWorkflow';
import { DEMO_WORKSPACE, prepareWorkspace, SHORTENED, SHORTER_DELAYS } from './demo/workspace';
import { deskInvitation } from './deskInvitation';
import { freePort } from './freePort';
import { OWNER } from './n8n/api';
import { STATE_FOLDER } from './n8n/install';
import { SANDBOX } from './standins';
import { startSandbox, type Sandbox, type SandboxOptions } from './sandbox';

const started = performance.now();

function say(line: string): void {
	const seconds = Math.floor((performance.now() - started) / 1000);
	process.stdout.write(`${String(Math.floor(seconds / 60)).padStart(2)}:${String(seconds % 60).padStart(2, '0')}  ${line}\n`);
}

/** Fixed once, so that what n8n remembers of the last start is right at the next; a port taken meanwhile is replaced. */
async function keptPorts(stateFolder: string): Promise<NonNullable<SandboxOptions['ports']>> {
	const file = join(stateFolder, 'ports.json');
	const kept = existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as Record<string, number>) : {};
	const ports: Record<string, number> = {};
	for (const name of ['http', 'https', 'smtp', 'imap', 'inbox']) {
		const port = kept[name] ?? (await freePort());
		ports[name] = await checkPort(port).then(
			() => port,
			async () => await freePort(),
		);
	}
	await mkdir(stateFolder, { recursive: true });
	await writeFile(file, JSON.stringify(ports));
	return ports;
}

/** One state a kind of store, so that trying Postgres once does not mix with the embedded demo. */
function stateFolderFor({ queue, postgresUrl, stateFolder }: StartArguments): string {
	if (stateFolder !== undefined) return resolvePath(stateFolder);
	return join(STATE_FOLDER, queue ? 'demo-queue' : postgresUrl === undefined ? 'demo' : 'demo-postgres');
}

async function run(): Promise<void> {
	const options = readArguments(process.argv.slice(2));
	if (options.help) {
		process.stdout.write(`${HELP}\n`);
		return;
	}
	const stateFolder = stateFolderFor(options);
	await checkBeforeStart(options, stateFolder);
	const ending = new AbortController();
	// The first Ctrl-C ends everything in order; n8n dies with this process in any case.
	const interrupted = new Promise<void>((resolve) => {
		for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
			process.on(signal, () => {
				if (ending.signal.aborted) process.exit(130);
				ending.abort();
				resolve();
			});
		}
	});
	const ports = await keptPorts(stateFolder);
	const sandbox = startSandbox({
		stateFolder,
		ports: { ...ports, n8n: options.port },
		model: options.model,
		postgres: options.postgresUrl === undefined ? undefined : { url: options.postgresUrl },
		queue: options.queue && options.redisUrl !== undefined ? { redisUrl: options.redisUrl } : undefined,
		replacements: SHORTER_DELAYS,
		keepEdits: true,
		publish: false,
		extraWorkflows: [knowledgeWorkflow(`http://127.0.0.1:${ports.http}`, DEMO_WORKSPACE)],
		progress: say,
	});
	await Promise.race([sandbox.then(async (up) => await show(up, options, ending.signal)), interrupted]);
	await interrupted;
	say('Ending …');
	await sandbox.then(
		async (up) => await up.stop(),
		() => undefined,
	);
	await closeAllStores();
}

async function show(sandbox: Sandbox, options: StartArguments, signal: AbortSignal): Promise<void> {
	const store = await sandbox.openStore();
	const deskLink = await prepareWorkspace(store)
		.then(async () => await deskInvitation(store, sandbox.urlOf('05', 'Review Desk')))
		.finally(async () => await store.close());
	await sandbox.publishAll();
	say(`Ready: ${sandbox.n8n.url}`);
	say(`For the demo: ${SHORTENED}.`);
	if (options.model === 'stand-in') say("No key given: the sandbox's own loopback model answers, by rules of its own.");
	const { pages, changed } = await readWebsite(sandbox.n8n.url);
	say(`${pages} product pages of the demo's shop are known (${changed} new or changed): drafts may quote them.`);
	const table = await feedAll(sandbox, say, signal);
	if (signal.aborted) return;
	process.stdout.write(`\n${table}\n\n${addresses(sandbox, deskLink)}\n`);
}

function addresses({ n8n, inboxUrl, urlOf }: Sandbox, deskLink: string): string {
	return [
		`Canvas         ${n8n.url}   (sign in as ${OWNER.email}, password ${OWNER.password})`,
		`Lead form      ${urlOf('01', 'Lead Form')}`,
		`Quick start    ${urlOf('00', 'Lead Form')}`,
		`Review desk    ${deskLink}   (choose a password for ${SANDBOX.deskReviewer}; the link works once, then it is ${urlOf('05', 'Review Desk')})`,
		`Sandbox inbox  ${inboxUrl}   (every message on every channel; answer as the lead)`,
		'',
		'Nothing here leaves this machine. Ctrl-C ends everything.',
	].join('\n');
}

run().then(
	// Timers of an idle pool must not keep the command alive.
	() => process.exit(0),
	(error: unknown) => {
		process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
		process.exit(1);
	},
);
