import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { shadowReport } from '../engine/message/shadowReport';
import { REPHRASED, shadowFigures, shadowSection, simulateWorkspace, WORLD } from './shadow';
import { renderSection } from './table';
import { uniform } from './uniform';

/** Prints the figures of shadow mode and draws docs/decisions/shadow-mode.svg. */
const AREA = { left: 60, top: 40, width: 460, height: 230 };
const COLOUR = { right: '#0b6e4f', agreed: '#b23a48', one: '#d17a22' } as const;

const x = (rephrased: number): number => AREA.left + 25 + (rephrased / REPHRASED[REPHRASED.length - 1]) * (AREA.width - 50);
const y = (share: number): number => AREA.top + AREA.height * (1 - share);

function line(colour: string, values: readonly number[]): string {
	return `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${values.map((value, place) => `${x(REPHRASED[place]).toFixed(1)},${y(value).toFixed(1)}`).join(' ')}"/>`;
}

function drawn(): string {
	const expected = REPHRASED.map((rephrased) => shadowFigures({ ...WORLD, rephrased }, 0).expected);
	const reports = REPHRASED.map((rephrased, place) => shadowReport(simulateWorkspace(uniform(400 + place), { ...WORLD, rephrased })).agreement.send);
	const grid = [0, 0.25, 0.5, 0.75, 1].map((share) => `<line x1="${AREA.left}" x2="${AREA.left + AREA.width}" y1="${y(share)}" y2="${y(share)}" stroke="#dddddd"/><text x="${AREA.left - 6}" y="${y(share) + 4}" text-anchor="end">${100 * share} %</text>`);
	const ticks = REPHRASED.map((rephrased) => `<text x="${x(rephrased)}" y="${AREA.top + AREA.height + 16}" text-anchor="middle">${100 * rephrased} %</text>`);
	const intervals = reports.map(({ share = 0, low = 0, high = 1 }, place) => `<line x1="${x(REPHRASED[place])}" x2="${x(REPHRASED[place])}" y1="${y(low).toFixed(1)}" y2="${y(high).toFixed(1)}" stroke="${COLOUR.one}" stroke-width="2"/><circle cx="${x(REPHRASED[place])}" cy="${y(share).toFixed(1)}" r="4" fill="${COLOUR.one}"/>`);
	const labels = [
		[COLOUR.right, 'sends that are right (unseen by the report)'],
		[COLOUR.agreed, 'sends that agree, to be expected'],
		[COLOUR.one, 'sends that agree, one workspace of 1,000 messages with 95 % interval'],
	].map(([colour, label], place) => `<rect x="${AREA.left}" y="${AREA.top + AREA.height + 50 + 18 * place}" width="14" height="4" fill="${colour}"/><text x="${AREA.left + 20}" y="${AREA.top + AREA.height + 56 + 18 * place}">${label}</text>`);
	const axis = `<text x="${AREA.left + AREA.width / 2}" y="${AREA.top + AREA.height + 34}" text-anchor="middle">words of a right draft that people put otherwise, on average</text>`;
	const title = `<text x="${AREA.left + AREA.width / 2}" y="22" text-anchor="middle" font-weight="bold">What agreement says about being right</text>`;
	const body = [title, ...grid, ...ticks, axis, line(COLOUR.right, expected.map(({ sendRight }) => sendRight)), line(COLOUR.agreed, expected.map(({ send }) => send)), ...intervals, ...labels];
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${AREA.left + AREA.width + 30} ${AREA.top + AREA.height + 110}" font-family="sans-serif" font-size="11" role="img"><title>What agreement says about being right</title>\n<rect width="100%" height="100%" fill="#ffffff"/>\n${body.join('\n')}\n</svg>\n`;
}

process.stdout.write(renderSection(shadowSection()));
writeFileSync(path.join(__dirname, '../docs/decisions/shadow-mode.svg'), drawn());
