import { cpus } from 'node:os';

import { startSandbox } from '../sandbox/sandbox';
import { closeAllStores } from '../store/openStore';
import { makeModelAgreeable } from '../test/e2e/support/agreeableModel';
import { dispatchFigures, DISPATCH_WORKSPACE } from './dispatch';
import { intakeFigures, intakeFloor } from './intake';
import { ratioFigures } from './ratio';
import { tableOf, type Figure } from './table';

async function run(): Promise<void> {
	const say = (line: string): void => void process.stdout.write(`${line}\n`);
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
	say(`\nOne n8n process, embedded store, ${cpus().length} cores shared with the stand-ins and this driver\n\n${tableOf(figures)}`);
}

run().catch((error: unknown) => {
	process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
	process.exitCode = 1;
});
