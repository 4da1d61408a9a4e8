import { sql } from 'kysely';
import { z } from 'zod';
import { cleanText } from './bulk';
import { toContact, type ContactRow } from './contactRows';
import { fromCursor, pageSize, toCursor } from './pageCursor';
import type { Session } from './session';
import type { Pipelines, StageContact } from './store';

/** When a contact came into its stage, and its id: where a page begins. */
const PlaceSchema = z.tuple([z.number().int(), z.string()]);

function toStageContact(row: ContactRow): StageContact {
	const { id, name, company, email, score, status, stageId, stageEnteredAt, stageSetBy } = toContact(row, []);
	return { id, name, company, email, score, status, stageId, stageEnteredAt, stageSetBy };
}

/** See `Pipelines.contactsIn`. One statement; the index on a stage and its entry gives the order, and every contact in a stage has an entry. */
export async function contactsIn(session: Session, { workspace, pipelineId, stageId }: { workspace: string; pipelineId: string; stageId: string }, { limit, after }: Parameters<Pipelines['contactsIn']>[3]): ReturnType<Pipelines['contactsIn']> {
	const size = pageSize(limit);
	const from = after === undefined ? undefined : fromCursor(after, PlaceSchema);
	// The first condition is what the index can begin at.
	const beyond = from === undefined ? sql`c.stage_entered_at is not null` : sql`c.stage_entered_at >= ${from[0]} and (c.stage_entered_at > ${from[0]} or c.id > ${cleanText(from[1])})`;
	const found = await session.rows(sql<ContactRow & { stage_entered_at: number }>`select c.* from ${session.table('contacts')} as c
		where c.workspace = ${workspace} and c.pipeline_id = ${cleanText(pipelineId)} and c.stage_id = ${cleanText(stageId)} and ${beyond} order by c.stage_entered_at, c.id limit ${size + 1}`);
	const rows = found.slice(0, size);
	const last = rows.at(-1);
	return { contacts: rows.map(toStageContact), ...(last && found.length > size ? { next: toCursor([last.stage_entered_at, last.id]) } : {}) };
}
