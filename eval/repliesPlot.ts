import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { intervalPlot } from './intervalPlot';
import { repliesSection } from './replies';

/** Draws docs/decisions/reading-replies.svg from the frozen half. */
const figures = repliesSection('test').figures.filter(({ name }) => !name.includes('without a person'));
writeFileSync(path.join(__dirname, '../docs/decisions/reading-replies.svg'), intervalPlot('Replies read right, by language', figures, 0.6));
