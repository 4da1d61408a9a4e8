import { DatabaseSync } from 'node:sqlite';
import { Client } from 'pg';

import type { StoreConfig } from '../../store/config';

/** An inbound message and what became of it, as the store has it. */
export interface MessageRecord {
	workspace: string;
	/** The channel's own id of the message. */
	providerId?: string;
	email?: string;
	name?: string;
	channel: string;
	state: 'received' | 'decided';
	/** Why it needs no answer, or what was planned. */
	reason?: string;
	score?: number;
	status?: string;
	/** The classification's sentence. */
	reading?: string;
	answer?: {
		/** Several messages may have the one answer. */
		id?: string;
		status: string;
		sentence: string;
		/** What the draft says about itself. */
		draft?: string;
		sendAt?: number;
		/** The fact its text quotes word for word, if it does. */
		fact?: string;
	};
	/** Reviews that are open about the message itself. */
	review?: string;
}

const QUERY = (schema: string) => `
	select m.workspace, m.provider_id, m.channel, m.state, m.decided_reason, c.email, c.name, c.score, c.status as contact_status,
		(select a.classification from ${schema}analyses a where a.workspace = m.workspace and a.contact_id = m.contact_id order by a.at desc limit 1) as classification,
		o.id as outbound_id, o.status as outbound_status, o.sentence, o.send_at, o.draft,
		(select r.sentence from ${schema}reviews r where r.workspace = m.workspace and r.message_id = m.id and r.decided_at is null limit 1) as review
	from ${schema}messages m
	join ${schema}contacts c on c.workspace = m.workspace and c.id = m.contact_id
	left join ${schema}outbound o on o.workspace = m.workspace and o.id = m.answered_by
	where m.direction = 'inbound' and m.workspace = `;

/**
 * Every inbound message of a workspace with its outcome. The store's own interface answers the questions nodes ask; this
 * one is only the demo's, so it reads the tables.
 */
export async function readRecords(config: StoreConfig, workspace: string): Promise<MessageRecord[]> {
	const rows = config.kind === 'sqlite' ? fromSqlite(config.file, workspace) : await fromPostgres(config, workspace);
	return rows.map(toRecord);
}

type Row = Record<string, unknown>;

function fromSqlite(file: string, workspace: string): Row[] {
	const database = new DatabaseSync(file, { readOnly: true, timeout: 2_000 });
	try {
		return database.prepare(`${QUERY('')}?`).all(workspace);
	} finally {
		database.close();
	}
}

async function fromPostgres(config: Extract<StoreConfig, { kind: 'postgres' }>, workspace: string): Promise<Row[]> {
	const client = new Client({ connectionString: config.connectionString });
	await client.connect();
	try {
		return (await client.query<Row>(`${QUERY(`"${config.schema ?? 'lead_autopilot'}".`)}$1`, [workspace])).rows;
	} finally {
		await client.end();
	}
}

function toRecord(row: Row): MessageRecord {
	const classification = object(row.classification);
	const draft = object(row.draft);
	return {
		workspace: String(row.workspace),
		providerId: text(row.provider_id),
		email: text(row.email),
		name: text(row.name),
		channel: String(row.channel),
		state: row.state === 'decided' ? 'decided' : 'received',
		reason: text(row.decided_reason),
		score: row.score === null ? undefined : Number(row.score),
		status: text(row.contact_status),
		reading: text(classification.sentence),
		review: text(row.review),
		...(row.outbound_status === null ? {} : { answer: { id: text(row.outbound_id), status: String(row.outbound_status), sentence: String(row.sentence), draft: text(draft.sentence), sendAt: row.send_at === null ? undefined : Number(row.send_at), ...quoted(draft) } }),
	};
}

/** The first line of the draft's facts that stands in its text. */
function quoted(draft: Row): { fact?: string } {
	const written = text(draft.text) ?? '';
	const facts: unknown[] = Array.isArray(draft.facts) ? draft.facts : [];
	const fact = facts.flatMap((one) => (typeof one === 'string' ? one.split('\n') : [])).map((line) => line.trim()).find((line) => line.length > 15 && written.includes(line));
	return fact === undefined ? {} : { fact };
}

function text(value: unknown): string | undefined {
	return typeof value === 'string' && value !== '' ? value : undefined;
}

function object(value: unknown): Row {
	const parsed: unknown = typeof value === 'string' ? JSON.parse(value) : value;
	return typeof parsed === 'object' && parsed !== null ? Object.fromEntries(Object.entries(parsed)) : {};
}
