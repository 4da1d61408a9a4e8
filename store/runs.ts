import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { MOST_LEASES, RunKindSchema, runSentence, RunStateSchema, type Run, type RunCounts, type RunOptions, type RunState } from '../engine/runs/run';
import { epochMs, iso, later, type EpochMs } from '../engine/time';
import { cleanText, fromJson, keyOf, toJson } from './bulk';
import type { Database } from './database';
import type { RowOf } from './schema';
import type { Session } from './session';
import type { RunError, Runs } from './store';

type RunRow = RowOf<'runs'>;
type Key = { workspace: string; id: string };

/** What is kept of an error: enough to act on, not a provider's whole page. */
const ERROR_LENGTH = 500;

const runKey = ({ workspace, id }: Key): string => keyOf(workspace, cleanText(id));
const ended = ({ finished_at }: RunRow): boolean => finished_at !== null;

async function countsOf(session: Session, rows: readonly RunRow[]): Promise<Map<string, Omit<RunCounts, 'total'>>> {
	const values = session.values('v', { workspace: 'text', id: 'text' }, rows.map(({ workspace, id }) => ({ workspace, id })));
	const join = session.dialect === 'sqlite' ? sql`cross join` : sql`join`;
	const counted = await session.rows(sql<{ workspace: string; run_id: string; result: string; count: number }>`select i.workspace, i.run_id, i.result, count(*) as count
		from ${values} ${join} ${session.table('run_items')} as i on i.workspace = v.workspace and i.run_id = v.id group by i.workspace, i.run_id, i.result`);
	const all = new Map(rows.map((row) => [runKey(row), { done: 0, skipped: 0, failed: 0 }]));
	for (const { workspace, run_id, result, count } of counted) {
		const counts = all.get(runKey({ workspace, id: run_id }));
		if (counts && (result === 'done' || result === 'skipped' || result === 'failed')) counts[result] = count;
	}
	return all;
}

async function toRuns(session: Session, rows: readonly RunRow[]): Promise<Run[]> {
	if (rows.length === 0) return [];
	const all = await countsOf(session, rows);
	return rows.map((row) => {
		const kind = RunKindSchema.parse(row.kind);
		const state = RunStateSchema.parse(row.state);
		const counts = { ...(all.get(runKey(row)) ?? { done: 0, skipped: 0, failed: 0 }), ...(row.total === null ? {} : { total: row.total }) };
		const time = (at: number | null): string | undefined => (at === null ? undefined : iso(epochMs(at)));
		const waits: Pick<Run, 'waitsUntil' | 'waitsFor'> = state === 'waiting' ? { waitsUntil: time(row.lease_until), ...(row.error === null ? {} : { waitsFor: row.error }) } : {};
		const sentence = runSentence({
			kind,
			state,
			counts,
			requestedBy: row.requested_by,
			...(row.cancelled_by === null ? {} : { cancelledBy: row.cancelled_by }),
			...(row.error === null ? {} : { error: row.error }),
			...(waits.waitsUntil === undefined ? {} : { waitsUntil: waits.waitsUntil }),
			...(row.started_at === null ? {} : { elapsedMs: (row.finished_at ?? session.now) - row.started_at }),
		});
		return {
			id: row.id,
			workspace: row.workspace,
			kind,
			state,
			...(row.subject === '' ? {} : { accountId: row.subject }),
			options: fromJson<RunOptions>(row.options),
			requestedBy: row.requested_by,
			requestedAt: iso(epochMs(row.requested_at)),
			...(row.started_at === null ? {} : { startedAt: time(row.started_at) }),
			...(row.finished_at === null ? {} : { finishedAt: time(row.finished_at) }),
			...(row.position === null ? {} : { cursor: row.position }),
			...waits,
			cancelRequested: row.cancelled_by !== null,
			counts,
			sentence,
		};
	});
}

async function save(session: Session, rows: readonly RunRow[]): Promise<void> {
	await session.update('runs', ['workspace', 'id'], ['state', 'started_at', 'finished_at', 'lease_until', 'lease_count', 'cancelled_by', 'total', 'position', 'error'], rows);
}

const closed = (row: RunRow, state: RunState, now: EpochMs, error: string | null = row.error): RunRow => ({ ...row, state, finished_at: now, lease_until: null, error });

/** Under a new lease, or given up when it lost as many as it may. */
function leased(row: RunRow, now: EpochMs, leaseMs: number): RunRow {
	if (row.cancelled_by !== null) return closed(row, 'cancelled', now);
	if (row.lease_count >= MOST_LEASES) return closed(row, 'failed', now, `It stopped without a word ${MOST_LEASES} times`);
	return { ...row, state: 'running', started_at: row.started_at ?? now, lease_until: later(now, leaseMs), lease_count: row.lease_count + 1, error: null };
}

export function createRuns(database: Database): Runs {
	/** Changes one run that has not ended, or leaves it. */
	const change = async (workspace: string, id: string, work: (session: Session, row: RunRow) => Promise<RunRow>): Promise<Run | undefined> =>
		await database.write(async (session) => {
			const [row] = await session.matching('runs', ['workspace', 'id'], [{ workspace, id: cleanText(id) }], true);
			if (!row) return undefined;
			if (ended(row)) return (await toRuns(session, [row]))[0];
			const changed = await work(session, row);
			await save(session, [changed]);
			return (await toRuns(session, [changed]))[0];
		});

	return {
		async request(requests) {
			if (requests.length === 0) return [];
			return await database.write(async (session) => {
				const wanted = requests.map(({ workspace, kind, accountId, options, requestedBy }): RunRow => ({
					workspace, id: randomUUID(), kind, subject: cleanText(accountId ?? ''), state: 'requested', options: toJson(options), requested_by: cleanText(requestedBy), requested_at: session.now,
					started_at: null, finished_at: null, lease_until: null, lease_count: 0, cancelled_by: null, total: null, position: null, error: null,
				}));
				await session.insert('runs', wanted, sql`on conflict do nothing`);
				const open = (await session.matching('runs', ['workspace', 'kind', 'subject'], wanted)).filter((row) => !ended(row));
				const rows = wanted.flatMap((row) => open.find(({ workspace, kind, subject }) => workspace === row.workspace && kind === row.kind && subject === row.subject) ?? []);
				const found = await toRuns(session, rows);
				const fresh = new Set(wanted.map(({ id }) => id));
				// Of two requests for the same in one batch the first made it.
				return found.map((run) => ({ run, created: fresh.delete(run.id) }));
			});
		},

		async claimRequested({ workspaces, kinds, leaseMs, limit }) {
			return await database.write(async (session) => {
				await session.lock('runs', ['']);
				const inWorkspaces = workspaces ? sql`and ${session.among('workspace', workspaces)}` : sql``;
				const ofKinds = kinds ? sql`and ${session.among('kind', kinds)}` : sql``;
				const rows = await session.rows(sql<RunRow>`select * from ${session.table('runs')} where finished_at is null and (state = 'requested' or lease_until <= ${session.now}) ${inWorkspaces} ${ofKinds}
					order by requested_at, id limit ${limit}`);
				const changed = rows.map((row) => leased(row, session.now, leaseMs));
				await save(session, changed);
				return await toRuns(session, changed.filter((row) => !ended(row)));
			});
		},

		async release(runs) {
			if (runs.length === 0) return;
			await database.write(async (session) => {
				const rows = await session.matching('runs', ['workspace', 'id'], runs.map(({ workspace, id }) => ({ workspace, id })), true);
				await save(session, rows.filter(({ state }) => state === 'running').map((row) => ({ ...row, state: 'requested', lease_until: null, lease_count: Math.max(0, row.lease_count - 1) })));
			});
		},

		async begin(workspace, id, leaseMs) {
			return await change(workspace, id, async (session, row) =>
				row.state === 'running' && row.cancelled_by === null ? { ...row, lease_until: later(session.now, leaseMs) } : leased(row, session.now, leaseMs),
			);
		},

		async advance(workspace, id, { items, total, cursor, leaseMs }) {
			return await change(workspace, id, async (session, row) => {
				const last = new Map(items.map((item) => [cleanText(item.itemId), item]));
				const noted = [...last].map(([item_id, { platform, result, error, code }]) => ({
					workspace, run_id: row.id, item_id, platform: platform ?? null, result, error: error?.slice(0, ERROR_LENGTH) ?? null, code: code ?? null, at: session.now,
				}));
				await session.insert('run_items', noted, sql`on conflict (workspace, run_id, item_id) do update set platform = excluded.platform, result = excluded.result, error = excluded.error, code = excluded.code, at = excluded.at`);
				return { ...row, total: total ?? row.total, position: cursor === undefined ? row.position : cleanText(cursor), lease_until: later(session.now, leaseMs), lease_count: 1 };
			});
		},

		async pause(workspace, id, { until, reason, cursor }) {
			return await change(workspace, id, async (session, row) =>
				// Whoever asked to stop is not kept waiting; and a wait is no lost lease.
				row.cancelled_by !== null
					? closed(row, 'cancelled', session.now)
					: { ...row, state: 'waiting', lease_until: until, lease_count: 0, error: cleanText(reason).slice(0, ERROR_LENGTH), position: cursor === undefined ? row.position : cleanText(cursor) },
			);
		},

		async cancel(workspace, id, actor) {
			return await change(workspace, id, async (session, row) => {
				const told = { ...row, cancelled_by: row.cancelled_by ?? cleanText(actor) };
				return row.state === 'running' ? told : closed(told, 'cancelled', session.now, null);
			});
		},

		async finish(workspace, id, error) {
			return await change(workspace, id, async (session, row) => {
				if (error !== undefined) return closed(row, 'failed', session.now, cleanText(error).slice(0, ERROR_LENGTH));
				return closed(row, row.cancelled_by === null ? 'done' : 'cancelled', session.now);
			});
		},

		async find(workspace, ids) {
			if (ids.length === 0) return [];
			return await database.read(async (session) => {
				const runs = await toRuns(session, await session.matching('runs', ['workspace', 'id'], ids.map((id) => ({ workspace, id: cleanText(id) }))));
				const byId = new Map(runs.map((run) => [run.id, run]));
				return ids.map((id) => byId.get(cleanText(id)));
			});
		},

		async list(workspace, { kinds, states, accountId, open, limit }) {
			return await database.read(async (session) => {
				const ofKinds = kinds ? sql`and ${session.among('kind', kinds)}` : sql``;
				const inStates = states ? sql`and ${session.among('state', states)}` : sql``;
				const ofAccount = accountId === undefined ? sql`` : sql`and subject = ${cleanText(accountId)}`;
				const state = open === undefined ? sql`` : open ? sql`and finished_at is null` : sql`and finished_at is not null`;
				const rows = await session.rows(sql<RunRow>`select * from ${session.table('runs')} where workspace = ${workspace} ${ofKinds} ${inStates} ${ofAccount} ${state} order by requested_at desc, id limit ${limit}`);
				return await toRuns(session, rows);
			});
		},

		async errors(workspace, id, limit) {
			return await database.read(async (session) => {
				const rows = await session.rows(sql<RowOf<'run_items'>>`select * from ${session.table('run_items')} where workspace = ${workspace} and run_id = ${cleanText(id)} and result = 'failed'
					order by at desc, item_id limit ${limit}`);
				return rows.map(({ platform, item_id, error, code, at }): RunError => ({
					id: item_id, error: error ?? 'No reason was given', at: epochMs(at), ...(platform === null ? {} : { platform }), ...(code === null ? {} : { code }),
				}));
			});
		},

		async nextContacts(workspace, id, { size, leaseMs }) {
			let contactIds: string[] = [];
			const run = await change(workspace, id, async (session, row) => {
				if (row.state !== 'running' || row.cancelled_by !== null) return row;
				const { skip = 0, limit } = fromJson<RunOptions>(row.options);
				// Noted ones leave the list, so the same question goes on where it stopped, whoever asks it.
				const all = sql`select id from ${session.table('contacts')} where workspace = ${workspace} order by id limit ${limit ?? Number.MAX_SAFE_INTEGER} offset ${skip}`;
				const rows = await session.rows(sql<{ id: string }>`select c.id from (${all}) as c
					where not exists (select 1 from ${session.table('run_items')} as i where i.workspace = ${workspace} and i.run_id = ${row.id} and i.item_id = c.id) order by c.id limit ${size}`);
				contactIds = rows.map((contact) => contact.id);
				const [{ total }] = await session.rows(sql<{ total: number }>`select count(*) as total from (${all}) as c`);
				return { ...row, total: Number(total), lease_until: later(session.now, leaseMs) };
			});
			return { ...(run ? { run } : {}), contactIds };
		},

		async seen(workspace, id, itemIds) {
			if (itemIds.length === 0) return [];
			return await database.read(async (session) => {
				const wanted = itemIds.map((item_id) => ({ workspace, run_id: cleanText(id), item_id: cleanText(item_id) }));
				return (await session.matching('run_items', ['workspace', 'run_id', 'item_id'], wanted)).map(({ item_id }) => item_id);
			});
		},
	};
}
