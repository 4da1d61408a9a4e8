import { draftsMissing } from '../../draft/decision';
import { epochMs } from '../../time';
import type { Check, Severity } from '../check';

/** The contact or address asked us to stop on this channel. */
export function optedOutCheck({ severity }: { severity: Severity }): Check {
	return ({ contact, channel, policy }) => {
		const listed = channel !== undefined && contact?.optOutChannels?.includes(channel) === true;
		if (policy.suppressed) return [{ check: 'opted_out', severity, reason: `May not be written to: ${policy.suppressed}` }];
		if (listed) return [{ check: 'opted_out', severity, reason: `The contact has opted out of ${channel}.` }];
		return policy.suppressed === undefined && contact?.optOutChannels === undefined ? 'skipped' : [];
	};
}

/** Kill switch, mode off, and modes in which a person approves everything. */
export function modeCheck({ severity }: { severity: Severity }): Check {
	return ({ policy: { mode, killSwitch, holdForPerson = true } }) => {
		if (mode === undefined && killSwitch === undefined) return 'skipped';
		if (killSwitch) return [{ check: 'mode', severity, reason: 'The kill switch is on: nothing is sent.' }];
		if (mode === 'off') return [{ check: 'mode', severity, reason: 'The mode is off: nothing is sent.' }];
		if (mode === 'shadow') return [{ check: 'mode', severity: 'note', reason: 'The mode is shadow: decided, but not sent.' }];
		if (mode === 'assist' || mode === 'one_click') return [{ check: 'mode', severity: holdForPerson ? 'review' : 'note', reason: `The mode is ${mode === 'assist' ? 'assist' : 'one click'}: a person approves every message.` }];
		return [];
	};
}

/** A colleague is talking to the contact. */
export function takeoverCheck({ severity }: { severity: Severity }): Check {
	return ({ contact, now }) => {
		if (!contact) return 'skipped';
		if (contact.takenOverUntil === undefined || epochMs(contact.takenOverUntil) <= now) return [];
		return [{ check: 'takeover', severity, reason: `A colleague has taken over this contact until ${contact.takenOverUntil}.` }];
	};
}

/** The draft's confidence, and what its own gate decided: the stricter wins. */
export function confidenceCheck({ severity, threshold: fallback }: { severity: Severity; threshold: number }): Check {
	return ({ policy: { confidence, threshold = fallback, autoSend, reviewsNeeded } }) => {
		if (confidence === undefined && autoSend === undefined) return 'skipped';
		if (reviewsNeeded !== undefined && autoSend !== true) {
			return [{ check: 'confidence', severity, reason: `No threshold is certified yet: ${draftsMissing(reviewsNeeded)}.` }];
		}
		const low = confidence !== undefined && confidence < threshold;
		if (low) return [{ check: 'confidence', severity, reason: `Confidence ${confidence.toFixed(2)} is below the threshold ${threshold.toFixed(2)}.` }];
		if (autoSend !== false) return [];
		return [{ check: 'confidence', severity, reason: confidence === undefined ? 'The draft was made without a confidence.' : 'The draft was not cleared for sending by itself.' }];
	};
}
