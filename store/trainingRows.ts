import { sql, type RawBuilder } from 'kysely';
import { isOutcomeLabel, labelOfEvent, OUTCOME_LABELS, type OutcomeLabel } from '../engine/outcome/labels';
import { OUTCOME_EVENTS } from '../engine/outcome/outcome';
import { OUTCOME_WINDOW_MS } from '../engine/outcome/windows';
import type { Session } from './session';

/** Providers name whole seconds: what came in the second of the send may be told as before it. */
const CLOCK_STEP_MS = 1_000;
/** Events that say something about a message; opens, receipts and the like do not, and may be many. */
const TELLING = OUTCOME_EVENTS.filter((event) => labelOfEvent(event) !== undefined);
const quoted = (names: readonly string[]): RawBuilder<unknown> => sql.raw(names.map((name) => `'${name}'`).join(', '));
const WINDOW = sql.raw(`case x.event ${TELLING.map((event) => `when '${event}' then cast(${OUTCOME_WINDOW_MS[event]} as bigint)`).join(' ')} end`);

/** Outcomes `x` that came of the message `m` (id, sent_at) within their windows and say something about it. */
export function tellingOutcomes(workspace: string): RawBuilder<unknown> {
	return sql`x.workspace = ${workspace} and x.outbound_id = m.id and x.event in (${quoted(TELLING)}) and x.attributed <> 'none' and x.occurred_at >= m.sent_at - ${CLOCK_STEP_MS} and x.occurred_at < m.sent_at + ${WINDOW}`;
}

/** The label of an outcome `x`: as an answer was read, else by what happened. */
export function labelColumn(): RawBuilder<unknown> {
	const byEvent = TELLING.map((event) => `when '${event}' then '${labelOfEvent(event)}'`).join(' ');
	return sql`case when x.label in (${quoted(OUTCOME_LABELS)}) then x.label else ${sql.raw(`case x.event ${byEvent} end`)} end`;
}

/** The place of a value of labels in a list, for the database to compare them by. */
export function placeIn(labels: readonly OutcomeLabel[], value: RawBuilder<unknown>): RawBuilder<unknown> {
	return sql`case ${value} ${sql.raw(labels.map((label, place) => `when '${label}' then ${place}`).join(' '))} end`;
}

export interface Told {
	label: OutcomeLabel;
	/** Of the kindest answer of that label. */
	sentiment?: number;
}

/** What came of messages, by their ids: each label once. One statement. */
export async function toldOutcomes(session: Session, workspace: string, messages: readonly { id: string; sent_at: number }[]): Promise<Map<string, Told[]>> {
	if (messages.length === 0) return new Map();
	const join = session.dialect === 'sqlite' ? sql`cross join` : sql`join`;
	const values = session.values('m', { id: 'text', sent_at: 'int' }, messages.map(({ id, sent_at }) => ({ id, sent_at })));
	const rows = await session.rows(sql<{ id: string; label: string | null; sentiment: number | null }>`select id, label, max(sentiment) as sentiment from (
		select m.id, ${labelColumn()} as label, x.sentiment from ${values} ${join} ${session.table('outcomes')} as x on ${tellingOutcomes(workspace)}) as told group by id, label order by id, label`);
	const told = new Map<string, Told[]>();
	for (const { id, label, sentiment } of rows) {
		if (!isOutcomeLabel(label)) continue;
		told.set(id, [...(told.get(id) ?? []), { label, ...(sentiment === null ? {} : { sentiment }) }]);
	}
	return told;
}

/** Fields of a message's draft and of its gate that are read, each document parsed once. `o` is the message. */
export function draftFields(session: Session): { columns: RawBuilder<unknown>; text: RawBuilder<unknown>; parsed: RawBuilder<unknown> } {
	const names = ['language', 'framework', 'tone', 'persona', 'modelVersion'] as const;
	if (session.dialect === 'sqlite') {
		const field = (name: string) => sql`json_extract(o.draft, ${sql.lit(`$.${name}`)})`;
		return {
			columns: sql`${field('subject')} as subject, ${sql.join(names.map((name) => sql`${field(name)} as ${sql.ref(name)}`))}, ${field('usedFallback')} as used_fallback, ${field('facts')} as facts, json_extract(o.gate, '$.verdict') as verdict`,
			text: field('text'),
			parsed: sql``,
		};
	}
	return {
		columns: sql`d.subject, ${sql.join(names.map((name) => sql`d.${sql.ref(name)}`))}, case when d."usedFallback" then 1 else 0 end as used_fallback, cast(d.facts as text) as facts, cast(o.gate as json) ->> 'verdict' as verdict`,
		text: sql`d.text`,
		parsed: sql`cross join lateral json_to_record(cast(o.draft as json)) as d(text text, subject text, language text, framework text, tone text, persona text, "modelVersion" text, "usedFallback" boolean, facts json)`,
	};
}
