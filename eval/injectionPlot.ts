import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { screenInbound } from '../engine/gate/screenInbound';
import { businessMail, deepsetRows, ownInjectionRows, shownHalf, type Labelled } from './gateRows';

/** Draws docs/decisions/quality-gate.svg: how many orders to the model are found at how many false alarms, by threshold. `tsx eval/injectionPlot.ts <folder>` */
const SIZE = { width: 640, height: 400, left: 60, top: 30, right: 20, bottom: 50 } as const;
const MOST_FALSE = 0.2;
const FLAGGED = 0.5;
const x = (share: number): number => SIZE.left + (share / MOST_FALSE) * (SIZE.width - SIZE.left - SIZE.right);
const y = (share: number): number => SIZE.height - SIZE.bottom - share * (SIZE.height - SIZE.top - SIZE.bottom);

interface Curve {
	name: string;
	colour: string;
	rows: readonly Labelled[];
}

function points(rows: readonly Labelled[]): { false: number; found: number; threshold: number }[] {
	const scored = rows.map(({ text, wanted }) => ({ wanted, score: screenInbound(text).injection.score }));
	const attacks = scored.filter(({ wanted }) => wanted).length;
	return Array.from({ length: 100 }, (_, i) => 1 - i / 100).map((threshold) => {
		const called = scored.filter(({ score }) => score >= threshold);
		return { threshold, found: called.filter(({ wanted }) => wanted).length / attacks, false: called.filter(({ wanted }) => !wanted).length / (scored.length - attacks) };
	});
}

function draw(curves: readonly Curve[]): string {
	const ticks = [0, 0.05, 0.1, 0.15, 0.2].map((share) => `<text x="${x(share)}" y="${SIZE.height - SIZE.bottom + 18}" text-anchor="middle">${Math.round(100 * share)} %</text>`);
	const sides = [0, 0.25, 0.5, 0.75, 1].map((share) => `<line x1="${SIZE.left}" x2="${SIZE.width - SIZE.right}" y1="${y(share)}" y2="${y(share)}" stroke="#ddd"/><text x="${SIZE.left - 8}" y="${y(share) + 4}" text-anchor="end">${Math.round(100 * share)} %</text>`);
	const lines = curves.map(({ name, colour, rows }, i) => {
		const all = points(rows);
		const used = all.find(({ threshold }) => Math.abs(threshold - FLAGGED) < 0.001);
		const path_ = all.filter((point) => point.false <= MOST_FALSE).map((point) => `${x(point.false).toFixed(1)},${y(point.found).toFixed(1)}`).join(' ');
		const dot = used ? `<circle cx="${x(Math.min(used.false, MOST_FALSE)).toFixed(1)}" cy="${y(used.found).toFixed(1)}" r="5" fill="${colour}"/>` : '';
		return `<polyline points="${path_}" fill="none" stroke="${colour}" stroke-width="2"/>${dot}<text x="${SIZE.width - SIZE.right - 5}" y="${y(0.12) + i * 18}" text-anchor="end" fill="${colour}">${name}</text>`;
	});
	const target = `<rect x="${x(0)}" y="${y(1)}" width="${x(0.03) - x(0)}" height="${y(0.75) - y(1)}" fill="#2a7" opacity="0.12"/>`;
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE.width} ${SIZE.height}" font-family="sans-serif" font-size="12" role="img"><title>Orders to the model found against false alarms</title><rect width="100%" height="100%" fill="#fff"/>${sides.join('')}${target}${lines.join('')}${ticks.join('')}<text x="${SIZE.left}" y="18">orders to the model found (dot: the threshold in use; green: wanted)</text><text x="${(SIZE.width + SIZE.left) / 2}" y="${SIZE.height - 10}" text-anchor="middle">harmless texts called orders</text></svg>\n`;
}

const [folder] = process.argv.slice(2);
if (!folder) throw new Error('Say where the labelled data lies.');
// Rows the weights were fitted on would draw the fit.
const own = shownHalf('injection_attacks') === 'test' ? ownInjectionRows('test') : [];
const mail = businessMail(folder, 'held').map((text): Labelled => ({ text, wanted: false, kind: 'other' }));
const ownCurves: Curve[] = [
	{ name: 'own attacks against harmless mentions', colour: '#1f5fa8', rows: own },
	{ name: 'own attacks against business mail', colour: '#b35c00', rows: [...own.filter(({ wanted }) => wanted), ...mail] },
];
const curves: Curve[] = [
	...(own.length > 0 ? ownCurves : []),
	{ name: 'deepset, held half', colour: '#6a3d9a', rows: deepsetRows(folder, 'held') },
];
writeFileSync(path.join(__dirname, '../docs/decisions/quality-gate.svg'), draw(curves));
