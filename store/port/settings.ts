import type { EffectiveSettings, SettingsPatch } from '../../engine/message/settings';
import type { EpochMs } from '../../engine/time';

/** Who set something, and when. */
export interface SetBy {
	at: EpochMs;
	by: string;
}

/** What one workspace, account or contact sets itself, and who set it last. */
export interface SettingsScope {
	kind: 'workspace' | 'account' | 'contact';
	/** Account or contact id; empty for the workspace. */
	id: string;
	patch: SettingsPatch;
	/** The last change of whatever setting. */
	updatedAt: EpochMs;
	updatedBy: string;
	/** The last time the mode became what it is; absent while none is set here. */
	modeSet?: SetBy;
	/** The last time the kill switch was switched or its reason changed; absent when it never was. */
	killSwitchSet?: SetBy;
}

export interface SettingsStore {
	/** Contact over account over workspace over defaults; mode and kill switch by the strictest. */
	effective(keys: { workspace: string; accountId?: string; contactId?: string }[]): Promise<EffectiveSettings[]>;
	/** What was set in a workspace, scope by scope: the workspace first, then accounts, then contacts, the latest first. */
	scopes(workspace: string, limit: number): Promise<SettingsScope[]>;
	/** Where mode shadow really ends (no other scope asks for it), what colleagues answered meanwhile is decided, and whom they wrote to is theirs for the rest of the takeover that was given. */
	set(workspace: string, scope: { kind: 'workspace' | 'account' | 'contact'; id?: string }, patch: SettingsPatch, actor: string): Promise<EffectiveSettings>;
}
