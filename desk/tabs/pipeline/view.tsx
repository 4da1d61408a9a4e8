import type { PeriodName } from '../../../engine/report/period';
import type { PipelineFigures } from '../../../engine/report/pipelines';
import { mayAct } from '../../access/reviewer';
import { Fragment, h, type Child } from '../../html/element';
import { Card, Empty, Filters, Link, Named, Select, StatTile, Table, Tiles } from '../../parts';
import { formatNumber } from '../../parts/figures';
import type { Language } from '../../shell/language';
import type { DeskContext } from '../tab';
import { PipelineBoard } from './board';
import type { PipelineWords } from './en';
import type { PipelineModel } from './load';
import { StageContacts } from './stageContacts';

const NAMES: readonly PeriodName[] = ['lastWeek', 'last7Days', 'last30Days', 'last90Days', 'last365Days'];

interface Props {
	figures: PipelineFigures;
	words: PipelineWords;
	language: Language;
}

function Totals({ figures, words, language }: Props): Child {
	const count = (value: number): string => formatNumber(value, language);
	return (
		<Tiles>
			<StatTile label={words.moves} value={count(figures.moves.reduce((sum, move) => sum + move.count, 0))}><p class="hint">{words.movesHint}</p></StatTile>
			<StatTile label={words.held} value={count(figures.needsReview)}><p class="hint">{words.heldHint}</p></StatTile>
			<StatTile label={words.protected} value={count(figures.protected)}><p class="hint">{words.protectedHint}</p></StatTile>
			<StatTile label={words.openReviews} value={count(figures.openReviews)}><p class="hint">{words.decidedReviews(count(figures.decidedReviews))}{figures.openReviews > 0 ? <> · <Link to={{ tab: 'review' }}>{words.toReviews}</Link></> : null}</p></StatTile>
		</Tiles>
	);
}

/** The word of ours for a name the store keeps; the name itself when it is newer than the words. */
function known(words: Readonly<Record<string, string>>, name: string): Child {
	return Object.hasOwn(words, name) ? words[name] : <Named>{name}</Named>;
}

function Moves({ figures, words, language }: Props): Child {
	const rows = figures.moves.map(({ rule, setBy, count }) => [known(words.rules, rule), known(words.movers, setBy), formatNumber(count, language)]);
	return <Table caption={words.movesByRule} columns={[{ title: words.rule, main: true }, { title: words.by }, { title: words.count, numeric: true }]} rows={rows} empty={<Empty title={words.noMoves}>{words.noMovesHint}</Empty>} />;
}

/** The pipelines with who stands where, and what moved them. */
export function pipelineView({ figures, boards, places, period, opened }: PipelineModel, words: PipelineWords, { reviewer, language }: DeskContext): Child {
	if (boards.length === 0) return <><p class="intro">{words.intro}</p><Card title={words.title}><Empty title={words.none}>{words.noneHint}</Empty></Card></>;
	return (
		<>
			<p class="intro">{words.intro}</p>
			<Filters><Select name="period" label={words.period} value={period} options={NAMES.map((name) => ({ value: name, label: words.periods[name] }))} /></Filters>
			{boards.map((board) => <PipelineBoard board={board} words={words} language={language} period={period} opened={opened} />)}
			{opened ? <StageContacts stage={opened} places={places} words={words} language={language} period={period} may={mayAct(reviewer.role, 'reviewer')} /> : null}
			<Totals figures={figures} words={words} language={language} />
			<Card title={words.movesByRule}><Moves figures={figures} words={words} language={language} /></Card>
		</>
	);
}
