import { mayAct } from '../../access/reviewer';
import { Fragment, h, type Child } from '../../html/element';
import { Badge, Button, Card, Empty, Form, Named, Select, Sentence, When, type Tone } from '../../parts';
import { formatNumber, formatShare } from '../../parts/figures';
import type { Language } from '../../shell/language';
import type { DeskContext } from '../tab';
import type { ExperimentsWords } from './en';
import type { ExperimentsModel, ExperimentView } from './load';
import { Variants } from './variants';

const STATUS_TONES: Readonly<Record<ExperimentView['status'], Tone>> = { running: 'info', paused: 'warn', completed: 'neutral' };
const VERDICTS = ['winner', 'no_difference', 'keep_going', 'stop_guardrail', 'sample_ratio_mismatch'] as const;
const VERDICT_TONES: Readonly<Record<(typeof VERDICTS)[number] | 'unknown', Tone>> = { winner: 'good', no_difference: 'neutral', keep_going: 'neutral', stop_guardrail: 'bad', sample_ratio_mismatch: 'bad', unknown: 'warn' };

interface Props {
	of: ExperimentView;
	words: ExperimentsWords;
}

function Standing({ of, words, language }: Props & { language: Language }): Child {
	return (
		<dl class="measures">
			<div><dt>{words.decidedBy}</dt><dd>{of.countedBy ? words.metrics[of.countedBy] : <Named>{of.metric}</Named>}</dd></div>
			{of.horizon > 0 ? <div><dt>{words.look}</dt><dd>{words.lookOf(of.look, of.horizon)}</dd></div> : null}
			{of.nextLookAt === undefined || of.status === 'completed' ? null : <div><dt>{words.nextLook}</dt><dd><When at={of.nextLookAt} dateOnly /></dd></div>}
			<div><dt>{words.contacts}</dt><dd>{formatNumber(of.contacts, language)}</dd></div>
			{of.guardrails ? <div><dt>{words.guardrails}</dt><dd>{words.allowed(formatShare(of.guardrails.optOuts, language), formatShare(of.guardrails.complaints, language))}</dd></div> : null}
			{of.context === undefined ? null : <div><dt>{words.appliesTo}</dt><dd><Named>{of.context}</Named></dd></div>}
			{of.status === 'completed' && of.winner !== undefined ? <div><dt>{words.settledOn}</dt><dd><Named>{of.winner}</Named></dd></div> : null}
		</dl>
	);
}

function Steering({ of, words }: Props): Child {
	const goes = of.status === 'running';
	return (
		<div class="steering">
			<Form action={goes ? 'pause' : 'resume'} of={of.id} hidden={{ id: of.id }} class="inline" label={words.actionsOf(of.name)}>
				<Button kind={goes && of.verdict === 'stop_guardrail' ? 'danger' : 'plain'}>{goes ? words.pause : words.resume}</Button>
			</Form>
			{of.arms.length === 0 ? null : (
				<details class="more" open={of.verdict === 'winner'}>
					<summary>{words.complete}</summary>
					<p class="hint">{words.completeHint}</p>
					<Form action="complete" of={of.id} hidden={{ id: of.id, from: of.status }} class="inline" label={words.completeOf(of.name)}>
						<Select name="winner" label={words.winner} value={of.winnerId ?? of.controlId} options={of.arms.map(({ id, name }) => ({ value: id, label: name }))} />
						<Button kind={of.verdict === 'winner' ? 'main' : 'plain'}>{words.completeNow}</Button>
					</Form>
				</details>
			)}
		</div>
	);
}

function Experiment({ of, words, language, may }: Props & { language: Language; may: boolean }): Child {
	const verdict = VERDICTS.find((known) => known === of.verdict) ?? 'unknown';
	return (
		<Card title={of.name} aside={<><Badge tone={STATUS_TONES[of.status]}>{words.statuses[of.status]}</Badge> <Badge tone={VERDICT_TONES[verdict]}>{words.verdicts[verdict]}</Badge></>}>
			{verdict === 'sample_ratio_mismatch' ? <p class="notice bad">{words.splitAlarm}</p> : null}
			{verdict === 'stop_guardrail' && of.status === 'running' ? <p class="notice bad">{words.guardrailAlarm}</p> : null}
			<Sentence>{of.sentence}</Sentence>
			<Standing of={of} words={words} language={language} />
			{of.variants.length > 0 ? <Variants of={of} words={words} language={language} /> : null}
			{of.status === 'paused' ? <p class="quiet">{words.pausedMeans}</p> : null}
			{may && of.status !== 'completed' ? <Steering of={of} words={words} /> : null}
		</Card>
	);
}

/** Every experiment with its verdict and what may be done about it. */
export function experimentsView({ open, completed }: ExperimentsModel, words: ExperimentsWords, { reviewer, language }: DeskContext): Child {
	const may = mayAct(reviewer.role, 'reviewer');
	const show = (of: ExperimentView): Child => <Experiment of={of} words={words} language={language} may={may} />;
	return (
		<>
			<p class="intro">{words.intro}</p>
			{open.length + completed.length === 0 ? <Card title={words.title}><Empty title={words.none}>{words.noneHint}</Empty></Card> : open.map(show)}
			{completed.length === 0 ? null : <details class="more" open={open.length === 0}><summary>{words.completedOnes(completed.length)}</summary>{completed.map(show)}</details>}
			{open.length + completed.length === 0 ? null : <p class="hint">{words.howToRead}</p>}
		</>
	);
}
