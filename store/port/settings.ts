import type { EffectiveSettings, SettingsPatch } from '../../engine/message/settings';

export interface SettingsStore {
	/** Contact over account over workspace over defaults; mode and kill switch by the strictest. */
	effective(keys: { workspace: string; accountId?: string; contactId?: string }[]): Promise<EffectiveSettings[]>;
	/** Where mode shadow really ends (no other scope asks for it), what colleagues answered meanwhile is decided, and whom they wrote to is theirs for the rest of the takeover that was given. */
	set(workspace: string, scope: { kind: 'workspace' | 'account' | 'contact'; id?: string }, patch: SettingsPatch, actor: string): Promise<EffectiveSettings>;
}
