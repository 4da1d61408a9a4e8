import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { evidenceOf } from '../engine/reply/readReply';
import { REPLY_INTENTS } from '../engine/reply/reply';
import { lettersOf, parseIntentWeights, type IntentWeights } from '../engine/reply/weighIntent';
import { fitShares, type Sample } from './fitShares';
import { ownData } from './jsonLines';
import { LABELLED_LANGUAGES, readLabelledReplies, SPENT_HALVES, type LabelledReply } from './labelledReplies';
import { countsOf } from './replies';

/**
 * Fits engine/reply/evidence/weights.json on all labelled replies but an unseen half: `tsx eval/fitIntentWeights.ts`. With
 * `--across` it fits once without each spent half, reads that half with those weights and records the counts in
 * test/data/replies/acrossHalves.json.
 */
const STEP = 0.05;
/** A feature whose weights differ less between intents changes nothing and costs space. */
const LEAST_DIFFERENCE = 0.35;
const SOURCE = 'Fitted by eval/fitIntentWeights.ts on test/data/replies/*.dev.jsonl.';
/** Everyday sentences that are no replies: there are many of them, and few come in. */
const COST = { background: 0.5, reply: 1 } as const;

type Row = LabelledReply & { sample: Sample };

function rows(): Row[] {
	return LABELLED_LANGUAGES.flatMap((language) =>
		readLabelledReplies(language, 'dev').map((reply) => {
			// As when a reply comes in: its language is guessed.
			const { evidence } = evidenceOf(reply.text).features;
			const features = evidence.flatMap(({ amounts, scale }) => [...amounts].map(([feature, amount]): [string, number] => [feature, amount * scale]));
			return { ...reply, sample: { features, answer: REPLY_INTENTS.indexOf(reply.intent), cost: reply.note === 'background' ? COST.background : COST.reply } };
		}),
	);
}

function weightsFile(training: readonly Row[]): string {
	const fitted = fitShares(training.map(({ sample }) => sample), REPLY_INTENTS.length);
	const lines: string[] = [];
	for (const [feature, weights] of [...fitted].sort(([a], [b]) => (a < b ? -1 : 1))) {
		// What is added to all intents alike changes no share.
		const middle = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
		if (Math.max(...weights) - Math.min(...weights) < LEAST_DIFFERENCE) continue;
		lines.push(`${JSON.stringify(feature)}:${JSON.stringify(lettersOf(weights.map((weight) => weight - middle), STEP))}`);
	}
	process.stdout.write(`${lines.length} features of ${fitted.size}\n`);
	return `{"date":"2026-11-20","source":${JSON.stringify(SOURCE)},"step":${STEP},"intents":${JSON.stringify(REPLY_INTENTS)},"weights":{\n${lines.join(',\n')}\n}}\n`;
}

const weightsOf = (training: readonly Row[]): IntentWeights => parseIntentWeights(JSON.parse(weightsFile(training)));

function across(all: readonly Row[]): void {
	const halves = SPENT_HALVES.map((half) => {
		const weights = weightsOf(all.filter((row) => row.half !== half && !row.after?.includes(half)));
		return [half, countsOf(all.filter((row) => row.half === half), weights)] as const;
	});
	for (const [half, counts] of halves) process.stdout.write(`${half}: ${JSON.stringify(counts)}\n`);
	writeFileSync(ownData('replies/acrossHalves.json'), `${JSON.stringify({ date: '2026-11-20', halves: Object.fromEntries(halves) }, null, '\t')}\n`);
}

const all = rows();
if (process.argv.includes('--across')) across(all);
else writeFileSync(path.join(__dirname, '../engine/reply/evidence/weights.json'), weightsFile(all));
