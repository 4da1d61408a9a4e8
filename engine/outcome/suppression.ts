import type { Channel } from '../channels/channel';
import { errorRule, type ErrorRule } from '../channels/errorCodes';
import type { OutcomeEvent } from './outcome';

/**
 * What an event says about writing again: the person wants no more, or the address does not exist. Providers often report
 * it only after they took the message, so the answer to the send alone does not tell.
 */
export function suppressionOf(event: OutcomeEvent, channel: Channel | undefined, code: string | undefined): ErrorRule['suppress'] {
	if (event === 'unsubscribed' || event === 'complaint') return 'opt_out';
	if (event === 'bounced_hard') {
		// A refusal for good may be about the sender (policy, size); a code that says so spares the address.
		const rule = code === undefined ? undefined : errorRule('smtpEnhanced', code);
		return rule ? rule.suppress : 'hard_bounce';
	}
	if (event !== 'failed' || code === undefined || channel === 'email') return undefined;
	// Meta's and Twilio's numbers do not overlap.
	return (errorRule('meta', code) ?? errorRule('twilio', code))?.suppress;
}
