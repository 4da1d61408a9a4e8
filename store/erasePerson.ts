import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { CHANNELS, HANDLE_KIND } from '../engine/channels/channel';
import { activity } from './activities';
import type { AddressHash } from './addresses';
import { fromJson, toJson } from './bulk';
import { StoreInputError } from './errors';
import { currentExecution } from './executionScope';
import { executionsSentence, heldExecutions, queueExecutions } from './executions';
import { noteLimitChanges } from './limits/changes';
import { unfoldGrants } from './limits/journal';
import { loadOutbound } from './outboundRows';
import { loadAbout, rowsAbout, type Person } from './person';
import { releaseReservations, reservationsNamed } from './reservations';
import { type RowOf, type TableName } from './schema';
import type { Session } from './session';
import type { Erasure, ErasureRequest } from './store';
import { addressSubject, ANY_CHANNEL } from './suppressionList';
import { leaveExports, leftExports } from './trainingExports';

/** Rows that go altogether, in the order in which nothing is looked up that has gone. */
const DELETED: readonly TableName[] = ['reviews', 'outbound_transitions', 'labels', 'lead_snapshots', 'chunks', 'knowledge', 'shadow_decisions', 'analyses', 'model_examples', 'settings', 'run_items', 'enrolment_steps', 'enrolments', 'contact_addresses', 'outbound', 'messages', 'contacts'];

/** What is kept of an opt-out as proof: when, on which channel, for which hashed address. */
const PROOF = ['channel', 'allChannels', 'actor', 'subjects'];
const PROOF_KINDS = ['opt_out', 'opt_in'];
const KEPT_REASON = 'opted out before the data was erased';
const ERASED_REASON = 'asked for erasure';

async function deleteAbout(session: Session, name: TableName, person: Person): Promise<number> {
	const about = rowsAbout(session, name, person);
	if (!about) return 0;
	const result = await sql`delete from ${session.table(name)} where ${about}`.execute(session.q);
	return Number(result.numAffectedRows ?? 0);
}

/**
 * Removes a person. What counts without them (experiments, revenue, what senders used up) stays under a pseudonym
 * nobody can lead back; of opt-outs the keyed hashes stay, so that they go on being honoured.
 */
export async function erasePerson(session: Session, hash: AddressHash, person: Person, request: ErasureRequest, index: number): Promise<Erasure> {
	// Locked, so that none is begun between the look and the end.
	const jobs = [...(await loadOutbound(session, person.outboundIds.map((id) => ({ workspace: person.workspace, id })), true)).values()];
	const messages = await loadAbout(session, 'messages', person);
	// A message that is being answered would bring the person back with its draft.
	if (messages.some(({ state, lease_until }) => state === 'received' && lease_until !== null && lease_until > session.now)) {
		throw new StoreInputError('A message of this person is being worked on right now. Try again in a few minutes.', index);
	}
	if (jobs.some(({ status }) => status === 'claimed' || status === 'sending')) {
		throw new StoreInputError('A message to this person is being sent right now. Try again in a few minutes, when it is known what became of it.', index);
	}
	if (await isFollowUpWritten(session, person, new Set(jobs.map(({ id }) => id)))) {
		throw new StoreInputError('A follow-up to this person is being written right now. Try again in a few minutes.', index);
	}
	const pseudonym = `erased-${randomUUID()}`;
	const rows: Record<string, number> = {};
	const executions = await queueExecutions(session, person, currentExecution());
	rows.execution_traces = executions.length;
	await releaseReservations(session, await loadAbout(session, 'reservations', person));
	rows.limit_entries = await eraseCounters(session, person);
	rows.reservations = await strip(session, 'reservations', person, { outbound_id: null, idempotency_key: sql`'erased-' || id` });
	rows.suppressions = await keepOptOuts(session, hash, person, request);
	rows.activities = await keepProof(session, person, pseudonym);
	await mergeExposures(session, person);
	await strip(session, 'shadow_decisions', person, { contact_id: pseudonym, thread_id: null }, sql`decision is null`);
	rows.exposures = await strip(session, 'exposures', person, { contact_id: pseudonym });
	rows.outcomes = await strip(session, 'outcomes', person, { contact_id: pseudonym, provider_id: null, event_id: null, thread_id: null, message_id: null, evidence: null, link: null });
	rows.llm_calls = await strip(session, 'llm_calls', person, { correlation_id: null });
	const exports = await leaveExports(session, person);
	rows.training_export_contacts = exports.length;
	for (const name of DELETED) rows[name] = await deleteAbout(session, name, person);
	const changed = Object.fromEntries(Object.entries(rows).filter(([, count]) => count > 0));
	const total = Object.values(changed).reduce((sum, count) => sum + count, 0);
	if (total === 0) return { found: false, rows: {}, executions: [], sentence: 'Nothing is held about this person.' };
	await session.insert('activities', [activity(session, person.workspace, pseudonym, 'erasure', { scope: request.scope, by: request.by, actor: request.actor, rows: changed }, 0)]);
	const kept = request.suppress ? ' Nothing will be sent to them again: their addresses stay as keyed hashes.' : '';
	return { found: true, rows: changed, pseudonym, ...heldExecutions(executions), ...leftExports(exports, `${total} entries about this person were erased.${kept}${executionsSentence(executions)}`) };
}

/** A step of a sequence was handed to a workflow whose lease runs, and its draft is not stored yet: it would bring the person back. */
async function isFollowUpWritten(session: Session, person: Person, stored: ReadonlySet<string>): Promise<boolean> {
	const leased = (await loadAbout(session, 'enrolments', person)).filter(({ state, leases, next_at }) => state === 'active' && leases > 0 && next_at !== null && next_at > session.now);
	if (leased.length === 0) return false;
	const steps = await loadAbout(session, 'enrolment_steps', person);
	return steps.some(({ enrolment_id, result, outbound_id }) => result === 'handed' && !stored.has(outbound_id) && leased.some(({ id }) => id === enrolment_id));
}

/** Sets columns of a table's rows about the person. Returns how many there were. */
async function strip<T extends TableName>(session: Session, name: T, person: Person, columns: Partial<Record<keyof RowOf<T> & string, string | null | ReturnType<typeof sql>>>, only: ReturnType<typeof sql> = sql`true`): Promise<number> {
	const about = rowsAbout(session, name, person);
	if (!about) return 0;
	const set = Object.entries(columns).map(([column, value]) => sql`${sql.ref(column)} = ${value}`);
	const result = await sql`update ${session.table(name)} set ${sql.join(set)} where ${about} and ${only}`.execute(session.q);
	return Number(result.numAffectedRows ?? 0);
}

/** In an experiment a person may stand under several names: the first one counts, as it would have. */
async function mergeExposures(session: Session, person: Person): Promise<void> {
	const byExperiment = Map.groupBy(await loadAbout(session, 'exposures', person), ({ experiment_id }) => experiment_id);
	const later = [...byExperiment.values()].flatMap((rows) => rows.toSorted((a, b) => a.assigned_at - b.assigned_at || (a.contact_id < b.contact_id ? -1 : 1)).slice(1));
	if (later.length === 0) return;
	const values = session.values('v', { experiment_id: 'text', contact_id: 'text' }, later.map(({ experiment_id, contact_id }) => ({ experiment_id, contact_id })));
	await session.rows(sql`delete from ${session.table('exposures')} where workspace = ${person.workspace} and (experiment_id, contact_id) in (select v.experiment_id, v.contact_id from ${values})`);
}

/** Counters whose key names the person. Those of senders and channels stay: what was sent was sent. */
async function eraseCounters(session: Session, { workspace, names }: Person): Promise<number> {
	const parts = [...new Set(names.flatMap((name) => [name, name.toLowerCase()]))].map((name) => `contact:${name.replaceAll('%', '%25').replaceAll(':', '%3A')}`);
	if (session.dialect === 'postgres') {
		const named = parts.map((part) => sql`position(${JSON.stringify(part).slice(1, -1)} in reservations) > 0`);
		const batches = await session.rows(sql<{ id: string }>`select id from ${session.table('limit_journal')} where ${sql.join(named, sql` or `)}`);
		await unfoldGrants(session, batches.map(({ id }) => `${id}.0`));
	}
	const named = parts.map((part) => sql`scope = ${part} or substr(scope, 1, ${[...part].length + 1}) = ${`${part}:`}`);
	const gone = await session.rows(sql<{ workspace: string; reservation_id: string }>`delete from ${session.table('limit_entries')} where workspace = ${workspace} and (${sql.join(named, sql` or `)}) returning workspace, reservation_id`);
	await noteLimitChanges(session, [...new Map(gone.map((row) => [row.reservation_id, { workspace, id: row.reservation_id }])).values()]);
	// Reservations nobody planned for lapse by themselves, but their keys may name the person.
	const reservations = await reservationsNamed(session, gone.map((row) => ({ workspace, id: row.reservation_id })));
	await session.update('reservations', ['workspace', 'id'], ['idempotency_key'], reservations.map(({ id }) => ({ workspace, id, idempotency_key: `erased-${id}` })));
	return gone.length;
}

/** Opt-outs known by the contact's id are kept by the hashes of their addresses instead; an id without any address names nobody else and stays. */
async function keepOptOuts(session: Session, hash: AddressHash, person: Person, { suppress, actor }: ErasureRequest): Promise<number> {
	const { workspace, addresses } = person;
	const entries = await loadAbout(session, 'suppressions', person);
	const byId = entries.filter(({ subject }) => subject.startsWith('c:'));
	const hashed = byId.flatMap((entry) => addresses.filter(({ kind }) => entry.channel === ANY_CHANNEL || CHANNELS.some((channel) => channel === entry.channel && HANDLE_KIND[channel] === kind)).map((address) => ({ ...entry, subject: addressSubject(hash, address) })));
	const asked = suppress ? addresses.map((address) => ({ workspace, channel: ANY_CHANNEL, subject: addressSubject(hash, address), reason: ERASED_REASON, actor, created_at: session.now })) : [];
	await session.insert('suppressions', [...hashed, ...asked], sql`on conflict do nothing`);
	const count = await strip(session, 'suppressions', person, { reason: sql`case when reason = ${ERASED_REASON} then reason else ${KEPT_REASON} end` });
	if (addresses.length > 0) {
		const subjects = byId.map(({ subject }) => subject);
		await session.rows(sql`delete from ${session.table('suppressions')} where workspace = ${workspace} and ${session.among('subject', subjects)}`);
	}
	// Erasing again finds only the hashes, which are not about anybody.
	return byId.length > 0 ? count : 0;
}

async function keepProof(session: Session, person: Person, pseudonym: string): Promise<number> {
	const entries = await loadAbout(session, 'activities', person);
	const proof = entries.filter(({ kind }) => PROOF_KINDS.includes(kind)).map((row) => {
		const detail = Object.entries(fromJson<Record<string, unknown>>(row.detail)).filter(([key]) => PROOF.includes(key));
		return { ...row, id: randomUUID(), contact_id: pseudonym, detail: toJson(Object.fromEntries(detail)) };
	});
	await deleteAbout(session, 'activities', person);
	await session.insert('activities', proof);
	return entries.length;
}
