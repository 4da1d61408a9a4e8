import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { HABITS, reportedResults, sendTimeSection, SIZES, type SendTimeResult } from './sendTime';

/** Prints the figures of Best Send Time and draws docs/decisions/best-send-time.svg from them. */
const PANEL = { width: 230, height: 170, left: 40, top: 40, gap: 30 };
const HIGHEST = 0.4;
const LINES: readonly { label: string; colour: string; value: (result: SendTimeResult) => number }[] = [
	{ label: 'learnt', colour: '#0b6e4f', value: ({ learnt }) => learnt },
	{ label: 'channel default', colour: '#888888', value: ({ rivals }) => rivals.channelDefault },
	{ label: 'day histogram', colour: '#d17a22', value: ({ rivals }) => rivals.histogram },
	{ label: 'week histogram', colour: '#b23a48', value: ({ rivals }) => rivals.weekHistogram },
];

function panel(title: string, results: readonly SendTimeResult[], index: number): string {
	const left = PANEL.left + index * (PANEL.width + PANEL.gap);
	const x = (place: number): number => left + 15 + (place * (PANEL.width - 30)) / (SIZES.length - 1);
	const y = (share: number): number => PANEL.top + PANEL.height * (1 - share / HIGHEST);
	const grid = [0, 0.1, 0.2, 0.3, 0.4].map((share) => `<line x1="${left}" x2="${left + PANEL.width}" y1="${y(share)}" y2="${y(share)}" stroke="#dddddd"/>${index === 0 ? `<text x="${left - 6}" y="${y(share) + 4}" text-anchor="end">${Math.round(100 * share)} %</text>` : ''}`);
	const ticks = SIZES.map((size, place) => `<text x="${x(place)}" y="${PANEL.top + PANEL.height + 16}" text-anchor="middle">${size}</text>`);
	const lines = LINES.map(({ colour, value }) => `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${results.map((result, place) => `${x(place)},${y(value(result)).toFixed(1)}`).join(' ')}"/>`);
	return [`<text x="${left + PANEL.width / 2}" y="${PANEL.top - 10}" text-anchor="middle" font-weight="bold">${title}</text>`, ...grid, ...ticks, ...lines].join('\n');
}

function drawn(results: readonly SendTimeResult[]): string {
	const width = PANEL.left + HABITS.length * (PANEL.width + PANEL.gap);
	const height = PANEL.top + PANEL.height + 65;
	const shown = results.filter(({ prior, lag }) => prior === 'segment' && lag === 'email');
	const panels = HABITS.map((habit, index) => panel(habit, shown.filter((result) => result.habit === habit), index));
	const legend = LINES.map(({ label, colour }, index) => `<rect x="${PANEL.left + index * 150}" y="${height - 22}" width="14" height="4" fill="${colour}"/><text x="${PANEL.left + 20 + index * 150}" y="${height - 16}">${label}</text>`);
	const axis = `<text x="${width / 2}" y="${height - 32}" text-anchor="middle">answers seen of the contact</text>`;
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11" role="img"><title>True chance of an answer at the chosen hour</title>\n<rect width="100%" height="100%" fill="#ffffff"/>\n${[...panels, ...legend, axis].join('\n')}\n</svg>\n`;
}

const results = reportedResults();
const { title, note, rows } = sendTimeSection(results);
process.stdout.write([title, note, ...rows, ''].join('\n'));
writeFileSync(path.join(__dirname, '../docs/decisions/best-send-time.svg'), drawn(results));
