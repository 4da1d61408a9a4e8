import { sql } from 'kysely';
import { ChannelSchema } from '../engine/channels/channel';
import { actionOf, errorRule, type ErrorRule } from '../engine/channels/errorCodes';
import { HOLD_KINDS, type HoldKind } from '../engine/message/senderHold';
import { epochMs, MINUTE, SECOND } from '../engine/time';
import type { AddressHash } from './addresses';
import { bringBack } from './bringBack';
import { cleanText, fromJson, keyOf } from './bulk';
import type { Database } from './database';
import type { OutboundDbRow } from './outboundMoves';
import type { RowOf } from './schema';
import type { Session } from './session';
import type { OutboundRow, SenderHold, SenderHolds } from './store';

/** The last moment of the year 9999: a hold that only a person ends. */
const UNTIL_A_PERSON = 253_402_300_799_000;
/** After a refused token the next message tries again this much later. Policy of this pack. */
export const TOKEN_PAUSE_MS = 15 * MINUTE;

/** An error of one message that left by this sender, and what is to be done about it. */
export interface SenderError {
	row: Pick<OutboundDbRow, 'workspace' | 'channel' | 'account_id' | 'draft'>;
	/** When the provider said so. */
	at: number;
	/** When the try began that was refused; absent: at that moment. */
	begunAt?: number;
	code?: string;
	rule: Pick<ErrorRule, 'kind' | 'action' | 'pauseSeconds' | 'suppress' | 'sentence'>;
}

const HOLDS: Readonly<Partial<Record<ReturnType<typeof actionOf>, HoldKind>>> = { pause_sender: 'pause', stop_campaign: 'campaign', reconnect_token: 'token' };

function holdFor({ row, at, code, rule }: SenderError): RowOf<'sender_holds'>[] {
	const kind = HOLDS[actionOf(rule)];
	if (kind === undefined) return [];
	const pause = rule.pauseSeconds === undefined ? undefined : at + rule.pauseSeconds * SECOND;
	const until = kind === 'token' ? at + TOKEN_PAUSE_MS : ((kind === 'pause' ? pause : undefined) ?? UNTIL_A_PERSON);
	const template = kind === 'campaign' ? (fromJson<OutboundRow['draft']>(row.draft).waTemplate?.name ?? '') : '';
	return [{ workspace: row.workspace, kind, channel: row.channel, account_id: row.account_id ?? '', template: cleanText(template), until, since: at, at, code: code ?? null, sentence: rule.sentence }];
}

const holdKey = (row: RowOf<'sender_holds'>): string => keyOf(row.workspace, row.kind, row.channel, row.account_id, row.template);
/** Of two errors about one sender the one that holds longer is kept; in whatever order they come. */
const outlasts = (a: RowOf<'sender_holds'>, b: RowOf<'sender_holds'>): boolean => a.until > b.until || (a.until === b.until && (a.code ?? '') > (b.code ?? ''));

/** Without the holds of what happened before a person resumed the sender: the cause was mended since. */
async function unresumed(session: Session, holds: readonly { hold: RowOf<'sender_holds'>; begunAt: number }[]): Promise<RowOf<'sender_holds'>[]> {
	const resumed = await session.matching('sender_resumes', ['workspace', 'kind', 'channel', 'account_id'], holds.map(({ hold: { workspace, kind, channel, account_id } }) => ({ workspace, kind, channel, account_id })));
	const at = new Map(resumed.map((row) => [senderKey(row), row.at]));
	return holds.filter(({ hold, begunAt }) => begunAt > (at.get(senderKey(hold)) ?? -Infinity)).map(({ hold }) => hold);
}

const senderKey = (row: Pick<RowOf<'sender_holds'>, 'workspace' | 'kind' | 'channel' | 'account_id'>): string => keyOf(row.workspace, row.kind, row.channel, row.account_id);

/** Holds senders back as the errors of their messages demand. Two statements. */
export async function holdSenders(session: Session, errors: readonly SenderError[]): Promise<void> {
	const merged = new Map<string, RowOf<'sender_holds'>>();
	for (const hold of await unresumed(session, errors.flatMap((error) => holdFor(error).map((hold) => ({ hold, begunAt: error.begunAt ?? error.at }))))) {
		const known = merged.get(holdKey(hold));
		const longer = known === undefined || outlasts(hold, known) ? hold : known;
		merged.set(holdKey(hold), { ...longer, since: Math.min(hold.since, known?.since ?? hold.since), at: Math.max(hold.at, known?.at ?? hold.at) });
	}
	const longer = sql`(excluded.until > sender_holds.until or (excluded.until = sender_holds.until and coalesce(excluded.code, '') > coalesce(sender_holds.code, '')))`;
	// Always in the same order, so that two transactions do not wait for each other.
	const rows = [...merged].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
	await session.insert(
		'sender_holds',
		rows,
		sql`on conflict (workspace, kind, channel, account_id, template) do update set
			sentence = case when ${longer} then excluded.sentence else sender_holds.sentence end, code = case when ${longer} then excluded.code else sender_holds.code end,
			until = case when excluded.until > sender_holds.until then excluded.until else sender_holds.until end,
			at = case when excluded.at > sender_holds.at then excluded.at else sender_holds.at end, since = case when excluded.since < sender_holds.since then excluded.since else sender_holds.since end`,
	);
}

/** What holds now in these workspaces. */
export async function loadHolds(session: Session, workspaces: readonly string[]): Promise<SenderHold[]> {
	const rows = await session.rows(sql<RowOf<'sender_holds'>>`select * from ${session.table('sender_holds')} where ${session.among('workspace', [...new Set(workspaces)])} and until > ${session.now}`);
	return rows.map(toHold);
}

/** A send that worked shows that the credential is taken again. */
export async function liftTokenHolds(session: Session, rows: readonly OutboundRow[]): Promise<void> {
	if (rows.length === 0) return;
	const senders = new Map(rows.map(({ workspace, channel, accountId = '' }) => [keyOf(workspace, channel, accountId), { workspace, channel, account_id: accountId }]));
	const values = session.values('v', { workspace: 'text', channel: 'text', account_id: 'text' }, [...senders.values()]);
	await session.rows(sql`delete from ${session.table('sender_holds')} where kind = 'token' and (workspace, channel, account_id) in (select v.workspace, v.channel, v.account_id from ${values})`);
}

function toHold(row: RowOf<'sender_holds'>): SenderHold {
	return {
		workspace: row.workspace,
		kind: HOLD_KINDS.find((kind) => kind === row.kind) ?? 'pause',
		channel: ChannelSchema.parse(row.channel),
		...(row.account_id === '' ? {} : { accountId: row.account_id }),
		...(row.template === '' ? {} : { template: row.template }),
		...(row.until === UNTIL_A_PERSON ? {} : { until: epochMs(row.until) }),
		since: epochMs(row.since),
		at: epochMs(row.at),
		...(row.code === null ? {} : { code: row.code }),
		sentence: row.sentence,
	};
}

export function createSenderHolds(database: Database, hash: AddressHash): SenderHolds {
	return {
		async list(workspace) {
			return await database.read(async (session) => {
				const rows = await session.rows(sql<RowOf<'sender_holds'>>`select * from ${session.table('sender_holds')} where workspace = ${cleanText(workspace)} and (until > ${session.now} or kind = 'token')
					order by at desc, kind, channel, account_id, template`);
				return rows.map(toHold);
			});
		},

		async reportToken(workspace, { channel, accountId, code }) {
			const rule = errorRule('meta', '190');
			if (!rule) return;
			await database.write(async (session) => {
				await holdSenders(session, [{ row: { workspace: cleanText(workspace), channel, account_id: cleanText(accountId), draft: '{}' }, at: session.now, code, rule }]);
			});
		},

		async lift(workspace, { channel, accountId = '', kind }, decide) {
			const sender = { workspace: cleanText(workspace), channel, account_id: cleanText(accountId) };
			const ended = await database.write(async (session) => {
				const ofKind = kind === undefined ? sql`` : sql`and kind = ${kind}`;
				const rows = await session.rows(sql<RowOf<'sender_holds'>>`delete from ${session.table('sender_holds')}
					where workspace = ${sender.workspace} and channel = ${channel} and account_id = ${sender.account_id} ${ofKind} returning *`);
				const resumed = rows.length === 0 ? [] : (kind === undefined ? HOLD_KINDS : [kind]).map((one) => ({ ...sender, kind: one, at: session.now }));
				await session.insert('sender_resumes', resumed, sql`on conflict (workspace, kind, channel, account_id) do update set at = excluded.at`);
				return rows.map(toHold);
			});
			return { ended, back: await bringBack(database, hash, sender, decide) };
		},
	};
}
