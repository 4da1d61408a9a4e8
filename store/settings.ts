import { narrowerMode, DEFAULT_MODE, type Mode } from '../engine/message/mode';
import { DEFAULT_SETTINGS, SettingsPatchSchema, type EffectiveSettings, type SettingsPatch } from '../engine/message/settings';
import { epochMs, type EpochMs } from '../engine/time';
import { sql } from 'kysely';
import { z } from 'zod';
import { cleanText, fromJson, keyOf, toJson } from './bulk';
import type { Database } from './database';
import { endShadow } from './endShadow';
import { StoreInputError } from './errors';
import type { RowOf } from './schema';
import type { Session } from './session';
import type { SetBy, SettingsScope, SettingsStore } from './store';

export interface SettingsKey {
	workspace: string;
	accountId?: string;
	contactId?: string;
}

function scopesOf({ workspace, accountId, contactId }: SettingsKey): { workspace: string; kind: string; scope_id: string }[] {
	return [
		{ workspace, kind: 'workspace', scope_id: '' },
		...(accountId ? [{ workspace, kind: 'account', scope_id: accountId }] : []),
		...(contactId ? [{ workspace, kind: 'contact', scope_id: contactId }] : []),
	];
}

/** Patches from the widest scope to the narrowest: the narrower wins, but mode, kill switch and local models only ever get stricter. */
export function combineSettings(patches: readonly SettingsPatch[]): EffectiveSettings {
	const [workspace = {}, ...narrower] = patches;
	let mode: Mode = workspace.mode ?? DEFAULT_MODE;
	for (const patch of narrower) if (patch.mode) mode = narrowerMode(mode, patch.mode);
	const given = patches.map((patch) => Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)));
	const local = patches.some(({ localModelsOnly }) => localModelsOnly === true) ? { localModelsOnly: true } : {};
	return { ...DEFAULT_SETTINGS, ...Object.assign({}, ...given), ...local, mode, killSwitch: patches.some(({ killSwitch }) => killSwitch === true) };
}

/** The patches that bear on each key, from the widest scope to the narrowest, in the keys' order; one query for all. */
async function loadPatches(session: Session, keys: readonly SettingsKey[]): Promise<{ kind: string; patch: SettingsPatch; offAt: number | null }[][]> {
	const scopes = keys.map(scopesOf);
	const rows = await session.matching('settings', ['workspace', 'kind', 'scope_id'], scopes.flat());
	const known = new Map(rows.map((row) => [keyOf(row.workspace, row.kind, row.scope_id), { patch: patchOf(row), offAt: row.off_at }]));
	return scopes.map((list) => list.map(({ workspace, kind, scope_id }) => ({ kind, ...(known.get(keyOf(workspace, kind, cleanText(scope_id))) ?? { patch: {}, offAt: null }) })));
}

/** The settings that hold for each key and when a mode that bears on it was last switched off, in their order; one query for all. */
export async function loadScopes(session: Session, keys: readonly SettingsKey[]): Promise<{ settings: EffectiveSettings; offAt?: EpochMs }[]> {
	return (await loadPatches(session, keys)).map((list) => {
		const off = Math.max(...list.map(({ offAt }) => offAt ?? 0));
		return { settings: combineSettings(list.map(({ patch }) => patch)), ...(off > 0 ? { offAt: epochMs(off) } : {}) };
	});
}

/** The settings that hold for each key, in their order; one query for all. */
export async function loadSettings(session: Session, keys: readonly SettingsKey[]): Promise<EffectiveSettings[]> {
	return (await loadPatches(session, keys)).map((list) => combineSettings(list.map(({ patch }) => patch)));
}

/** Which keys of a scope were in mode shadow while the scope's own mode was `before`, and no longer are. */
async function leftShadow(session: Session, kind: string, before: Mode | undefined, keys: readonly SettingsKey[]): Promise<boolean[]> {
	return (await loadPatches(session, keys)).map((list) => {
		const then = list.map((one) => (one.kind === kind ? { ...one.patch, mode: before } : one.patch));
		return combineSettings(then).mode === 'shadow' && combineSettings(list.map(({ patch }) => patch)).mode !== 'shadow';
	});
}

const ScopeKindSchema = z.enum(['workspace', 'account', 'contact']);
const setBy = (at: number | null, by: string | null): SetBy | undefined => (at === null || by === null ? undefined : { at: epochMs(at), by });

function toScope(row: RowOf<'settings'>): SettingsScope {
	const [modeSet, killSwitchSet] = [setBy(row.mode_at, row.mode_by), setBy(row.kill_at, row.kill_by)];
	return {
		kind: ScopeKindSchema.parse(row.kind), id: row.scope_id, patch: patchOf(row), updatedAt: epochMs(row.updated_at), updatedBy: row.updated_by,
		...(modeSet && { modeSet }), ...(killSwitchSet && { killSwitchSet }),
	};
}

type Stamps = Pick<RowOf<'settings'>, 'mode_at' | 'mode_by' | 'kill_at' | 'kill_by' | 'off_at'>;

/** Who set mode and kill switch: whoever makes this change where it changes them, else who did before. */
function stampsOf(before: RowOf<'settings'> | undefined, next: SettingsPatch, now: EpochMs, actor: string): Stamps {
	const old: SettingsPatch = before ? patchOf(before) : {};
	const mode = old.mode === next.mode ? { mode_at: before?.mode_at ?? null, mode_by: before?.mode_by ?? null } : next.mode === undefined ? { mode_at: null, mode_by: null } : { mode_at: now, mode_by: actor };
	const sameSwitch = old.killSwitch === next.killSwitch && old.killSwitchReason === next.killSwitchReason;
	const off_at = next.mode === 'off' && old.mode !== 'off' ? now : (before?.off_at ?? null);
	return { ...mode, off_at, ...(sameSwitch ? { kill_at: before?.kill_at ?? null, kill_by: before?.kill_by ?? null } : { kill_at: now, kill_by: actor }) };
}

const patchOf = (row: RowOf<'settings'>): SettingsPatch => SettingsPatchSchema.parse(fromJson(row.patch));

export function createSettings(database: Database): SettingsStore {
	return {
		async effective(keys) {
			if (keys.length === 0) return [];
			return await database.read(async (session) => await loadSettings(session, keys));
		},

		async scopes(workspace, limit) {
			return await database.read(async (session) => {
				const rows = await session.rows(sql<RowOf<'settings'>>`select * from ${session.table('settings')} where workspace = ${workspace}
					order by case kind when 'workspace' then 0 when 'account' then 1 else 2 end, updated_at desc, scope_id limit ${limit}`);
				return rows.map(toScope);
			});
		},

		async set(workspace, scope, patch, actor) {
			const parsed = SettingsPatchSchema.safeParse(patch);
			if (!parsed.success) {
				const wrong = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
				throw new StoreInputError(`These settings cannot be kept (${wrong}). Correct them and save again.`, 0);
			}
			if (scope.kind !== 'workspace' && patch.localModelsOnly !== undefined) throw new StoreInputError("'Local Models Only' holds for a whole workspace. Set it with Scope 'Workspace'.", 0);
			if (scope.kind !== 'workspace' && !scope.id) throw new StoreInputError(`Settings of one ${scope.kind} need its id.`, 0);
			const scopeId = scope.kind === 'workspace' ? '' : (scope.id ?? '');
			return await database.write(async (session) => {
				await session.lock('settings', [keyOf(workspace, scope.kind, scopeId)]);
				const [before] = await session.matching('settings', ['workspace', 'kind', 'scope_id'], [{ workspace, kind: scope.kind, scope_id: scopeId }]);
				// A key given as undefined is taken away: the wider scope holds again.
				const next = { ...(before ? patchOf(before) : {}), ...patch };
				await session.insert(
					'settings',
					[{ workspace, kind: scope.kind, scope_id: scopeId, patch: toJson(next), mode: next.mode ?? null, updated_at: session.now, updated_by: actor, ...stampsOf(before, next, session.now, actor) }],
					sql`on conflict (workspace, kind, scope_id) do update set patch = excluded.patch, mode = excluded.mode, updated_at = excluded.updated_at, updated_by = excluded.updated_by,
						mode_at = excluded.mode_at, mode_by = excluded.mode_by, kill_at = excluded.kill_at, kill_by = excluded.kill_by, off_at = excluded.off_at`,
				);
				const modeBefore = before ? patchOf(before).mode : undefined;
				// A mode that was not shadow and gets no stricter than that ends shadow nowhere: the strictest scope decides.
				if (modeBefore !== next.mode && (modeBefore === 'shadow' || next.mode === 'off')) {
					await endShadow(session, workspace, { kind: scope.kind, id: cleanText(scopeId) }, async (keys) => await leftShadow(session, scope.kind, modeBefore, keys));
				}
				const [effective] = await loadSettings(session, [
					{ workspace, accountId: scope.kind === 'account' ? scopeId : undefined, contactId: scope.kind === 'contact' ? scopeId : undefined },
				]);
				return effective;
			});
		},
	};
}
