import { sql } from 'kysely';
import { SequenceSchema, type EnrolmentState } from '../engine/sequence/sequence';
import { epochMs, iso } from '../engine/time';
import type { AddressHash } from './addresses';
import { cleanText, fromJson, groupBy, keyOf, toJson } from './bulk';
import { claimSteps } from './claimSteps';
import type { Database } from './database';
import { changeEnrolments, toEnrolments, type EnrolmentRow } from './enrolmentRows';
import { enrol } from './enrol';
import type { RowOf } from './schema';
import type { Session } from './session';
import { stopEnrolments } from './stopEnrolments';
import type { SavedSequence, SequenceCounts, Sequences } from './store';

type SequenceRow = RowOf<'sequences'>;

export function toSequence(row: SequenceRow): SavedSequence {
	return { workspace: row.workspace, sequence: SequenceSchema.parse(fromJson(row.definition)), version: row.version, savedAt: iso(epochMs(row.saved_at)), savedBy: row.saved_by };
}

/** The newest version of each, by `keyOf(workspace, id)`. */
export async function newestSequences(session: Session, keys: readonly { workspace: string; id: string }[]): Promise<Map<string, SequenceRow>> {
	const rows = await session.matching('sequences', ['workspace', 'id'], keys);
	return new Map(rows.sort((a, b) => a.version - b.version).map((row) => [keyOf(row.workspace, row.id), row]));
}

/** Enrolments that run go on in the newest version. */
async function moveRunning(session: Session, saved: readonly SequenceRow[]): Promise<void> {
	const rows = await session.matching('enrolments', ['workspace', 'sequence_id'], saved.map(({ workspace, id }) => ({ workspace, sequence_id: id })), true);
	const version = new Map(saved.map((row) => [keyOf(row.workspace, row.id), row.version]));
	const moved = rows.flatMap((row): EnrolmentRow[] => {
		const newest = version.get(keyOf(row.workspace, row.sequence_id));
		// Looked at again at once: the new version may wait for less. What a run of the workflow holds stays with it until its lease ends.
		return row.state !== 'active' || newest === undefined || newest === row.version ? [] : [{ ...row, version: newest, next_at: row.next_at === null || row.leases > 0 ? row.next_at : session.now }];
	});
	await changeEnrolments(session, moved);
}

/** How many enrolments of a sequence stand where. */
async function countsOf(session: Session, workspace: string, ids: readonly string[]): Promise<SequenceCounts[]> {
	const values = session.values('v', { workspace: 'text', id: 'text' }, ids.map((id) => ({ workspace, id })));
	const of = sql`from ${values} join ${session.table('enrolments')} as e on e.workspace = v.workspace and e.sequence_id = v.id`;
	const states = await session.rows(sql<{ id: string; state: string; code: string | null; count: number }>`select v.id, e.state, e.code, count(*) as count ${of} group by v.id, e.state, e.code`);
	const steps = await session.rows(sql<{ id: string; step_id: string; result: string; count: number }>`select v.id, s.step_id, s.result, count(*) as count ${of}
		join ${session.table('enrolment_steps')} as s on s.workspace = e.workspace and s.enrolment_id = e.id group by v.id, s.step_id, s.result`);
	const byState = groupBy(states, ({ id }) => id);
	const byStep = groupBy(steps, ({ id }) => id);
	return ids.map((id) => {
		const own = byState.get(id) ?? [];
		const count = (state: EnrolmentState): number => own.filter((row) => row.state === state).reduce((sum, row) => sum + Number(row.count), 0);
		const results = groupBy(byStep.get(id) ?? [], ({ step_id }) => step_id);
		return {
			states: { active: count('active'), finished: count('finished'), stopped: count('stopped') },
			codes: Object.fromEntries(own.flatMap((row) => (row.code === null ? [] : [[row.code, Number(row.count)]]))),
			steps: Object.fromEntries([...results].map(([step, rows]) => [step, Object.fromEntries(rows.map((row) => [row.result, Number(row.count)]))])),
		};
	});
}

export function createSequences(database: Database, hash: AddressHash): Sequences {
	return {
		async save(workspace, sequences, { by, moveRunning: move = false }) {
			if (sequences.length === 0) return [];
			return await database.write(async (session) => {
				await session.lock('sequence', sequences.map(({ id }) => keyOf(workspace, id)));
				const known = await newestSequences(session, sequences.map(({ id }) => ({ workspace, id })));
				const result: (SequenceRow & { changed: boolean })[] = [];
				for (const sequence of sequences) {
					const key = keyOf(workspace, sequence.id);
					const before = known.get(key);
					const definition = toJson(SequenceSchema.parse(sequence));
					const changed = before?.definition !== definition;
					const row = before && !changed ? before : { workspace, id: sequence.id, version: (before?.version ?? 0) + 1, definition, saved_at: session.now, saved_by: cleanText(by) };
					known.set(key, row);
					result.push({ ...row, changed });
				}
				await session.insert('sequences', result.flatMap(({ changed, ...row }) => (changed ? [row] : [])));
				if (move) await moveRunning(session, [...known.values()]);
				return result.map(({ changed, ...row }) => ({ ...toSequence(row), changed }));
			});
		},

		async find(workspace, ids) {
			if (ids.length === 0) return [];
			return await database.read(async (session) => {
				const rows = await newestSequences(session, ids.map((id) => ({ workspace, id: cleanText(id) })));
				return ids.map((id) => {
					const row = rows.get(keyOf(workspace, cleanText(id)));
					return row && toSequence(row);
				});
			});
		},

		async list(workspace) {
			return await database.read(async (session) => {
				const rows = await session.rows(sql<SequenceRow>`select * from ${session.table('sequences')} where workspace = ${cleanText(workspace)} order by version`);
				const newest = new Map(rows.map((row) => [row.id, row]));
				return [...newest.values()].map(toSequence).sort((a, b) => a.sequence.name.localeCompare(b.sequence.name));
			});
		},

		async enrol(requests) {
			if (requests.length === 0) return [];
			return await database.write(async (session) => await enrol(session, requests));
		},

		async stop(requests) {
			if (requests.length === 0) return [];
			return await database.write(async (session) => {
				const stopped = await stopEnrolments(session, requests.map(({ reason, ...request }) => ({ ...request, stop: { code: 'person', sentence: reason } })));
				const enrolments = await toEnrolments(session, stopped);
				return requests.map(({ workspace, contactId, sequenceId }) => enrolments.filter((one) => one.workspace === workspace && one.contactId === contactId && (sequenceId === undefined || one.sequenceId === sequenceId)));
			});
		},

		async claimDue(options, decide) {
			return await database.write(async (session) => await claimSteps(session, hash, options, decide));
		},

		async release(due) {
			if (due.length === 0) return;
			await database.write(async (session) => {
				const rows = await session.matching('enrolments', ['workspace', 'id'], due.map(({ workspace, enrolmentId }) => ({ workspace, id: enrolmentId })), true);
				await changeEnrolments(session, rows.filter(({ state }) => state === 'active').map((row) => ({ ...row, next_at: session.now, leases: Math.max(0, row.leases - 1) })));
			});
		},

		async enrolments(workspace, { sequenceId, contactId, states, limit }) {
			return await database.read(async (session) => {
				const ofSequence = sequenceId === undefined ? sql`` : sql`and sequence_id = ${cleanText(sequenceId)}`;
				const ofContact = contactId === undefined ? sql`` : sql`and contact_id = ${cleanText(contactId)}`;
				const inState = states ? sql`and ${session.among('state', states)}` : sql``;
				const rows = await session.rows(sql<EnrolmentRow>`select * from ${session.table('enrolments')} where workspace = ${cleanText(workspace)} ${ofSequence} ${ofContact} ${inState} order by enrolled_at desc, id limit ${limit}`);
				return await toEnrolments(session, rows);
			});
		},

		async counts(workspace, sequenceIds) {
			if (sequenceIds.length === 0) return [];
			return await database.read(async (session) => await countsOf(session, cleanText(workspace), sequenceIds.map(cleanText)));
		},
	};
}

