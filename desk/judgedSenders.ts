import { ERROR_CODES } from '../engine/channels/errorCodes';
import { DELIVERABILITY_POLICY, judgeDeliverability, type Deliverability } from '../engine/outcome/deliverability';
import { later } from '../engine/time';
import type { Store } from '../store/store';

/** Codes by which a mail server says at once that a mailbox does not exist. */
const DEAD_MAILBOX_CODES = Object.entries(ERROR_CODES.smtpEnhanced).flatMap(([code, rule]) => (rule.suppress === 'hard_bounce' ? [code] : []));

/** Every sender of mail with its verdict, by what became of its mails in the policy's window. */
export async function judgedSenders(store: Pick<Store, 'clock' | 'mailRecords'>, workspace: string): Promise<Deliverability[]> {
	const since = later(await store.clock.now(), -DELIVERABILITY_POLICY.windowMs);
	return (await store.mailRecords.tallies(workspace, { since, deadMailboxCodes: DEAD_MAILBOX_CODES })).map(judgeDeliverability);
}
