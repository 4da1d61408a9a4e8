import type { GateIssue } from '../../../engine/gate/gate';
import type { Attachment } from '../../../engine/message/message';
import { DAY, epochMs, HOUR, MINUTE } from '../../../engine/time';
import type { ReviewItem } from '../../../store/store';
import { h, type Child, type Scope } from '../../html/element';
import { Badge, Said } from '../../parts';
import { markedPieces } from './markedText';
import type { ReviewWords } from './en';

/** A length of time for people: minutes under two hours, hours under two days, else days. */
export function formatDuration(ms: number, language: string): string {
	const [unit, size] = ms < 2 * HOUR ? (['minute', MINUTE] as const) : ms < 2 * DAY ? (['hour', HOUR] as const) : (['day', DAY] as const);
	return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: unit === 'day' ? 'long' : 'short' }).format(Math.floor(ms / size));
}

export function formatShare(share: number, language: string): string {
	return new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 }).format(share);
}

/** What the person is called; an address where there is no name. */
export function personName(contact: ReviewItem['contact'], words: ReviewWords): string {
	return contact?.name || contact?.email || contact?.phone || contact?.id || words.unknownPerson;
}

/** How long there is, or how late it is. */
export function Due({ dueAt, words }: { dueAt: string; words: ReviewWords }, { now, language }: Scope): Child {
	const left = epochMs(dueAt) - now;
	if (left > 0) return <Badge tone={left < HOUR ? 'warn' : 'neutral'}>{words.due(formatDuration(left, language))}</Badge>;
	return <Badge tone="bad">{words.late(formatDuration(-left, language))}</Badge>;
}

/** A text with what the gate objects to marked; the reasons stand in the list below it. */
export function MarkedText({ text, issues, lang }: { text: string; issues: readonly GateIssue[]; lang?: string }): Child {
	return (
		<div class="said" dir="auto" lang={lang}>
			{markedPieces(text, issues).map((piece) => (piece.issues.length === 0 ? piece.text : <mark class={piece.issues.some(({ severity }) => severity === 'block') ? 'block' : 'look'} title={piece.issues.map(({ reason }) => reason).join(' ')}>{piece.text}</mark>))}
		</div>
	);
}

function hostOf(url: string | undefined): string | undefined {
	if (url === undefined || !URL.canParse(url)) return undefined;
	const { protocol, host } = new URL(url);
	return protocol === 'https:' ? host : undefined;
}

/** What came with a message, by its kind; never fetched by the desk itself. */
export function Attachments({ attachments, words }: { attachments: readonly Attachment[]; words: ReviewWords }): Child {
	if (attachments.length === 0) return null;
	return (
		<ul class="attachments">
			{attachments.map(({ kind, mime, url, transcript }) => {
				const host = hostOf(url);
				return (
					<li>
						<Badge tone="info">{words.attachments[kind]}</Badge> {mime ? <span class="quiet">{mime.slice(0, 80)}</span> : null} {host === undefined ? null : <a href={url} rel="noopener noreferrer nofollow">{words.openAt(host)}</a>}
						{transcript ? <div><p class="quiet">{words.transcript}</p><Said>{transcript}</Said></div> : null}
					</li>
				);
			})}
		</ul>
	);
}
