import { sql } from 'kysely';
import type { OutboundDbRow } from './outboundMoves';
import type { Session } from './session';

/** Rows held in memory at a time. */
const PAGE = 1_000;

type Place = Pick<OutboundDbRow, 'id' | 'updated_at'>;

/**
 * Some columns of all outbound rows of a workspace in some statuses, page by page, for what SQL cannot compare: a
 * workspace may have planned any number. Rows that change their status meanwhile may be seen or not.
 */
export async function* outboundPages<C extends keyof OutboundDbRow>(session: Session, workspace: string, statuses: readonly OutboundDbRow['status'][], columns: readonly C[]): AsyncGenerator<Pick<OutboundDbRow, C>[]> {
	const names = sql.join([...new Set<string>([...columns, 'id', 'updated_at'])].map((column) => sql.ref(column)));
	// A status at a time: then the index has the rows in the order of the pages.
	for (const status of statuses) {
		let last: Place | undefined;
		do {
			const after: ReturnType<typeof sql> = last ? sql`and (updated_at, id) > (cast(${last.updated_at} as bigint), ${last.id})` : sql``;
			const page: (Place & Pick<OutboundDbRow, C>)[] = await session.rows(sql<Place & Pick<OutboundDbRow, C>>`select ${names} from ${session.table('outbound')}
				where workspace = ${workspace} and status = ${status} ${after} order by updated_at, id limit ${PAGE}`);
			if (page.length > 0) yield page;
			last = page.length < PAGE ? undefined : page[page.length - 1];
		} while (last);
	}
}
