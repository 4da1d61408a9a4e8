import { z } from 'zod';
import type { Deliverability } from '../outcome/deliverability';
import { percent, plain, type Figure } from './figure';
import { TARGETS } from './targets';

/** What has to hold before messages leave without a person. Policy of this pack unless said otherwise. */
export const READINESS_POLICY = {
	/** As many reviews as a calibrator needs to be fitted. */
	leastReviews: 30,
	/** The lower end of the 95 % interval, not the share itself: luck is no proof. */
	acceptedAtLeast: TARGETS.acceptedShare.value,
	calibrationErrorAtMost: TARGETS.calibrationError.value,
	/** Of the contacts written to. */
	consentAtLeast: 0.95,
} as const;

export interface ReadinessInput {
	/** Figures of Health by their keys: `acceptedShare`, `calibrationError`, `overdueReviews`. */
	figures: readonly Figure[];
	deliverability: readonly Deliverability[];
	/** Messages that left to a contact after it had opted out of that channel. */
	sentAfterOptOut: number;
	/** Opt-outs on record. */
	optOuts: number;
	/** Contacts written to, and those of them with a lawful ground on record for that channel, or who wrote first. */
	contacted: number;
	consented: number;
	caps: { contactDaily?: number; workspaceDaily?: number; modelSpendUsd?: number };
	/** Somebody has set the kill switch before, so they know where it is. */
	killSwitchTried: boolean;
	killSwitchOn: boolean;
}

export const ReadinessLineSchema = z.object({
	key: z.enum(['reviews', 'accepted', 'calibration', 'optOuts', 'deliverability', 'caps', 'killSwitch', 'consent', 'overdue']),
	name: z.string(),
	met: z.boolean(),
	/** In words, with its unit. */
	measured: z.string(),
	target: z.string(),
	sentence: z.string(),
	/** How to get there; absent once it is met. */
	whatToDo: z.string().optional(),
});
export type ReadinessLine = z.infer<typeof ReadinessLineSchema>;
export const ReadinessSchema = z.object({ ready: z.boolean(), lines: z.array(ReadinessLineSchema), sentence: z.string() });
export type Readiness = z.infer<typeof ReadinessSchema>;

function line(key: ReadinessLine['key'], name: string, { met, measured, target, whatToDo }: { met: boolean; measured: string; target: string; whatToDo: string }): ReadinessLine {
	return { key, name, met, measured, target, sentence: `${name}: ${measured}; needed ${target}. ${met ? 'Met.' : 'Not met.'}`, ...(met ? {} : { whatToDo }) };
}

function learningLines({ figures }: ReadinessInput): ReadinessLine[] {
	const { leastReviews, acceptedAtLeast, calibrationErrorAtMost } = READINESS_POLICY;
	const figure = (key: string): Figure | undefined => figures.find((one) => one.key === key);
	const accepted = figure('acceptedShare');
	const decided = accepted?.of ?? 0;
	const error = figure('calibrationError');
	const overdue = figure('overdueReviews');
	return [
		line('reviews', 'Reviewed drafts', { met: decided >= leastReviews, measured: `${decided}`, target: `at least ${leastReviews}`, whatToDo: 'Leave the mode at assist and decide on drafts at the desk.' }),
		line('accepted', 'Accepted as they were', {
			met: accepted?.low !== undefined && accepted.low >= acceptedAtLeast,
			measured: accepted?.low === undefined || accepted.value === undefined ? 'nothing yet' : `${percent(accepted.value)}, surely ${percent(accepted.low)}`,
			target: `surely ${percent(acceptedAtLeast)} (lower end of the 95 % interval)`,
			whatToDo: 'Add facts and approved examples, correct the instructions, or go on reviewing: the interval narrows with each decision.',
		}),
		line('calibration', 'Calibration error', {
			met: error?.value !== undefined && error.value <= calibrationErrorAtMost,
			measured: error?.value === undefined ? 'too few reviews' : percent(error.value),
			target: `at most ${percent(calibrationErrorAtMost)}`,
			whatToDo: 'Go on reviewing: the confidence is fitted anew with every decision.',
		}),
		line('overdue', 'Overdue reviews', { met: overdue?.value === 0, measured: overdue?.value === undefined ? 'unknown' : `${overdue.value}`, target: '0', whatToDo: 'Decide on them first: nobody looks after what leaves by itself either.' }),
	];
}

function safetyLines(input: ReadinessInput): ReadinessLine[] {
	const { caps, contacted, consented, deliverability } = input;
	const bad = deliverability.filter(({ verdict }) => verdict === 'warn' || verdict === 'stop').map(({ accountId }) => accountId ?? 'mails that name no account');
	const missing = [...(caps.contactDaily ? [] : ['messages to one contact a day']), ...(caps.workspaceDaily ? [] : ['messages of the workspace a day']), ...(caps.modelSpendUsd ? [] : ['model cost a day'])];
	const { consentAtLeast } = READINESS_POLICY;
	return [
		line('optOuts', 'Opt-outs respected', { met: input.sentAfterOptOut === 0, measured: `${input.sentAfterOptOut} messages after an opt-out, ${input.optOuts} opt-outs on record`, target: 'no message after an opt-out', whatToDo: 'Find out which workflow sends past the Outbox, and stop it.' }),
		line('deliverability', 'Deliverability', { met: bad.length === 0, measured: bad.length === 0 ? `${deliverability.length} mailboxes, none with a warning` : `a warning about ${bad.join(', ')}`, target: 'no mailbox with a warning', whatToDo: 'Clean the list, send less from it, and wait until its seven days look well.' }),
		line('caps', 'Caps', { met: missing.length === 0, measured: missing.length === 0 ? 'all set' : `not set: ${missing.join(', ')}`, target: 'a daily cap for contacts, the workspace and model cost', whatToDo: 'Set them in Lead Autopilot → Setting → Set, or at the desk.' }),
		line('killSwitch', 'Kill switch', {
			met: input.killSwitchTried && !input.killSwitchOn,
			measured: input.killSwitchOn ? 'on' : input.killSwitchTried ? 'tried, off' : 'never used',
			target: 'tried once, and off',
			whatToDo: input.killSwitchOn ? 'Switch it off when you are ready to send.' : 'Switch it on and off once, so that everybody knows where it is.',
		}),
		line('consent', 'Consent on record', {
			met: contacted > 0 && consented / contacted >= consentAtLeast,
			measured: contacted === 0 ? 'nobody was written to yet' : `${consented} of ${contacted} contacts written to (${percent(consented / contacted)})`,
			target: `at least ${percent(consentAtLeast)}`,
			whatToDo: 'Keep the ground for each channel with the contact: consent in Lead Autopilot → Contact → Upsert.',
		}),
	];
}

/** Whether a workspace may go to mode auto, a line a condition, with what was measured and what to do. */
export function readinessForAuto(input: ReadinessInput): Readiness {
	const lines = [...learningLines(input), ...safetyLines(input)];
	const open = lines.filter(({ met }) => !met);
	const sentence = open.length === 0 ? `Ready for auto: all ${plain(lines.length)} conditions hold.` : `Not ready for auto: ${open.length} of ${lines.length} conditions are open (${open.map(({ name }) => name.toLowerCase()).join(', ')}).`;
	return { ready: open.length === 0, lines, sentence };
}
