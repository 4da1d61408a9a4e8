import type { OutcomeEvent } from './outcome';

const WHAT: Readonly<Record<OutcomeEvent, string>> = {
	sent: 'Sent',
	delivered: 'Delivered',
	read: 'Read',
	failed: 'Not delivered',
	bounced_hard: 'Bounced for good',
	bounced_soft: 'Bounced for now',
	dropped: 'Dropped by the provider',
	opened: 'Opened',
	machine_opened: 'Opened by a machine, which counts as nothing',
	clicked: 'Clicked',
	machine_clicked: 'Clicked by a machine, which counts as nothing',
	complaint: 'Marked as spam',
	unsubscribed: 'Unsubscribed',
	replied: 'Answered',
	meeting_booked: 'Meeting booked',
	meeting_held: 'Meeting held',
	meeting_no_show: 'Did not come to the meeting',
	opportunity: 'Became an opportunity',
	deal_won: 'Deal won',
	deal_lost: 'Deal lost',
};

const HOW = {
	id: 'for the message with this ID',
	thread: 'for the last message of the conversation',
	contact: 'for the last message to this contact',
	none: 'for no message of ours: counted as unattributed',
} as const;

/** What was recorded, in one line. */
export function outcomeSentence(event: OutcomeEvent, attributed: keyof typeof HOW, recorded: boolean, errorCode?: string): string {
	const what = errorCode ? `${WHAT[event]} (code ${errorCode})` : WHAT[event];
	return recorded ? `${what}, ${HOW[attributed]}.` : `${what}: on record already, nothing changed.`;
}
