import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { DAY, epochMs } from '../engine/time';
import { cleanText, keyOf } from './bulk';
import type { Database } from './database';
import type { RowOf } from './schema';
import type { CallLogPort, KeyLedgerPort, ModelCalls, SpendLedgerPort, StoredKeyState } from './store';

/** A hold is dropped this long after it lapsed; until then a late settlement still finds it. */
const LAPSED_HOLD_KEPT_MS = DAY;

const given = <T>(value: T | null): T | undefined => value ?? undefined;

export function createModelCalls(database: Database): ModelCalls {
	const keyLedger: KeyLedgerPort = {
		async load(fingerprints) {
			if (fingerprints.length === 0) return [];
			return await database.read(async (session) => {
				const rows = await session.matching('model_keys', ['fingerprint'], fingerprints.map((fingerprint) => ({ fingerprint })));
				return rows.map(
					(row): StoredKeyState => ({
						fingerprint: row.fingerprint,
						limitedUntil: given(row.limited_until),
						invalidUntil: given(row.invalid_until),
						exhaustedUntil: given(row.exhausted_until),
						lastUsedAt: given(row.last_used_at),
						spentUsd: row.spent_day === null ? undefined : row.spent_usd,
						spentDay: given(row.spent_day),
					}),
				);
			});
		},

		async record(fingerprint, event) {
			await database.write(async (session) => {
				const day = new Date(event.at).toISOString().slice(0, 10);
				const used = event.kind === 'used';
				const row: RowOf<'model_keys'> = {
					fingerprint,
					limited_until: event.kind === 'limited' ? event.until : null,
					invalid_until: event.kind === 'invalid' ? event.until : null,
					exhausted_until: event.kind === 'exhausted' ? event.until : null,
					last_used_at: used ? event.at : null,
					spent_usd: used ? (event.costUsd ?? 0) : 0,
					spent_day: used ? day : null,
				};
				// One statement that adds up, so that concurrent workers lose no cent. A new UTC day starts anew.
				await session.insert(
					'model_keys',
					[row],
					sql`on conflict (fingerprint) do update set
						limited_until = coalesce(excluded.limited_until, model_keys.limited_until),
						invalid_until = coalesce(excluded.invalid_until, model_keys.invalid_until),
						exhausted_until = coalesce(excluded.exhausted_until, model_keys.exhausted_until),
						last_used_at = coalesce(excluded.last_used_at, model_keys.last_used_at),
						spent_usd = case when excluded.spent_day is null or excluded.spent_day = model_keys.spent_day then model_keys.spent_usd + excluded.spent_usd else excluded.spent_usd end,
						spent_day = coalesce(excluded.spent_day, model_keys.spent_day)`,
				);
			});
		},
	};

	const spendLedger: SpendLedgerPort = {
		async spentToday(workspace, day) {
			return await database.read(async (session) => {
				const [row] = await session.matching('model_spend', ['workspace', 'day'], [{ workspace, day }]);
				return row?.spent_usd ?? 0;
			});
		},

		async reserve({ workspace, day, amountUsd, capUsd, expiresAt }) {
			return await database.write(async (session) => {
				await session.lock('spend', [keyOf(workspace, day)]);
				const [spent] = await session.matching('model_spend', ['workspace', 'day'], [{ workspace, day }]);
				const [held] = await session.rows(sql<{ usd: number | null }>`select sum(amount_usd) as usd from ${session.table('model_holds')}
					where workspace = ${workspace} and day = ${day} and expires_at > ${session.now}`);
				if ((spent?.spent_usd ?? 0) + (held?.usd ?? 0) + amountUsd > capUsd) return { granted: false };
				const id = randomUUID();
				await session.insert('model_holds', [{ workspace, id, day, amount_usd: amountUsd, expires_at: expiresAt }]);
				await session.q.deleteFrom('model_holds').where('workspace', '=', workspace).where('expires_at', '<=', session.now - LAPSED_HOLD_KEPT_MS).execute();
				// The workspace travels in the id: settling looks in that workspace only.
				return { granted: true, reservationId: `${id}@${workspace}` };
			});
		},

		async settle(reservationId, actualUsd) {
			const id = reservationId.slice(0, 36);
			const workspace = reservationId.slice(37);
			await database.write(async (session) => {
				const [hold] = await session.matching('model_holds', ['workspace', 'id'], [{ workspace, id }], true);
				if (!hold) return;
				await session.q.deleteFrom('model_holds').where('workspace', '=', hold.workspace).where('id', '=', hold.id).execute();
				await session.insert(
					'model_spend',
					[{ workspace: hold.workspace, day: hold.day, spent_usd: actualUsd }],
					sql`on conflict (workspace, day) do update set spent_usd = model_spend.spent_usd + excluded.spent_usd`,
				);
			});
		},
	};

	const callLog: CallLogPort = {
		async record(entry) {
			await database.write(async (session) => {
				await session.insert('llm_calls', [
					{
						workspace: entry.workspace,
						id: randomUUID(),
						purpose: entry.purpose,
						model_id: cleanText(entry.modelId),
						key_fingerprint: entry.keyFingerprint ?? null,
						prompt_version: entry.promptVersion,
						input_tokens: entry.inputTokens ?? null,
						output_tokens: entry.outputTokens ?? null,
						cost_usd: entry.costUsd ?? null,
						latency_ms: entry.latencyMs,
						attempts: entry.attempts,
						outcome: entry.outcome,
						correlation_id: entry.correlationId ?? null,
						at: epochMs(entry.at),
					},
				]);
			});
		},
	};

	return { keyLedger: () => keyLedger, spendLedger: () => spendLedger, callLog: () => callLog };
}
