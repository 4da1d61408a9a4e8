import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { shareInterval } from '../engine/statistics/binomial';
import { leadScoreSection, reportedLeadScores, type LeadScoreResult, type Reliability } from './leadScore';
import { renderSection } from './table';

/** Prints the figures of the learned score and draws docs/decisions/lead-score.svg: the chance told against what happened. */
const PANEL = { width: 210, height: 210, left: 46, top: 40, gap: 30 };
const HIGHEST = 0.5;
const GROUPS = 8;

interface Point {
	told: number;
	share: number;
	low: number;
	high: number;
}

/** Leads in equal groups by the chance told. */
function points(leads: readonly Reliability[]): Point[] {
	const sorted = [...leads].sort((a, b) => a.told - b.told);
	return Array.from({ length: GROUPS }, (_, group) => {
		const own = sorted.slice(Math.floor((group * sorted.length) / GROUPS), Math.floor(((group + 1) * sorted.length) / GROUPS));
		const converted = own.filter((lead) => lead.converted).length;
		return { told: own.reduce((sum, { told }) => sum + told, 0) / own.length, share: converted / own.length, ...shareInterval(converted, own.length) };
	});
}

function panel({ world, reliability }: LeadScoreResult, index: number): string {
	const left = PANEL.left + index * (PANEL.width + PANEL.gap);
	const x = (share: number): string => (left + (PANEL.width * Math.min(share, HIGHEST)) / HIGHEST).toFixed(1);
	const y = (share: number): string => (PANEL.top + PANEL.height * (1 - Math.min(share, HIGHEST) / HIGHEST)).toFixed(1);
	const marks = [0, 0.1, 0.2, 0.3, 0.4, 0.5];
	const grid = marks.map((mark) => `<line x1="${left}" x2="${left + PANEL.width}" y1="${y(mark)}" y2="${y(mark)}" stroke="#dddddd"/>${index === 0 ? `<text x="${left - 6}" y="${Number(y(mark)) + 4}" text-anchor="end">${Math.round(100 * mark)} %</text>` : ''}<text x="${x(mark)}" y="${PANEL.top + PANEL.height + 16}" text-anchor="middle">${Math.round(100 * mark)}</text>`);
	const dots = points(reliability).map(({ told, share, low, high }) => `<line x1="${x(told)}" x2="${x(told)}" y1="${y(low)}" y2="${y(high)}" stroke="#0b6e4f"/><circle cx="${x(told)}" cy="${y(share)}" r="3" fill="#0b6e4f"/>`);
	return [`<text x="${left + PANEL.width / 2}" y="${PANEL.top - 10}" text-anchor="middle" font-weight="bold">${world}</text>`, ...grid, `<line x1="${x(0)}" y1="${y(0)}" x2="${x(HIGHEST)}" y2="${y(HIGHEST)}" stroke="#888888" stroke-dasharray="4 3"/>`, ...dots].join('\n');
}

function drawn(results: readonly LeadScoreResult[]): string {
	const shown = results.filter(({ conversions }) => conversions === 400);
	const width = PANEL.left + shown.length * (PANEL.width + PANEL.gap);
	const height = PANEL.top + PANEL.height + 50;
	const axis = `<text x="${width / 2}" y="${height - 14}" text-anchor="middle">chance told, in per cent (up: share that converted, with 95 % interval)</text>`;
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11" role="img"><title>Chance told by the learned score against the share that converted, 400 conversions</title>\n<rect width="100%" height="100%" fill="#ffffff"/>\n${[...shown.map(panel), axis].join('\n')}\n</svg>\n`;
}

const results = reportedLeadScores();
process.stdout.write(renderSection(leadScoreSection(results)));
writeFileSync(path.join(__dirname, '../docs/decisions/lead-score.svg'), drawn(results));
