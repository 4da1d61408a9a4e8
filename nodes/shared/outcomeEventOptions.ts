import { OUTCOME_EVENTS, type OutcomeEvent } from '../../engine/outcome/outcome';

const EVENT_NAMES: Readonly<Record<OutcomeEvent, string>> = {
	sent: 'Sent',
	delivered: 'Delivered',
	read: 'Read',
	failed: 'Failed',
	bounced_hard: 'Bounced (Hard)',
	bounced_soft: 'Bounced (Soft)',
	dropped: 'Dropped',
	opened: 'Opened',
	machine_opened: 'Opened by a Machine',
	clicked: 'Clicked',
	machine_clicked: 'Clicked by a Machine',
	complaint: 'Complaint',
	unsubscribed: 'Unsubscribed',
	replied: 'Replied',
	meeting_booked: 'Meeting Booked',
	meeting_held: 'Meeting Held',
	meeting_no_show: 'Meeting No-Show',
	opportunity: 'Opportunity',
	deal_won: 'Deal Won',
	deal_lost: 'Deal Lost',
};

/** Every event as a choice of a dropdown, by name. */
export const outcomeEventOptions = OUTCOME_EVENTS.map((value) => ({ name: EVENT_NAMES[value], value })).sort((a, b) => a.name.localeCompare(b.name));
