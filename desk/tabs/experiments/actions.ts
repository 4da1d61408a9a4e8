import { z } from 'zod';
import type { ExperimentMove, ExperimentRow } from '../../../store/store';
import { defineAction, type ActionResult, type DeskContext } from '../tab';
import type { ExperimentsWords } from './en';

const IdSchema = z.string().min(1).max(320);
const SteerSchema = z.object({ id: IdSchema });
/** `from` is where the experiment stood when the page was shown. */
const CompleteSchema = z.object({ id: IdSchema, from: z.enum(['running', 'paused']), winner: IdSchema });

const invalid = (words: ExperimentsWords, field: string): string => (field === 'winner' ? words.chooseWinner : words.unreadable);

async function findById({ store, workspace }: DeskContext, id: string): Promise<ExperimentRow | undefined> {
	const [found] = await store.experiments.find(workspace, [id]);
	// References may be names, too; a form names an id.
	return found?.id === id ? found : undefined;
}

interface Told {
	kind: string;
	/** e.g. "paused". */
	done: string;
	notice: string;
	winner?: string;
}

/** Changes only what still stands as the page showed it: a guardrail or a colleague may have been quicker. */
async function move({ store, workspace, reviewer }: DeskContext, found: ExperimentRow, change: Pick<ExperimentMove, 'from' | 'to' | 'winner' | 'resumedAt'>, { kind, done, notice, winner }: Told, words: ExperimentsWords): Promise<ActionResult> {
	const result = await store.experiments.move({ workspace, id: found.id, ...change });
	if (!result) return { refused: words.gone };
	if (!result.moved) return { refused: words.changedMeanwhile(found.name, words.statuses[result.experiment.status]) };
	return { notice, decided: [{ kind, workspace, facts: { experimentId: found.id, winner }, sentence: `${reviewer.email} ${done} experiment '${found.name}'.` }] };
}

export const pause = defineAction<ExperimentsWords, z.infer<typeof SteerSchema>>({
	role: 'reviewer',
	schema: SteerSchema,
	invalid,
	async run(context, { id }, words) {
		const found = await findById(context, id);
		if (!found) return { refused: words.gone };
		return await move(context, found, { from: 'running', to: 'paused' }, { kind: 'experiment_paused', done: 'paused', notice: words.paused(found.name) }, words);
	},
});

export const resume = defineAction<ExperimentsWords, z.infer<typeof SteerSchema>>({
	role: 'reviewer',
	schema: SteerSchema,
	invalid,
	async run(context, { id }, words) {
		const found = await findById(context, id);
		if (!found) return { refused: words.gone };
		return await move(context, found, { from: 'paused', to: 'running', resumedAt: context.now }, { kind: 'experiment_resumed', done: 'resumed', notice: words.resumed(found.name) }, words);
	},
});

export const complete = defineAction<ExperimentsWords, z.infer<typeof CompleteSchema>>({
	role: 'reviewer',
	schema: CompleteSchema,
	invalid,
	async run(context, { id, from, winner }, words) {
		const found = await findById(context, id);
		if (!found) return { refused: words.gone };
		const arm = found.variants.find((variant) => variant.id === winner);
		if (!arm) return { refused: words.chooseWinner, fields: { winner: words.chooseWinner } };
		return await move(context, found, { from, to: 'completed', winner }, { kind: 'experiment_completed', done: 'completed', notice: words.completed(found.name, arm.name), winner }, words);
	},
});
