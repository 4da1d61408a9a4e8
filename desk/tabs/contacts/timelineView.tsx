import { epochMs } from '../../../engine/time';
import { Fragment, h, type Child } from '../../html/element';
import { Badge, Card, ChannelName, Empty, Link, Named, Said, Sentence, When, type Tone } from '../../parts';
import type { ContactsWords } from './en';
import { EVENTS, type Entry, type EventDetail, type Timeline } from './timeline';

const BAD = ['failed', 'bounced_hard', 'dropped', 'complaint', 'unsubscribed', 'deal_lost'];
const GOOD = ['replied', 'meeting_booked', 'meeting_held', 'deal_won', 'opportunity'];
const toneOf = (event: string): Tone => (BAD.includes(event) ? 'bad' : GOOD.includes(event) ? 'good' : 'neutral');

function MessageEntry({ entry: { message, events, at }, words }: { entry: Extract<Entry, { kind: 'message' }>; words: ContactsWords }): Child {
	const { from, channel, subject, text, attachments } = message;
	return (
		<li class={`entry ${from}`}>
			<p class="entry-head"><b>{words.from[from]}</b> · <ChannelName of={channel} /> · <When at={at} />{events.map((event) => <> <Badge tone={toneOf(event)}>{words.events[event]}</Badge></>)}</p>
			{subject ? <p><b><Named>{subject}</Named></b></p> : null}
			<Said>{text}</Said>
			{attachments.length > 0 ? <p class="quiet">{words.attachments(attachments.length)}</p> : null}
		</li>
	);
}

function about(detail: EventDetail, what: string, words: ContactsWords): Child {
	const { actor, by, channel, allChannels, reason, until, sentence, classification, scope } = detail;
	// That a person did it says nothing where no name is kept.
	const who = by ?? (actor === 'person' ? undefined : actor);
	const where = what === 'opt_out' || what === 'opt_in' ? (allChannels ? words.everywhere : channel && words.onChannel(channel)) : undefined;
	const said = sentence ?? classification?.sentence;
	return (
		<>
			{where ? <> {where}</> : null}
			{typeof until === 'number' && Number.isFinite(until) ? <> {words.until} <When at={epochMs(until)} /></> : null}
			{who && !said ? <> {words.by} <Named>{who}</Named></> : null}
			{reason ? <>: <Named>{reason}</Named></> : null}
			{what === 'erasure' && (scope === 'ai' || scope === 'everything') ? <>: {words.scopes[scope]}</> : null}
			<Sentence>{said}</Sentence>
		</>
	);
}

function EventEntry({ entry: { what, detail, at }, words }: { entry: Extract<Entry, { kind: 'event' }>; words: ContactsWords }): Child {
	const kinds: Readonly<Record<string, string>> = words.kinds;
	const name = what === 'takeover' && detail.until === null ? words.kinds.handback : Object.hasOwn(kinds, what) ? kinds[what] : what;
	return <li class="entry event"><div class="entry-head"><When at={at} /> · <b>{name}</b>{about(detail, what, words)}</div></li>;
}

function UnsentEntry({ entry: { row, why, at }, words }: { entry: Extract<Entry, { kind: 'unsent' }>; words: ContactsWords }): Child {
	return (
		<li class="entry unsent">
			<p class="entry-head"><b>{words.unsent}</b> · <ChannelName of={row.channel} /> · <When at={at} /></p>
			<Sentence>{why}</Sentence>
			<Said>{row.draft.text}</Said>
		</li>
	);
}

function EntryOf({ entry, words }: { entry: Entry; words: ContactsWords }): Child {
	if (entry.kind === 'message') return <MessageEntry entry={entry} words={words} />;
	return entry.kind === 'unsent' ? <UnsentEntry entry={entry} words={words} /> : <EventEntry entry={entry} words={words} />;
}

/** All that happened with a contact, newest first, a page at a time. */
export function TimelineCard({ timeline, contactId, words }: { timeline: Timeline; contactId: string; words: ContactsWords }): Child {
	const { entries, first, earlier, cut } = timeline;
	return (
		<Card title={words.timeline}>
			{entries.length === 0 ? <Empty title={words.nothingYet}>{words.nothingYetHint}</Empty> : <ol class="timeline">{entries.map((entry) => <EntryOf entry={entry} words={words} />)}</ol>}
			{cut ? <p class="quiet">{words.cutEvents(EVENTS)}</p> : null}
			{first && !earlier ? null : (
				<p class="pager">
					{first ? null : <Link to={{ contact: contactId }} class="button plain">{words.newest}</Link>}
					{earlier ? <Link to={{ contact: contactId, ...earlier }} class="button plain">{words.earlier}</Link> : null}
				</p>
			)}
		</Card>
	);
}
