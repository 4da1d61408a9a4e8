import { CHANNELS } from '../../../engine/channels/channel';
import { sendTimeFigures, type SendTimeFigure } from '../../../engine/report/sendTimes';
import { SEND_TIME_READING } from '../../../engine/sendTime/sendTimePolicy';
import { later } from '../../../engine/time';
import type { DeskContext } from '../tab';

export interface SendTimesModel {
	/** Channels something was sent on, in their order. */
	channels: readonly SendTimeFigure[];
}

export async function loadSendTimes({ store, workspace, now, timezone }: DeskContext): Promise<SendTimesModel> {
	const { maxAgeMs, recentSends, peers, perContact } = SEND_TIME_READING;
	const histories = await store.figures.sendTimes(workspace, [...CHANNELS], { since: later(now, -maxAgeMs), sends: recentSends, contacts: peers, perContact });
	return { channels: sendTimeFigures(histories.filter(({ contacts }) => contacts.length > 0), { now, workspaceTimezone: timezone }) };
}
