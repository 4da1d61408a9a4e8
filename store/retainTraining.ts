import { sql } from 'kysely';
import { DAY } from '../engine/time';
import type { Session } from './session';

export interface RetentionBatch {
	workspace: string;
	/** Older than this moment goes, milliseconds since the epoch. */
	before: number;
	/** Rows of one table a batch takes at most. */
	most: number;
}
/** `full`: there may be more. */
export interface Removed {
	rows: number;
	full: boolean;
}

/** An export that is written for longer was killed: files are written in minutes. */
const ABANDONED_MS = 2 * DAY;
const ABANDONED = 'The export was broken off before its files were finished. Nothing of it is kept; export again.';
const WORN_OUT = 'Its examples were deleted, because they had been kept for as long as the settings allow. Train a new version.';

/** Exports that were killed midway end as failed and list nobody any more. */
export async function giveUpExports(session: Session, workspace: string, most: number): Promise<void> {
	const rows = await session.rows(sql<{ id: string }>`update ${session.table('training_exports')} set state = 'failed', finished_at = ${session.now}, contacts = 0, sentence = ${ABANDONED}
		where (workspace, id) in (select workspace, id from ${session.table('training_exports')} where workspace = ${workspace} and state = 'writing' and created_at < ${session.now - ABANDONED_MS} order by created_at, id limit ${most}) returning id`);
	if (rows.length === 0) return;
	await sql`delete from ${session.table('training_export_contacts')} where workspace = ${workspace} and ${session.among('export_id', rows.map(({ id }) => id))}`.execute(session.q);
}

/** Old exports with the people in them, the oldest first; one whose people are more than a batch goes when they are through. */
export async function removeExports(session: Session, { workspace, before, most }: RetentionBatch): Promise<Removed> {
	const old = sql`select e.id from ${session.table('training_exports')} as e where e.workspace = ${workspace} and e.created_at < ${before}`;
	const people = await sql`delete from ${session.table('training_export_contacts')} where (workspace, export_id, contact_id) in (
		select workspace, export_id, contact_id from ${session.table('training_export_contacts')} where workspace = ${workspace} and export_id in (${old}) limit ${most})`.execute(session.q);
	const gone = await session.rows(sql<{ id: string }>`delete from ${session.table('training_exports')} where (workspace, id) in (
		select e.workspace, e.id from ${session.table('training_exports')} as e where e.workspace = ${workspace} and e.created_at < ${before}
			and not exists (select 1 from ${session.table('training_export_contacts')} as c where c.workspace = e.workspace and c.export_id = e.id) order by e.created_at, e.id limit ${most}) returning id`);
	return { rows: gone.length, full: Number(people.numAffectedRows ?? 0) >= most || gone.length >= most };
}

/**
 * Examples of versions that have served nobody for so long. What serves keeps its own, and so does what would serve again
 * after a rollback. A version that was never deployed can serve no more without them, and says so.
 */
export async function removeExamples(session: Session, { workspace, before, most }: RetentionBatch): Promise<Removed> {
	await session.lock('models', [workspace]);
	const rows = await session.rows(sql<{ version: string }>`delete from ${session.table('model_examples')} where (workspace, version, outbound_id) in (
		select e.workspace, e.version, e.outbound_id from ${session.table('model_examples')} as e join ${session.table('model_versions')} as m on m.workspace = e.workspace and m.version = e.version
		where e.workspace = ${workspace} and m.status not in ('deployed', 'canary', 'training') and coalesce(m.ended_at, m.created_at) < ${before}
			and not exists (select 1 from ${session.table('model_versions')} as d where d.workspace = m.workspace and d.status = 'deployed' and d.parent = m.version and m.status = 'retired')
		limit ${most}) returning version`);
	const versions = [...new Set(rows.map(({ version }) => version))];
	await sql`update ${session.table('model_versions')} set status = 'failed', ended_at = ${session.now}, sentence = ${WORN_OUT} where workspace = ${workspace} and status = 'candidate' and ${session.among('version', versions)}`.execute(session.q);
	return { rows: rows.length, full: rows.length >= most };
}

/** Of every version, also the one that serves: an example is a copy of texts that may be kept no longer. */
export async function removeExamplesOf(session: Session, workspace: string, outboundIds: readonly string[]): Promise<void> {
	await sql`delete from ${session.table('model_examples')} where workspace = ${workspace} and ${session.among('outbound_id', outboundIds)}`.execute(session.q);
}

/** The same for what leads wrote: everything an example shows was written before its message was sent. */
export async function removeExamplesSentBefore(session: Session, { workspace, before }: RetentionBatch): Promise<void> {
	await sql`delete from ${session.table('model_examples')} where workspace = ${workspace} and outbound_id in (
		select e.outbound_id from ${session.table('model_examples')} as e join ${session.table('outbound')} as o on o.workspace = e.workspace and o.id = e.outbound_id where e.workspace = ${workspace} and o.sent_at < ${before})`.execute(session.q);
}
