import { cpus } from 'node:os';
import { parseArgs } from 'node:util';

import { startSandbox } from '../sandbox/sandbox';
import { closeAllStores } from '../store/openStore';
import { makeModelAgreeable } from '../test/e2e/support/agreeableModel';
import { dispatchFigures, DISPATCH_WORKSPACE } from './dispatch';
import { intakeFigures, intakeFloor } from './intake';
import { crowdFigures } from './limitCrowd';
import { limitFigures } from './limits';
import { outboxFigures } from './outboxJobs';
import { ratioFigures } from './ratio';
import { syncFigures } from './sync';
import { tableOf, type Figure } from './table';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Figures of 03-autopilot, the webhooks and the jobs in a real n8n. */
async function n8nFigures(): Promise<Figure[]> {
	const sandbox = await startSandbox({
		workflows: ['02', '03', '04'],
		publish: false,
		replacements: {
			'02': { 'Email Trigger': { disabled: true }, 'Twilio Trigger': { disabled: true } },
			'03': { 'Conversation Ready': { 'parameters.options.quietSeconds': 1 }, 'Generate With Confidence': { 'parameters.auditShare': 0 } },
			'04': { 'Send Due': { 'parameters.options.workspaces': DISPATCH_WORKSPACE } },
		},
		progress: say,
	});
	const figures: Figure[] = [];
	try {
		makeModelAgreeable(sandbox.standIns);
		sandbox.standIns.meta.automatic.statuses = false;
		const store = await sandbox.openStore();
		await store.settings.set('default', { kind: 'workspace' }, { mode: 'auto' }, 'bench');
		const publish = async (number: string): Promise<void> => await sandbox.api.publishWorkflow(sandbox.workflows.get(number)?.id ?? '');
		await publish('03');
		say('Throughput of 03-autopilot beside nodes that do nothing …');
		figures.push(...(await ratioFigures(sandbox, store)));
		figures.push(...(await intakeFloor(sandbox)));
		await publish('02');
		say('Messages through the webhook …');
		figures.push(...(await intakeFigures(sandbox, store)));
		say('Due jobs …');
		figures.push(...(await dispatchFigures(sandbox, store)));
		await store.close();
	} finally {
		await sandbox.stop();
		await closeAllStores();
	}
	return figures;
}

const PARTS: Readonly<Record<string, () => Promise<Figure[]>>> = { limits: limitFigures, crowd: crowdFigures, outbox: outboxFigures, sync: syncFigures, n8n: n8nFigures };

/** All parts, or with `--only limits,outbox` those. */
function chosenParts(): string[] {
	const { values } = parseArgs({ options: { only: { type: 'string' } } });
	const names = values.only?.split(',').map((name) => name.trim()) ?? Object.keys(PARTS);
	const unknown = names.find((name) => !Object.hasOwn(PARTS, name));
	if (unknown !== undefined) throw new Error(`--only knows ${Object.keys(PARTS).join(', ')}, not '${unknown}'.`);
	return names;
}

async function run(): Promise<void> {
	const figures: Figure[] = [];
	for (const name of chosenParts()) {
		say(`${name} …`);
		figures.push(...(await PARTS[name]()));
	}
	say(`\n${cpus().length} cores shared by everything that runs: n8n with its embedded store, stand-ins, servers, peers and this driver\n\n${tableOf(figures)}`);
}

run().catch((error: unknown) => {
	process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
	process.exitCode = 1;
});
