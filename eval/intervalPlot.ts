import { shareInterval } from '../engine/statistics/binomial';
import type { Figure } from './table';

const ROW = 17;
const LEFT = 250;
const WIDTH = 420;
const TOP = 30;

const colourOf = ({ hits, of, wanted }: Figure): string => {
	if (!wanted) return '#555555';
	const reached = 'atLeast' in wanted ? hits / of >= wanted.atLeast : hits / of <= wanted.atMost;
	return reached ? '#0b6e4f' : '#b23a48';
};

function row(figure: Figure, index: number, from: number): string {
	const { name, hits, of, wanted } = figure;
	const y = TOP + index * ROW + ROW / 2;
	const x = (share: number): number => LEFT + WIDTH * Math.max(0, (share - from) / (1 - from));
	const { low, high } = shareInterval(hits, of);
	const colour = colourOf(figure);
	const bound = wanted && ('atLeast' in wanted ? wanted.atLeast : wanted.atMost);
	return [
		`<text x="${LEFT - 8}" y="${y + 4}" text-anchor="end">${name} (${of})</text>`,
		`<line x1="${x(low).toFixed(1)}" x2="${x(high).toFixed(1)}" y1="${y}" y2="${y}" stroke="${colour}" stroke-width="3"/>`,
		`<circle cx="${x(hits / of).toFixed(1)}" cy="${y}" r="4" fill="${colour}"/>`,
		...(bound === undefined ? [] : [`<line x1="${x(bound).toFixed(1)}" x2="${x(bound).toFixed(1)}" y1="${y - 7}" y2="${y + 7}" stroke="#222222"/>`]),
	].join('\n');
}

/**
 * Shares with their two-sided 95 % Clopper–Pearson intervals, one a line, as SVG: green where the wanted bound (the tick) is
 * reached, red where not. `from` is the share at the left edge, 0–1.
 */
export function intervalPlot(title: string, figures: readonly Figure[], from = 0): string {
	const shown = figures.filter(({ of }) => of > 0);
	const height = TOP + shown.length * ROW + 30;
	const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => {
		const x = LEFT + WIDTH * part;
		return `<line x1="${x}" x2="${x}" y1="${TOP}" y2="${height - 28}" stroke="#dddddd"/><text x="${x}" y="${height - 12}" text-anchor="middle">${Math.round(100 * (from + (1 - from) * part))} %</text>`;
	});
	const rows = shown.map((figure, index) => row(figure, index, from));
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${LEFT + WIDTH + 30} ${height}" font-family="sans-serif" font-size="11" role="img"><title>${title}</title>\n<rect width="100%" height="100%" fill="#ffffff"/>\n${[...ticks, ...rows].join('\n')}\n</svg>\n`;
}
