import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { confidenceSection } from './confidence';
import { reliability, type ReliabilityPoint } from './learntConfidence';
import { renderSection } from './table';

/** Prints the figures of the confidence and draws docs/decisions/confidence.svg: what is stated against what is accepted. */
const PANEL = { size: 260, left: 50, top: 20 };
const SERIES: readonly { label: string; colour: string; points: (result: ReturnType<typeof reliability>) => readonly ReliabilityPoint[] }[] = [
	{ label: 'calibrated on 300 reviews', colour: '#0b6e4f', points: ({ calibrated }) => calibrated },
	{ label: "the model's own score", colour: '#b23a48', points: ({ raw }) => raw },
];

function drawn(result: ReturnType<typeof reliability>): string {
	const x = (share: number): number => PANEL.left + PANEL.size * share;
	const y = (share: number): number => PANEL.top + PANEL.size * (1 - share);
	const ticks = [0, 0.25, 0.5, 0.75, 1];
	const grid = ticks.map((share) => `<line x1="${x(0)}" x2="${x(1)}" y1="${y(share)}" y2="${y(share)}" stroke="#dddddd"/><text x="${x(0) - 6}" y="${y(share) + 4}" text-anchor="end">${100 * share} %</text><text x="${x(share)}" y="${y(0) + 16}" text-anchor="middle">${100 * share} %</text>`);
	const honest = `<line x1="${x(0)}" y1="${y(0)}" x2="${x(1)}" y2="${y(1)}" stroke="#888888" stroke-dasharray="4 4"/>`;
	const most = Math.max(...SERIES.flatMap(({ points }) => points(result).map(({ drafts }) => drafts)));
	const series = SERIES.flatMap(({ colour, points }) => {
		const shown = points(result);
		const line = `<polyline fill="none" stroke="${colour}" stroke-width="1.5" points="${shown.map(({ stated, accepted }) => `${x(stated).toFixed(1)},${y(accepted).toFixed(1)}`).join(' ')}"/>`;
		return [line, ...shown.map(({ stated, accepted, drafts }) => `<circle cx="${x(stated).toFixed(1)}" cy="${y(accepted).toFixed(1)}" r="${(2 + 5 * Math.sqrt(drafts / most)).toFixed(1)}" fill="${colour}"/>`)];
	});
	const legend = SERIES.map(({ label, colour }, place) => `<rect x="${x(0) + 155 * place}" y="${y(0) + 48}" width="14" height="4" fill="${colour}"/><text x="${x(0) + 20 + 155 * place}" y="${y(0) + 54}" font-size="10">${label}</text>`);
	const axes = `<text x="${x(0.5)}" y="${y(0) + 34}" text-anchor="middle">stated confidence</text><text x="14" y="${y(0.5)}" text-anchor="middle" transform="rotate(-90 14 ${y(0.5)})">accepted by a person</text>`;
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${PANEL.left + PANEL.size + 60} ${PANEL.top + PANEL.size + 64}" font-family="sans-serif" font-size="11" role="img"><title>Stated confidence against the share of drafts that people accept</title>\n<rect width="100%" height="100%" fill="#ffffff"/>\n${[...grid, honest, ...series, ...legend, axes].join('\n')}\n</svg>\n`;
}

process.stdout.write(renderSection(confidenceSection()));
const result = reliability();
for (const { label, points } of SERIES) process.stdout.write(`  ${label}: ${points(result).map(({ stated, accepted, drafts }) => `${stated.toFixed(2)} → ${accepted.toFixed(2)} (${drafts})`).join(', ')}\n`);
writeFileSync(path.join(__dirname, '../docs/decisions/confidence.svg'), drawn(result));
