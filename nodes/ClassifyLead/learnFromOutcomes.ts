import { fitLearnedScore, LEARNING_POLICY, type LeadScoreRecord } from '../../engine/classify/learnedScore';
import { EVIDENCE_POLICY, TELLING_EVENTS } from '../../engine/classify/evidence';
import { LEAD_SCORE_POLICY } from '../../engine/classify/leadScore';
import type { Store } from '../../store/store';
import { indexPastLeads } from '../../desk/corrections/indexPastLeads';

const { conversions, windowMs, refitEveryMs, mostExamples } = LEARNING_POLICY;

export interface Learned {
	record?: LeadScoreRecord;
	/** Conversions there were to learn from at the last fit. */
	conversions: number;
}

async function refit(store: Store, workspace: string): Promise<Learned> {
	const examples = await store.leadScores.examples(workspace, { windowMs, conversions, limit: mostExamples });
	const converted = examples.filter((example) => example.converted).length;
	// Fewer is what the fit itself would refuse; knowing it beforehand spares the error.
	const record = converted < LEAD_SCORE_POLICY.minimumConversions ? undefined : fitLearnedScore(examples);
	await store.leadScores.save(workspace, { record, conversions: converted, examples: examples.length });
	return { record, conversions: converted };
}

/**
 * The score learnt from the workspace's outcomes. Once a day one caller fits it anew and brings the past leads up to date.
 * @param mayWrite false for an agent's tool: it takes what is there.
 */
export async function learnFromOutcomes(store: Store, workspace: string, mayWrite: boolean): Promise<Learned> {
	const { due, ...current } = await store.leadScores.current(workspace, mayWrite ? refitEveryMs : undefined);
	if (!due) return current;
	await indexPastLeads(store, workspace, await store.leadScores.pastLeads(workspace, { events: TELLING_EVENTS, limit: EVIDENCE_POLICY.mostPastLeads }));
	return await refit(store, workspace);
}
