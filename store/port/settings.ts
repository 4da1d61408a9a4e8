import type { EffectiveSettings, SettingsPatch } from '../../engine/message/settings';

export interface SettingsStore {
	/** Contact over account over workspace over defaults; mode and kill switch by the strictest. */
	effective(keys: { workspace: string; accountId?: string; contactId?: string }[]): Promise<EffectiveSettings[]>;
	set(workspace: string, scope: { kind: 'workspace' | 'account' | 'contact'; id?: string }, patch: SettingsPatch, actor: string): Promise<EffectiveSettings>;
}
