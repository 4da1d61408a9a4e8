import { MEMORY_POLICY } from '../../engine/training/memory';
import type { ModelVersion } from '../../engine/training/modelVersion';
import { createExamplePool } from '../../engine/training/selectExamples';
import { personExclusion, type ConsentRule } from '../../engine/training/trainingPerson';
import type { Store, TrainingWindow } from '../../store/store';

export interface FreezeRequest extends TrainingWindow {
	workspace: string;
	/** Whose conversations may be in it. */
	consent: ConsentRule;
	size?: number;
	/** The same key again returns the version it made. */
	requestKey?: string;
}

export interface Frozen {
	/** Absent when there is too little to learn from: nothing was registered. */
	version?: ModelVersion;
	created: boolean;
	sentence: string;
}

/** Messages read at a time. */
const PAGE = 250;

/**
 * Trains the backend Example Memory: reads a window's examples page by page, chooses those to show a model, and registers
 * them, frozen, as a version that is ready. Killed in the middle it leaves nothing; run again it makes one version.
 */
export async function freezeMemory(store: Store, { workspace, since, until, consent, size, requestKey }: FreezeRequest): Promise<Frozen> {
	const pool = createExamplePool(size === undefined ? {} : { size });
	let after: string | undefined;
	do {
		const page = await store.training.examples(workspace, { since, until, limit: PAGE, ...(after === undefined ? {} : { after }) });
		for (const { example, person } of page.candidates) {
			if (personExclusion(person, example.channel, consent) === undefined) pool.offer(example, person.identifiers);
		}
		after = page.next;
	} while (after !== undefined);
	const { examples, seen, fit, repeats, personal } = pool.select();
	const chosen = `${examples.length} examples chosen of ${fit} fit to learn from, among ${seen} messages${repeats > 0 ? `; ${repeats} near repeats` : ''}${personal > 0 ? `; ${personal} left out because a name could still be read` : ''}.`;
	if (examples.length < MEMORY_POLICY.leastExamples) return { created: false, sentence: `Not enough for a memory: ${chosen} ${MEMORY_POLICY.leastExamples} are needed.` };
	const [{ version, created }] = await store.models.register([
		{ workspace, backend: 'example_memory', status: 'candidate', examples, sentence: chosen, ...(requestKey === undefined ? {} : { requestKey }) },
	]);
	return { version, created, sentence: created ? `${version.version} is ready: ${chosen}` : `${version.version} was made already: ${version.sentence}` };
}
