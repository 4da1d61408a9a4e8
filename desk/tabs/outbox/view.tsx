import { CHANNELS } from '../../../engine/channels/channel';
import type { OutboundStatus } from '../../../engine/message/outbound';
import type { LimitUse } from '../../../engine/report/limitUse';
import { mayAct } from '../../access/reviewer';
import { Fragment, h, type Child } from '../../html/element';
import { Badge, Button, Card, channelName, ChannelName, Empty, Field, Filters, Form, Link, Named, Said, Select, Sentence, StatTile, Table, Tiles, When, type Tone } from '../../parts';
import type { DeskContext } from '../tab';
import type { OutboxWords } from './en';
import { isStoppable, MATCHES, STATES, STATUSES_OF, type OutboxModel, type OutboxRow } from './load';

const TONES: Readonly<Record<OutboundStatus, Tone>> = { drafted: 'neutral', in_review: 'info', scheduled: 'info', blocked: 'bad', claimed: 'info', sending: 'info', sent: 'good', failed: 'bad', uncertain: 'warn', cancelled: 'neutral' };
const EXCERPT = 120;
const number = (value: number, language: string): string => new Intl.NumberFormat(language === 'en' ? 'en-GB' : language, { maximumFractionDigits: 2 }).format(value);

function Message({ row, words }: { row: OutboxRow; words: OutboxWords }): Child {
	const line = [row.subject, row.text].filter(Boolean).join(' · ').replace(/\s+/g, ' ').trim();
	if (line === '') return <span class="quiet">{words.noSubject}</span>;
	if (line.length <= EXCERPT) return <Named>{line}</Named>;
	return <details class="more"><summary><Named>{`${line.slice(0, EXCERPT)}…`}</Named></summary><Said>{row.text}</Said></details>;
}

function StopForm({ row, words, of }: { row: OutboxRow; words: OutboxWords; of: string }): Child {
	return (
		<Form action="cancelSend" of={`${of} ${row.id}`} hidden={{ id: row.id }} class="inline">
			<Select name="reason" label={words.reason} hideLabel value="wrong_text" options={Object.entries(words.reasons).map(([value, label]) => ({ value, label }))} />
			<Button kind="danger" label={words.stopFor(row.name)}>{words.stop}</Button>
		</Form>
	);
}

function RowAction({ row, words, may }: { row: OutboxRow; words: OutboxWords; may: boolean }): Child {
	if (isStoppable(row.status)) return may ? <StopForm row={row} words={words} of="row" /> : null;
	if (row.status === 'uncertain') return <Link to={{ tab: 'review', q: row.name }}>{words.settle}</Link>;
	return row.status === 'in_review' ? <Link to={{ tab: 'review', q: row.name }}>{words.decide}</Link> : null;
}

function Rows({ model, words, may }: { model: OutboxModel; words: OutboxWords; may: boolean }): Child {
	const { state, rows } = model;
	const acts = state === 'planned' ? may : state === 'waiting' || state === 'uncertain';
	const columns = [{ title: words.when[state] }, { title: words.to, main: true }, { title: words.message }, { title: words.why }, ...(acts ? [{ title: words.action }] : [])];
	const cells = rows.map((row) => [
		<When at={row.at} />,
		<>
			<Link to={{ tab: 'contacts', contact: row.contactId }} item><Named>{row.name}</Named></Link>
			<p class="under"><ChannelName of={row.channel} /> <Badge tone={TONES[row.status]}>{words.statuses[row.status]}</Badge></p>
		</>,
		<Message row={row} words={words} />,
		<Sentence>{row.why}</Sentence>,
		...(acts ? [<RowAction row={row} words={words} may={may} />] : []),
	]);
	const filtered = model.search !== '' || model.channel !== undefined;
	const [title, hint] = filtered ? [words.nobody, words.nobodyHint] : words.none[state];
	return <Table caption={words.states[state]} columns={columns} rows={cells} empty={<Empty title={title}>{hint}</Empty>} />;
}

function Leaving({ rows, words, may }: { rows: readonly OutboxRow[]; words: OutboxWords; may: boolean }): Child {
	if (rows.length === 0) return null;
	return (
		<Card title={words.leaving} aside={<Badge tone="warn">{rows.length}</Badge>}>
			<p class="quiet">{words.leavingHint}</p>
			<ul class="plain-list">
				{rows.map((row) => (
					<li>
						<p><When at={row.at} /> · <Link to={{ tab: 'contacts', contact: row.contactId }} item><Named>{row.name}</Named></Link> · <ChannelName of={row.channel} /></p>
						<div class="beside"><Message row={row} words={words} />{may ? <StopForm row={row} words={words} of="leaving" /> : null}</div>
					</li>
				))}
			</ul>
		</Card>
	);
}

function Limits({ limits, words, language }: { limits: readonly LimitUse[]; words: OutboxWords; language: string }): Child {
	const named: Readonly<Record<string, string>> = words.limitRules;
	const amount = (value: number, unit: LimitUse['unit']): string => (unit === 'usd' ? words.usd(number(value, language)) : number(value, language));
	const rows = limits.map(({ rule, name, unit, used, limit, free }) => [
		Object.hasOwn(named, rule) ? named[rule] : <bdi lang="en">{name}</bdi>,
		amount(used, unit),
		limit === undefined ? <span class="quiet">{words.noLimit}</span> : amount(limit, unit),
		free === undefined ? '–' : <>{amount(free, unit)}{free === 0 ? <> <Badge tone="warn">0</Badge></> : null}</>,
	]);
	return <Card title={words.limits}><Table caption={words.limits} columns={[{ title: words.what, main: true }, { title: words.used, numeric: true }, { title: words.limit, numeric: true }, { title: words.free, numeric: true }]} rows={rows} /></Card>;
}

function NotSent({ model, words, language }: { model: OutboxModel; words: OutboxWords; language: string }): Child {
	const named: Readonly<Record<string, string>> = words.notSentReasons;
	const label = (reason: string): string => {
		const [kind, code] = reason.split(/:(.*)/s);
		return `${Object.hasOwn(named, kind) ? named[kind] : kind}${code ? ` (${code})` : ''}`;
	};
	return (
		<Card title={words.whyNotSent}>
			<Table caption={words.whyNotSent} columns={[{ title: words.why, main: true }, { title: words.count, numeric: true }]} rows={model.figures.notSent.map(({ reason, count }) => [<Named>{label(reason)}</Named>, number(count, language)])} empty={<Empty title={words.allLeft} />} />
		</Card>
	);
}

/** What is planned, was sent and was not, and what is left of the limits. */
export function outboxView(model: OutboxModel, words: OutboxWords, { reviewer, language }: DeskContext): Child {
	const may = mayAct(reviewer.role, 'reviewer');
	const { state, channel, search, figures } = model;
	const keep = { ...(channel ? { channel } : {}), q: search };
	const standing = (statuses: readonly OutboundStatus[]): number => figures.standing.reduce((sum, { status, count }) => sum + (statuses.some((one) => one === status) ? count : 0), 0);
	return (
		<>
			<Leaving rows={model.leaving} words={words} may={may} />
			<nav class="states" aria-label={words.state}>
				{STATES.map((one) => <Link to={{ state: one, ...keep }} current={one === state}>{words.states[one]}{one === 'sent' || one === 'not_sent' ? null : <> <span class="quiet">{number(standing(STATUSES_OF[one]), language)}</span></>}</Link>)}
			</nav>
			<Filters>
				<input type="hidden" name="state" value={state} />
				<Field name="q" type="search" label={words.contact} value={search} maxlength={200} autocomplete="off" />
				<Select name="channel" label={words.channel} value={channel ?? ''} options={[{ value: '', label: words.allChannels }, ...CHANNELS.map((one) => ({ value: one, label: channelName(one, language) }))]} />
			</Filters>
			<section class="card rows">
				{model.cut ? <p class="quiet">{words.matchesCut(MATCHES)}</p> : null}
				<Rows model={model} words={words} may={may} />
				{model.first && model.next === undefined ? null : (
					<p class="pager">
						{model.first ? null : <Link to={{ state, ...keep }} class="button plain">{words.first}</Link>}
						{model.next === undefined ? null : <Link to={{ state, ...keep, after: model.next }} class="button plain">{words.next}</Link>}
					</p>
				)}
			</section>
			<Tiles>
				<StatTile label={words.figures.planned} value={number(standing(STATUSES_OF.planned), language)} />
				<StatTile label={words.figures.sent} value={number(figures.sent, language)} />
				<StatTile label={words.figures.notSent} value={number(figures.notSent.reduce((sum, { count }) => sum + count, 0), language)} />
				<StatTile label={words.figures.uncertain} value={number(standing(['uncertain']), language)} />
			</Tiles>
			<div class="pair"><Limits limits={model.limits} words={words} language={language} /><NotSent model={model} words={words} language={language} /></div>
		</>
	);
}
