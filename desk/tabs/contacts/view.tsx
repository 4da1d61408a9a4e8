import { bandOf } from '../../../engine/classify/bands';
import { STATUSES } from '../../../engine/message/contact';
import { epochMs, type EpochMs } from '../../../engine/time';
import type { ListedContact } from '../../../store/store';
import { Fragment, h, type Child } from '../../html/element';
import { Badge, Empty, Field, Filters, Link, Named, Select, Table, When } from '../../parts';
import type { DeskContext } from '../tab';
import { nameOf } from './actions';
import { ContactPage } from './detail';
import type { ContactsWords } from './en';
import type { ContactsModel, ListModel } from './load';
import { stageOf, stageOptions } from './stages';

function LastContact({ listed: { lastFrom, lastTo }, words }: { listed: ListedContact; words: ContactsWords }): Child {
	if (lastFrom === undefined && lastTo === undefined) return <span class="quiet">{words.never}</span>;
	const theirs = lastTo === undefined || (lastFrom !== undefined && lastFrom >= lastTo);
	const at: EpochMs = epochMs(Math.max(lastFrom ?? 0, lastTo ?? 0));
	return <><When at={at} /> <span class="quiet">{theirs ? words.lastFrom : words.lastTo}</span></>;
}

function rowOf(listed: ListedContact, model: ListModel, words: ContactsWords, now: EpochMs): Child[] {
	const { contact } = listed;
	const { score, status, company, email, phone, optOutChannels, takenOverUntil } = contact;
	const stage = stageOf(model.pipelines, contact);
	return [
		<>
			<Link to={{ contact: contact.id }} item><Named>{nameOf(contact)}</Named></Link>
			{company ? <p class="under"><Named>{company}</Named></p> : null}
			{optOutChannels.length > 0 ? <><Badge tone="warn">{words.optedOut}</Badge> </> : null}
			{takenOverUntil && epochMs(takenOverUntil) > now ? <Badge tone="info">{words.takenOver}</Badge> : null}
		</>,
		<Named>{[email, phone].filter(Boolean).join(' · ') || Object.values(contact.handles)[0] || '–'}</Named>,
		score === undefined ? <span class="quiet">–</span> : `${Math.round(score)} · ${words.intents[bandOf(score).intent]}`,
		status ? <Badge>{words.statuses[status]}</Badge> : <span class="quiet">–</span>,
		<Named>{stage?.name ?? contact.stageId ?? '–'}</Named>,
		<LastContact listed={listed} words={words} />,
	];
}

function List({ model, words, now }: { model: ListModel; words: ContactsWords; now: EpochMs }): Child {
	const { search, status, stage, contacts, first, next } = model;
	const keep = { q: search, ...(status ? { status } : {}), ...(stage ? { stage } : {}) };
	const filtered = search !== '' || status !== undefined || stage !== undefined;
	const any = { value: '', label: words.any };
	const columns = [{ title: words.name, main: true }, { title: words.reach }, { title: words.score }, { title: words.status }, { title: words.stage }, { title: words.lastContact }];
	return (
		<>
			<Filters>
				<Field name="q" type="search" label={words.find} value={search} maxlength={200} autocomplete="off" />
				<Select name="status" label={words.status} value={status ?? ''} options={[any, ...STATUSES.map((one) => ({ value: one, label: words.statuses[one] }))]} />
				<Select name="stage" label={words.stage} value={stage ?? ''} options={[any, ...stageOptions(model.pipelines)]} />
			</Filters>
			<section class="card rows">
				<Table caption={words.title} columns={columns} rows={contacts.map((listed) => rowOf(listed, model, words, now))} empty={<Empty title={filtered ? words.noMatch : words.nobody}>{filtered ? words.noMatchHint : words.nobodyHint}</Empty>} />
				{first && next === undefined ? null : (
					<p class="pager">
						{first ? null : <Link to={keep} class="button plain">{words.first}</Link>}
						{next === undefined ? null : <Link to={{ ...keep, after: next }} class="button plain">{words.next}</Link>}
					</p>
				)}
			</section>
		</>
	);
}

/** Everybody the workspace knows, or all about one of them. */
export function contactsView(model: ContactsModel, words: ContactsWords, context: DeskContext): Child {
	if (model.kind === 'list') return <List model={model} words={words} now={context.now} />;
	return (
		<>
			<p><Link to={{}}>{`← ${words.back}`}</Link></p>
			{model.kind === 'unknown' ? <Empty title={words.unknown} /> : <ContactPage model={model} words={words} context={context} />}
		</>
	);
}
