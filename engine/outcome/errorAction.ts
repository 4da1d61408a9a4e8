import { actionOf, type ErrorRule, type FailureAction } from '../channels/errorCodes';

const HOUR_SECONDS = 3_600;

function spokenDuration(seconds: number): string {
	if (seconds >= HOUR_SECONDS) return `${Math.round(seconds / HOUR_SECONDS)} h`;
	return seconds >= 60 ? `${Math.round(seconds / 60)} min` : `${seconds} s`;
}

const WORDS: Readonly<Record<FailureAction, (rule: ErrorRule) => string>> = {
	retry_at: () => 'It was taken once, so it is not sent again by itself.',
	use_template: () => 'Only an approved template reaches this person now.',
	suppress: () => 'The address is not written to again.',
	pause_sender: ({ pauseSeconds }) => (pauseSeconds === undefined ? 'The sender is paused until a person lifts it.' : `The sender is paused for ${spokenDuration(pauseSeconds)}.`),
	stop_campaign: () => 'Outreach of this kind waits for a person.',
	reconnect_token: () => 'The sender pauses until its credential is renewed or a send works again.',
	none: () => '',
};

/** What an error that came after the send means and what is done about it, in sentences. */
export function errorSentence(rule: ErrorRule): string {
	return [rule.sentence, WORDS[actionOf(rule)](rule)].filter((part) => part !== '').join(' ');
}
