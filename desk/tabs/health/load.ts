import { healthFigures, type Health } from '../../../engine/report/health';
import type { Deliverability } from '../../../engine/outcome/deliverability';
import type { Account, SenderHold } from '../../../store/store';
import { judgedSenders } from '../../judgedSenders';
import { readScope, type ChosenScope } from '../../parts';
import type { DeskContext } from '../tab';

/** Uncertain sends that are counted; more are said to be as many or more. */
export const UNCERTAIN_COUNTED = 100;
/** Scopes of settings that are looked through for accounts with a kill switch: accounts come before contacts. */
const SCOPES_READ = 500;

export interface Alerts {
	killSwitch: boolean;
	/** Accounts with a kill switch of their own. */
	stopped: readonly { id: string; by?: string }[];
	holds: readonly SenderHold[];
	/** Senders of mail with a warning, or that should stop. */
	senders: readonly Deliverability[];
	/** Sends nobody could tell the end of. */
	uncertain: number;
}

export interface HealthModel {
	chosen: ChosenScope;
	health: Health;
	alerts: Alerts;
	accounts: readonly Account[];
}

async function loadAlerts({ store, workspace }: DeskContext): Promise<Alerts> {
	const [holds, judged, uncertain, scopes] = await Promise.all([
		store.senderHolds.list(workspace),
		judgedSenders(store, workspace),
		store.reviews.list(workspace, { open: true, kinds: ['uncertain_send'], limit: UNCERTAIN_COUNTED }),
		store.settings.scopes(workspace, SCOPES_READ),
	]);
	return {
		killSwitch: scopes.some(({ kind, patch }) => kind === 'workspace' && patch.killSwitch === true),
		stopped: scopes.flatMap(({ kind, id, patch, killSwitchSet }) => (kind === 'account' && patch.killSwitch === true ? [{ id, ...(killSwitchSet && { by: killSwitchSet.by }) }] : [])),
		holds,
		senders: judged.filter(({ verdict }) => verdict === 'warn' || verdict === 'stop'),
		uncertain: uncertain.length,
	};
}

export async function loadHealth(context: DeskContext, query: URLSearchParams): Promise<HealthModel> {
	const chosen = readScope(context, query);
	const [rows, alerts, accounts] = await Promise.all([context.store.figures.health(chosen.scope), loadAlerts(context), context.store.accounts.list(context.workspace)]);
	return { chosen, health: healthFigures(rows, chosen.scope, chosen.scope.channel), alerts, accounts };
}
