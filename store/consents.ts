import type { Channel } from '../engine/channels/channel';
import type { Consent } from '../engine/message/contact';
import { iso } from '../engine/time';
import { activity } from './activities';
import type { AddressHash } from './addresses';
import { cleanText, fromJson, toJson } from './bulk';
import type { Database } from './database';
import { ensureContacts } from './intake';
import type { RowOf } from './schema';
import type { Session } from './session';
import type { Consents } from './store';
import { optOut } from './suppressions';

type Held = Partial<Record<Channel, Consent>>;
interface Holder {
	row: RowOf<'contacts'>;
	consent: Held;
}

/** The contacts the references stand for, locked: two changes of one contact come one after the other. */
async function holders(session: Session, workspace: string, references: readonly string[]): Promise<(reference: string) => Holder> {
	const ids = await ensureContacts(session, workspace, [...references]);
	const idOf = (reference: string): string => ids.get(cleanText(reference)) ?? reference;
	const rows = await session.matching('contacts', ['workspace', 'id'], references.map((reference) => ({ workspace, id: idOf(reference) })), true);
	const held = new Map(rows.map((row): [string, Holder] => [row.id, { row, consent: fromJson<Held>(row.consent) }]));
	return (reference) => {
		const holder = held.get(idOf(reference));
		if (!holder) throw new Error('A contact vanished while its consent was recorded');
		return holder;
	};
}

async function save(session: Session, changed: Iterable<Holder>): Promise<void> {
	await session.update('contacts', ['workspace', 'id'], ['consent', 'updated_at'], [...new Set(changed)].map(({ row, consent }) => ({ workspace: row.workspace, id: row.id, consent: toJson(consent), updated_at: session.now })));
}

export function createConsents(database: Database, hash: AddressHash): Consents {
	return {
		async record(workspace, records) {
			if (records.length === 0) return [];
			return await database.write(async (session) => {
				const holderOf = await holders(session, workspace, records.map(({ contactId }) => contactId));
				const log: RowOf<'activities'>[] = [];
				const results = records.map(({ contactId, channel, consent, by }, order) => {
					const { row, consent: held } = holderOf(contactId);
					const at = consent.at ?? iso(session.now);
					const withdrawnAt = held[channel]?.withdrawnAt;
					const holds = withdrawnAt === undefined || Date.parse(at) > Date.parse(withdrawnAt);
					held[channel] = { ...consent, at, ...(holds ? {} : { withdrawnAt }) };
					const ground = consent.basis.replaceAll('_', ' ');
					const sentence = holds ? `Writing by ${channel} rests on '${ground}'.` : `'${ground}' for ${channel} was recorded, but is older than its withdrawal, which stands.`;
					log.push(activity(session, workspace, row.id, 'consent', { channel, ...consent, at, by, actor: 'person', sentence }, order));
					return { contactId: row.id, holds };
				});
				await save(session, records.map(({ contactId }) => holderOf(contactId)));
				await session.insert('activities', log);
				return results;
			});
		},

		async withdraw(workspace, withdrawals) {
			if (withdrawals.length === 0) return [];
			return await database.write(async (session) => {
				const holderOf = await holders(session, workspace, withdrawals.map(({ contactId }) => contactId));
				const log = withdrawals.map(({ contactId, channel, reason, by }, order) => {
					const { row, consent } = holderOf(contactId);
					consent[channel] = { basis: 'opt_in', ...consent[channel], withdrawnAt: iso(session.now) };
					return activity(session, workspace, row.id, 'consent', { channel, withdrawn: true, reason, by, actor: 'person', sentence: `Consent to write by ${channel} was withdrawn: ${reason}` }, order);
				});
				await save(session, withdrawals.map(({ contactId }) => holderOf(contactId)));
				await session.insert('activities', log);
				const cancelled = await optOut(session, hash, withdrawals.map(({ contactId, channel, reason }) => ({ workspace, contactId: holderOf(contactId).row.id, channel, allChannels: false, reason: `withdrew consent: ${reason}`, actor: 'person' as const })));
				return withdrawals.map(({ contactId }, place) => ({ contactId: holderOf(contactId).row.id, cancelled: cancelled[place].cancelled }));
			});
		},
	};
}
