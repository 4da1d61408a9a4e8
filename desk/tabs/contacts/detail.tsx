import { bandOf } from '../../../engine/classify/bands';
import { epochMs } from '../../../engine/time';
import { mayAct } from '../../access/reviewer';
import { Fragment, h, type Child } from '../../html/element';
import { Badge, Card, ChannelName, Link, Named, Said, Sentence } from '../../parts';
import type { DeskContext } from '../tab';
import { nameOf } from './actions';
import { ConsentCard, ConversationCard, CorrectCard, PersonalDataCard } from './decisions';
import type { ContactsWords } from './en';
import type { DetailModel } from './load';
import { stageOf } from './stages';
import { TimelineCard } from './timelineView';

const ATTRIBUTES_SHOWN = 30;
const VALUE_SHOWN = 300;

function plain(value: unknown): string {
	return (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).slice(0, VALUE_SHOWN);
}

function Facts({ model: { contact }, words }: { model: DetailModel; words: ContactsWords }): Child {
	const { email, phone, company, language, country, timezone, bestContactTime, owner, handles, attributes, profiling, id } = contact;
	const facts: readonly (readonly [string, Child])[] = [
		[words.email, email && <a href={`mailto:${encodeURIComponent(email)}`}>{email}</a>],
		[words.phone, phone && <a href={`tel:${phone.replace(/[^\d+]/g, '')}`}>{phone}</a>],
		...Object.entries(handles).map(([kind, handle]) => [kind, handle] as const),
		[words.company, company], [words.language, language], [words.country, country], [words.timezone, timezone], [words.bestTime, bestContactTime], [words.owner, owner],
		[words.profiling, profiling ? undefined : words.profilingOff],
		...Object.entries(attributes).slice(0, ATTRIBUTES_SHOWN).map(([name, value]) => [name, plain(value)] as const),
		[words.id, id],
	];
	return <Card title={words.facts}><dl class="facts">{facts.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [<div><dt><Named>{name}</Named></dt><dd><Named>{value}</Named></dd></div>]))}</dl></Card>;
}

function Head({ model: { contact, pipelines, whyStage }, words, now }: { model: DetailModel; words: ContactsWords; now: number }): Child {
	const { score, status, summary, optOutChannels, takenOverUntil } = contact;
	const stage = stageOf(pipelines, contact)?.name ?? contact.stageId;
	return (
		<Card title={nameOf(contact)}>
			<p class="badges">
				{score === undefined ? <Badge>{words.noScore}</Badge> : <Badge tone={bandOf(score).intent === 'hot' ? 'good' : 'neutral'}>{words.scored(Math.round(score), words.intents[bandOf(score).intent])}</Badge>}
				{status ? <> <Badge>{words.statuses[status]}</Badge></> : null}
				{stage ? <> <Badge tone="info">{stage}</Badge></> : null}
				{takenOverUntil && epochMs(takenOverUntil) > now ? <> <Badge tone="info">{words.takenOver}</Badge></> : null}
				{optOutChannels.length > 0 ? <> <Badge tone="warn">{words.optedOut}</Badge></> : null}
			</p>
			<h3>{words.whyStage}</h3>
			<Sentence>{whyStage}</Sentence>
			{summary ? <><h3>{words.summary}</h3><Said>{summary}</Said></> : null}
		</Card>
	);
}

function Planned({ model: { contact, planned }, words }: { model: DetailModel; words: ContactsWords }): Child {
	if (planned.length === 0) return null;
	return (
		<Card title={words.planned}>
			<ul class="plain-list">{planned.map(({ row, why }) => <li><p><b><ChannelName of={row.channel} /></b></p><Said>{row.draft.text}</Said><Sentence>{why}</Sentence></li>)}</ul>
			<p><Link to={{ tab: 'outbox', q: contact.id }}>{words.inOutbox}</Link></p>
		</Card>
	);
}

/** All about one contact, and what a person may decide about it. */
export function ContactPage({ model, words, context: { reviewer, now } }: { model: DetailModel; words: ContactsWords; context: DeskContext }): Child {
	const may = mayAct(reviewer.role, 'reviewer');
	const mayAdmin = mayAct(reviewer.role, 'admin');
	return (
		<div class="person">
			<div>
				<Head model={model} words={words} now={now} />
				<Planned model={model} words={words} />
				<TimelineCard timeline={model.timeline} contactId={model.contact.id} words={words} />
			</div>
			<div>
				{may ? <CorrectCard model={model} words={words} /> : null}
				<ConversationCard model={model} words={words} now={now} may={may} mayAdmin={mayAdmin} />
				<ConsentCard model={model} words={words} may={may} />
				<Facts model={model} words={words} />
				{mayAdmin ? <PersonalDataCard model={model} words={words} /> : null}
			</div>
		</div>
	);
}
