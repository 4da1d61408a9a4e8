import { CALIBRATION_SIZES } from '../../../engine/draft/calibration';
import { DEFAULT_ERROR_SHARE } from '../../../engine/draft/decision';
import { learnConfidence, type DraftMaker, type JudgedDraft, type LearntConfidence } from '../../../engine/draft/learntConfidence';
import { modelFigures, type Models } from '../../../engine/report/models';
import { readScope, type ChosenScope } from '../../parts';
import type { DeskContext } from '../tab';
import { loadVersions, type VersionsModel } from './loadVersions';

/** As many as Generate with Confidence reads, so that both learn the same. */
const JUDGED_READ = 2_000;
/** Makers that are shown, the latest first: older ones no longer write. */
const MAKERS_SHOWN = 6;

export interface Learnt {
	maker: DraftMaker;
	learnt: LearntConfidence;
	/** Reviews that are missing until a calibrator is fitted; 0: there is one. */
	calibratorNeeds: number;
}

export interface ModelsModel {
	chosen: ChosenScope;
	models: Models;
	learnt: readonly Learnt[];
	versions: VersionsModel;
}

/** What the reviews have taught about each maker of drafts, the one last decided on first. */
export function learntByMaker(judged: readonly JudgedDraft[]): Learnt[] {
	const makers = new Map<string, DraftMaker>();
	for (const { modelId, promptVersion, scoring } of judged.toSorted((a, b) => b.decidedAt - a.decidedAt)) {
		if (modelId === undefined || promptVersion === undefined || scoring === undefined) continue;
		const key = JSON.stringify([modelId, promptVersion, scoring]);
		if (!makers.has(key)) makers.set(key, { modelId, promptVersion, scoring });
	}
	return [...makers.values()].slice(0, MAKERS_SHOWN).map((maker) => {
		const learnt = learnConfidence(judged, maker, { wish: { source: 'certified', maxErrorShare: DEFAULT_ERROR_SHARE }, acceptedEditDistance: 0 });
		return { maker, learnt, calibratorNeeds: learnt.calibrator.calibrated ? 0 : CALIBRATION_SIZES.platt - learnt.calibrator.reviews };
	});
}

export async function loadModels(context: DeskContext, query: URLSearchParams): Promise<ModelsModel> {
	const { store, workspace } = context;
	const chosen = readScope(context, query);
	const [rows, judged, versions] = await Promise.all([store.figures.models(chosen.scope), store.reviews.judgedDrafts(workspace, JUDGED_READ), loadVersions(context)]);
	return { versions, chosen, models: modelFigures(rows), learnt: learntByMaker(judged) };
}
