import { channelName } from '../../parts';
import type { Mode } from '../../../engine/message/mode';
import type { EpochMs } from '../../../engine/time';
import type { SettingsScope } from '../../../store/store';
import type { Readiness } from '../../../engine/report/readiness';
import type { DeskContext } from '../tab';
import { loadReadiness } from './readiness';

/** Contacts with settings of their own that are shown. */
export const SCOPES_SHOWN = 200;

export interface ScopeRow {
	kind: SettingsScope['kind'];
	id: string;
	/** What people call it. */
	name: string;
	/** What is set there; undefined: what the workspace says. */
	own?: Mode;
	inForce: Mode;
	set?: { at: EpochMs; by: string };
	disabled?: boolean;
}

export interface SettingsModel {
	readiness: Readiness;
	workspace: ScopeRow;
	accounts: readonly ScopeRow[];
	contacts: readonly ScopeRow[];
	/** Whether there are more scopes than are shown. */
	cut: boolean;
}

export async function loadSettings(context: DeskContext): Promise<SettingsModel> {
	const { store, workspace } = context;
	const [readiness, scopes, accounts] = await Promise.all([loadReadiness(context), store.settings.scopes(workspace, SCOPES_SHOWN + 1), store.accounts.list(workspace)]);
	const of = (kind: SettingsScope['kind'], id: string): SettingsScope | undefined => scopes.find((scope) => scope.kind === kind && scope.id === id);
	const known = new Set(accounts.map(({ externalId }) => externalId));
	const accountIds = [...accounts.map(({ externalId }) => externalId), ...scopes.flatMap(({ kind, id }) => (kind === 'account' && !known.has(id) ? [id] : []))];
	const contactIds = scopes.flatMap(({ kind, id, patch }) => (kind === 'contact' && patch.mode !== undefined ? [id] : [])).slice(0, SCOPES_SHOWN);
	const [effective, contacts] = await Promise.all([
		store.settings.effective([{ workspace }, ...accountIds.map((accountId) => ({ workspace, accountId })), ...contactIds.map((contactId) => ({ workspace, contactId }))]),
		store.contacts.find(workspace, contactIds),
	]);
	const row = (kind: SettingsScope['kind'], id: string, name: string, inForce: Mode): ScopeRow => {
		const scope = of(kind, id);
		return { kind, id, name, own: scope?.patch.mode, inForce, ...(scope?.modeSet && { set: scope.modeSet }) };
	};
	return {
		readiness,
		workspace: row('workspace', '', workspace, effective[0].mode),
		accounts: accountIds.map((id, at) => {
			const account = accounts.find(({ externalId }) => externalId === id);
			return { ...row('account', id, account ? [channelName(account.channel, context.language), account.name ?? account.externalId].join(' · ') : id, effective[1 + at].mode), disabled: account?.enabled === false };
		}),
		contacts: contactIds.map((id, at) => row('contact', id, contacts[at]?.name ?? contacts[at]?.email ?? id, effective[1 + accountIds.length + at].mode)),
		cut: scopes.length > SCOPES_SHOWN,
	};
}
