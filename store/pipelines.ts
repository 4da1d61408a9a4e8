import { randomUUID } from 'node:crypto';
import { PipelineSchema, type Pipeline } from '../engine/pipeline/stage';
import { epochMs } from '../engine/time';
import { sql } from 'kysely';
import { activity } from './activities';
import { cleanText, fromJson, groupBy, keyOf, toJson } from './bulk';
import type { ContactRow } from './contactRows';
import type { Database } from './database';
import { ensureContacts } from './intake';
import type { RowOf } from './schema';
import type { Session } from './session';
import { contactsIn } from './stageContacts';
import { lastMoves } from './stageMoves';
import type { Pipelines, StageChange } from './store';

export const toPipeline = (row: RowOf<'pipelines'>): Pipeline => PipelineSchema.parse({ id: row.id, name: row.name, instructions: row.instructions ?? undefined, stages: fromJson(row.stages) });

/** A person's move is a label to learn from, like any correction. */
function labelsOf(session: Session, { workspace, expectedStageId, stageId, status, log }: StageChange, contactId: string, order: number): RowOf<'labels'>[] {
	const row = { workspace, contact_id: contactId, message_id: null, actor: log.actor, at: session.now, seq: order };
	return [
		...(expectedStageId === stageId ? [] : [{ ...row, id: randomUUID(), field: 'stage', from_value: expectedStageId ?? null, to_value: stageId }]),
		...(status === undefined ? [] : [{ ...row, id: randomUUID(), field: 'status', from_value: null, to_value: status }]),
	];
}

/** See `Pipelines.changeStages`; for others who move a contact inside their own transaction. */
export async function changeStagesIn(session: Session, changes: readonly StageChange[]): Promise<{ applied: boolean; activityId?: string }[]> {
	const real = new Map<string, Map<string, string>>();
	for (const [workspace, mine] of groupBy(changes, (change) => change.workspace)) {
		// Somebody known only by id may get a first stage; a move from a stage needs the contact that has it.
		const first = new Set(mine.filter(({ expectedStageId }) => expectedStageId === undefined).map(({ contactId }) => cleanText(contactId)));
		real.set(workspace, await ensureContacts(session, workspace, mine.map(({ contactId }) => contactId), first));
	}
	const keys = changes.map(({ workspace, contactId }) => ({ workspace, id: real.get(workspace)?.get(cleanText(contactId)) ?? cleanText(contactId) }));
	const contacts = new Map((await session.matching('contacts', ['workspace', 'id'], keys, true)).map((row) => [keyOf(row.workspace, row.id), row]));
	const changed = new Map<string, ContactRow>();
	const log: RowOf<'activities'>[] = [];
	const results = changes.map((change, at) => {
		const key = keyOf(keys[at].workspace, keys[at].id);
		const contact = contacts.get(key);
		if (!contact || (contact.stage_id ?? undefined) !== change.expectedStageId) return { applied: false };
		const after = {
			...contact,
			pipeline_id: change.pipelineId,
			stage_id: change.stageId,
			stage_set_by: change.setBy,
			stage_entered_at: contact.stage_id === change.stageId ? contact.stage_entered_at : session.now,
			score: change.score ?? contact.score,
			status: change.status ?? contact.status,
			updated_at: session.now,
		};
		const detail = { ...change.log, pipelineId: change.pipelineId, stageId: change.stageId, previousStageId: contact.stage_id ?? undefined, previousStageMs: contact.stage_entered_at === null ? undefined : session.now - contact.stage_entered_at, setBy: change.setBy, score: change.score, status: change.status };
		const entry = activity(session, change.workspace, keys[at].id, 'stage', detail, at);
		contacts.set(key, after);
		changed.set(key, after);
		log.push(entry);
		return { applied: true, activityId: entry.id };
	});
	await session.update('contacts', ['workspace', 'id'], ['pipeline_id', 'stage_id', 'stage_set_by', 'stage_entered_at', 'score', 'status', 'updated_at'], [...changed.values()]);
	await session.insert('activities', log);
	await session.insert('labels', changes.flatMap((change, at) => (results[at].applied && change.setBy === 'person' ? labelsOf(session, change, keys[at].id, at) : [])));
	return results;
}

export function createPipelines(database: Database): Pipelines {
	return {
		async save(workspace, pipelines) {
			if (pipelines.length === 0) return;
			await database.write(async (session) => {
				const rows = pipelines.map(({ id, name, instructions, stages }) => ({ workspace, id, name, instructions: instructions ?? null, stages: toJson(stages), updated_at: session.now }));
				await session.insert(
					'pipelines',
					[...new Map(rows.map((row) => [row.id, row])).values()],
					sql`on conflict (workspace, id) do update set name = excluded.name, instructions = excluded.instructions, stages = excluded.stages, updated_at = excluded.updated_at`,
				);
			});
		},

		async find(workspace, ids) {
			if (ids.length === 0) return [];
			return await database.read(async (session) => {
				const rows = await session.matching('pipelines', ['workspace', 'id'], ids.map((id) => ({ workspace, id })));
				return ids.map(cleanText).map((wanted) => {
					const row = rows.find(({ id }) => id === wanted);
					return row && toPipeline(row);
				});
			});
		},

		async list(workspace) {
			return await database.read(async (session) => {
				const rows = await session.q.selectFrom('pipelines').selectAll().where('workspace', '=', workspace).orderBy('name').orderBy('id').execute();
				return rows.map(toPipeline);
			});
		},

		async changeStages(changes) {
			if (changes.length === 0) return [];
			return await database.write(async (session) => await changeStagesIn(session, changes));
		},

		async recordHeld(held) {
			if (held.length === 0) return;
			await database.write(async (session) => {
				const known = new Set((await session.matching('contacts', ['workspace', 'id'], held.map(({ workspace, contactId }) => ({ workspace, id: contactId })))).map(({ workspace, id }) => keyOf(workspace, id)));
				const own = held.filter(({ workspace, contactId }) => known.has(keyOf(workspace, cleanText(contactId))));
				await session.insert('activities', own.map(({ workspace, contactId, log, ...move }, at) => activity(session, workspace, cleanText(contactId), 'stage_held', { ...log, ...move }, at)));
			});
		},

		async contactsIn(workspace, pipelineId, stageId, page) {
			return await database.read(async (session) => await contactsIn(session, { workspace, pipelineId, stageId }, page));
		},

		async lastMoves(workspace, contactIds) {
			if (contactIds.length === 0) return [];
			return await database.read(async (session) => await lastMoves(session, workspace, contactIds));
		},

		async activities(workspace, contactId, limit, before) {
			return await database.read(async (session) => {
				const rows = await session.rows(sql<RowOf<'activities'>>`select * from ${session.table('activities')} where workspace = ${workspace} and contact_id = ${cleanText(contactId)}
					${before === undefined ? sql`` : sql`and at < ${before}`} order by at desc, seq desc limit ${limit}`);
				return rows.map((row) => ({ id: row.id, kind: row.kind, at: epochMs(row.at), detail: fromJson<unknown>(row.detail) }));
			});
		},
	};
}
