import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { injectionPieces } from '../engine/gate/injectionPieces';
import { spamPieces } from '../engine/gate/spamPieces';
import { canonicalise } from '../engine/reply/canonical';
import { crossValidated, fitPieces, rowOf, type Model, type Row } from './fitPieces';
import { injectionFittingRows, spamFittingRows, type Labelled } from './gateRows';

/**
 * Fits engine/gate/data/injectionWeights.json or spamWeights.json:
 * `tsx eval/fitGateWeights.ts <folder> injection|spam [--folds 5 [--errors]]`; with folds it only prints cross-validated figures.
 */
/** Smaller weights change nothing and cost space. */
const SMALLEST = 0.1;
/** What a mistake costs: what is looked for, and harmless look-alikes, are few beside ordinary mail. */
const COST = { wanted: 3, own: 3, other: 1 } as const;
const THRESHOLDS = [-2, -1.5, -1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 1, 2];

const TASKS = {
	injection: {
		rows: injectionFittingRows,
		pieces: (text: string) => injectionPieces(text, undefined, true),
		source: 'Fitted by eval/fitGateWeights.ts on half of prompt_injection_deepset and of business mail, our own tuning rows and replies; hundredths.',
	},
	spam: {
		rows: spamFittingRows,
		pieces: (text: string) => spamPieces(text, canonicalise(text), true),
		source: 'Fitted by eval/fitGateWeights.ts on our own tuning rows and replies and half of business mail; hundredths.',
	},
} as const;

function save(name: string, source: string, { bias, weights }: Model): void {
	const kept = [...weights].filter(([, weight]) => Math.abs(weight) >= SMALLEST).sort(([a], [b]) => (a < b ? -1 : 1));
	const lines = kept.map(([feature, weight]) => `${JSON.stringify(feature)}:${Math.round(100 * weight)}`);
	writeFileSync(path.join(__dirname, `../engine/gate/data/${name}Weights.json`), `{"date":"2026-11-20","source":${JSON.stringify(source)},"bias":${Math.round(100 * bias)},"weights":{\n${lines.join(',\n')}\n}}\n`);
	process.stdout.write(`${lines.length} features, bias ${bias.toFixed(2)}\n`);
}

function report(labelled: readonly Labelled[], rows: readonly Row[], folds: number, errors: boolean): void {
	const scores = crossValidated(rows, folds);
	const kinds = [...new Set(labelled.map(({ kind }) => kind))];
	for (const threshold of THRESHOLDS) {
		const share = (wanted: boolean, kind: string): string => {
			const places = labelled.flatMap((row, i) => (row.wanted === wanted && row.kind === kind ? [i] : []));
			return places.length === 0 ? '–' : `${((100 * places.filter((i) => scores[i] >= threshold).length) / places.length).toFixed(1)} % of ${places.length}`;
		};
		process.stdout.write(`${threshold}: ${kinds.map((kind) => `${kind}: found ${share(true, kind)}, false ${share(false, kind)}`).join(' | ')}\n`);
	}
	if (!errors) return;
	labelled.forEach(({ text, wanted, kind }, i) => {
		if (wanted !== scores[i] >= 0) process.stdout.write(`${wanted ? 'MISSED' : 'FALSE'} ${kind} ${scores[i].toFixed(1)} ${text.slice(0, 160).replace(/\n/g, ' ')}\n`);
	});
}

const [folder, name, option, count] = process.argv.slice(2);
if (!folder || (name !== 'injection' && name !== 'spam')) throw new Error('Say where the labelled data lies, and injection or spam.');
const task = TASKS[name];
const labelled = task.rows(folder);
const rows = labelled.map(({ text, wanted, kind }) => rowOf(task.pieces(text), wanted, wanted ? COST.wanted : kind === 'own' ? COST.own : COST.other));
if (option === '--folds') report(labelled, rows, Number(count), process.argv.includes('--errors'));
else save(name, task.source, fitPieces(rows));
