import { sql } from 'kysely';
import type { AuditEntry } from '../engine/privacy/auditTrail';
import { epochMs } from '../engine/time';
import type { AddressHash } from './addresses';
import { auditEntries } from './auditSources';
import { toJson } from './bulk';
import type { Database } from './database';
import { StoreInputError } from './errors';
import { personOf } from './person';
import type { RowOf } from './schema';
import type { Session } from './session';
import type { Audit, AuditNote } from './store';

const MOST = 500;
/** Decisions of one source and one millisecond that a page may end among: a message makes fewer than ten. */
const TIES = 100;

type Place = readonly [at: string, id: string];
const placeOf = ({ at, id }: AuditEntry): Place => [at, id];
/** Newest first; of one moment by id, so that pages neither repeat nor miss an entry. */
const later = ([at, id]: Place, [otherAt, otherId]: Place): number => (at === otherAt ? (id === otherId ? 0 : id < otherId ? 1 : -1) : at < otherAt ? 1 : -1);

function readCursor(before: string): Place {
	const [at, ...id] = before.split(' ');
	if (id.length === 0 || Number.isNaN(Date.parse(at))) throw new StoreInputError('This is no place in the list of decisions. Begin at its first page.', 0);
	return [at, id.join(' ')];
}

export async function insertNotes(session: Session, notes: readonly AuditNote[]): Promise<void> {
	const rows = notes.map(({ workspace, id, contactId, kind, at, actor, sentence, detail = {} }): RowOf<'audit_events'> => ({ workspace, id, contact_id: contactId, kind, at, actor, sentence, detail: toJson(detail) }));
	rows.sort((a, b) => (a.id < b.id ? -1 : 1));
	await session.insert('audit_events', rows, sql`on conflict do nothing`);
}

export function createAudit(database: Database, hash: AddressHash): Audit {
	return {
		async trail(workspace, reference, { since, until, before, limit }) {
			const size = Math.min(Math.max(1, Math.floor(limit)), MOST);
			const place = before === undefined ? undefined : readCursor(before);
			const end = Math.min(until === undefined ? Number.MAX_SAFE_INTEGER : until - 1, place ? epochMs(place[0]) : Number.MAX_SAFE_INTEGER);
			const found = await database.read(async (session) => await auditEntries(session, await personOf(session, hash, workspace, reference), { since: since ?? 0, until: end, most: size + TIES }));
			const rest = found.filter((one) => !place || later(place, placeOf(one)) < 0).sort((a, b) => later(placeOf(a), placeOf(b)));
			const entries = rest.slice(0, size);
			const last = entries.at(-1);
			return { entries, ...(rest.length > size && last ? { next: placeOf(last).join(' ') } : {}) };
		},

		async note(notes) {
			if (notes.length > 0) await database.write(async (session) => await insertNotes(session, notes));
		},
	};
}
