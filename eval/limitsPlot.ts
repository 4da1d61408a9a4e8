import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { epochMs, HOUR, MINUTE, type EpochMs } from '../engine/time';
import { asksOf, countedDay, HOURLY, limitedDay } from './limits';
import { uniform } from './uniform';

/** Draws docs/decisions/rate-limit.svg: one mailbox's day, messages of the last 60 minutes, asked and let through. */
const SEED = 3;
/** Midnight in Berlin. */
const START = epochMs('2026-03-03T00:00:00+01:00');
const BOX = { width: 640, height: 190, left: 50, top: 40 };
const HOURS = { from: 6, to: 24 };
const HIGHEST = 100;
const STEP = 2 * MINUTE;

const x = (time: number): number => BOX.left + (BOX.width * ((time - START) / HOUR - HOURS.from)) / (HOURS.to - HOURS.from);
const y = (count: number): number => BOX.top + BOX.height * (1 - Math.min(count, HIGHEST) / HIGHEST);

function line(times: readonly EpochMs[], colour: string, width: number): string {
	const steps = Math.round(((HOURS.to - HOURS.from) * HOUR) / STEP);
	const points = Array.from({ length: steps + 1 }, (_, step) => {
		const now = START + HOURS.from * HOUR + step * STEP;
		return `${x(now).toFixed(1)},${y(times.filter((time) => time > now - HOUR && time <= now).length).toFixed(1)}`;
	});
	return `<polyline fill="none" stroke="${colour}" stroke-width="${width}" points="${points.join(' ')}"/>`;
}

function drawn(): string {
	const asks = asksOf(uniform(SEED), START);
	const lines = [
		{ label: 'asked', colour: '#888888', width: 1, times: asks },
		{ label: 'a counter that starts anew every hour', colour: '#d17a22', width: 1.5, times: countedDay(asks) },
		{ label: 'Rate Limit', colour: '#0b6e4f', width: 2, times: limitedDay(asks).sent },
	];
	const bottom = BOX.top + BOX.height;
	const right = BOX.left + BOX.width;
	const grid = [0, 50, 100].map((count) => `<line x1="${BOX.left}" x2="${right}" y1="${y(count)}" y2="${y(count)}" stroke="#dddddd"/><text x="${BOX.left - 6}" y="${y(count) + 4}" text-anchor="end">${count}</text>`);
	const limit = `<line x1="${BOX.left}" x2="${right}" y1="${y(HOURLY)}" y2="${y(HOURLY)}" stroke="#b23a48" stroke-dasharray="4 3"/>`;
	const ticks = [6, 9, 12, 15, 18, 21, 24].map((hour) => `<text x="${x(START + hour * HOUR)}" y="${bottom + 16}" text-anchor="middle">${hour}:00</text>`);
	const legend = lines.map(({ label, colour }, place) => `<rect x="${BOX.left + [0, 80, 320][place]}" y="${bottom + 34}" width="14" height="4" fill="${colour}"/><text x="${BOX.left + 20 + [0, 80, 320][place]}" y="${bottom + 40}">${label}</text>`);
	const title = `One mailbox with ${HOURLY} messages an hour: messages of the last 60 minutes`;
	const body = [...grid, limit, ...ticks, ...lines.map(({ times, colour, width }) => line(times, colour, width)), ...legend];
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${right + 20} ${bottom + 54}" font-family="sans-serif" font-size="11" role="img"><title>${title}</title>\n<rect width="100%" height="100%" fill="#ffffff"/>\n<text x="${BOX.left}" y="20" font-weight="bold">${title}</text>\n${body.join('\n')}\n</svg>\n`;
}

writeFileSync(path.join(__dirname, '../docs/decisions/rate-limit.svg'), drawn());
