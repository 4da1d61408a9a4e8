import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { STAGES, trace, type TraceStep } from './stages';
import { uniform } from './uniform';

/** Draws docs/decisions/stage-assign.svg: one contact's flapping score, an outage, a real rise; and the stage it is in. */
const SEED = 3;
const STEPS = 120;
const OUTAGE = { from: 45, to: 60 };
const BOX = { width: 640, height: 200, left: 70, top: 36, lane: 46 };
const SHOWN = STAGES.filter(({ type }) => type === 'LEAD' || type === 'IN_PROGRESS');

const truth = (step: number): number => (step < 80 ? 54 : Math.min(75, 54 + (step - 80)));
const x = (step: number): number => BOX.left + (step * BOX.width) / (STEPS - 1);
const y = (score: number): number => BOX.top + BOX.height * (1 - score / 80);

function lane(steps: readonly TraceStep[], by: 'held' | 'bare', label: string, colour: string, index: number): string {
	const top = BOX.top + BOX.height + 30 + index * (BOX.lane + 22);
	const level = (stage: string): number => top + BOX.lane * (1 - SHOWN.findIndex(({ id }) => id === stage) / (SHOWN.length - 1));
	const points = steps.flatMap((step, at) => [`${x(at).toFixed(1)},${level(step[by])}`, `${x(Math.min(at + 1, STEPS - 1)).toFixed(1)},${level(step[by])}`]);
	const names = SHOWN.map(({ id, name }) => `<text x="${BOX.left - 6}" y="${level(id) + 4}" text-anchor="end" fill="#666666">${name}</text><line x1="${BOX.left}" x2="${x(STEPS - 1)}" y1="${level(id)}" y2="${level(id)}" stroke="#eeeeee"/>`);
	const moves = steps.filter((step, at) => at > 0 && step[by] !== steps[at - 1][by]).length;
	return `${names.join('')}<text x="${BOX.left}" y="${top - 8}" fill="${colour}" font-weight="bold">${label}: ${moves} move${moves === 1 ? '' : 's'}</text><polyline fill="none" stroke="${colour}" stroke-width="2" points="${points.join(' ')}"/>`;
}

function drawn(steps: readonly TraceStep[]): string {
	const height = BOX.top + BOX.height + 30 + 2 * (BOX.lane + 22) + 6;
	const borders = SHOWN.slice(1).map(({ min, name }) => `<line x1="${BOX.left}" x2="${x(STEPS - 1)}" y1="${y(min)}" y2="${y(min)}" stroke="#bbbbbb" stroke-dasharray="4 3"/><text x="${BOX.left - 6}" y="${y(min) + 4}" text-anchor="end">${min}</text><text x="${x(STEPS - 1)}" y="${y(min) - 4}" text-anchor="end" fill="#666666">${name} from ${min}</text>`);
	const outage = `<rect x="${x(OUTAGE.from).toFixed(1)}" y="${BOX.top}" width="${(x(OUTAGE.to) - x(OUTAGE.from)).toFixed(1)}" height="${BOX.height}" fill="#f3e3d3"/><text x="${x(OUTAGE.from).toFixed(1)}" y="${BOX.top + 12}">no model: scores by rules</text>`;
	const line = `<polyline fill="none" stroke="#333333" stroke-width="1.5" points="${steps.map(({ score }, at) => `${x(at).toFixed(1)},${y(score).toFixed(1)}`).join(' ')}"/>`;
	const title = 'A flapping score, an outage, a real rise';
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${BOX.left + BOX.width + 20} ${height}" font-family="sans-serif" font-size="11" role="img"><title>${title}</title>\n<rect width="100%" height="100%" fill="#ffffff"/>\n<text x="${BOX.left}" y="20" font-weight="bold">${title}: score of each reading</text>\n${[outage, ...borders, line, lane(steps, 'held', 'stage held by the rules', '#0b6e4f', 0), lane(steps, 'bare', 'stage by the score’s range alone', '#b23a48', 1)].join('\n')}\n</svg>\n`;
}

const rng = uniform(SEED);
const steps = trace(rng, truth, 3, STEPS, (step) => (step >= OUTAGE.from && step < OUTAGE.to ? 25 : undefined), 54);
writeFileSync(path.join(__dirname, '../docs/decisions/stage-assign.svg'), drawn(steps));
