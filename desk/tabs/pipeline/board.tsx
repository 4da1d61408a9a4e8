import { Fragment, h, type Child } from '../../html/element';
import { Badge, Card, Link, Named, type Tone } from '../../parts';
import { formatDuration, formatNumber } from '../../parts/figures';
import type { Language } from '../../shell/language';
import type { PipelineWords } from './en';
import type { Board, OpenStage, StageColumn } from './load';

const ENDS = { WON: ['won', 'good'], LOST: ['lost', 'neutral'], ARCHIVED: ['archived', 'neutral'] } as const satisfies Record<string, readonly [keyof PipelineWords, Tone]>;

interface Props {
	words: PipelineWords;
	language: Language;
	period: string;
	opened?: OpenStage;
}

function Column({ column: { figure, type }, words, language, period, opened }: Props & { column: StageColumn }): Child {
	const { pipelineId, stageId, stage, contacts, medianStandingMs, left, medianStayMs } = figure;
	const count = formatNumber(contacts, language);
	const current = opened !== undefined && opened.pipelineId === pipelineId && opened.stageId === stageId;
	const [end, tone] = type === 'WON' || type === 'LOST' || type === 'ARCHIVED' ? ENDS[type] : [];
	return (
		<li class={current ? 'stage current' : 'stage'}>
			<h3>{pipelineId === undefined || stageId === undefined ? words.noStage : <Link to={{ pipeline: pipelineId, stage: stageId, period }} current={current} item><Named>{stage}</Named></Link>}{end && words[end].toLowerCase() !== stage.toLowerCase() ? <> <Badge tone={tone}>{words[end]}</Badge></> : null}</h3>
			<p><b class="count">{count}</b> {words.contacts(contacts)}</p>
			{medianStandingMs === undefined ? null : <p class="hint">{words.standing(formatDuration(medianStandingMs, language))}</p>}
			{left === 0 ? null : <p class="hint">{medianStayMs === undefined ? words.leftOnly(formatNumber(left, language)) : words.left(formatNumber(left, language), formatDuration(medianStayMs, language))}</p>}
			{stageId === undefined ? <p class="hint">{words.noStageHint}</p> : null}
		</li>
	);
}

/** A pipeline: its stages side by side, on a phone one below the other. */
export function PipelineBoard({ board, ...props }: Props & { board: Board }): Child {
	return (
		<Card title={board.id === undefined ? props.words.noPipeline : board.name}>
			<ol class="board">{board.stages.map((column) => <Column column={column} {...props} />)}</ol>
		</Card>
	);
}
