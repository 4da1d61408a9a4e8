import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';
import { ChannelSchema } from '../engine/channels/channel';
import { VerdictSchema } from '../engine/gate/gate';
import { rewardOf, LABEL_RULES } from '../engine/outcome/labels';
import { ReplySchema, type Reply } from '../engine/reply/reply';
import { exampleQuality, UNREAD } from '../engine/training/exampleQuality';
import type { TrainingExample } from '../engine/training/trainingExample';
import { TRAINING_POLICY } from '../engine/training/trainingPolicy';
import { epochMs } from '../engine/time';
import type { AddressHash } from './addresses';
import { cleanText, fromJson, keyOf } from './bulk';
import { firstOfEach } from './firstOfEach';
import { fromCursor, toCursor } from './pageCursor';
import type { RowOf } from './schema';
import type { Session } from './session';
import type { Training, TrainingCandidate, TrainingPage } from './store';
import { conversationsBefore } from './trainingConversations';
import { trainingPeople } from './trainingPeople';
import { draftFields, toldOutcomes, type Told } from './trainingRows';

/** Rows of one page at most, whatever is asked for: their conversations are in memory together. */
const LARGEST_PAGE = 500;
const PlaceSchema = z.tuple([z.number().int(), z.string()]);
type Request = Parameters<Training['examples']>[1];

export interface TrainingRow {
	id: string;
	contact_id: string;
	channel: string;
	thread_id: string | null;
	inbound_ids: string;
	purpose: string;
	created_at: number;
	/** When it was sent, or rejected. */
	moment: number;
	/** Of rows of one moment, which comes first. */
	place: string;
	text: string;
	subject: string | null;
	language: string | null;
	framework: string | null;
	tone: string | null;
	persona: string | null;
	modelVersion: string | null;
	used_fallback: number | null;
	facts: string | null;
	verdict: string | null;
}

const COLUMNS = sql`o.id, o.contact_id, o.channel, o.thread_id, o.inbound_ids, o.purpose, o.created_at`;

/** The rows of a page, and where the next one begins. */
async function pageOf(session: Session, { after, limit }: Request, from: (beyond: RawBuilder<unknown>, size: number) => RawBuilder<TrainingRow>): Promise<{ rows: TrainingRow[]; next?: string }> {
	const size = Math.min(Math.max(1, Math.floor(limit)), LARGEST_PAGE);
	const place = after === undefined ? undefined : fromCursor(after, PlaceSchema);
	const rows = await session.rows(from(place ? sql`and (p.moment, p.place) > (cast(${place[0]} as bigint), ${place[1]})` : sql``, size));
	const last = rows.at(-1);
	return { rows, ...(last && rows.length === size ? { next: toCursor([last.moment, last.place]) } : {}) };
}

/** See `Training.examples`. */
export async function examplePage(session: Session, hash: AddressHash, workspace: string, request: Request): Promise<TrainingPage> {
	const until = Math.min(request.until, session.now - TRAINING_POLICY.maturityMs);
	const { columns, text, parsed } = draftFields(session);
	const { rows, next } = await pageOf(session, request, (beyond, size) => sql<TrainingRow>`select ${COLUMNS}, o.sent_at as moment, o.id as place, substr(${text}, 1, ${TRAINING_POLICY.longestText + 1}) as text, ${columns}
		from (select p.* from (select workspace, id, id as place, sent_at as moment from ${session.table('outbound')} where workspace = ${cleanText(workspace)} and status = 'sent' and sent_at >= ${request.since} and sent_at < ${until}) as p
			where true ${beyond} order by p.moment, p.place limit ${size}) as page
		join ${session.table('outbound')} as o on o.workspace = page.workspace and o.id = page.id ${parsed} order by page.moment, page.place`);
	const told = await toldOutcomes(session, workspace, rows.map(({ id, moment }) => ({ id, sent_at: moment })));
	const reviews = await decisionsOn(session, workspace, rows);
	const candidates = await candidatesOf(session, hash, workspace, rows, (row) => judged(reviews.get(row.id), told.get(row.id) ?? []));
	return { candidates, ...(next === undefined ? {} : { next }) };
}

/** See `Training.rejections`. */
export async function rejectionPage(session: Session, hash: AddressHash, workspace: string, request: Request): Promise<TrainingPage> {
	const { columns, text, parsed } = draftFields(session);
	const { rows, next } = await pageOf(session, request, (beyond, size) => sql<TrainingRow>`select ${COLUMNS}, page.moment, page.place, substr(${text}, 1, ${TRAINING_POLICY.longestText + 1}) as text, ${columns}
		from (select p.* from (select workspace, outbound_id, id as place, decided_at as moment from ${session.table('reviews')} where workspace = ${cleanText(workspace)} and decision = 'rejected' and decided_at >= ${request.since} and decided_at < ${request.until}) as p
			where true ${beyond} order by p.moment, p.place limit ${size}) as page
		join ${session.table('outbound')} as o on o.workspace = page.workspace and o.id = page.outbound_id and o.status <> 'sent' ${parsed} order by page.moment, page.place`);
	const written = await writtenInstead(session, workspace, rows);
	const candidates = await candidatesOf(session, hash, workspace, rows, (row) => ({ judgement: 'rejected', labels: [], reward: 0, weight: 0, ...written.get(row.id) }));
	return { candidates, ...(next === undefined ? {} : { next }) };
}

/** What a colleague wrote in each rejected draft's place: the first message after the draft, if it is theirs and came soon. One statement. */
async function writtenInstead(session: Session, workspace: string, rows: readonly TrainingRow[]): Promise<Map<string, Pick<TrainingExample, 'instead'>>> {
	if (rows.length === 0) return new Map();
	const values = session.values('v', { id: 'text', workspace: 'text', contact_id: 'text', at: 'int', until: 'int' }, rows.map((row) => ({ id: row.id, workspace, contact_id: row.contact_id, at: row.created_at, until: row.moment + TRAINING_POLICY.insteadWithinMs })));
	const first = firstOfEach(session, values, 'messages', { where: sql`m.contact_id = v.contact_id and m.timestamp > v.at and m.timestamp <= v.until`, order: sql`m.timestamp, m.seq`, limit: 1 });
	const found = await session.rows(sql<{ id: string; direction: string; text: string; subject: string | null }>`select v.id, m.direction, substr(m.text, 1, ${TRAINING_POLICY.longestText + 1}) as text, m.subject from ${first}`);
	return new Map(found.filter(({ direction }) => direction === 'person').map(({ id, text, subject }) => [id, { instead: { text, ...(subject === null ? {} : { subject }) } }]));
}

type Judged = Pick<TrainingExample, 'judgement' | 'labels' | 'reward' | 'weight'> & Partial<Pick<TrainingExample, 'original' | 'editDistance' | 'instead'>>;
type Decision = Pick<RowOf<'reviews'>, 'outbound_id' | 'decision' | 'edit_distance' | 'shown_text' | 'shown_subject' | 'decided_at'>;

/** A person's last decision about each draft, by its id. One statement. */
async function decisionsOn(session: Session, workspace: string, rows: readonly TrainingRow[]): Promise<Map<string, Decision>> {
	const columns = ['outbound_id', 'decision', 'edit_distance', 'shown_text', 'shown_subject', 'decided_at'] as const;
	const found = await session.matchingOnly('reviews', columns, ['workspace', 'kind', 'outbound_id'], rows.map(({ id }) => ({ workspace, kind: 'draft', outbound_id: id })));
	const decided = found.filter(({ decision }) => decision !== null).sort((a, b) => (a.decided_at ?? 0) - (b.decided_at ?? 0));
	return new Map(decided.map((row) => [row.outbound_id ?? '', row]));
}

function judged(review: Decision | undefined, told: readonly Told[]): Judged {
	const labels = told.map(({ label }) => label).sort((a, b) => LABEL_RULES[b].weight - LABEL_RULES[a].weight);
	const rewards = told.flatMap(({ label, sentiment }) => rewardOf(label, sentiment) ?? []);
	const edited = review?.decision === 'edited';
	return {
		// What was rejected and sent all the same was sent by somebody who had thought better of it.
		judgement: review === undefined ? 'automatic' : edited ? 'edited' : 'approved',
		labels,
		reward: rewards.length === 0 ? 0 : Math.max(...rewards),
		weight: labels.length === 0 ? 0 : LABEL_RULES[labels[0]].weight,
		...(edited && review.shown_text !== null ? { original: { text: review.shown_text.slice(0, TRAINING_POLICY.longestText + 1), ...(review.shown_subject === null ? {} : { subject: review.shown_subject }) } } : {}),
		...(edited && review.edit_distance !== null ? { editDistance: review.edit_distance } : {}),
	};
}

/** Rows with their people, conversations and readings. */
export async function candidatesOf(session: Session, hash: AddressHash, workspace: string, rows: readonly TrainingRow[], judge: (row: TrainingRow) => Judged): Promise<TrainingCandidate[]> {
	const people = await trainingPeople(session, hash, workspace, rows.map((row) => row.contact_id));
	const answered = await newestAnswered(session, workspace, rows);
	// The message it answers counts as said before it, whatever the clock of its channel.
	const conversations = await conversationsBefore(session, workspace, rows.map(({ id, contact_id, created_at }) => ({ outboundId: id, contactId: contact_id, at: Math.max(created_at, answered.get(id)?.timestamp ?? 0) })));
	return rows.flatMap((row, at) => {
		const person = people.get(row.contact_id);
		const channel = ChannelSchema.safeParse(row.channel).data;
		if (!person || !channel) return [];
		const reply = answered.get(row.id)?.reply;
		const base = {
			outboundId: row.id,
			contactId: person.contactId,
			channel,
			language: row.language ?? 'und',
			intent: row.purpose === 'outreach' && !answered.has(row.id) ? 'outreach' : (reply?.intent ?? UNREAD),
			conversation: conversations[at],
			text: row.text,
			...(row.subject ? { subject: row.subject } : {}),
			...(row.framework ? { framework: row.framework } : {}),
			...(row.tone ? { tone: row.tone } : {}),
			...(row.persona ? { persona: row.persona } : {}),
			...(row.modelVersion ? { modelVersion: row.modelVersion } : {}),
			...judge(row),
			sentAt: epochMs(row.moment),
			facts: row.facts === null ? [] : FactsSchema.parse(fromJson(row.facts)),
			...(row.verdict === null ? {} : { gateVerdict: VerdictSchema.safeParse(row.verdict).data }),
			usedFallback: row.used_fallback === 1,
			...(reply === undefined ? {} : { answeredLanguage: reply.language }),
		};
		return [{ example: { ...base, quality: exampleQuality(base) }, person }];
	});
}

const FactsSchema = z.array(z.string()).catch([]);

/** The newest message each row answers, and how it was read. One statement. */
async function newestAnswered(session: Session, workspace: string, rows: readonly TrainingRow[]): Promise<Map<string, { timestamp: number; reply?: Reply }>> {
	const idsOf = new Map(rows.map((row) => [row.id, IdsSchema.parse(fromJson(row.inbound_ids))]));
	const found = await session.matchingOnly('messages', ['workspace', 'id', 'timestamp', 'seq', 'reply'], ['workspace', 'id'], [...idsOf.values()].flat().map((id) => ({ workspace, id: cleanText(id) })));
	const byId = new Map(found.map((row) => [keyOf(row.id), row]));
	return new Map(rows.flatMap(({ id }) => {
		const newest = (idsOf.get(id) ?? []).flatMap((one) => byId.get(keyOf(cleanText(one))) ?? []).sort((a, b) => b.timestamp - a.timestamp || b.seq - a.seq).at(0);
		if (!newest) return [];
		const reply = newest.reply === null ? undefined : ReplySchema.safeParse(fromJson(newest.reply)).data;
		return [[id, { timestamp: newest.timestamp, ...(reply ? { reply } : {}) }] as const];
	}));
}

const IdsSchema = z.array(z.string()).catch([]);
