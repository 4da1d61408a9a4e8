import { shareInterval } from '../../engine/statistics/binomial';
import { studentInterval, type Interval } from '../studentInterval';
import type { Figure } from '../table';
import type { WeekCounts } from './ledger';
import type { RunResult } from './simulate';
import { difference, FIGURE_NAMES, FIGURES, gain, LATE_WEEKS, pairsOf, weekly, type FigureName, type Pair } from './summary';

/** Where the run writes into `docs/flywheel.md`; the words around it are a person's. */
export const MARKS = { begin: '<!-- written by npm run flywheel: begin -->', end: '<!-- written by npm run flywheel: end -->' } as const;

const percent = (share: number, digits = 2): string => `${(100 * share).toFixed(digits)} %`;
const signed = (text: string, value: number): string => (value >= 0 ? `+${text}` : text.replace('-', '−'));
const plain = (name: FigureName, value: number): string => (FIGURES[name].percent ? (100 * value).toFixed(2) : value.toFixed(1));
const between = (name: FigureName, { mean, low, high }: Interval): string => `${signed(plain(name, mean), mean)} [${signed(plain(name, low), low)}, ${signed(plain(name, high), high)}]`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

function verdict(pairs: readonly Pair[]): string {
	const weeks = pairs[0].on.weekly.length;
	const from = Math.max(0, weeks - LATE_WEEKS);
	const line = (name: FigureName): string => {
		const { mean, low, high } = gain(name, pairs, from, weeks);
		const wins = low > 0 ? 'learning on wins' : high < 0 ? 'learning on loses' : 'no difference beyond chance';
		return `- ${FIGURES[name].name}: ${wins}, by ${signed(percent(mean, 1), mean)} [${signed(percent(low, 1), low)}, ${signed(percent(high, 1), high)}]`;
	};
	const list = (['reply', 'positive', 'meeting', 'deal'] as const).map(line);
	return [`In weeks ${from + 1}–${weeks}, over ${pairs.length} seeds, relative to learning off (95 % intervals over seeds):`, '', ...list].join('\n');
}

function weeklyTables(pairs: readonly Pair[]): string {
	const weeks = Array.from({ length: pairs[0].on.weekly.length }, (_, week) => week);
	const one = (name: FigureName): string => {
		const rows = weeks.map((week) => {
			const [on, off] = [weekly(name, pairs.map((pair) => pair.on), week), weekly(name, pairs.map((pair) => pair.off), week)];
			const arm = ({ mean, low, high }: Interval): string => `${plain(name, mean)} [${plain(name, Math.max(0, low))}, ${plain(name, high)}]`;
			return [`${week + 1}`, arm(on), arm(off), between(name, difference(name, pairs, week, week + 1))];
		});
		return `#### ${FIGURES[name].name[0].toUpperCase()}${FIGURES[name].name.slice(1)}${FIGURES[name].percent ? ', %' : ''}\n\n${table(['week', 'on', 'off', 'on − off'], rows)}`;
	};
	return FIGURE_NAMES.map(one).join('\n\n');
}

/** What each part learnt, by the world's own knowledge of what was sent. */
function parts(pairs: readonly Pair[]): string {
	const weeks = pairs[0].on.weekly.length;
	const from = Math.max(0, weeks - LATE_WEEKS);
	const mean = (run: RunResult, of: (week: WeekCounts) => number): number => {
		const late = run.weekly.slice(from);
		return late.reduce((sum, week) => sum + of(week) * week.sent, 0) / Math.max(1, late.reduce((sum, { sent }) => sum + sent, 0));
	};
	const row = (name: string, of: (week: WeekCounts) => number): string[] => {
		const arm = (which: 'on' | 'off'): string => {
			const { mean: value, low, high } = studentInterval(pairs.map((pair) => mean(pair[which], of)));
			return `${value.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`;
		};
		return [name, arm('on'), arm('off')];
	};
	return table([`weeks ${from + 1}–${weeks}`, 'learning on', 'learning off'], [
		row('share of messages with the best variant', ({ bestVariant }) => bestVariant),
		row('gain by the hour (1 to 1.3)', ({ hourGain }) => hourGain),
		row('gain by the text (0.87 to 1.25; pressing 1.6)', ({ textGain }) => textGain),
		row('true chance of an answer', ({ trueRate }) => trueRate),
	]);
}

function decisions(runs: readonly RunResult[]): string {
	const named = runs.filter(({ variantWinner }) => variantWinner !== undefined);
	const right = named.filter(({ variantWinner, market }) => variantWinner?.id === market.bestVariant);
	const count = (what: RunResult['versions'][number]['what']): number => runs.filter(({ versions }) => versions.some((event) => event.what === what)).length;
	return [
		`- A winning variant was named in ${named.length} of ${runs.length} runs, the right one in ${right.length}.`,
		`- A model version was promoted in ${count('promote')} of ${runs.length} runs, given more contacts in ${count('ramp')}, rolled back for harm in ${count('roll_back')}, taken out as worse in ${count('worse')}.`,
	].join('\n');
}

function share({ name, hits, of, wanted }: Figure): string[] {
	const { low, high } = shareInterval(hits, of);
	const bound = wanted && 'atMost' in wanted ? `≤ ${percent(wanted.atMost, 0)}` : '–';
	return [name, `${hits} of ${of}`, `${percent(hits / of, 1)} [${percent(low, 1)}, ${percent(high, 1)}]`, bound];
}

/** False winners of the runs through the store, one figure a decision maker. */
export function falseWinners(runs: readonly RunResult[]): Figure[] {
	const promoted = runs.filter(({ versions }) => versions.some(({ what }) => what === 'promote')).length;
	return [
		{ name: 'through the store: a winning variant named', hits: runs.filter(({ variantWinner }) => variantWinner !== undefined).length, of: runs.length, wanted: { atMost: 0.05 } },
		{ name: 'through the store: a model version promoted', hits: promoted, of: runs.length, wanted: { atMost: 0.05 } },
	];
}

/** Whether everything that happened in the world is on record in the store. */
function kept(runs: readonly RunResult[]): string {
	const total = (of: (run: RunResult) => number): number => runs.reduce((sum, run) => sum + of(run), 0);
	const counted = (of: (week: WeekCounts) => number): number => total(({ weekly: weeks }) => weeks.reduce((sum, week) => sum + of(week), 0));
	const row = (name: string, inWorld: number, inStore: number): string[] => [name, inWorld.toLocaleString('en'), inStore.toLocaleString('en')];
	return table(['all runs', 'in the world', 'on record'], [
		row('messages sent', counted(({ sent }) => sent), total(({ onRecord }) => onRecord.sent)),
		row('answers', counted(({ replies }) => replies), total(({ onRecord }) => onRecord.replies)),
		row('meetings', counted(({ meetings }) => meetings), total(({ onRecord }) => onRecord.meetings)),
		row('deals', counted(({ deals }) => deals), total(({ onRecord }) => onRecord.deals)),
		row('opt-outs and complaints', counted(({ optOuts, complaints }) => optOuts + complaints), total(({ onRecord }) => onRecord.optOuts)),
	]);
}

/** The part of the page that a run writes. */
export function writtenPage(results: readonly RunResult[], equal: readonly Figure[], facts: { on: string; minutes: number }): string {
	const pairs = pairsOf(results.filter(({ world }) => world === 'real'));
	const equalRuns = results.filter(({ world }) => world === 'equal');
	const throughStore = equalRuns.length > 0 ? falseWinners(equalRuns) : [];
	const { sent } = { sent: results.reduce((sum, { weekly: weeks }) => sum + weeks.reduce((total, week) => total + week.sent, 0), 0) };
	return [
		`Run of ${facts.on}: ${pairs.length} seeds with and without learning, ${equalRuns.length} in the equal world; ${sent.toLocaleString('en')} messages through the store, ${facts.minutes} minutes of computing.`,
		`### The result\n\n${verdict(pairs)}`,
		'![Twelve simulated weeks with and without learning](flywheel.svg)',
		`### What learnt what\n\n${parts(pairs)}\n\n${decisions(pairs.map(({ on }) => on))}`,
		`### Where everything is equal\n\n${table(['decision', 'false winners', 'share, 95 % interval', 'wanted'], [...throughStore, ...equal].map(share))}`,
		`### Nothing is lost\n\n${kept(results)}`,
		`### Week by week\n\n${weeklyTables(pairs)}`,
	].join('\n\n');
}

/** The page with its written part replaced. @throws when it has no marks. */
export function withWritten(page: string, written: string): string {
	const [from, to] = [page.indexOf(MARKS.begin), page.indexOf(MARKS.end)];
	if (from === -1 || to < from) throw new Error('docs/flywheel.md has lost its marks: put them back where the figures belong.');
	return `${page.slice(0, from + MARKS.begin.length)}\n\n${written}\n\n${page.slice(to)}`;
}

