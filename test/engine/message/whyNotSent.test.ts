import { whyNotSent } from '../../../engine/message/whyNotSent';
import { OUTBOUND_STATUSES } from '../../../engine/message/outbound';
import { whyThisStage } from '../../../engine/pipeline/whyThisStage';
import { epochMs, later, MINUTE } from '../../../engine/time';

const NOW = epochMs('2026-03-02T12:00:00Z');

describe('why a message was not sent', () => {
	it.each([
		['sent', { sentence: 'Sent.', sentAt: NOW }, 'It was sent at 2026-03-02 12:00 UTC.'],
		['drafted', { sentence: 'Drafted.' }, 'Not sent yet: it is written, and nothing has decided yet whether it may leave.'],
		['in_review', { sentence: 'Waits for a person: the kill switch is on, nothing is sent.' }, 'Not sent yet. Waits for a person: the kill switch is on, nothing is sent.'],
		['scheduled', { sentence: 'Moved to tomorrow: quiet hours.', sendAt: later(NOW, MINUTE) }, 'Not sent yet: it is planned for 2026-03-02 12:01 UTC. Moved to tomorrow: quiet hours.'],
		['scheduled', { sentence: 'Will be sent.', sendAt: later(NOW, -5 * MINUTE) }, 'Not sent yet: it is due since 2026-03-02 11:55 UTC and no workflow has taken it. Check that the one with the trigger Send Due is published and running.'],
		['sending', { sentence: 'Handed to the channel, try 1 of 3.' }, 'Not sent yet: it is being sent at this moment.'],
		['uncertain', { sentence: 'Nobody can tell whether it was sent: timeout' }, 'Nobody can tell whether it was sent: timeout'],
		['blocked', { sentence: 'Not sent: the contact opted out of email.' }, 'Not sent: the contact opted out of email.'],
		['cancelled', { sentence: 'Rejected by eva: wrong price.' }, 'Not sent. Rejected by eva: wrong price.'],
		['failed', { sentence: 'Failed for good: no such number' }, 'Not sent. Failed for good: no such number'],
	] as const)('%s', (status, row, expected) => expect(whyNotSent({ status, ...row }, NOW)).toBe(expected));

	it('names the person and the moment where the last transition is known', () => {
		expect(whyNotSent({ status: 'cancelled', sentence: 'Stopped.' }, NOW, { actor: 'person', at: NOW })).toBe('Not sent. Stopped. (By a person, 2026-03-02 12:00 UTC)');
	});
	it('has an answer for every status', () => {
		for (const status of OUTBOUND_STATUSES) expect(whyNotSent({ status, sentence: 'So it is.' }, NOW)).not.toBe('');
	});
});

describe('why a contact stands in a stage', () => {
	const move = { stageId: 'qualified', rule: 'score_range', sentence: "Moved from 'New' to 'Qualified' because score 72 lies in its range 56–80.", at: NOW };
	it.each([
		[{ stageId: 'qualified' }, move, `In 'Qualified' since 2026-03-02 12:00 UTC: ${move.sentence}`],
		[{}, undefined, 'In no stage yet: nothing has placed the contact.'],
		[{ stageId: 'qualified', stageEnteredAt: '2026-03-02T11:00:00.000Z' }, move, `In 'Qualified' since 2026-03-02 11:00 UTC: ${move.sentence}`],
		[{ stageId: 'new' }, move, "In 'Qualified'; why is not on record."],
		[{ stageId: 'new' }, undefined, "In 'Qualified'; why is not on record."],
	])('%j', (contact, last, expected) => expect(whyThisStage(contact, last, 'Qualified')).toBe(expected));
});
