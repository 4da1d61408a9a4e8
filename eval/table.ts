import { shareInterval } from '../engine/statistics/binomial';

/** A counted share with what it must reach. */
export interface Figure {
	name: string;
	hits: number;
	of: number;
	/** Bound the project set itself. */
	wanted?: { atLeast: number } | { atMost: number };
}
export interface Section {
	title: string;
	/** What the figures are worth: source, whether rules were tuned on it. */
	note: string;
	figures: Figure[];
	/** Figures that are no shares: printed as they are. */
	rows?: readonly string[];
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** Whether the point estimate reaches its bound; undefined when there is none or nothing was counted. */
export function reaches({ hits, of, wanted }: Figure): boolean | undefined {
	if (!wanted || of === 0) return undefined;
	return 'atLeast' in wanted ? hits / of >= wanted.atLeast : hits / of <= wanted.atMost;
}

/** One section as text: share, count, two-sided 95 % Clopper–Pearson interval, bound. */
export function renderSection({ title, note, figures, rows = [] }: Section): string {
	const width = Math.max(0, ...figures.map(({ name }) => name.length));
	const lines = figures.map((figure) => {
		const { name, hits, of, wanted } = figure;
		if (of === 0) return `  ${name.padEnd(width)}  nothing to count`;
		const { low, high } = shareInterval(hits, of);
		const bound = wanted ? `  wanted ${'atLeast' in wanted ? `≥ ${percent(wanted.atLeast)}` : `≤ ${percent(wanted.atMost)}`}: ${reaches(figure) ? 'yes' : 'NO'}` : '';
		return `  ${name.padEnd(width)}  ${percent(hits / of).padStart(7)}  ${`${hits}/${of}`.padStart(11)}  [${percent(low)} – ${percent(high)}]${bound}`;
	});
	return [title, `  ${note}`, ...lines, ...rows.map((row) => `  ${row}`), ''].join('\n');
}
