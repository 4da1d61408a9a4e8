import { sql } from 'kysely';
import { OutboundStatusSchema } from '../../engine/message/outbound';
import type { OutboxRows } from '../../engine/report/outbox';
import type { Session } from '../session';
import { localDay, notReplayed, ofChannel, within, type Scope } from './scopeSql';

/** As many first letters tell why (engine/report/outbox.ts); more would make a group of every message. */
const LETTERS = 40;
/** More reasons than this nobody reads. */
const MOST_REASONS = 500;

/** See `Figures.outbox`. Three statements. */
export async function outboxRows(session: Session, scope: Scope): Promise<OutboxRows> {
	const { workspace } = scope;
	const outbound = session.table('outbound');
	const standing = await session.rows(sql<{ status: string; count: number }>`select o.status, count(*) as count from ${outbound} as o where o.workspace = ${workspace} ${ofChannel('o.channel', scope)} group by o.status order by o.status`);
	const planned = await session.rows(sql<{ day: number; channel: string; count: number }>`select day, channel, count(*) as count from (
			select ${localDay('o.send_at', scope)} as day, o.channel from ${outbound} as o where o.workspace = ${workspace} and o.status = 'scheduled' and o.send_at is not null ${ofChannel('o.channel', scope)}
		) as days group by day, channel`);
	const ended = await session.rows(sql<{ status: string; error_code: string | null; begins: string; count: number }>`select status, error_code, begins, count(*) as count from (
			select 'sent' as status, null as error_code, '' as begins from ${outbound} as o where o.workspace = ${workspace} and o.status = 'sent' and ${within('o.sent_at', scope)} ${ofChannel('o.channel', scope)}
			union all select o.status, o.error_code, substr(o.sentence, 1, ${sql.lit(LETTERS)}) from ${outbound} as o
				where o.workspace = ${workspace} and o.status in ('failed', 'uncertain', 'blocked', 'cancelled') and ${within('o.updated_at', scope)} ${ofChannel('o.channel', scope)} and ${notReplayed(session, workspace)}
		) as messages group by status, error_code, begins order by count(*) desc limit ${MOST_REASONS}`);
	const status = (row: { status: string }) => OutboundStatusSchema.parse(row.status);
	return {
		standing: standing.map((row) => ({ status: status(row), count: row.count })),
		planned,
		sent: ended.find((row) => row.status === 'sent')?.count ?? 0,
		notSent: ended.filter((row) => row.status !== 'sent').map((row) => ({ status: status(row), begins: row.begins, count: row.count, ...(row.error_code === null ? {} : { errorCode: row.error_code }) })),
	};
}
