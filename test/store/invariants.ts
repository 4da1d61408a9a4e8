import type { StoreConfig } from '../../store/config';
import { query } from './fixtures';

/** Each must find nothing, whenever a process died. `{table}` is the table's qualified name. */
const RULES: Readonly<Record<string, string>> = {
	'a planned message has its inbound decided': `select o.id from {outbound} o join {messages} m on m.workspace = o.workspace and m.direction = 'inbound'
		and o.inbound_ids like '%' || m.id || '%' where o.status not in ('drafted') and m.state <> 'decided' and o.version > 1`,
	'a scheduled reply holds its reservation': `select o.id from {outbound} o where o.status in ('scheduled', 'in_review', 'claimed', 'sending') and o.variant is not null
		and not exists (select 1 from {reservations} r where r.workspace = o.workspace and r.outbound_id = o.id and r.state = 'held' and r.expires_at is null)`,
	'what was given up holds none': `select o.id from {outbound} o join {reservations} r on r.workspace = o.workspace and r.outbound_id = o.id where o.status in ('cancelled', 'blocked', 'failed') and r.state = 'held'`,
	'a sent message used its reservation up': `select o.id from {outbound} o join {reservations} r on r.workspace = o.workspace and r.outbound_id = o.id where o.status = 'sent' and r.state <> 'committed'`,
	'a sent message has its outcome': `select o.id from {outbound} o where o.status = 'sent' and not exists (select 1 from {outcomes} e where e.workspace = o.workspace and e.outbound_id = o.id and e.event = 'sent')`,
	'a sent message exposed its contact': `select o.id from {outbound} o where o.status = 'sent' and o.variant is not null
		and not exists (select 1 from {exposures} e where e.workspace = o.workspace and e.contact_id = o.contact_id and e.exposed_at is not null)`,
	'every version of a row has its transition': `select o.id from {outbound} o where o.version <> (select count(*) from {outbound_transitions} t where t.workspace = o.workspace and t.outbound_id = o.id)`,
	'the last transition leads to the status': `select o.id from {outbound} o join {outbound_transitions} t on t.workspace = o.workspace and t.outbound_id = o.id and t.version = o.version where t.to_status <> o.status`,
	'transitions join end to end': `select b.outbound_id as id from {outbound_transitions} a join {outbound_transitions} b on a.workspace = b.workspace and a.outbound_id = b.outbound_id and b.version = a.version + 1 where b.from_status <> a.to_status`,
	'a row in review has one open review': `select o.id from {outbound} o where (select count(*) from {reviews} r where r.workspace = o.workspace and r.outbound_id = o.id and r.decided_at is null)
		<> case when o.status in ('in_review', 'uncertain') then 1 else 0 end`,
	'only what is under way is leased': `select id from {outbound} where (lease_until is not null) <> (status in ('claimed', 'sending'))`,
	'every message has its contact': `select m.id from {messages} m where not exists (select 1 from {contacts} c where c.workspace = m.workspace and c.id = m.contact_id)`,
	'every contact with a phone is found by it': `select c.id from {contacts} c where c.phone is not null and not exists (select 1 from {contact_addresses} a where a.workspace = c.workspace and a.contact_id = c.id)`,
	'no limit is taken without a reservation': `select e.reservation_id as id from {limit_entries} e where not exists
		(select 1 from {reservations} r where r.workspace = e.workspace and r.id = e.reservation_id and r.state in ('held', 'committed'))`,
	'every reservation that counts holds each of its limits': `select r.id from {reservations} r where r.state in ('held', 'committed')
		and (select count(*) from {limit_entries} e where e.workspace = r.workspace and e.reservation_id = r.id) <> 2`,
	'an opt-out leaves nothing planned': `select o.id from {outbound} o join {suppressions} s on s.workspace = o.workspace and s.subject = 'c:' || o.contact_id
		where o.status in ('drafted', 'in_review', 'scheduled', 'claimed') and o.created_at < s.created_at`,
	'a stage has its entry in the timeline': `select c.id from {contacts} c where c.stage_id is not null and not exists (select 1 from {activities} a where a.workspace = c.workspace and a.contact_id = c.id and a.kind = 'stage')`,
};

/** The rules that do not hold, each with the ids it found. */
export async function brokenInvariants(config: StoreConfig): Promise<{ rule: string; ids: unknown[] }[]> {
	const broken: { rule: string; ids: unknown[] }[] = [];
	for (const [rule, text] of Object.entries(RULES)) {
		const ids = await query<unknown>(config, text);
		if (ids.length > 0) broken.push({ rule, ids: ids.slice(0, 5) });
	}
	if (config.kind === 'sqlite') {
		const [check] = await query<{ integrity_check: string }>(config, 'select integrity_check from pragma_integrity_check');
		if (check.integrity_check !== 'ok') broken.push({ rule: 'the file is whole', ids: [check.integrity_check] });
	}
	return broken;
}
