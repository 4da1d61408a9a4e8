import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { falseWinnersByLook } from './experiments';
import { uniform } from './uniform';

/** Draws docs/decisions/experiments.svg: how many experiments of two equal arms have named a winner by each look. */
const RUNS = 1_000;
const SEED = 27;
const BOX = { width: 620, height: 240, left: 56, top: 36, bottom: 58 };
const HIGHEST = 0.5;
const LINES = [
	{ label: 'stopping at P(best) > 95 %', colour: '#b23a48', of: 'belief' },
	{ label: 'spending bounds', colour: '#0b6e4f', of: 'spending' },
] as const;

function drawn(shares: ReturnType<typeof falseWinnersByLook>): string {
	const looks = shares.spending.length;
	const x = (look: number): number => BOX.left + ((look - 1) * (BOX.width - 30)) / (looks - 1);
	const y = (share: number): number => BOX.top + BOX.height * (1 - share / HIGHEST);
	const right = x(looks);
	const grid = [0, 0.1, 0.2, 0.3, 0.4, 0.5].map((share) => `<line x1="${BOX.left}" x2="${right}" y1="${y(share)}" y2="${y(share)}" stroke="#dddddd"/><text x="${BOX.left - 6}" y="${y(share) + 4}" text-anchor="end">${Math.round(100 * share)} %</text>`);
	const allowed = `<line x1="${BOX.left}" x2="${right}" y1="${y(0.05)}" y2="${y(0.05)}" stroke="#333333" stroke-dasharray="4 3"/><text x="${right}" y="${y(0.05) - 5}" text-anchor="end">5 % promised</text>`;
	const ticks = [1, 5, 10, 15, 20, 26].map((look) => `<text x="${x(look).toFixed(1)}" y="${BOX.top + BOX.height + 16}" text-anchor="middle">${look}</text>`);
	const lines = LINES.map(({ colour, of }) => `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${shares[of].map((share, at) => `${x(at + 1).toFixed(1)},${y(share).toFixed(1)}`).join(' ')}"/>`);
	const height = BOX.top + BOX.height + BOX.bottom;
	const legend = LINES.map(({ label, colour }, at) => `<rect x="${BOX.left + at * 240}" y="${height - 16}" width="14" height="4" fill="${colour}"/><text x="${BOX.left + 20 + at * 240}" y="${height - 10}">${label}</text>`);
	const title = 'Experiments of two equal arms that have named a winner';
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${BOX.width + 60} ${height}" font-family="sans-serif" font-size="11" role="img"><title>${title}</title>\n<rect width="100%" height="100%" fill="#ffffff"/>\n<text x="${BOX.left}" y="20" font-weight="bold">${title}, by weekly look</text>\n${[...grid, allowed, ...ticks, ...lines, ...legend].join('\n')}\n<text x="${(BOX.left + right) / 2}" y="${BOX.top + BOX.height + 32}" text-anchor="middle">look</text>\n</svg>\n`;
}

const shares = falseWinnersByLook(RUNS, uniform(SEED));
for (const { label, of } of LINES) process.stdout.write(`${label}: ${(100 * (shares[of].at(-1) ?? 0)).toFixed(1)} % of ${RUNS} by the last look\n`);
writeFileSync(path.join(__dirname, '../docs/decisions/experiments.svg'), drawn(shares));
