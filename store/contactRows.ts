import type { Contact } from '../engine/message/contact';
import { ContactSchema } from '../engine/message/contact';
import { epochMs, iso } from '../engine/time';
import { addressesOf, type AddressHash } from './addresses';
import { cleanRow, fromJson, keyOf, toJson } from './bulk';
import type { RowOf } from './schema';
import type { Session } from './session';
import type { ContactInput } from './store';
import { SuppressionList, type Person } from './suppressionList';

export type ContactRow = RowOf<'contacts'>;

const moment = (ms: number | null): string | undefined => (ms === null ? undefined : iso(epochMs(ms)));
const given = <T>(value: T | null): T | undefined => value ?? undefined;

/** A stored contact as items carry it. A column holding a word this version does not know reads as absent. */
export function toContact(row: ContactRow, optedOut: Contact['optOutChannels']): Contact {
	return {
		id: row.id,
		name: given(row.name),
		email: given(row.email),
		phone: given(row.phone),
		company: given(row.company),
		handles: fromJson(row.handles),
		timezone: given(row.timezone),
		country: given(row.country),
		language: given(row.language),
		bestContactTime: given(row.best_contact_time),
		attributes: fromJson(row.attributes),
		consent: fromJson(row.consent),
		optOutChannels: optedOut,
		takenOverUntil: moment(row.taken_over_until),
		takenOverBy: given(row.taken_over_by),
		takenOverAt: moment(row.taken_over_at),
		profiling: row.profiling === 1,
		owner: given(row.owner),
		pipelineId: given(row.pipeline_id),
		stageId: given(row.stage_id),
		stageEnteredAt: moment(row.stage_entered_at),
		stageSetBy: ContactSchema.shape.stageSetBy.safeParse(row.stage_set_by ?? undefined).data,
		score: given(row.score),
		status: ContactSchema.shape.status.safeParse(row.status ?? undefined).data,
		summary: given(row.summary),
		summaryAt: moment(row.summary_at),
	};
}

export function newContactRow(workspace: string, id: string, now: number): ContactRow {
	return {
		workspace,
		id,
		name: null,
		email: null,
		phone: null,
		company: null,
		handles: '{}',
		timezone: null,
		country: null,
		language: null,
		best_contact_time: null,
		attributes: '{}',
		consent: '{}',
		profiling: 1,
		owner: null,
		pipeline_id: null,
		stage_id: null,
		stage_entered_at: null,
		stage_set_by: null,
		score: null,
		status: null,
		summary: null,
		summary_at: null,
		taken_over_until: null,
		taken_over_by: null,
		created_at: now,
		updated_at: now,
		taken_over_at: null,
		last_taken_over_at: null,
	};
}

/** The row with the fields given written over it; handles, attributes and consent are completed, not replaced. */
export function withInput(row: ContactRow, input: ContactInput, now: number): ContactRow {
	const merged = (column: string, addition: object | undefined): string => (addition ? toJson({ ...fromJson<object>(column), ...addition }) : column);
	return cleanRow({
		...row,
		name: input.name ?? row.name,
		email: input.email ?? row.email,
		phone: input.phone ?? row.phone,
		company: input.company ?? row.company,
		handles: merged(row.handles, input.handles),
		timezone: input.timezone ?? row.timezone,
		country: input.country ?? row.country,
		language: input.language ?? row.language,
		best_contact_time: input.bestContactTime ?? row.best_contact_time,
		attributes: merged(row.attributes, input.attributes),
		consent: merged(row.consent, input.consent),
		profiling: input.profiling === undefined ? row.profiling : Number(input.profiling),
		owner: input.owner ?? row.owner,
		pipeline_id: input.pipelineId ?? row.pipeline_id,
		status: input.status ?? row.status,
		summary: input.summary ?? row.summary,
		summary_at: input.summaryAt ? epochMs(input.summaryAt) : row.summary_at,
		updated_at: now,
	});
}

export interface ContactKey {
	workspace: string;
	id: string;
}

/** Contacts by `keyOf(workspace, id)`, with the channels they opted out of. */
export async function loadContacts(session: Session, hash: AddressHash, keys: readonly ContactKey[]): Promise<Map<string, Contact>> {
	const rows = await session.matching('contacts', ['workspace', 'id'], keys);
	return await contactsOf(session, hash, rows);
}

export async function contactsOf(session: Session, hash: AddressHash, rows: readonly ContactRow[]): Promise<Map<string, Contact>> {
	const people = rows.map(personOf);
	const list = await SuppressionList.about(session, hash, people);
	return new Map(rows.map((row, at) => [keyOf(row.workspace, row.id), toContact(row, list.channels(people[at]))]));
}

/** Whom the suppression list is asked about for a contact. */
export function personOf(row: ContactRow): Person {
	return { workspace: row.workspace, contactId: row.id, addresses: addressesOf({ ...row, handles: fromJson(row.handles) }) };
}
