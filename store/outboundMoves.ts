import { sql } from 'kysely';
import { ChannelSchema } from '../engine/channels/channel';
import { mayMove, OutboundStatusSchema, type Actor, type OutboundStatus } from '../engine/message/outbound';
import { DAY, later } from '../engine/time';
import { fromJson, keyOf } from './bulk';
import { ConcurrentChangeError, TransitionRefusedError } from './errors';
import { followSends } from './followSends';
import { decideMessages } from './messageRows';
import { settleReservations } from './reservations';
import { closeReviews, openReviews } from './reviewRows';
import { TABLES, type RowOf } from './schema';
import { recordSends } from './sendRecords';
import type { Session } from './session';

export type OutboundDbRow = RowOf<'outbound'>;

/** How long a person has for a review when the routing decision names no time. */
const REVIEW_MS = DAY;

/** Columns a move may set besides the status. */
type Settable = Pick<OutboundDbRow, 'send_at' | 'attempts' | 'provider_id' | 'sending_at' | 'sent_at' | 'lease_until' | 'error_code' | 'gate' | 'score' | 'spared' | 'held'>;

export interface Move {
	/** The row as read in this transaction. When one call moves a row twice, the second starts where the first ended. */
	row: OutboundDbRow;
	to: OutboundStatus;
	actor: Actor;
	/** Why, in a sentence: kept with the row and with the transition. */
	sentence: string;
	set?: Partial<Settable>;
	/** For moves into a review: until when a person should have looked. */
	dueAt?: number;
	/** Nothing but its sender keeps it from leaving: it comes back when the sender is resumed. */
	held?: boolean;
}

export const statusOf = (row: OutboundDbRow): OutboundStatus => OutboundStatusSchema.parse(row.status);
export const outboundKey = (row: { workspace: string; id: string }): string => keyOf(row.workspace, row.id);

/**
 * The only way an outbound row changes its status: checked against the transition table, compared with what the database
 * holds now, logged with actor and reason. What a status means for others is settled here too: the review of a row that
 * left it is closed, one is opened for a row that needs it, reservations follow the row, and the
 * messages a draft answers are decided with it, and what was sent becomes an outcome and the contact's exposure to its variant; a
 * follow-up sequence goes on behind a message of its own.
 * @returns the rows after the moves, one a move, in their order.
 * @throws TransitionRefusedError before anything is written.
 */
export async function moveRows(session: Session, moves: readonly Move[]): Promise<OutboundDbRow[]> {
	const latest = new Map<string, OutboundDbRow>();
	const rounds: { move: Move; before: OutboundDbRow; after: OutboundDbRow }[][] = [];
	const depth = new Map<string, number>();
	const results: OutboundDbRow[] = [];
	for (const move of moves) {
		const key = outboundKey(move.row);
		const before = latest.get(key) ?? move.row;
		if (!mayMove(statusOf(before), move.to)) throw new TransitionRefusedError(before.id, statusOf(before), move.to);
		const leased = move.to === 'claimed' || move.to === 'sending';
		const after: OutboundDbRow = {
			...before,
			...move.set,
			status: move.to,
			version: before.version + 1,
			sentence: move.sentence,
			held: move.held ? 1 : null,
			lease_until: leased ? (move.set?.lease_until ?? before.lease_until) : null,
			updated_at: session.now,
		};
		latest.set(key, after);
		const round = depth.get(key) ?? 0;
		depth.set(key, round + 1);
		(rounds[round] ??= []).push({ move, before, after });
		results.push(after);
	}
	for (const round of rounds) await writeRound(session, round);
	const all = rounds.flat();
	await decideInbound(session, all);
	await settleReviews(session, all);
	const ended = [...latest.values()];
	await settleReservations(session, ended);
	await recordSends(session, ended.filter(({ status }) => status === 'sent'));
	const lastActor = new Map(moves.map((move) => [outboundKey(move.row), move.actor]));
	await followSends(session, ended.map((row) => ({ row, actor: lastActor.get(outboundKey(row)) ?? 'engine' })));
	return results;
}

type Round = readonly { move: Move; before: OutboundDbRow; after: OutboundDbRow }[];

/** What every move writes, and what one may write besides. */
const ALWAYS = ['status', 'version', 'sentence', 'updated_at'] as const;
const SOMETIMES = ['send_at', 'attempts', 'provider_id', 'sending_at', 'sent_at', 'lease_until', 'error_code', 'gate', 'score', 'spared', 'held'] as const;

async function writeRound(session: Session, round: Round): Promise<void> {
	// A claim touches a handful of columns: the others need not travel. What is set counts even when it looks the same, since the row may have been completed on its way here.
	const set = [...ALWAYS, ...SOMETIMES.filter((column) => round.some(({ move, before, after }) => after[column] !== before[column] || move.set?.[column] !== undefined))];
	const columns = { workspace: 'text', id: 'text', from_version: 'int', ...Object.fromEntries(set.map((column) => [column, TABLES.outbound[column]])) } as const;
	const rows = round.map(({ before, after }) => ({ ...after, from_version: before.version }));
	// Every move raises the version: the same version is the same status.
	const assignments = sql.join(set.map((column) => sql`${sql.ref(column)} = ${sql.ref(`v.${column}`)}`));
	const changed = await sql`update ${session.table('outbound')} as o set ${assignments} from ${session.values('v', columns, rows)}
		where o.workspace = v.workspace and o.id = v.id and o.version = v.from_version`.execute(session.q);
	if (Number(changed.numAffectedRows ?? 0) !== round.length) throw new ConcurrentChangeError('An outbound row changed while it was being moved.');
	await session.insert(
		'outbound_transitions',
		round.map(({ move, before, after }) => ({
			workspace: after.workspace,
			outbound_id: after.id,
			version: after.version,
			from_status: before.status,
			to_status: after.status,
			actor: move.actor,
			reason: move.sentence,
			at: session.now,
		})),
	);
}

/** A draft that leaves its first status settles what it answers: its id is derived from that message, so no second draft can come. */
async function decideInbound(session: Session, moves: Round): Promise<void> {
	await decideMessages(
		session,
		moves
			.filter(({ before }) => before.status === 'drafted')
			.flatMap(({ move, after }) => fromJson<string[]>(after.inbound_ids).map((messageId) => ({ workspace: after.workspace, messageId, reason: move.sentence, actor: move.actor, answeredBy: after.id }))),
	);
}

/** The review a status stands for. */
const REVIEW_OF = { in_review: 'draft', uncertain: 'uncertain_send' } as const;
const reviewOf = (status: string): (typeof REVIEW_OF)[keyof typeof REVIEW_OF] | undefined =>
	status === 'in_review' ? REVIEW_OF.in_review : status === 'uncertain' ? REVIEW_OF.uncertain : undefined;

async function settleReviews(session: Session, moves: Round): Promise<void> {
	await closeReviews(
		session,
		moves.flatMap(({ move, before }) => {
			const kind = reviewOf(before.status);
			return kind ? [{ workspace: before.workspace, kind, subject: before.id, by: move.actor }] : [];
		}),
	);
	const last = [...new Map(moves.map((entry) => [outboundKey(entry.after), entry])).values()];
	await openReviews(
		session,
		last.flatMap(({ move, after }) => {
			const kind = reviewOf(after.status);
			if (!kind) return [];
			const dueAt = move.dueAt === undefined ? later(session.now, REVIEW_MS) : later(session.now, move.dueAt - session.now);
			return [{ workspace: after.workspace, kind, outboundId: after.id, contactId: after.contact_id, channel: ChannelSchema.parse(after.channel), sentence: move.sentence, dueAt }];
		}),
	);
}
