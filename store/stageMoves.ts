import { sql } from 'kysely';
import { z } from 'zod';
import type { StageMove } from '../engine/pipeline/whyThisStage';
import { epochMs } from '../engine/time';
import { cleanText, fromJson } from './bulk';
import { firstOfEach } from './firstOfEach';
import type { Session } from './session';

const MoveSchema = z.object({ stageId: z.string(), rule: z.string(), sentence: z.string() });

/** See `Pipelines.lastMoves`. One statement for any number of contacts. */
export async function lastMoves(session: Session, workspace: string, contactIds: readonly string[]): Promise<(StageMove | undefined)[]> {
	const wanted = contactIds.map((id, place) => ({ place, workspace, contact_id: cleanText(id) }));
	const values = session.values('v', { place: 'int', workspace: 'text', contact_id: 'text' }, wanted);
	const newest = firstOfEach(session, values, 'activities', { where: sql`m.contact_id = v.contact_id and m.kind = 'stage'`, order: sql`m.at desc, m.seq desc`, limit: 1 });
	const rows = await session.rows(sql<{ place: number; at: number; detail: string }>`select v.place, m.at, m.detail from ${newest}`);
	const moves = new Map(rows.map(({ place, at, detail }) => [place, { ...MoveSchema.parse(fromJson(detail)), at: epochMs(at) }]));
	return contactIds.map((_, place) => moves.get(place));
}
