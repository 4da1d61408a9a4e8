import type { EffectiveSettings, SettingsPatch } from '../../engine/message/settings';
import type { EpochMs } from '../../engine/time';

/** What one workspace, account or contact sets itself, and who set it last. */
export interface SettingsScope {
	kind: 'workspace' | 'account' | 'contact';
	/** Account or contact id; empty for the workspace. */
	id: string;
	patch: SettingsPatch;
	updatedAt: EpochMs;
	updatedBy: string;
}

export interface SettingsStore {
	/** Contact over account over workspace over defaults; mode and kill switch by the strictest. */
	effective(keys: { workspace: string; accountId?: string; contactId?: string }[]): Promise<EffectiveSettings[]>;
	/** What was set in a workspace, scope by scope: the workspace first, then accounts, then contacts, the latest first. */
	scopes(workspace: string, limit: number): Promise<SettingsScope[]>;
	/** Where mode shadow really ends (no other scope asks for it), what colleagues answered meanwhile is decided, and whom they wrote to is theirs for the rest of the takeover that was given. */
	set(workspace: string, scope: { kind: 'workspace' | 'account' | 'contact'; id?: string }, patch: SettingsPatch, actor: string): Promise<EffectiveSettings>;
}
