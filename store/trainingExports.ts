import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { z } from 'zod';
import { epochMs, iso } from '../engine/time';
import { cleanText, fromJson, toJson } from './bulk';
import { StoreInputError } from './errors';
import type { Person } from './person';
import type { RowOf } from './schema';
import type { Session } from './session';
import type { Erasure, Training, TrainingExportRecord } from './store';

type ExportRow = RowOf<'training_exports'>;
const StateSchema = z.enum(['writing', 'ready', 'failed']);

const WRITING = 'The files are being written.';

export function toExportRecord(row: ExportRow): TrainingExportRecord {
	return {
		workspace: row.workspace,
		id: row.id,
		...(row.version === null ? {} : { version: row.version }),
		state: StateSchema.parse(row.state),
		createdAt: epochMs(row.created_at),
		...(row.finished_at === null ? {} : { finishedAt: epochMs(row.finished_at) }),
		contacts: row.contacts,
		erased: row.erased,
		...(row.erased_at === null ? {} : { erasedAt: epochMs(row.erased_at) }),
		...(row.manifest === null ? {} : { manifest: fromJson(row.manifest) }),
		...(row.storage === null ? {} : { storage: fromJson<Record<string, string>>(row.storage) }),
		sentence: row.erased === 0 ? row.sentence : `${row.sentence} ${erasedSentence(row)}`,
	};
}

function erasedSentence({ erased, erased_at }: ExportRow): string {
	const who = erased === 1 ? '1 person whose messages are in it was' : `${erased} people whose messages are in it were`;
	return `Contains erased persons: ${who} erased since, last on ${iso(epochMs(erased_at ?? 0)).slice(0, 10)}. Delete the files, or replace them with a new export.`;
}

export async function beginExport(session: Session, workspace: string): Promise<ExportRow> {
	const row: ExportRow = { workspace: cleanText(workspace), id: randomUUID(), version: null, state: 'writing', created_at: session.now, finished_at: null, contacts: 0, erased: 0, erased_at: null, manifest: null, storage: null, sentence: WRITING };
	await session.insert('training_exports', [row]);
	return row;
}

/** See `Training.noteExported`. The messages are locked, as whoever erases their people locks them. */
export async function noteExported(session: Session, workspace: string, exportId: string, examples: Parameters<Training['noteExported']>[2]): Promise<Set<string>> {
	const [join, locked] = session.dialect === 'sqlite' ? [sql`cross join`, sql``] : [sql`join`, sql`order by o.id for share of o`];
	const values = session.values('v', { id: 'text', contact_id: 'text' }, examples.map(({ outboundId, contactId }) => ({ id: cleanText(outboundId), contact_id: cleanText(contactId) })));
	const rows = await session.rows(sql<{ id: string; contact_id: string }>`select o.id, v.contact_id from ${values} ${join} ${session.table('outbound')} as o on o.workspace = ${workspace} and o.id = v.id
		where not exists (select 1 from ${session.table('contacts')} as c where c.workspace = o.workspace and c.id in (v.contact_id, o.contact_id) and c.profiling = 0) ${locked}`);
	const people = [...new Set(rows.map((row) => row.contact_id))];
	await session.insert('training_export_contacts', people.map((contact_id) => ({ workspace, export_id: exportId, contact_id })), sql`on conflict do nothing`);
	return new Set(rows.map(({ id }) => id));
}

export async function finishExport(session: Session, workspace: string, exportId: string, result: Parameters<Training['finishExport']>[2]): Promise<TrainingExportRecord> {
	const [row] = await session.matching('training_exports', ['workspace', 'id'], [{ workspace, id: exportId }], true);
	if (!row) throw new StoreInputError('There is no such training export in this workspace.', 0);
	// Its people are on no list any more, so nobody could tell whom its files hold.
	if (row.state === 'failed' && result.state === 'ready') throw new StoreInputError('The training export took so long that it was given up. Delete its files and export again.', 0);
	const [{ contacts }] = await session.rows(sql<{ contacts: number }>`select count(*) as contacts from ${session.table('training_export_contacts')} where workspace = ${workspace} and export_id = ${exportId}`);
	const finished: ExportRow = {
		...row,
		state: result.state,
		finished_at: session.now,
		// Who was erased while the files were written is in them as well.
		contacts: result.state === 'ready' ? contacts + row.erased : 0,
		manifest: result.state === 'ready' ? toJson(result.manifest) : null,
		storage: result.state === 'ready' ? toJson(result.storage) : null,
		sentence: cleanText(result.state === 'ready' ? `The files are ready: messages of ${contacts + row.erased} contacts.` : result.sentence),
	};
	// Nothing of an export that failed is kept anywhere.
	if (result.state === 'failed') await session.rows(sql`delete from ${session.table('training_export_contacts')} where workspace = ${workspace} and export_id = ${exportId}`);
	await session.update('training_exports', ['workspace', 'id'], ['state', 'finished_at', 'contacts', 'manifest', 'storage', 'sentence'], [finished]);
	return toExportRecord(finished);
}

/**
 * The person leaves the lists of the exports they are in; each of these says from now on that somebody in its files was
 * erased, not who. Returns the exports.
 */
export async function leaveExports(session: Session, { workspace, names }: Person): Promise<string[]> {
	const gone = await session.rows(sql<{ export_id: string }>`delete from ${session.table('training_export_contacts')} where workspace = ${workspace} and ${session.among('contact_id', names)} returning export_id`);
	const ids = [...new Set(gone.map(({ export_id }) => export_id))].sort();
	const marked = await session.rows(sql<{ id: string }>`update ${session.table('training_exports')} set erased = erased + 1, erased_at = ${session.now} where workspace = ${workspace} and ${session.among('id', ids)} and state <> 'failed' returning id`);
	return marked.map(({ id }) => id).sort();
}

/** What an erasure says of the exports the person was in. */
export function leftExports(exports: readonly string[], sentence: string): Pick<Erasure, 'trainingExports' | 'sentence'> {
	if (exports.length === 0) return { sentence };
	const which = exports.length === 1 ? '1 training export holds' : `${exports.length} training exports hold`;
	return { trainingExports: [...exports], sentence: `${sentence} ${which} messages of theirs, with names and addresses replaced; delete the files or replace them with a new export, which leaves them out.` };
}
