import { businessMailSection } from './businessMail';
import { confidenceSection } from './confidence';
import { experimentsSection } from './experiments';
import { hardNegativesSection } from './hardNegatives';
import { injectionSection } from './injection';
import { personalDataSection } from './personalData';
import { repliesSection, spentTestHalf } from './replies';
import { sendTimeSection } from './sendTime';
import { spamSection } from './spam';
import { renderSection, type Section } from './table';

/** Runs the frozen half of the labelled replies again; without it the figures of its one run are printed. */
const REPLIES_TEST = '--replies-test';

const [folder, ...options] = process.argv.slice(2);
const unknown = options.find((option) => option !== REPLIES_TEST);
if (!folder || folder.startsWith('--') || unknown) {
	process.stderr.write(`Say where the labelled data lies: npm run eval -- <folder> [${REPLIES_TEST}]\n`);
	process.exitCode = 2;
} else {
	const sections: (() => Section)[] = [
		() => (options.includes(REPLIES_TEST) ? repliesSection('test') : spentTestHalf()),
		() => repliesSection('dev'),
		() => hardNegativesSection(folder),
		() => spamSection(),
		() => businessMailSection(folder),
		() => injectionSection(folder),
		() => personalDataSection(folder),
		() => confidenceSection(),
		() => experimentsSection(),
		() => ({ ...sendTimeSection(), figures: [] }),
	];
	for (const section of sections) {
		const began = Date.now();
		process.stdout.write(`${renderSection(section())}  (${((Date.now() - began) / 1000).toFixed(1)} s)\n\n`);
	}
}
