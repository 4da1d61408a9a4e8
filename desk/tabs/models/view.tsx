import { mayAct } from '../../access/reviewer';
import { DEFAULT_ERROR_SHARE } from '../../../engine/draft/decision';
import type { Models } from '../../../engine/report/models';
import { Fragment, h, type Child, type Scope } from '../../html/element';
import { Badge, Card, Empty, FigureCell, FigureFilters, formatNumber, formatShare, formatUsd, Named, Table } from '../../parts';
import type { ModelsWords } from './en';
import type { DeskContext } from '../tab';
import type { Learnt, ModelsModel } from './load';
import { LeaderboardCard } from './leaderboardView';
import { VersionsCard } from './versionsView';

/** Digits of a prompt version that tell versions apart; it is a hash. */
const PROMPT_DIGITS = 8;

function Maker({ modelId, promptVersion, scoring, words }: { modelId?: string; promptVersion?: string; scoring?: string; words: ModelsWords }): Child {
	if (modelId === undefined) return words.templates;
	const details = [...(promptVersion ? [`${words.prompt} ${promptVersion.slice(0, PROMPT_DIGITS)}`] : []), ...(scoring ? [scoring] : [])];
	return <><Named>{modelId}</Named>{details.length > 0 ? <p class="basis"><Named>{details.join(' · ')}</Named></p> : null}</>;
}

function Bar({ learnt: { learnt: { bar } }, words }: { learnt: Learnt; words: ModelsWords }, { language }: Scope): Child {
	if ('reviewsNeeded' in bar) return words.thresholdNeeds(formatNumber(bar.reviewsNeeded, language, 0));
	return <><Badge tone="good">{words.certified(formatShare(bar.threshold, language))}</Badge>{bar.rawThreshold === undefined ? null : <p class="basis">{words.certifiedRaw(formatNumber(bar.rawThreshold, language, 3))}</p>}</>;
}

function LearntCard({ learnt, words }: { learnt: readonly Learnt[]; words: ModelsWords }, { language }: Scope): Child {
	const rows = learnt.map((one) => [
		<Maker {...one.maker} words={words} />,
		formatNumber(one.learnt.calibrator.reviews, language, 0),
		<><Badge tone={one.calibratorNeeds > 0 ? 'neutral' : 'good'}>{words.kinds[one.learnt.calibrator.kind]}</Badge>{one.calibratorNeeds > 0 ? <p class="basis">{words.calibratorNeeds(formatNumber(one.calibratorNeeds, language, 0))}</p> : null}</>,
		<Bar learnt={one} words={words} />,
	]);
	return (
		<Card title={words.learnt}>
			<p class="quiet">{words.learntWhat(formatShare(DEFAULT_ERROR_SHARE, language))} {words.onlySampled}</p>
			<Table caption={words.learnt} columns={[{ title: words.model, main: true }, { title: words.reviews, numeric: true }, { title: words.calibrator }, { title: words.threshold }]} rows={rows} empty={<Empty title={words.noLearnt}>{words.noLearntHint}</Empty>} />
		</Card>
	);
}

function DraftsCard({ drafts, words }: { drafts: Models['drafts']; words: ModelsWords }, { language }: Scope): Child {
	const rows = drafts.map((one) => [
		<Maker {...(one.modelId === undefined ? {} : { modelId: one.modelId })} {...(one.promptVersion === undefined ? {} : { promptVersion: one.promptVersion })} words={words} />,
		formatNumber(one.drafts, language, 0),
		...[one.accepted, one.editDistance, one.replied, one.fallback].map((figure) => <FigureCell figure={figure} />),
	]);
	return (
		<Card title={words.drafts}>
			<p class="quiet">{words.draftsWhat}</p>
			<Table caption={words.drafts} columns={[{ title: words.model, main: true }, { title: words.made, numeric: true }, { title: words.accepted }, { title: words.editDistance }, { title: words.replied }, { title: words.fallback }]} rows={rows} empty={<Empty title={words.noDrafts}>{words.noDraftsHint}</Empty>} />
		</Card>
	);
}

function CallsCard({ calls, words }: { calls: Models['calls']; words: ModelsWords }, { language }: Scope): Child {
	const seconds = (ms: number | undefined): string => (ms === undefined ? '–' : words.seconds(formatNumber(ms / 1_000, language, 2)));
	const rows = calls.map(({ modelId, promptVersion, purpose, calls: made, failed, usd, unpriced, usdPerCall, medianMs, p95Ms }) => [
		<Maker modelId={modelId} promptVersion={promptVersion} words={words} />,
		<Named>{purpose}</Named>,
		formatNumber(made, language, 0),
		<FigureCell figure={failed} />,
		usdPerCall === undefined ? <span class="quiet">{words.unknownPrice}</span> : <>{formatUsd(usd, language)}{unpriced > 0 ? <p class="basis">{words.unpriced(formatNumber(unpriced, language, 0))}</p> : null}</>,
		usdPerCall === undefined ? '–' : formatUsd(usdPerCall, language),
		seconds(medianMs),
		seconds(p95Ms),
	]);
	const columns = [{ title: words.model, main: true }, { title: words.purpose }, { title: words.count, numeric: true }, { title: words.failed }, { title: words.cost, numeric: true }, { title: words.perCall, numeric: true }, { title: words.median, numeric: true }, { title: words.p95, numeric: true }];
	return (
		<Card title={words.calls}>
			<p class="quiet">{words.callsWhat}</p>
			<Table caption={words.calls} columns={columns} rows={rows} empty={<Empty title={words.noCalls} />} />
		</Card>
	);
}

/** Each model and prompt version with what people, leads and the clock say of it. */
export function modelsView({ chosen, models, learnt, versions }: ModelsModel, words: ModelsWords, { reviewer, language }: DeskContext): Child {
	return (
		<>
			<p class="intro">{words.intro}</p>
			<VersionsCard model={versions} words={words.versions} language={language} may={mayAct(reviewer.role, 'admin')} />
			<LeaderboardCard model={versions} words={words.versions} language={language} />
			<LearntCard learnt={learnt} words={words} />
			<FigureFilters chosen={chosen} />
			<DraftsCard drafts={models.drafts} words={words} />
			<CallsCard calls={models.calls} words={words} />
		</>
	);
}
