import type { AnswerKind } from './world';

/** What simulated leads write: the product reads the words and is told nothing else. */
export const ANSWER_TEXTS: Readonly<Record<AnswerKind, readonly string[]>> = {
	interested: [
		'Yes, that is interesting for us. Could you send me more details?',
		'That sounds good. When could we talk?',
		'Thanks, we would like to see a demo.',
		'Interesting, how much does it cost?',
		'Yes please, send me the examples. We are looking for something like this.',
	],
	later: ['Not now, please get back to me in the autumn.', 'We have no time for this at the moment, maybe next quarter.', 'We will look at it next month.', 'I am not the right person, please ask our reception.'],
	objection: ['We already work with another provider.', 'That is too expensive for us.', 'No thanks, we are not interested.', 'We do not need this.'],
	stop: ['Please stop writing to me.', 'Unsubscribe me from your list.', 'Remove me from your mailing list, please.', 'Do not contact me again.'],
	complaint: ['This is spam and I will report you.', 'I am furious. This is harassment and I will file a complaint against you.', 'How dare you write to me like that? I will report this to the authorities.'],
};

export const ABSENCE_TEXT = 'I am out of the office until Monday and will read your message when I am back. This is an automatic reply.';
