import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { businessMailSection } from './businessMail';
import { confidenceSection } from './confidence';
import { experimentsSection } from './experiments';
import { factsSection } from './facts';
import { gateSpeedSection } from './gateSpeed';
import { hardNegativesSection } from './hardNegatives';
import { injectionSection } from './injection';
import { leadScoreSection } from './leadScore';
import { limitsSection } from './limits';
import { personalDataSection } from './personalData';
import { acrossHalvesSection, repliesSection } from './replies';
import { retrievalSection } from './retrieval';
import { rolloutsSection } from './rollouts';
import { sendTimeSection } from './sendTime';
import { spamSection } from './spam';
import { shadowSection } from './shadow';
import { stagesSection } from './stages';
import { renderSection, type Section } from './table';
import { webhookSignaturesSection } from './webhookSignatures';

/** Every section, in the order it is printed. */
const SECTIONS: readonly ((folder: string) => Section)[] = [
	() => repliesSection('test'),
	() => acrossHalvesSection(),
	() => repliesSection('dev'),
	(folder) => hardNegativesSection(folder),
	(folder) => spamSection(folder),
	(folder) => businessMailSection(folder),
	(folder) => injectionSection(folder),
	() => factsSection(),
	() => gateSpeedSection(),
	(folder) => personalDataSection(folder),
	() => confidenceSection(),
	() => experimentsSection(),
	() => rolloutsSection(),
	() => stagesSection(),
	() => limitsSection(),
	() => ({ ...sendTimeSection(), figures: [] }),
	() => leadScoreSection(),
	() => retrievalSection(),
	() => shadowSection(),
	(folder) => webhookSignaturesSection(folder),
];

const USAGE = 'Say where the labelled data lies: npm run eval -- <folder>\n';

async function section(folder: string, index: number): Promise<string> {
	const began = Date.now();
	// A process of its own each: the sections share nothing, and a machine has more than one core.
	const { stdout } = await promisify(execFile)(process.execPath, [...process.execArgv, __filename, folder, String(index)], { maxBuffer: 64 * 1024 * 1024 });
	return `${stdout}  (${((Date.now() - began) / 1000).toFixed(1)} s)\n\n`;
}

async function all(folder: string): Promise<void> {
	const printed: Promise<string>[] = [];
	const running = new Set<Promise<string>>();
	for (const index of SECTIONS.keys()) {
		if (running.size >= availableParallelism()) await Promise.race(running);
		const one = section(folder, index);
		running.add(one);
		void one.finally(() => running.delete(one)).catch(() => undefined);
		printed.push(one);
	}
	for (const one of printed) process.stdout.write(await one);
}

const [folder, index, ...more] = process.argv.slice(2);
if (!folder || folder.startsWith('--') || more.length > 0) {
	process.stderr.write(USAGE);
	process.exitCode = 2;
} else if (index !== undefined) process.stdout.write(renderSection(SECTIONS[Number(index)](folder)));
else {
	all(folder).catch((error: unknown) => {
		process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
		process.exitCode = 1;
	});
}
