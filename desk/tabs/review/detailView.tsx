import type { Draft as DraftText } from '../../../engine/draft/draft';
import { whyNotSent } from '../../../engine/message/whyNotSent';
import { mayAct } from '../../access/reviewer';
import { Fragment, h, type Child, type Scope } from '../../html/element';
import { Badge, Card, Empty, Link, Named, Said, Sentence, When } from '../../parts';
import type { DeskContext } from '../tab';
import { AboutContact, Judged, ReadingOf } from './aboutContact';
import { Actions } from './actionForms';
import type { ReviewWords } from './en';
import type { OpenReview } from './load';
import { Attachments, Due, formatShare, MarkedText, personName } from './pieces';
import type { QueueQuery } from './queueQuery';

interface Props {
	open: OpenReview;
	query: QueueQuery;
	words: ReviewWords;
	context: DeskContext;
}

function Deadline({ open, words }: Pick<Props, 'open' | 'words'>, { now }: Scope): Child {
	const { closes, review, row, message } = open;
	const channel = row?.channel ?? message?.channel;
	const name = channel === undefined ? '' : words.channels[channel];
	const window = closes === 'open' || channel === undefined ? null : closes === undefined ? words.neverWrote(name) : <>{closes > now ? words.windowCloses(name) : words.windowClosed(name)} <When at={closes} /></>;
	return <p><Due dueAt={review.dueAt} words={words} />{review.assignee ? <> · {words.assignee} <Named>{review.assignee}</Named></> : null}{window === null ? null : <> · {window}</>}</p>;
}

/** What the confidence is, and what it means. */
function Confidence({ confidence, decision, sentence, words }: { confidence?: number; decision: DraftText['decision']; sentence: string; words: ReviewWords }, { language }: Scope): Child {
	return (
		<>
			<h3>{words.confidence}</h3>
			<p>{confidence === undefined ? words.noConfidence : <><strong>{formatShare(confidence, language)}</strong> <span class="quiet">{words.confidenceMeans(formatShare(decision.threshold, language))}</span></>}</p>
			<Sentence>{sentence}</Sentence>
		</>
	);
}

function Draft({ open, words }: Pick<Props, 'open' | 'words'>): Child {
	const { row, original, review } = open;
	if (!row) return null;
	const { draft, gate } = row;
	return (
		<>
			<h3>{review.kind === 'draft' ? words.draftText : words.sentText}</h3>
			{draft.subject === undefined ? null : <p><span class="quiet">{words.subject}:</span> <strong><Named>{draft.subject}</Named></strong></p>}
			<MarkedText text={draft.text} issues={gate?.issues ?? []} lang={draft.language} />
			{draft.waTemplate ? <p class="quiet">{words.template}: <Named>{draft.waTemplate.name}</Named></p> : null}
			{draft.media?.length ? <div><p class="quiet">{words.media}</p><Attachments attachments={draft.media.map(({ url, mime }) => ({ kind: 'other' as const, url, ...(mime === undefined ? {} : { mime }) }))} words={words} /></div> : null}
			{original ? <details class="data"><summary>{words.originalText}</summary>{original.subject === undefined ? null : <p><Named>{original.subject}</Named></p>}<Said>{original.text}</Said></details> : null}
			{gate && gate.issues.length > 0 ? (
				<>
					<h3>{words.gate}</h3>
					<ul class="objections">{gate.issues.map(({ severity, reason }) => <li><Badge tone={severity === 'block' ? 'bad' : severity === 'review' ? 'warn' : 'neutral'}>{words.severities[severity]}</Badge> <span lang="en" dir="auto">{reason}</span></li>)}</ul>
				</>
			) : null}
		</>
	);
}

/** What the draft rests on; read when in doubt, so it stands below the decision. */
function Grounds({ open, words }: Pick<Props, 'open' | 'words'>): Child {
	const { row } = open;
	if (!row) return null;
	const { draft, gate } = row;
	return (
		<>
			<Confidence confidence={draft.confidence} decision={draft.decision} sentence={draft.sentence} words={words} />
			<h3>{words.facts}</h3>
			{draft.facts.length === 0 ? <p class="quiet">{words.noFacts}</p> : <ul class="fact-list">{draft.facts.map((fact) => <li dir="auto">{fact}</li>)}</ul>}
			{gate && gate.skipped.length > 0 ? <p class="quiet">{words.skipped(gate.skipped.join(', '))}</p> : null}
		</>
	);
}

function Decided({ open, query, words }: Pick<Props, 'open' | 'query' | 'words'>): Child {
	const { review, nextId } = open;
	return (
		<div class="decided">
			<p><Badge tone="good">{words.decidedTitle}</Badge> {review.reviewer && review.resolution ? <><Named>{review.reviewer}</Named> {words.did(review.resolution)}</> : null}{review.decidedAt === undefined ? null : <> · <When at={review.decidedAt} /></>}</p>
			<Sentence>{review.outcome}</Sentence>
			{nextId === undefined ? null : <Link to={{ ...query, id: nextId }} class="button main">{words.next}</Link>}
		</div>
	);
}

function Proposed({ open, words }: Pick<Props, 'open' | 'words'>): Child {
	const { review, pipeline } = open;
	if (!review.proposal) return null;
	const name = (id: string | undefined): string => pipeline?.stages.find((stage) => stage.id === id)?.name ?? id ?? words.noStage;
	return <p>{words.proposed}: <Named>{name(review.proposal.from)}</Named> → <strong><Named>{name(review.proposal.stageId)}</Named></strong></p>;
}

function Conversation({ open, query, words }: Pick<Props, 'open' | 'query' | 'words'>): Child {
	const { conversation: { messages, before }, review, message } = open;
	return (
		<Card title={words.conversation} aside={before ? <Link to={{ ...query, id: review.id, earlier: before }}>{words.earlierMessages}</Link> : null}>
			{messages.length === 0 ? <Empty title={words.noConversation} /> : (
				<ol class="conversation">
					{messages.map(({ id, from, channel, text, subject, attachments, at }) => (
						<li class={`turn ${from}${id === message?.id ? ' asked' : ''}`}>
							<p class="turn-head"><strong>{words.from[from]}</strong> · {words.channels[channel]} · <When at={at} /></p>
							{subject ? <p><Named>{subject}</Named></p> : null}
							{text === '' ? null : <Said>{text}</Said>}
							<Attachments attachments={attachments} words={words} />
						</li>
					))}
				</ol>
			)}
		</Card>
	);
}

function History({ open, words }: Pick<Props, 'open' | 'words'>): Child {
	if (open.transitions.length === 0) return null;
	return (
		<Card title={words.history}>
			<ol class="history">{open.transitions.map(({ to, actor, reason, at }) => <li><p><strong>{words.statuses[to]}</strong> <span class="quiet">{words.actors[actor]} · <When at={at} /></span></p><Sentence>{reason}</Sentence></li>)}</ol>
		</Card>
	);
}

/** Everything about one review, what is to be decided first. */
export function Detail(props: Props, { now }: Scope): Child {
	const { open, query, words, context } = props;
	const { review, contact, message, reply, row, transitions } = open;
	const unsent = row && whyNotSent(row, now, transitions.at(-1));
	const may = mayAct(context.reviewer.role, 'reviewer');
	return (
		<article class="detail">
			<Link to={query} class="back">{words.back}</Link>
			<Card title={personName(contact, words)} aside={<><Badge tone="info">{words.kinds[review.kind]}</Badge> {review.channel ? <span class="quiet">{words.channels[review.channel]}</span> : null}</>}>
				{review.decidedAt === undefined ? <Deadline open={open} words={words} /> : <Decided open={open} query={query} words={words} />}
				<p>{words.kindMeans[review.kind]}</p>
				{unsent?.includes(review.sentence) ? null : <p class="quiet">{words.why}: <span lang="en" dir="auto">{review.sentence}</span></p>}
				{unsent === undefined ? null : <p class="quiet">{words.whyNotSent} <span lang="en" dir="auto">{unsent}</span></p>}
				<Proposed open={open} words={words} />
				{message ? <><h3>{words.leadWrote}</h3>{message.subject ? <p><Named>{message.subject}</Named></p> : null}{message.text === '' ? null : <Said lang={message.language}>{message.text}</Said>}<Attachments attachments={message.attachments} words={words} /><ReadingOf reply={reply} review={review} may={may} words={words} /></> : null}
				<Draft open={open} words={words} />
				{review.decidedAt === undefined ? (may ? <Actions open={open} query={query} words={words} context={context} /> : <p class="quiet">{words.readOnly}</p>) : null}
				<Grounds open={open} words={words} />
			</Card>
			<div class="beside">
				<AboutContact open={open} may={may} words={words} />
				<Judged open={open} may={may} words={words} />
			</div>
			<Conversation open={open} query={query} words={words} />
			<History open={open} words={words} />
		</article>
	);
}
