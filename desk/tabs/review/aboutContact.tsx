import { LEAD_INTENTS } from '../../../engine/classify/classification';
import { bandOf } from '../../../engine/classify/bands';
import { epochMs } from '../../../engine/time';
import { REPLY_INTENTS, type Reply } from '../../../engine/reply/reply';
import type { ReviewRow } from '../../../store/store';
import { Fragment, h, type Child, type Scope } from '../../html/element';
import { Badge, Button, Card, Field, Form, Named, Said, Select, Sentence, When } from '../../parts';
import type { ReviewWords } from './en';
import type { OpenReview } from './load';
import { formatShare } from './pieces';

interface Props {
	open: OpenReview;
	may: boolean;
	words: ReviewWords;
}

/** How the lead's message was read, and what it says instead. */
export function ReadingOf({ reply, review, may, words }: { reply?: Reply; review: ReviewRow; may: boolean; words: ReviewWords }): Child {
	return (
		<>
			{reply ? <p class="quiet">{words.readAs}: <Badge>{words.replyIntents[reply.intent]}</Badge></p> : null}
			{may ? (
				<details class="data">
					<summary>{words.correct}</summary>
					<Form action="correct" of={`reading ${review.id}`} hidden={{ review: review.id }} class="inline" label={words.correctReading}>
						<Select name="replyIntent" label={words.correctReading} value={reply?.intent} options={REPLY_INTENTS.map((intent) => ({ value: intent, label: words.replyIntents[intent] }))} />
						<Button>{words.save}</Button>
					</Form>
				</details>
			) : null}
		</>
	);
}

/** What is known of the person. */
export function AboutContact({ open: { contact, review, pipeline, whyStage }, may, words }: Props): Child {
	if (!contact) return null;
	const stages = pipeline?.stages.toSorted((a, b) => a.order - b.order) ?? [];
	const stage = stages.find(({ id }) => id === contact.stageId);
	const channels = Object.entries(contact.consent).map(([, consent]) => consent.basis.replaceAll('_', ' '));
	const facts: readonly (readonly [string, Child])[] = [
		[words.fields.company, contact.company],
		[words.fields.email, contact.email],
		[words.fields.phone, contact.phone],
		[words.fields.language, contact.language],
		[words.fields.country, contact.country],
		[words.fields.timezone, contact.timezone],
		[words.fields.owner, contact.owner],
		[words.fields.status, contact.status],
		[words.fields.consent, [...new Set(channels)].join(', ')],
		[words.fields.optOuts, contact.optOutChannels.map((channel) => words.channels[channel]).join(', ')],
		[words.fields.takenOver, contact.takenOverUntil === undefined ? undefined : <>{contact.takenOverBy ?? '?'} {words.until} <When at={epochMs(contact.takenOverUntil)} /></>],
	];
	return (
		<Card title={words.contact}>
			<dl class="facts-of">
				{facts.map(([name, value]) => (value === undefined || value === '' ? null : <div><dt>{name}</dt><dd><Named>{value}</Named></dd></div>))}
				<div><dt>{words.stage}</dt><dd><Named>{stage?.name ?? contact.stageId ?? words.noStage}</Named></dd></div>
			</dl>
			<p class="quiet">{words.whyStage} <span lang="en" dir="auto">{whyStage}</span></p>
			{may && review.kind !== 'stage' && stages.length > 0 ? (
				<Form action="moveStage" of={review.id} hidden={{ review: review.id }} class="inline" label={words.changeStage}>
					<Select name="stageId" label={words.changeStage} value={contact.stageId} options={stages.map(({ id, name }) => ({ value: id, label: name }))} />
					<Button>{words.save}</Button>
				</Form>
			) : null}
			{contact.summary ? <><h3>{words.fields.summary}</h3><Said>{contact.summary}</Said></> : null}
		</Card>
	);
}

/** The lead's score and intent with the reasons, put right in one tap. */
export function Judged({ open: { contact, classification, review }, may, words }: Props, { language }: Scope): Child {
	const score = contact?.score ?? classification?.score;
	const intent = score === undefined ? classification?.intent : bandOf(score).intent;
	return (
		<Card title={words.classification} aside={intent === undefined ? null : <Badge tone={intent === 'hot' ? 'good' : intent === 'warm' ? 'warn' : 'neutral'}>{words.intents[intent]}</Badge>}>
			<p>{score === undefined ? words.notClassified : <>{words.score} <strong>{score}</strong></>}{classification ? <span class="quiet"> · {words.sure(formatShare(classification.confidence, language))}{classification.usedFallback ? ` · ${words.fallback}` : ''}</span> : null}</p>
			{may && contact ? (
				<>
					<div class="inline taps">
						{LEAD_INTENTS.filter((one) => one !== intent).map((one) => (
							<Form action="correct" of={`${one} ${review.id}`} hidden={{ review: review.id, intent: one }} class="inline" label={words.correctIntent(words.intents[one])}><Button>{words.correctIntent(words.intents[one])}</Button></Form>
						))}
					</div>
					<Form action="correct" of={`score ${review.id}`} hidden={{ review: review.id }} class="inline" label={words.correctScore}>
						<Field name="score" type="number" label={words.correctScore} value={score ?? ''} min={0} max={100} step={1} required />
						<Button>{words.save}</Button>
					</Form>
				</>
			) : null}
			{classification ? (
				<>
					<Sentence>{classification.sentence}</Sentence>
					{classification.reasons.length > 0 ? <><h3>{words.reasons}</h3><ul>{classification.reasons.map((reason) => <li dir="auto">{reason}</li>)}</ul></> : null}
					{classification.evidence.length > 0 ? <details class="data"><summary>{words.evidence}</summary>{classification.evidence.map(({ id, text, similarity }) => <div><p class="quiet"><Named>{id}</Named> · {words.alike(formatShare(similarity, language))}</p>{text === '' ? null : <Said>{text}</Said>}</div>)}</details> : null}
				</>
			) : null}
		</Card>
	);
}
