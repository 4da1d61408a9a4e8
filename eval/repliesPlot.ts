import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { intervalPlot } from './intervalPlot';
import { hasTestHalf } from './labelledReplies';
import { acrossHalvesSection, repliesSection } from './replies';

/** Draws docs/decisions/reading-replies.svg from the unseen half, or, when there is none, from what was read across spent ones. */
const unseen = hasTestHalf();
const figures = (unseen ? repliesSection('test') : acrossHalvesSection()).figures.filter(({ name }) => !name.includes('without a person'));
const title = unseen ? 'Replies read right, by language' : 'Replies read right in spent halves, by weights fitted without each (development figures)';
writeFileSync(path.join(__dirname, '../docs/decisions/reading-replies.svg'), intervalPlot(title, figures, 0.6));
