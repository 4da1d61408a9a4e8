import type { IExecuteFunctions } from 'n8n-workflow';
import { judgedSenders } from '../../desk/judgedSenders';
import type { Deliverability } from '../../engine/outcome/deliverability';
import type { Store } from '../../store/store';

/** Who is named in the settings as the one that paused a sender. */
const BREAKER = 'deliverability breaker';

/** Deliverability: one item a sender of mail, with a verdict; on request those that should stop are paused. */
export async function deliverability(store: Store, workspace: string, context: IExecuteFunctions): Promise<object[]> {
	const judged = await judgedSenders(store, workspace);
	const settings = await store.settings.effective(judged.map(({ accountId }) => ({ workspace, ...(accountId === undefined ? {} : { accountId }) })));
	const pause = context.getNodeParameter('pauseSender', 0, false) === true;
	const reports: object[] = [];
	for (const [at, one] of judged.entries()) {
		const wasPaused = settings[at].killSwitch;
		const pausedNow = pause && one.verdict === 'stop' && !wasPaused && one.accountId !== undefined;
		// Few senders are ever stopped: one round trip each.
		if (pausedNow) await store.settings.set(workspace, { kind: 'account', id: one.accountId }, { killSwitch: true }, BREAKER);
		reports.push({ report: { name: 'Deliverability', ...one, paused: wasPaused || pausedNow, pausedNow, sentence: `${one.sentence}${whatHolds(one, { wasPaused, pausedNow, pause })}` } });
	}
	return reports;
}

function whatHolds({ verdict, accountId }: Deliverability, { wasPaused, pausedNow, pause }: { wasPaused: boolean; pausedNow: boolean; pause: boolean }): string {
	if (pausedNow) return ' Paused: its mails wait for a person until the kill switch of the account is taken back.';
	if (wasPaused) return ' It is paused.';
	if (verdict === 'stop' && pause && accountId === undefined) return ' It cannot be paused by itself: name the account on the messages, or use the kill switch of the workspace.';
	return '';
}
