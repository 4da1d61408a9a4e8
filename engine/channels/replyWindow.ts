import { HOUR, later, type EpochMs } from '../time';
import type { Channel } from './channel';

/**
 * How long after the person's last message free text may be written, in milliseconds. Channels that are not named
 * have no window. Source: WhatsApp Cloud API (131047 outside it), Instagram and Messenger Platform policy, 28 Sep 2026.
 */
export const REPLY_WINDOW_MS: Readonly<Partial<Record<Channel, number>>> = {
	whatsapp: 24 * HOUR,
	instagram: 24 * HOUR,
	messenger: 24 * HOUR,
};

/** When the channel's window closes. `open` when the channel has none, undefined when the person never wrote on it. */
export function replyWindowCloses(channel: Channel, lastInboundAt: EpochMs | undefined): EpochMs | 'open' | undefined {
	const length = REPLY_WINDOW_MS[channel];
	if (length === undefined) return 'open';
	return lastInboundAt === undefined ? undefined : later(lastInboundAt, length);
}
