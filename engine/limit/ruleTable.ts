import type { Channel } from '../channels/channel';
import { MINUTE, SECOND } from '../time';
import type { LimitRule } from './rule';

const rolling = (seconds: number): LimitRule['window'] => ({ kind: 'rolling', seconds });
const DAY_WINDOW: LimitRule['window'] = { kind: 'day' };

/** Messages a local day to one contact on one channel. Policy of this pack: Messenger follows Instagram, both being Meta inboxes, and SMS, the most intrusive, the strictest. */
export const CONTACT_CHANNEL_PER_DAY: Readonly<Record<Channel, { limit: number; label: string }>> = {
	whatsapp: { limit: 5, label: 'WhatsApp' },
	email: { limit: 10, label: 'e-mail' },
	linkedin: { limit: 3, label: 'LinkedIn' },
	instagram: { limit: 3, label: 'Instagram' },
	messenger: { limit: 3, label: 'Messenger' },
	sms: { limit: 3, label: 'SMS' },
};

export interface DefaultLimits {
	perChannel?: Partial<Record<Channel, number>>;
	/** Messages a local day to one contact over all channels. */
	allChannels?: number;
	/** Minutes between two messages to one contact. 0 switches the gap off. */
	gapMinutes?: number;
	replyShare?: number;
}

/** Per contact and channel a day, all channels a day (50), and 5 minutes between two messages to the same contact. */
export function defaultRules({ perChannel = {}, allChannels = 50, gapMinutes = 5, replyShare }: DefaultLimits = {}): LimitRule[] {
	const share = replyShare ? { replyShare } : {};
	const channels = (Object.keys(CONTACT_CHANNEL_PER_DAY) as Channel[]).map((channel): LimitRule => {
		const { limit: usual, label } = CONTACT_CHANNEL_PER_DAY[channel];
		const limit = perChannel[channel] ?? usual;
		return { id: `${channel}PerDay`, name: `${limit} ${label} messages a day to one contact`, scope: 'contact_channel', window: DAY_WINDOW, limit, channels: [channel], ...share };
	});
	const all: LimitRule = { id: 'allPerDay', name: `${allChannels} messages a day to one contact`, scope: 'contact', window: DAY_WINDOW, limit: allChannels, ...share };
	const gap: LimitRule = { id: 'gap', name: `${gapMinutes} minutes between messages to one contact`, scope: 'contact', window: rolling((gapMinutes * MINUTE) / SECOND), limit: 1 };
	return gapMinutes > 0 ? [...channels, all, gap] : [...channels, all];
}

/** WhatsApp's limit on one number writing to one user (error 131056): second-hand, 2026-11. */
export const WHATSAPP_PAIR_RULES: readonly LimitRule[] = [
	{ id: 'whatsappPair6s', name: '1 WhatsApp message in 6 seconds to one contact', scope: 'contact_channel', window: rolling(6), limit: 1, channels: ['whatsapp'] },
	{ id: 'whatsappPairMinute', name: '10 WhatsApp messages a minute to one contact', scope: 'contact_channel', window: rolling(60), limit: 10, channels: ['whatsapp'] },
	{ id: 'whatsappPairHour', name: '600 WhatsApp messages an hour to one contact', scope: 'contact_channel', window: rolling(3_600), limit: 600, channels: ['whatsapp'] },
];

/** Meta's limits for an Instagram account: 300 texts a second, 750 private replies an hour. The hourly one is kept for all messages, to stay clear. */
export const INSTAGRAM_RULES: readonly LimitRule[] = [
	{ id: 'instagramSecond', name: '300 Instagram messages a second from one account', scope: 'sender', window: rolling(1), limit: 300, channels: ['instagram'] },
	{ id: 'instagramHour', name: '750 Instagram messages an hour from one account', scope: 'sender', window: rolling(3_600), limit: 750, channels: ['instagram'] },
];

/** Google's sender guidelines: about 5,000 a day to personal Gmail, once, makes a bulk sender for ever. Kept a tenth below. */
export const GMAIL_RULES: readonly LimitRule[] = [
	{ id: 'gmailDay', name: '4500 e-mails in 24 hours to personal Gmail addresses', scope: 'recipient_domain', window: rolling(86_400), limit: 4_500, channels: ['email'], domains: ['gmail.com'] },
];

/** Sends a day by the sender's age in days (vendor documentation, 2026-11). */
export const WARM_UP_STEPS = [
	{ throughDay: 7, limit: 5 },
	{ throughDay: 14, limit: 10 },
	{ throughDay: 21, limit: 15 },
	{ throughDay: 30, limit: 20 },
	{ throughDay: 45, limit: 25 },
	{ throughDay: 60, limit: 30 },
	{ throughDay: 90, limit: 35 },
];

/** The warm-up of an e-mail sender that first sent at `startedAt` (ISO-8601): 5 to 40 a day, 5 minutes apart. */
export function warmUpRules(startedAt: string): LimitRule[] {
	return [
		{ id: 'warmUpDay', name: 'the sender’s warm-up, e-mails a day', scope: 'sender', window: DAY_WINDOW, limit: 40, channels: ['email'], warmUp: { startedAt, steps: WARM_UP_STEPS } },
		{ id: 'warmUpGap', name: '5 minutes between e-mails of one sender during warm-up', scope: 'sender', window: rolling(300), limit: 1, channels: ['email'] },
	];
}
