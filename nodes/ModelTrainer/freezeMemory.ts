import { createHash } from 'node:crypto';
import { MEMORY_POLICY, type MemoryExample } from '../../engine/training/memory';
import { createExamplePool, type Selection } from '../../engine/training/selectExamples';
import { personExclusion, type ConsentRule } from '../../engine/training/trainingPerson';
import type { Store, TrainingWindow } from '../../store/store';

const PAGE = 500;

/** The examples a memory of a workspace would hold now, chosen while its messages stream by. */
export async function chooseMemory(store: Store, workspace: string, window: TrainingWindow, { size, consent }: { size: number; consent: ConsentRule }): Promise<Selection> {
	const pool = createExamplePool({ size });
	for (let after: string | undefined; ; ) {
		const page = await store.training.examples(workspace, { ...window, limit: PAGE, ...(after === undefined ? {} : { after }) });
		for (const { example, person } of page.candidates) if (personExclusion(person, example.channel, consent) === undefined) pool.offer(example);
		if (page.next === undefined) return pool.select();
		after = page.next;
	}
}

/** The same examples, the same memory. */
export function memoryHash(examples: readonly MemoryExample[]): string {
	return createHash('sha256').update(JSON.stringify(examples.map(({ outboundId, text }) => [outboundId, text]))).digest('hex');
}

/** What was chosen from what, in one line. */
export function memorySentence({ examples, seen, fit, repeats }: Selection): string {
	return `Its memory holds ${examples.length} of ${seen} messages: ${fit} were fit to learn from, ${repeats} nearly repeated another.${examples.length < MEMORY_POLICY.leastExamples ? ` ${MEMORY_POLICY.leastExamples} are needed before it may serve anybody.` : ''}`;
}
