import { OutcomeEventSchema, type OutcomeEvent } from '../engine/outcome/outcome';
import { epochMs } from '../engine/time';
import { OUTCOME_WINDOW_MS } from '../engine/outcome/windows';
import { sql } from 'kysely';
import { cleanText, fromJson, keyOf, toJson } from './bulk';
import type { Database } from './database';
import { talliesOf } from './experimentTallies';
import type { RowOf } from './schema';
import type { ExperimentRow, Experiments } from './store';

const STATUSES: readonly ExperimentRow['status'][] = ['running', 'paused', 'completed'];

const toExperiment = (row: RowOf<'experiments'>): ExperimentRow => ({
	workspace: row.workspace,
	id: row.id,
	name: row.name,
	status: STATUSES.find((status) => status === row.status) ?? 'paused',
	context: row.context ?? undefined,
	metric: row.metric,
	method: row.method === 'thompson' || row.method === 'weighted' ? row.method : undefined,
	horizon: row.horizon ?? undefined,
	guardrails: row.guardrails === null ? undefined : fromJson(row.guardrails),
	variants: fromJson(row.variants),
	winner: row.winner ?? undefined,
	resumedAt: row.resumed_at === null ? undefined : epochMs(row.resumed_at),
	createdAt: epochMs(row.created_at),
	startedAt: row.started_at === null ? undefined : epochMs(row.started_at),
	allocation: row.shares === null || row.shares_at === null ? undefined : { at: epochMs(row.shares_at), shares: fromJson(row.shares) },
});

export function createExperiments(database: Database): Experiments {
	return {
		async save(experiments) {
			if (experiments.length === 0) return [];
			return await database.write(async (session) => {
				const rows = experiments.map((experiment): RowOf<'experiments'> => ({
					workspace: experiment.workspace,
					id: cleanText(experiment.id),
					name: experiment.name,
					status: experiment.status,
					context: experiment.context ?? null,
					metric: experiment.metric,
					variants: toJson(experiment.variants),
					winner: experiment.winner ?? null,
					method: experiment.method ?? null,
					horizon: experiment.horizon ?? null,
					guardrails: experiment.guardrails ? toJson(experiment.guardrails) : null,
					resumed_at: experiment.resumedAt ?? null,
					started_at: null,
					shares: null,
					shares_at: null,
					created_at: session.now,
					updated_at: session.now,
				}));
				const last = [...new Map(rows.map((row) => [keyOf(row.workspace, row.id), row])).values()];
				await session.insert(
					'experiments',
					last,
					sql`on conflict (workspace, id) do update set name = excluded.name, context = excluded.context, metric = excluded.metric, variants = excluded.variants,
						method = excluded.method, horizon = excluded.horizon, guardrails = excluded.guardrails, updated_at = excluded.updated_at`,
				);
				const stored = new Map((await session.matching('experiments', ['workspace', 'id'], last)).map((row) => [keyOf(row.workspace, row.id), toExperiment(row)]));
				return rows.flatMap((row) => stored.get(keyOf(row.workspace, row.id)) ?? []);
			});
		},

		async move({ workspace, id: name, from, to, winner, resumedAt }) {
			const id = cleanText(name);
			return await database.write(async (session) => {
				const result = await session.q
					.updateTable('experiments')
					.set({ status: to, updated_at: session.now, ...(winner === undefined ? {} : { winner }), ...(resumedAt === undefined ? {} : { resumed_at: resumedAt }) })
					.where('workspace', '=', workspace)
					.where('id', '=', id)
					.where('status', '=', from)
					.executeTakeFirst();
				const [row] = await session.matching('experiments', ['workspace', 'id'], [{ workspace, id }]);
				return row && { moved: result.numUpdatedRows > 0n, experiment: toExperiment(row) };
			});
		},

		async keepShares(workspace, allocations) {
			if (allocations.length === 0) return;
			await database.write(async (session) => {
				const rows = allocations.map(({ experimentId, shares }) => ({ workspace, id: cleanText(experimentId), shares: toJson(shares), shares_at: session.now }));
				await session.update('experiments', ['workspace', 'id'], ['shares', 'shares_at'], rows);
			});
		},

		async find(workspace, references) {
			if (references.length === 0) return [];
			return await database.read(async (session) => {
				const rows = await session.q
					.selectFrom('experiments')
					.selectAll()
					.where('workspace', '=', workspace)
					.where((eb) => eb.or([session.among('id', references), session.among('name', references)]))
					.orderBy('created_at', 'desc')
					.execute();
				return references.map(cleanText).map((reference) => {
					const row = rows.find(({ id }) => id === reference) ?? rows.find(({ name, status }) => name === reference && status === 'running') ?? rows.find(({ name }) => name === reference);
					return row && toExperiment(row);
				});
			});
		},

		async list(workspace, status) {
			return await database.read(async (session) => {
				const query = session.q.selectFrom('experiments').selectAll().where('workspace', '=', workspace).orderBy('created_at').orderBy('id');
				const rows = await (status === undefined ? query : query.where('status', '=', status)).execute();
				return rows.map(toExperiment);
			});
		},

		async assign(requests) {
			if (requests.length === 0) return [];
			return await database.write(async (session) => {
				const keys = requests.map((request) => ({ workspace: request.workspace, experiment_id: cleanText(request.experimentId), contact_id: cleanText(request.contactId) }));
				const keyName = (row: { workspace: string; experiment_id: string; contact_id: string }): string => keyOf(row.workspace, row.experiment_id, row.contact_id);
				const before = new Map((await session.matching('exposures', ['workspace', 'experiment_id', 'contact_id'], keys)).map((row) => [keyName(row), row]));
				const fresh = new Map<string, RowOf<'exposures'>>();
				for (const [at, request] of requests.entries()) {
					const name = keyName(keys[at]);
					if (before.has(name) || fresh.has(name)) continue;
					const { variantId, propensity, shares } = request.choose();
					fresh.set(name, { ...keys[at], variant_id: variantId, propensity, assigned_at: session.now, exposed_at: null, outbound_id: null, shares: shares ? toJson(Object.fromEntries(Object.entries(shares).map(([id, share]) => [cleanText(id), share]))) : null });
				}
				await session.insert('exposures', [...fresh.values()], sql`on conflict do nothing`);
				// Somebody else may have been first for a contact: theirs is the one that counts.
				const after = new Map((await session.matching('exposures', ['workspace', 'experiment_id', 'contact_id'], [...fresh.values()])).map((row) => [keyName(row), row]));
				return keys.flatMap((key) => {
					const name = keyName(key);
					const row = before.get(name) ?? after.get(name);
					if (!row) return [];
					const mine = fresh.get(name);
					const first = mine !== undefined && mine.variant_id === row.variant_id && mine.assigned_at === row.assigned_at;
					fresh.delete(name);
					return [{ variantId: row.variant_id, propensity: row.propensity, sticky: !first }];
				});
			});
		},

		async results(workspace, experimentId) {
			return await database.read(async (session) => {
				const exposures = session.table('exposures');
				const id = cleanText(experimentId);
				const counts = await session.rows(sql<{ variant_id: string; assigned: number; exposures: number }>`
					select variant_id, count(*) as assigned, count(exposed_at) as exposures from ${exposures}
					where workspace = ${workspace} and experiment_id = ${id} group by variant_id order by variant_id`);
				const windows = Object.entries(OUTCOME_WINDOW_MS).map(([event, ms]) => ({ event, ms }));
				const events = await session.rows(sql<{ variant_id: string; event: string; contacts: number }>`
					select e.variant_id, o.event, count(distinct e.contact_id) as contacts from ${exposures} as e
					join ${session.table('outcomes')} as o on o.workspace = e.workspace and o.contact_id = e.contact_id and o.occurred_at >= e.exposed_at
					join ${session.values('w', { event: 'text', ms: 'int' }, windows)} on w.event = o.event and o.occurred_at < e.exposed_at + w.ms
					where e.workspace = ${workspace} and e.experiment_id = ${id} and e.exposed_at is not null
					group by e.variant_id, o.event`);
				return counts.map((row) => {
					const mine: Partial<Record<OutcomeEvent, number>> = {};
					for (const { variant_id, event, contacts } of events) if (variant_id === row.variant_id) mine[OutcomeEventSchema.parse(event)] = contacts;
					return { variantId: row.variant_id, assigned: row.assigned, exposures: row.exposures, events: mine };
				});
			});
		},

		async tallies(requests) {
			if (requests.length === 0) return [];
			return await database.read(async (session) => await talliesOf(session, requests));
		},
	};
}
