import type { ModelVersion } from '../../../engine/training/modelVersion';
import { Fragment, h, type Child } from '../../html/element';
import { Badge, Button, Card, Empty, Field, Form, formatNumber, formatShare, Named, Sentence, When, type Tone } from '../../parts';
import type { Language } from '../../shell/language';
import type { CanaryComparison } from '../../versions/compareCanary';
import type { VersionsModel } from './loadVersions';
import type { VersionsWords } from './versionsEn';

interface Props {
	words: VersionsWords;
	language: Language;
}

export const STATUS_TONES: Readonly<Record<ModelVersion['status'], Tone>> = { training: 'neutral', candidate: 'neutral', canary: 'info', deployed: 'good', retired: 'neutral', rolled_back: 'bad', failed: 'bad' };
const VERDICT_TONES: Readonly<Record<CanaryComparison['verdict'], Tone>> = { promote: 'good', ramp: 'good', keep_going: 'neutral', roll_back: 'bad', worse: 'bad', no_difference: 'neutral', split_broken: 'warn' };

function Standing({ of, title, words, language }: Props & { of: ModelVersion; title: string }): Child {
	const since = of.status === 'canary' ? of.startedAt : of.deployedAt;
	return (
		<>
			<div><dt>{title}</dt><dd><Named>{of.version}</Named></dd></div>
			{since === undefined ? null : <div><dt>{words.since}</dt><dd><When at={since} dateOnly /></dd></div>}
			{of.status === 'canary' ? <div><dt>{words.share}</dt><dd>{formatShare(of.share, language)}</dd></div> : null}
			<div><dt>{words.backend}</dt><dd>{of.backend === 'example_memory' ? words.examples(formatNumber(of.examples, language, 0)) : words.backends[of.backend]}</dd></div>
		</>
	);
}

function Comparison({ of, words, language }: Props & { of: CanaryComparison }): Child {
	const signed = (share: number): string => `${share > 0 ? '+' : ''}${formatShare(share, language)}`;
	const count = (value: number): string => formatNumber(value, language, 0);
	const rate = ({ rate: share, contacts }: CanaryComparison['candidate']): string => words.rateOf(formatShare(share, language), count(contacts));
	const { lift, needed } = of;
	return (
		<>
			<Sentence>{of.sentence}</Sentence>
			<dl class="measures">
				<div><dt>{words.comparedBy}</dt><dd>{words.metrics[of.metric]}</dd></div>
				<div><dt>{words.look}</dt><dd>{words.lookOf(count(of.look), count(of.horizon))}</dd></div>
				{of.nextLookAt === undefined ? null : <div><dt>{words.nextLook}</dt><dd><When at={of.nextLookAt} dateOnly /></dd></div>}
				<div><dt>{words.contacts}</dt><dd>{count(of.joined)}</dd></div>
				<div><dt>{words.ofCandidate}</dt><dd>{rate(of.candidate)}</dd></div>
				<div><dt>{words.ofDeployed}</dt><dd>{rate(of.control)}</dd></div>
				<div><dt>{words.difference}</dt><dd>{lift ? words.range(signed(lift.value), signed(lift.low), signed(lift.high)) : words.unknown}</dd></div>
				{needed && Number.isFinite(needed.contacts) ? <div><dt>{words.needed}</dt><dd>{words.neededContacts(count(needed.contacts), needed.weeks === undefined ? undefined : count(needed.weeks))}</dd></div> : null}
			</dl>
		</>
	);
}

function RollBack({ of, words }: { of: ModelVersion; words: VersionsWords }): Child {
	return (
		<>
			<p class="hint">{words.rollBackHint}</p>
			<Form action="rollBack" of={of.version} hidden={{ version: of.version, from: of.status }} class="inline" label={words.rollBackNow(of.version)}>
				<Field name="reason" label={words.reason} maxlength={300} />
				<Button kind="danger">{words.rollBackNow(of.version)}</Button>
			</Form>
		</>
	);
}

function Deciding({ model: { deployed, canary, comparison, versions }, words }: { model: VersionsModel; words: VersionsWords }): Child {
	// The baseline has nothing before it.
	const replaced = deployed !== undefined && versions.some(({ version, deployedAt, status }) => version !== deployed.version && status === 'retired' && deployedAt !== undefined);
	if (!canary && !replaced) return null;
	return (
		<details class="more" open={comparison?.verdict === 'promote'}>
			<summary>{words.decide}</summary>
			{canary && comparison ? (
				<>
					<p class="hint">{words.promoteHint}</p>
					<Form action="promote" of={canary.version} hidden={{ version: canary.version, token: comparison.token }} class="inline" label={words.actionsOf(canary.version)}>
						<Button kind={comparison.verdict === 'promote' ? 'main' : 'plain'}>{words.promoteNow(canary.version)}</Button>
					</Form>
				</>
			) : null}
			{canary ? <RollBack of={canary} words={words} /> : null}
			{deployed && replaced ? <RollBack of={deployed} words={words} /> : null}
		</details>
	);
}

/** What writes the drafts, what is tried beside it, and what an admin may decide. */
export function VersionsCard({ model, words, language, may }: Props & { model: VersionsModel; may: boolean }): Child {
	const { deployed, canary, comparison, versions } = model;
	if (versions.length === 0 || !deployed) return <Card title={words.title}><Empty title={words.none}>{words.noneHint}</Empty></Card>;
	return (
		<Card title={words.title} aside={comparison ? <Badge tone={VERDICT_TONES[comparison.verdict]}>{words.verdicts[comparison.verdict]}</Badge> : undefined}>
			<dl class="measures">
				<Standing of={deployed} title={canary ? words.serves : words.servesAll} words={words} language={language} />
				{canary ? <Standing of={canary} title={words.candidate} words={words} language={language} /> : null}
			</dl>
			{comparison ? <Comparison of={comparison} words={words} language={language} /> : null}
			{may ? <Deciding model={model} words={words} /> : null}
		</Card>
	);
}
