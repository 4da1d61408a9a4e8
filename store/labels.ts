import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { ChannelSchema } from '../engine/channels/channel';
import { LABEL_FIELDS } from '../engine/classify/correction';
import { epochMs } from '../engine/time';
import { recordAnswers } from './answers';
import { activity } from './activities';
import type { AddressHash } from './addresses';
import { cleanText, toJson } from './bulk';
import type { Database } from './database';
import { ensureContacts } from './intake';
import type { RowOf } from './schema';
import type { Session } from './session';
import type { CorrectionInput, CorrectionResult, Label, Labels } from './store';
import { optOut } from './suppressions';

function toLabels(row: RowOf<'labels'>): Label[] {
	const field = LABEL_FIELDS.find((one) => one === row.field);
	// A field that this version does not know is another version's business.
	if (!field) return [];
	return [
		{
			id: row.id,
			contactId: row.contact_id,
			...(row.message_id === null ? {} : { messageId: row.message_id }),
			field,
			...(row.from_value === null ? {} : { from: row.from_value }),
			to: row.to_value,
			actor: row.actor,
			at: epochMs(row.at),
		},
	];
}

/** Keeps what a person read in messages; who asked us to stop is opted out on the message's channel. Of several corrections of one message the last wins. */
async function keepReadings(session: Session, hash: AddressHash, workspace: string, corrections: readonly CorrectionInput[]): Promise<CorrectionResult[]> {
	const last = new Map(corrections.flatMap(({ messageId, reading, actor }, at) => (messageId === undefined || reading === undefined ? [] : [[cleanText(messageId), { at, reading, actor }] as const])));
	const messages = (await session.matching('messages', ['workspace', 'id'], [...last.keys()].map((id) => ({ workspace, id })))).filter(({ direction }) => direction === 'inbound');
	const read = messages.flatMap((row) => {
		const correction = last.get(row.id);
		return correction ? [{ row, ...correction }] : [];
	});
	await session.update('messages', ['workspace', 'id'], ['reply'], read.map(({ row: { id }, reading }) => ({ workspace, id, reply: toJson(reading) })));
	await recordAnswers(session, workspace, read.map(({ row: { id } }) => id));
	const stopped = read.filter(({ reading }) => reading.optOut.wanted).map((one) => ({ ...one, channel: ChannelSchema.parse(one.row.channel) }));
	const done = await optOut(session, hash, stopped.map(({ row, channel, actor }) => ({ workspace, contactId: row.contact_id, channel, allChannels: false, reason: `asked to stop, as ${actor} read it`, actor: 'person', messageId: row.id })));
	const results = corrections.map((): CorrectionResult => ({}));
	stopped.forEach(({ at, channel }, place) => (results[at] = { optedOut: { channel, cancelled: done[place].cancelled } }));
	return results;
}

/** See `Labels.correct`; for others who correct inside their own transaction. */
export async function correctIn(session: Session, hash: AddressHash, workspace: string, corrections: readonly CorrectionInput[]): Promise<CorrectionResult[]> {
	const { now } = session;
	const ids = await ensureContacts(session, workspace, corrections.map(({ contactId }) => contactId));
	const own = corrections.map((correction) => ({ ...correction, contactId: ids.get(cleanText(correction.contactId)) ?? correction.contactId }));
	await session.insert(
		'labels',
		own
			.flatMap(({ contactId, messageId, actor, labels }) => labels.map(({ field, from, to }) => ({ contact_id: contactId, message_id: messageId ?? null, field, from_value: from ?? null, to_value: to, actor })))
			.map((row, seq) => ({ workspace, id: randomUUID(), ...row, at: now, seq })),
	);
	// Of several corrections of one contact in a batch the last wins.
	const scores = new Map(own.flatMap(({ contactId, score }) => (score === undefined ? [] : [[contactId, score] as const])));
	const statuses = new Map(own.flatMap(({ contactId, status }) => (status === undefined ? [] : [[contactId, status] as const])));
	await session.update('contacts', ['workspace', 'id'], ['score', 'updated_at'], [...scores].map(([id, score]) => ({ workspace, id, score, updated_at: now })));
	await session.update('contacts', ['workspace', 'id'], ['status', 'updated_at'], [...statuses].map(([id, status]) => ({ workspace, id, status, updated_at: now })));
	await session.insert('activities', own.map(({ contactId, messageId, actor, labels, sentence }, at) => activity(session, workspace, contactId, 'correction', { messageId, actor, labels, sentence }, at)));
	return await keepReadings(session, hash, workspace, corrections);
}

export function createLabels(database: Database, hash: AddressHash): Labels {
	return {
		async correct(workspace, corrections) {
			if (corrections.length === 0) return [];
			return await database.write(async (session) => await correctIn(session, hash, workspace, corrections));
		},

		async list(workspace, { contactIds, field, since, limit }) {
			if (contactIds?.length === 0) return [];
			return await database.read(async (session) => {
				const ofContacts = contactIds === undefined ? sql`` : sql`and ${session.among('contact_id', contactIds)}`;
				const ofField = field === undefined ? sql`` : sql`and field = ${field}`;
				const from = since === undefined ? sql`` : sql`and at >= ${since}`;
				const rows = await session.rows(sql<RowOf<'labels'>>`select * from ${session.table('labels')} where workspace = ${workspace} ${ofContacts} ${ofField} ${from} order by at desc, seq desc, id limit ${limit}`);
				return rows.flatMap(toLabels);
			});
		},
	};
}
