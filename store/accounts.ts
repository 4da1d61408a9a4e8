import { ChannelSchema } from '../engine/channels/channel';
import { sql } from 'kysely';
import { cleanText, groupBy, keyOf } from './bulk';
import type { Database } from './database';
import { StoreInputError } from './errors';
import type { RowOf } from './schema';
import type { Account, Accounts } from './store';

const toAccount = (row: RowOf<'accounts'>): Account => ({
	channel: ChannelSchema.parse(row.channel),
	externalId: row.external_id,
	workspace: row.workspace,
	name: row.name ?? undefined,
	pipelineId: row.pipeline_id ?? undefined,
	enabled: row.enabled === 1,
});

export function createAccounts(database: Database): Accounts {
	return {
		async upsert(accounts) {
			if (accounts.length === 0) return;
			await database.write(async (session) => {
				const rows = accounts.map((account) => ({
					workspace: account.workspace,
					channel: account.channel,
					external_id: account.externalId,
					name: account.name ?? null,
					pipeline_id: account.pipelineId ?? null,
					enabled: Number(account.enabled),
				}));
				const last = [...new Map(rows.map((row) => [keyOf(row.workspace, row.channel, row.external_id), row])).values()];
				await session.lock('settings', last.map((row) => keyOf('account', row.channel, row.external_id)));
				const owners = await session.matching('accounts', ['channel', 'external_id'], last);
				const taken = new Map([...owners, ...last].filter(({ enabled }) => enabled === 1).map((row) => [keyOf(row.channel, row.external_id, row.workspace), row]));
				for (const row of last) if (row.enabled === 0) taken.delete(keyOf(row.channel, row.external_id, row.workspace));
				const claims = groupBy([...taken.values()], (row) => keyOf(row.channel, row.external_id));
				for (const [index, account] of accounts.entries()) {
					const holders = claims.get(keyOf(account.channel, cleanText(account.externalId))) ?? [];
					if (account.enabled && holders.length > 1) {
						throw new StoreInputError(`The ${account.channel} account ${account.externalId} is in use by another workspace. Disable it there first: an account belongs to one workspace at a time.`, index);
					}
				}
				const on = sql`on conflict (workspace, channel, external_id) do update set name = excluded.name, pipeline_id = excluded.pipeline_id, enabled = excluded.enabled`;
				// Those that let go first, so that an account can change hands in one call.
				await session.insert('accounts', last.filter(({ enabled }) => enabled === 0), on);
				await session.insert('accounts', last.filter(({ enabled }) => enabled === 1), on);
			});
		},

		async byExternalId(keys) {
			if (keys.length === 0) return [];
			return await database.read(async (session) => {
				const rows = await session.matching('accounts', ['channel', 'external_id'], keys.map(({ channel, externalId }) => ({ channel, external_id: externalId })));
				const found = groupBy(rows, (row) => keyOf(row.channel, row.external_id));
				return keys.map(({ channel, externalId }) => {
					const candidates = found.get(keyOf(channel, cleanText(externalId))) ?? [];
					// Without an owner that uses it, an account that several had belongs to nobody.
					const row = candidates.find(({ enabled }) => enabled === 1) ?? (candidates.length === 1 ? candidates[0] : undefined);
					return row && toAccount(row);
				});
			});
		},

		async list(workspace) {
			return await database.read(async (session) => {
				const rows = await session.q.selectFrom('accounts').selectAll().where('workspace', '=', workspace).orderBy('channel').orderBy('external_id').execute();
				return rows.map(toAccount);
			});
		},
	};
}
