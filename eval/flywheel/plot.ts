import { FIGURES, weekly, type FigureName } from './summary';
import type { RunResult } from './simulate';

const PANEL = { width: 250, height: 130, left: 52, top: 48, gapX: 62, gapY: 62, columns: 3 } as const;
const ARMS = [
	{ label: 'learning on', colour: '#0b6e4f', learning: true },
	{ label: 'learning off', colour: '#888888', learning: false },
] as const;
const SHOWN: readonly FigureName[] = ['reply', 'positive', 'meeting', 'deal', 'edit', 'read', 'calibration', 'optOut'];

/** A round number at or above the highest value, so that the axis can be read. */
function ceilingOf(highest: number): number {
	if (!(highest > 0)) return 1;
	const step = 10 ** Math.floor(Math.log10(highest));
	return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((times) => times * step).find((top) => top >= highest) ?? 10 * step;
}

const shown = (value: number, percent: boolean): string => (percent ? `${Number((100 * value).toFixed(2))} %` : `${Number(value.toFixed(1))}`);

function panel(name: FigureName, runs: readonly RunResult[], index: number): string {
	const weeks = runs[0].weekly.length;
	const left = PANEL.left + (index % PANEL.columns) * (PANEL.width + PANEL.gapX);
	const top = PANEL.top + Math.floor(index / PANEL.columns) * (PANEL.height + PANEL.gapY);
	const lines = ARMS.map((arm) => ({ ...arm, points: Array.from({ length: weeks }, (_, week) => weekly(name, runs.filter(({ learning }) => learning === arm.learning), week)) }));
	const highest = ceilingOf(Math.max(...lines.flatMap(({ points }) => points.map(({ high }) => high))));
	const x = (week: number): string => (left + (week * PANEL.width) / Math.max(1, weeks - 1)).toFixed(1);
	const y = (value: number): string => (top + PANEL.height * (1 - Math.max(0, value) / highest)).toFixed(1);
	const grid = [0, 0.5, 1].map((part) => `<line x1="${left}" x2="${left + PANEL.width}" y1="${y(part * highest)}" y2="${y(part * highest)}" stroke="#dddddd"/><text x="${left - 5}" y="${Number(y(part * highest)) + 4}" text-anchor="end">${shown(part * highest, FIGURES[name].percent)}</text>`);
	const ticks = Array.from({ length: weeks }, (_, week) => week).filter((week) => week === 0 || (week + 1) % 4 === 0).map((week) => `<text x="${x(week)}" y="${top + PANEL.height + 15}" text-anchor="middle">${week + 1}</text>`);
	const drawn = lines.map(({ colour, points }) => {
		const band = [...points.map(({ high }, week) => `${x(week)},${y(high)}`), ...points.map(({ low }, week) => `${x(week)},${y(low)}`).reverse()];
		return `<polygon fill="${colour}" fill-opacity="0.18" points="${band.join(' ')}"/><polyline fill="none" stroke="${colour}" stroke-width="2" points="${points.map(({ mean }, week) => `${x(week)},${y(mean)}`).join(' ')}"/>`;
	});
	return [`<text x="${left}" y="${top - 10}" font-weight="bold">${FIGURES[name].name}</text>`, ...grid, ...ticks, ...drawn].join('\n');
}

/** Twelve weeks with and without learning: means over seeds with 95 % bands, one panel a figure. */
export function flywheelPlot(runs: readonly RunResult[]): string {
	const rows = Math.ceil(SHOWN.length / PANEL.columns);
	const width = PANEL.left + PANEL.columns * (PANEL.width + PANEL.gapX);
	const height = PANEL.top + rows * (PANEL.height + PANEL.gapY) + 10;
	const legend = ARMS.map(({ label, colour }, index) => `<rect x="${PANEL.left + index * 150}" y="14" width="14" height="4" fill="${colour}"/><text x="${PANEL.left + 20 + index * 150}" y="20">${label}</text>`);
	const axis = `<text x="${width - PANEL.gapX}" y="20" text-anchor="end">week of the campaign; bands: 95 % over seeds</text>`;
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11" role="img"><title>Twelve simulated weeks with and without learning</title>\n<rect width="100%" height="100%" fill="#ffffff"/>\n${[...legend, axis, ...SHOWN.map((name, index) => panel(name, runs, index))].join('\n')}\n</svg>\n`;
}
