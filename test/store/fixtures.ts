import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Draft } from '../../engine/draft/draft';
import type { Gate } from '../../engine/gate/gate';
import { draftId } from '../../engine/message/spine';
import { epochMs, iso, later, type EpochMs } from '../../engine/time';
import type { PostgresConfig, StoreConfig } from '../../store/config';
import { Database } from '../../store/database';
import { openStore } from '../../store/openStore';
import type { Clock, ContactInput, DecideRoute, InboundInput, NewDraft, Store } from '../../store/store';
import { startPostgres } from '../services/postgres';
import type { Service } from '../services/service';

export type DialectName = 'sqlite' | 'postgres';
export const DIALECTS: readonly DialectName[] = ['sqlite', 'postgres'];

/** Noon UTC on a Monday: no test is near a day's edge by accident. */
export const START = epochMs('2026-03-02T12:00:00Z');

/** A clock that stands still until told. */
export class StandingClock implements Clock {
	constructor(public time: EpochMs = START) {}
	async now(): Promise<EpochMs> {
		return this.time;
	}
	advance(ms: number): void {
		this.time = later(this.time, ms);
	}
}

/** An empty place for stores of one dialect: a folder or a schema, gone afterwards. */
export interface Place {
	config: StoreConfig;
	remove(): Promise<void>;
}

let server: Promise<Service> | undefined;
/** The run's Postgres; started here when no globalSetup did. */
export async function postgresUrl(): Promise<string> {
	server ??= startPostgres();
	return (await server).url;
}
/** For `afterAll`: ends a Postgres that this file started. */
export async function stopServers(): Promise<void> {
	await (await server)?.stop();
	server = undefined;
}

export async function emptyPlace(dialect: DialectName): Promise<Place> {
	if (dialect === 'sqlite') {
		const folder = mkdtempSync(join(tmpdir(), 'lead-autopilot-store-'));
		return { config: { kind: 'sqlite', file: join(folder, 'store.sqlite') }, remove: async () => rmSync(folder, { recursive: true, force: true }) };
	}
	const schema = `test_${randomUUID().replaceAll('-', '')}`;
	const config: PostgresConfig = { kind: 'postgres', connectionString: await postgresUrl(), schema };
	return {
		config,
		async remove() {
			const database = new Database(config);
			await database.write(async ({ q }) => await sql`drop schema if exists ${sql.id(schema)} cascade`.execute(q));
			await database.close();
		},
	};
}

export interface TestStore {
	store: Store;
	clock: StandingClock;
	place: Place;
	close(): Promise<void>;
}
export async function openTestStore(dialect: DialectName): Promise<TestStore> {
	const place = await emptyPlace(dialect);
	const clock = new StandingClock();
	const store = await openStore(place.config, { clock });
	return {
		store,
		clock,
		place,
		async close() {
			await store.close();
			await place.remove();
		},
	};
}

/** Runs a raw query on a place, for what the interface does not show. */
export async function query<R>(config: StoreConfig, text: string): Promise<R[]> {
	const database = new Database(config);
	try {
		return await database.read(async (session) => {
			const qualified = text.replace(/\{(\w+)\}/g, config.kind === 'postgres' ? `"${config.schema}"."$1"` : '"$1"');
			return await session.rows(sql.raw<R>(qualified));
		});
	} finally {
		await database.close();
	}
}

export function inbound(fields: Partial<InboundInput['message']> & { contact?: ContactInput } = {}): InboundInput {
	const { contact, ...message } = fields;
	return {
		message: { channel: 'whatsapp', direction: 'inbound', source: 'channel', threadId: 'thread-1', text: 'How much is it?', attachments: [], timestamp: iso(START), ...message },
		contact: contact ?? { phone: '+49 151 1234567', name: 'Anna' },
	};
}

export function draftOf(id: string, text = 'It is 20 euros.'): Draft {
	return { id, text, language: 'en', facts: [], signals: {}, usedFallback: false, decision: { autoSend: true, threshold: 0.85, source: 'fixed', audited: false }, sentence: 'Drafted.' };
}

export const PASS: Gate = { verdict: 'pass', issues: [], skipped: [], sentence: 'Nothing found.' };

export function newDraft(fields: Partial<NewDraft> = {}): NewDraft {
	const workspace = fields.workspace ?? 'acme';
	const contactId = fields.contactId ?? 'anna';
	const id = fields.id ?? draftId(workspace, fields.inboundIds?.[0] ?? randomUUID(), contactId);
	return { workspace, id, contactId, channel: 'whatsapp', to: '491511234567', threadId: undefined, inboundIds: [], purpose: 'reply', draft: draftOf(id), ...fields };
}

/** Sends whatever is asked, at once. */
export const sendNow: DecideRoute = ({ row, now }) => ({ status: 'scheduled', sentence: 'Sent when due.', sendAt: row.sendAt ?? now });
export const toReview: DecideRoute = ({ now }) => ({ status: 'in_review', sentence: 'A person looks first.', dueAt: later(now, 3_600_000) });

/** A job that is due now, in a thread of its own unless told otherwise. */
export async function dueJob(store: Store, fields: Partial<NewDraft> = {}): Promise<string> {
	const draft = newDraft(fields);
	await store.outbound.plan([{ workspace: draft.workspace, draftId: draft.id, draft }], sendNow);
	return draft.id;
}

export const CLAIM = { limit: 100, leaseMs: 300_000 };
