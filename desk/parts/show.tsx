import { Fragment, h, type Child, type Scope } from '../html/element';
import { address } from '../shell/scope';
import type { Query, TabId } from '../tabs/tab';
import { iso, type EpochMs } from '../../engine/time';

/** Goes to a page of the desk; without `tab` to this one with other parameters. */
export function Link({ to, class: name, current = false, label, item = false, children }: { to: Query & { tab?: TabId }; class?: string; current?: boolean; label?: string; item?: boolean; children?: Child }, { always, tab }: Scope): Child {
	return <a href={address(always, { tab, ...to })} class={name} aria-current={current ? 'page' : undefined} aria-label={label} data-item={item ? '' : undefined}>{children}</a>;
}

export type Tone = 'neutral' | 'good' | 'warn' | 'bad' | 'info';

/** A word that says a state. Never by colour alone: the word is the state. */
export function Badge({ tone = 'neutral', children }: { tone?: Tone; children?: Child }): Child {
	return <span class={`badge ${tone}`}>{children}</span>;
}

/** What stands where nothing is: what it means and what to do. */
export function Empty({ title, children }: { title: string; children?: Child }): Child {
	return (
		<div class="empty">
			<p class="empty-title">{title}</p>
			{children ? <div class="empty-what">{children}</div> : null}
		</div>
	);
}

/** A group of things with a heading. */
export function Card({ title, aside, children }: { title: string; aside?: Child; children?: Child }): Child {
	return (
		<section class="card">
			<header class="card-head"><h2>{title}</h2>{aside ? <div class="card-aside">{aside}</div> : null}</header>
			{children}
		</section>
	);
}

/** Text a lead or provider wrote: its own direction, its own line breaks, never markup. */
export function Said({ lang, children }: { lang?: string; children?: string }): Child {
	return <div class="said" dir="auto" lang={lang}>{children}</div>;
}

/** A name, address or id that somebody else chose, inside a sentence of ours. */
export function Named({ children }: { children?: Child }): Child {
	return <bdi>{children}</bdi>;
}

/** The line that says what was decided and why. Decisions are kept in English. */
export function Sentence({ children }: { children?: string }): Child {
	return children ? <p class="sentence" lang="en" dir="auto">{children}</p> : null;
}

/** A moment in the workspace's zone, for people; the title and `datetime` have it to the second, in UTC. */
export function When({ at, dateOnly = false }: { at: EpochMs; dateOnly?: boolean }, { language, timezone }: Scope): Child {
	const text = formatMoment(at, language, timezone, dateOnly);
	return <time datetime={iso(at)} title={`${iso(at)} · ${timezone}`}>{text}</time>;
}

export function formatMoment(at: EpochMs, language: string, timezone: string, dateOnly = false): string {
	return new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, { dateStyle: 'medium', ...(dateOnly ? {} : { timeStyle: 'short' }), timeZone: timezone }).format(at);
}

export interface Column {
	title: string;
	numeric?: boolean;
	/** The column that names the row. */
	main?: boolean;
}

/** Rows and columns; on a phone each row is a card, its cells with their titles. */
export function Table({ caption, columns, rows, empty, showCaption = false }: { caption: string; columns: readonly Column[]; rows: readonly (readonly Child[])[]; empty?: Child; showCaption?: boolean }): Child {
	if (rows.length === 0 && empty !== undefined) return empty;
	return (
		<div class="table-frame">
			<table>
				<caption class={showCaption ? undefined : 'unseen'}>{caption}</caption>
				<thead><tr>{columns.map(({ title, numeric }) => <th scope="col" class={numeric ? 'number' : undefined}>{title}</th>)}</tr></thead>
				<tbody>
					{rows.map((cells) => (
						<tr>{cells.map((cell, at) => (columns[at]?.main ? <th scope="row" data-label={columns[at].title}><div>{cell}</div></th> : <td data-label={columns[at]?.title} class={columns[at]?.numeric ? 'number' : undefined}><div>{cell}</div></td>))}</tr>
					))}
				</tbody>
			</table>
		</div>
	);
}

/** Pages of a list. Give `pages` when the whole is counted, else `more`. `page` counts from 1. */
export function Pager({ page, pages, more = false, keep = {} }: { page: number; pages?: number; more?: boolean; keep?: Query }, { words }: Scope): Child {
	const last = pages === undefined ? !more : page >= pages;
	if (page <= 1 && last) return null;
	return (
		<nav class="pager" aria-label={words.page(page)}>
			{page > 1 ? <Link to={{ ...keep, page: page - 1 }} class="button plain">{words.previous}</Link> : null}
			<span>{pages === undefined ? words.page(page) : words.pageOf(page, pages)}</span>
			{last ? null : <Link to={{ ...keep, page: page + 1 }} class="button plain">{words.next}</Link>}
		</nav>
	);
}

/** One figure with its target line: the target, and whether it is met in words. */
export function StatTile({ label, value, target, children }: { label: string; value: string; target?: { text: string; met?: boolean; verdict?: string }; children?: Child }, { words }: Scope): Child {
	return (
		<div class="tile">
			<p class="tile-label">{label}</p>
			<p class="tile-value">{value}</p>
			{target ? <p class="tile-target">{words.target}: {target.text}{target.verdict ? <> <Badge tone={target.met === undefined ? 'neutral' : target.met ? 'good' : 'warn'}>{target.verdict}</Badge></> : null}</p> : null}
			{children}
		</div>
	);
}

export function Tiles({ children }: { children?: Child }): Child {
	return <div class="tiles">{children}</div>;
}
