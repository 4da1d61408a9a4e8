import { businessMailSection } from './businessMail';
import { hardNegativesSection } from './hardNegatives';
import { injectionSection } from './injection';
import { personalDataSection } from './personalData';
import { repliesSection } from './replies';
import { spamSection } from './spam';
import { renderSection } from './table';

const folder = process.argv[2];
if (!folder) {
	process.stderr.write('Say where the labelled data lies: npm run eval -- <folder>\n');
	process.exitCode = 2;
} else {
	for (const section of [() => repliesSection(), () => spamSection(), () => businessMailSection(folder), () => injectionSection(folder), () => hardNegativesSection(folder), () => personalDataSection(folder)]) {
		process.stdout.write(`${renderSection(section())}\n`);
	}
}
