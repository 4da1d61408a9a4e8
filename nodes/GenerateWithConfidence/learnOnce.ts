import { learnConfidence, type Bar, type DraftMaker, type JudgedDraft, type LearningOptions, type LearntConfidence } from '../../engine/draft/learntConfidence';
import type { Store } from '../../store/store';

/** Decisions looked back on: older ones were made by other people about other leads. */
export const JUDGED_DRAFTS_READ = 2_000;

/** What a workspace's reviews teach about its drafts. */
export interface Learner {
	/** Reads the reviews. Done before a model is paid, so that a store that fails then costs nothing. */
	read(): Promise<void>;
	/** What they teach about the drafts of one maker: fitted once a batch for each maker and wish, not for each item. */
	about(maker: DraftMaker, options: LearningOptions): Promise<LearntConfidence>;
}

/** Learns from one workspace's reviews, which are read once, when the first draft asks for them. */
export function learnOnce(store: Store | undefined, workspace: string): Learner {
	let reading: Promise<JudgedDraft[]> | undefined;
	const judged = async () => await (reading ??= store ? store.reviews.judgedDrafts(workspace, JUDGED_DRAFTS_READ) : Promise.resolve([]));
	const fitted = new Map<string, LearntConfidence>();
	return {
		async read() {
			await judged();
		},
		async about(maker, options) {
			const drafts = await judged();
			const key = JSON.stringify([maker.modelId, maker.promptVersion, maker.scoring, options]);
			const known = fitted.get(key);
			if (known) return known;
			const learnt = learnConfidence(drafts, maker, options);
			fitted.set(key, learnt);
			return learnt;
		},
	};
}

/** For a text no model wrote: it is read by a person whatever was learnt. */
export function nothingLearnt({ wish }: LearningOptions): { calibrator: LearntConfidence['calibrator']; bar: Bar } {
	return learnConfidence([], { modelId: '', promptVersion: '', scoring: '' }, { wish, acceptedEditDistance: 0 });
}
