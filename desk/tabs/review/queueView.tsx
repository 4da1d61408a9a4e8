import { CHANNELS } from '../../../engine/channels/channel';
import { REVIEW_KINDS } from '../../../engine/message/outbound';
import { Fragment, h, type Child, type Scope } from '../../html/element';
import { Badge, Button, Empty, Field, Filters, Form, Link, Named, Select } from '../../parts';
import type { ReviewWords } from './en';
import type { QueueRow, ReviewModel } from './load';
import { Due, personName } from './pieces';
import { queueField } from './queueQuery';

/** Characters of a text in the queue where it need not be shown whole. */
const SNIPPET = 140;

function Counts({ counts, query, words }: Pick<ReviewModel, 'counts' | 'query'> & { words: ReviewWords }, { language }: Scope): Child {
	const number = (count: number): string => new Intl.NumberFormat(language).format(count);
	return (
		<nav class="chips" aria-label={words.queue}>
			<Link to={{}} class="chip" current={query.kind === undefined && query.late === undefined}>{words.open(number(counts.open))}</Link>
			{counts.overdue > 0 ? <Link to={{ late: 'yes' }} class="chip bad" current={query.late === 'yes'}>{words.overdue(number(counts.overdue))}</Link> : null}
			{REVIEW_KINDS.map((kind) => (counts.byKind[kind] ? <Link to={{ kind }} class="chip" current={query.kind === kind}>{words.kinds[kind]} {number(counts.byKind[kind])}</Link> : null))}
		</nav>
	);
}

function QueueFilters({ query, words }: { query: ReviewModel['query']; words: ReviewWords }): Child {
	return (
		<details class="data folded" open={query.q !== undefined || query.channel !== undefined || query.who !== undefined}>
			<summary>{words.searchAndFilter}</summary>
			<Filters>
				<Field name="q" type="search" label={words.search} value={query.q} maxlength={200} autocomplete="off" />
				<Select name="kind" label={words.filterKind} value={query.kind ?? ''} options={[{ value: '', label: words.all }, ...REVIEW_KINDS.map((kind) => ({ value: kind, label: words.kinds[kind] }))]} />
				<Select name="channel" label={words.filterChannel} value={query.channel ?? ''} options={[{ value: '', label: words.all }, ...CHANNELS.map((channel) => ({ value: channel, label: words.channels[channel] }))]} />
				<Select name="who" label={words.filterWho} value={query.who ?? ''} options={[{ value: '', label: words.everybody }, { value: 'me', label: words.me }, { value: 'nobody', label: words.nobody }]} />
				<Select name="late" label={words.filterLate} value={query.late ?? ''} options={[{ value: '', label: words.all }, { value: 'yes', label: words.onlyLate }]} />
			</Filters>
		</details>
	);
}

/** The draft to approve right here: all of it is shown, for that is what is approved. */
function OneTap({ item, query, words }: { item: QueueRow; query: ReviewModel['query']; words: ReviewWords }, { now }: Scope): Child {
	const { review, draftHash = '', contact, row } = item;
	const issues = row?.gate?.issues.filter(({ severity }) => severity !== 'note') ?? [];
	return (
		<div class="one-tap">
			{issues.length > 0 ? <ul class="objections">{issues.map(({ reason }) => <li>{reason}</li>)}</ul> : null}
			<Form action="decide" of={`list ${review.id}`} hidden={{ review: review.id, do: 'approve', shown: draftHash, shownAt: String(now), queue: queueField(query), stay: 'yes' }} class="inline" label={words.approveOf(personName(contact, words))}>
				<Button kind="main" label={words.approveOf(personName(contact, words))}>{words.approve}</Button>
			</Form>
		</div>
	);
}

function Item({ item, query, openId, words }: { item: QueueRow; query: ReviewModel['query']; openId?: string; words: ReviewWords }): Child {
	const { review, contact, overdue, row, oneTap } = item;
	const text = item.text ?? '';
	const subject = row?.draft.subject;
	const objections = row?.gate?.issues.filter(({ severity }) => severity !== 'note').length ?? 0;
	const shown = oneTap ? text : text.length > SNIPPET ? `${text.slice(0, SNIPPET)}…` : text;
	return (
		<li class={['queue-item', overdue ? 'late' : '', review.id === openId ? 'current' : ''].filter(Boolean).join(' ')}>
			<Link to={{ ...query, id: review.id }} item current={review.id === openId}>
				<span class="queue-top"><strong><Named>{personName(contact, words)}</Named></strong> <Due dueAt={review.dueAt} words={words} /></span>
				<span class="queue-badges"><Badge tone="info">{words.kinds[review.kind]}</Badge> {review.channel ? <span class="quiet">{words.channels[review.channel]}</span> : null} {objections > 0 ? <Badge tone="warn">{words.objections(objections)}</Badge> : null} {review.assignee ? <span class="quiet">{words.assignee}: <Named>{review.assignee}</Named></span> : null}</span>
				{subject && oneTap ? <strong dir="auto">{subject}</strong> : null}
				{shown === '' ? <span class="quiet" lang="en">{review.sentence}</span> : <span class={oneTap ? 'whole' : 'snippet'} dir="auto">{shown}</span>}
			</Link>
			{oneTap ? <OneTap item={item} query={query} words={words} /> : null}
		</li>
	);
}

/** The open reviews, the most pressing first. */
export function Queue({ model, openId, words }: { model: ReviewModel; openId?: string; words: ReviewWords }): Child {
	const { rows, page, query, counts } = model;
	const filtered = Object.values(query).some((value) => value !== undefined);
	const kept = { ...query, after: undefined, before: undefined };
	const nothing = filtered ? <Empty title={words.nothingFound}><p>{words.nothingFoundHint}</p><Link to={{}} class="button plain">{words.showAll}</Link></Empty> : <Empty title={words.nothing}>{words.nothingHint}</Empty>;
	return (
		<section class="queue-side" aria-label={words.queue}>
			{counts.open > 0 || filtered ? <><Counts counts={counts} query={query} words={words} /><QueueFilters query={query} words={words} /></> : null}
			{rows.length === 0 ? nothing : <ul class="queue">{rows.map((item) => <Item item={item} query={query} openId={openId} words={words} />)}</ul>}
			{page.previous || page.next ? (
				<nav class="pager" aria-label={words.queue}>
					{page.previous ? <Link to={{ ...kept, before: page.previous }} class="button plain">{words.earlierPage}</Link> : null}
					{page.next ? <Link to={{ ...kept, after: page.next }} class="button plain">{words.laterPage}</Link> : null}
				</nav>
			) : null}
		</section>
	);
}
