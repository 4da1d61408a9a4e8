import { DAY } from '../time';

/**
 * When a sender hurts itself. Rates are shares of the mails that were handed over within the window.
 * Sources: complaints: Google's sender guidelines (below 0.1 %, never 0.3 %). Bounces: 2 % warn, 3–5 % stop, as mail
 * services publish it, second-hand: 5 % from the smallest sample on, 3 % once there is enough mail to tell.
 */
export const DELIVERABILITY_POLICY = {
	windowMs: 7 * DAY,
	/** Fewer mails tell nothing about a rate: one bounce of twenty is 5 %. */
	leastSent: 100,
	/** Events a stop needs at least, so that no single one stops a sender. */
	leastEvents: 2,
	complaints: { warn: 0.001, stop: 0.003 },
	bounces: { warn: 0.02, stop: 0.05, stopOfMany: 0.03, many: 1_000 },
} as const;

/** What became of one sender's mails within the window; each mail counts once for each kind. */
export interface SenderTally {
	workspace: string;
	/** The mailbox or account that sends; undefined when the messages name none. */
	accountId?: string;
	/** Mails the server took, or refused for good because the mailbox does not exist. */
	sent: number;
	hardBounces: number;
	complaints: number;
}

export interface Deliverability extends SenderTally {
	verdict: 'too_few' | 'good' | 'warn' | 'stop';
	/** 0–1; absent when nothing was sent. */
	bounceRate?: number;
	complaintRate?: number;
	sentence: string;
}

/** Whether a sender may go on, should be looked after, or has to stop, with the reason. */
export function judgeDeliverability(tally: SenderTally): Deliverability {
	const { sent, hardBounces, complaints, accountId } = tally;
	const { leastSent, windowMs } = DELIVERABILITY_POLICY;
	const who = accountId === undefined ? 'Mails that name no sending account' : accountId;
	const days = windowMs / DAY;
	if (sent === 0) return { ...tally, verdict: 'too_few', sentence: `${who}: nothing was sent in ${days} days.` };
	const [bounceRate, complaintRate] = [hardBounces / sent, complaints / sent];
	const rates = { bounceRate, complaintRate };
	const counted = `${complaints} spam ${complaints === 1 ? 'complaint' : 'complaints'} (${percent(complaintRate)}) and ${hardBounces} hard ${hardBounces === 1 ? 'bounce' : 'bounces'} (${percent(bounceRate)}) on ${sent} mails in ${days} days`;
	if (sent < leastSent) return { ...tally, ...rates, verdict: 'too_few', sentence: `${who}: ${counted}; ${leastSent} are needed to judge.` };
	const { complaints: c, bounces: b, leastEvents } = DELIVERABILITY_POLICY;
	const bounceStop = sent >= b.many ? b.stopOfMany : b.stop;
	const stops = [
		...(complaintRate >= c.stop && complaints >= leastEvents ? [`complaints have reached ${percent(c.stop)}`] : []),
		...(bounceRate >= bounceStop && hardBounces >= leastEvents ? [`bounces have reached ${percent(bounceStop)}`] : []),
	];
	if (stops.length > 0) return { ...tally, ...rates, verdict: 'stop', sentence: `${who} should stop sending: ${stops.join(' and ')}. ${counted}.` };
	const warnings = [
		...(complaintRate >= c.warn ? [`complaints have reached ${percent(c.warn)}`] : []),
		...(bounceRate >= b.warn ? [`bounces have reached ${percent(b.warn)}`] : []),
	];
	if (warnings.length > 0) return { ...tally, ...rates, verdict: 'warn', sentence: `${who} needs care: ${warnings.join(' and ')}. ${counted}.` };
	return { ...tally, ...rates, verdict: 'good', sentence: `${who} is well: ${counted}.` };
}

function percent(share: number): string {
	return `${Number((share * 100).toFixed(2))} %`;
}
