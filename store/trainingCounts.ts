import { sql } from 'kysely';
import { ChannelSchema } from '../engine/channels/channel';
import { VerdictSchema } from '../engine/gate/gate';
import type { OutcomeLabel } from '../engine/outcome/labels';
import { BY_DECISION } from '../engine/training/decidingLabel';
import { languageSignal, lengthOf, LENGTHS, REWRITTEN_FROM, type QualitySignals } from '../engine/training/exampleQuality';
import { TRAINING_POLICY } from '../engine/training/trainingPolicy';
import { cleanText, keyOf } from './bulk';
import type { Session } from './session';
import type { TrainingCount, TrainingWindow } from './store';
import { draftFields, labelColumn, placeIn, tellingOutcomes } from './trainingRows';

/** Messages one statement looks at: the embedded store answers nobody else meanwhile. */
const SLICE = 5_000;

interface Counted {
	channel: string;
	language: string | null;
	purpose: string;
	/** Of the message it answers: null where there is none, empty where it was not read. */
	answered_language: string | null;
	/** What a person decided: approved, edited or rewritten, with a + where what the model had written is on record. */
	decision: string | null;
	verdict: string | null;
	used_fallback: number | null;
	length: number;
	label: number | null;
	messages: number;
}

interface Slice {
	rows: Counted[];
	/** Where the slice ended. */
	last?: { moment: number; id: string; messages: number };
}

/** See `Training.counts`. Two statements for every 5,000 messages. */
export async function trainingCounts(read: <R>(work: (session: Session) => Promise<R>) => Promise<R>, workspace: string, window: TrainingWindow): Promise<TrainingCount[]> {
	const counts = new Map<string, TrainingCount>();
	let after: Slice['last'];
	do {
		const from = after;
		const { rows, last } = await read(async (session) => await slice(session, workspace, window, from));
		for (const row of rows) add(counts, row);
		after = last && last.messages === SLICE ? last : undefined;
	} while (after);
	return [...counts.values()].sort((a, b) => b.messages - a.messages);
}

async function slice(session: Session, workspace: string, window: TrainingWindow, after: Slice['last']): Promise<Slice> {
	const until = Math.min(window.until, session.now - TRAINING_POLICY.maturityMs);
	const beyond = after ? sql`and (sent_at, id) > (cast(${after.moment} as bigint), ${after.id})` : sql``;
	const page = sql`select workspace, id, sent_at from ${session.table('outbound')} where workspace = ${cleanText(workspace)} and status = 'sent' and sent_at >= ${window.since} and sent_at < ${until} ${beyond} order by sent_at, id limit ${SLICE}`;
	const [last] = await session.rows(sql<NonNullable<Slice['last']>>`select sent_at as moment, id, (select count(*) from (${page}) as counted) as messages from (${page}) as page order by sent_at desc, id desc limit 1`);
	if (!last) return { rows: [] };
	return { rows: await session.rows(grouped(session, cleanText(workspace), page)), last };
}

/** The messages of a slice by all that their quality depends on. */
function grouped(session: Session, workspace: string, page: ReturnType<typeof sql>): ReturnType<typeof sql<Counted>> {
	const { columns, text, parsed } = draftFields(session);
	const [reviews, outcomes, messages, contacts] = [session.table('reviews'), session.table('outcomes'), session.table('messages'), session.table('contacts')];
	const answered = session.dialect === 'sqlite' ? sql`select value from json_each(m.inbound_ids)` : sql`select json_array_elements_text(cast(m.inbound_ids as json))`;
	const readAs = session.dialect === 'sqlite' ? sql`coalesce(json_extract(i.reply, '$.language'), '')` : sql`coalesce(cast(i.reply as json) ->> 'language', '')`;
	const decision = sql`case when r.decision = 'edited' and coalesce(r.edit_distance, 0) >= ${REWRITTEN_FROM} then 'rewritten' else r.decision end || case when r.decision = 'edited' and r.shown_text is not null then '+' else '' end`;
	const facts = sql`select m.channel, m.language, m.purpose, m.verdict, m.used_fallback,
		case when m.characters < ${sql.lit(LENGTHS.tooShort)} then 0 when m.characters < ${sql.lit(LENGTHS.short)} then ${sql.lit(LENGTHS.tooShort)} when m.characters >= ${sql.lit(LENGTHS.long)} then ${sql.lit(LENGTHS.long)} else ${sql.lit(LENGTHS.short)} end as length,
		(select ${readAs} from ${messages} as i where i.workspace = ${workspace} and i.id in (${answered}) order by i.timestamp desc, i.seq desc limit 1) as answered_language,
		(select ${decision} from ${reviews} as r where r.workspace = ${workspace} and r.kind = 'draft' and r.outbound_id = m.id and r.decision is not null order by r.decided_at desc limit 1) as decision,
		(select min(${placeIn(BY_DECISION, labelColumn())}) from ${outcomes} as x where ${tellingOutcomes(workspace)}) as label
		from (select o.id, o.sent_at, o.channel, o.purpose, o.inbound_ids, length(${text}) as characters, ${columns}
			from (${page}) as page join ${session.table('outbound')} as o on o.workspace = page.workspace and o.id = page.id
			left join ${contacts} as c on c.workspace = o.workspace and c.id = o.contact_id ${parsed} where c.profiling is null or c.profiling = 1) as m`;
	return sql<Counted>`select channel, language, purpose, verdict, used_fallback, length, answered_language, decision, label, count(*) as messages
		from (${facts}) as facts group by channel, language, purpose, verdict, used_fallback, length, answered_language, decision, label`;
}

/** Adds a group to the one that shares its signals; of answered languages only whether they are the same matters. */
function add(counts: Map<string, TrainingCount>, row: Counted): void {
	const channel = ChannelSchema.safeParse(row.channel).data;
	if (!channel) return;
	const language = row.language ?? 'und';
	const label: OutcomeLabel | undefined = row.label === null ? undefined : BY_DECISION[row.label];
	const signals = signalsOf(row, language, label);
	const pair = row.decision?.endsWith('+') === true;
	const key = keyOf(channel, language, label, JSON.stringify(signals), `${pair}`);
	const known = counts.get(key);
	if (known) known.messages += row.messages;
	else counts.set(key, { channel, language, ...(label ? { label } : {}), signals, pair, messages: row.messages });
}

function signalsOf(row: Counted, language: string, label: OutcomeLabel | undefined): QualitySignals {
	const decision = row.decision?.replace('+', '');
	const verdict = VerdictSchema.safeParse(row.verdict ?? undefined).data;
	const answered = row.answered_language || undefined;
	return {
		judgement: decision === undefined ? 'automatic' : decision === 'edited' || decision === 'rewritten' ? 'edited' : 'approved',
		rewritten: decision === 'rewritten',
		labels: label ? [label] : [],
		...(verdict ? { gateVerdict: verdict } : {}),
		usedFallback: row.used_fallback === 1,
		intent: row.purpose === 'outreach' && row.answered_language === null ? 'outreach' : answered === undefined ? 'unread' : 'read',
		...languageSignal(language, answered),
		length: lengthOf(row.length),
	};
}
