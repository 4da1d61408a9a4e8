import type { Channel } from '../channels/channel';
import { DAY, HOUR } from '../time';

/** The local hour outreach goes out when nothing better is known. Policy of this pack: Messenger follows Instagram's evening use, SMS is read at once and so goes in the middle of the working day. */
export const CHANNEL_DEFAULT_HOUR: Readonly<Record<Channel, number>> = {
	email: 10,
	whatsapp: 14,
	linkedin: 9,
	instagram: 18,
	messenger: 18,
	sms: 12,
};

/** How a sentence names a channel. */
export const CHANNEL_LABEL: Readonly<Record<Channel, string>> = {
	email: 'e-mail',
	whatsapp: 'WhatsApp',
	linkedin: 'LinkedIn',
	instagram: 'Instagram',
	messenger: 'Messenger',
	sms: 'SMS',
};

/** How long after the contact's last message a channel takes free-form messages (Meta's messaging policy). */
export const CHANNEL_WINDOW_MS: Readonly<Partial<Record<Channel, number>>> = {
	whatsapp: 24 * HOUR,
	instagram: 24 * HOUR,
	messenger: 24 * HOUR,
};

/** An unanswered inbound message younger than this makes the next message a reply. */
export const REPLY_AGE_MS = 24 * HOUR;

/** How far ahead of the first possible moment a time is looked for. */
export const SEARCH_MS = 60 * DAY;

/** How far ahead of the first possible moment a day with free capacity is looked for. Further ahead is not planned yet. */
export const CAPACITY_MS = 14 * DAY;

/** On how many open days the wished hour is tried before any open moment is taken: two weeks see every weekday twice. */
export const WISHES_TRIED = 14;

/** Local hours exploration draws from: waking hours. */
export const EXPLORED_HOURS: readonly number[] = [8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20];

/** What is read from the store to learn from. Ours: two half-lives and a half leave a sixth of an event's weight. */
export const SEND_TIME_READING = {
	/** Older sends and answers are not read. */
	maxAgeMs: 150 * DAY,
	/** Newest sends, outcomes and messages of one contact, each. */
	perContact: 200,
	/** Newest sends of a workspace on a channel among which a segment's contacts are looked for. */
	recentSends: 5_000,
	/**
	 * Contacts of a workspace on a channel, and those alike by industry or role, that a segment is learnt from. In outreach
	 * most are written to once, and one in twelve answers: of a few hundred nobody can tell a good hour (docs/flywheel.md).
	 */
	peers: 4_000,
	peersAlike: 60,
	/** Several messages of a contact in a row count as one answer when no more than this lies between them. */
	burstMs: HOUR,
} as const;

/** A segment with less says more about one person than about the others. Ours. */
export const SEGMENT_LEAST = { contacts: 5, answers: 20 } as const;

/** Numbers of learning when a contact answers. Each is explained with its source in docs/decisions/best-send-time.md. */
export const SEND_TIME_LEARNING = {
	/** How much one event says about the hour. A reply is an act of a person; an open may be a preview. */
	weight: { reply: 1, click: 0.8, open: 0.5 },
	/** An event this old counts half: habits drift. */
	halfLifeMs: 60 * DAY,
	/** An answer up to this late speaks for the hour we sent at, a later one for the hour the contact answered in. */
	promptMs: 2 * HOUR,
	/** After this an answer is no longer put down to a message. */
	answerWindowMs: 24 * HOUR,
	/** Lomax distribution of answer times: half within 47 minutes, nine in ten within a day (Kooti et al., WWW 2015). */
	answerLag: { scaleMs: 0.27 * HOUR, shape: 0.51 },
	/** Standard deviation of the smoothing round the clock, hours. */
	smoothingHours: 1.5,
	/** Answers a prior is worth: for the hour of the day, for workday against weekend, for the weekday. A channel's default is a weaker belief than a segment's history. */
	priorAnswers: { model: { day: 1, kind: 3, weekday: 6 }, none: { day: 0.2, kind: 1, weekday: 2 } },
	/** Weighted answers a delivery expected before any is seen, and how many deliveries that belief is worth. */
	level: { rate: 0.05, deliveries: 20 },
	/** How good the hour furthest from the channel's usual one is believed to be, and the width of the bump, hours. */
	channelCurve: { floor: 0.75, widthHours: 4 },
	/** Loss of worth a day of waiting costs, so that nobody waits a week for a hair's breadth. */
	waitPerDay: 0.02,
} as const;
