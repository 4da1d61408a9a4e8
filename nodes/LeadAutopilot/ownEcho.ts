import type { Echo } from '../../engine/message/intake/parsed';

/** Meta's own inbox, through which a colleague writes by hand: Business Suite. Second hand, 2026. */
const INBOX_APP_IDS = ['26390203743090'];

/**
 * Whether an echo is of something the autopilot sent. Our mark on the message settles it; else the app: one of ours when
 * they are named, any but Meta's inboxes when none is. Without an app a person wrote.
 */
export function ownEcho({ appId }: Pick<Echo, 'appId'>, { ownAppIds, sentByUs }: { ownAppIds: string[]; sentByUs: boolean }): boolean {
	if (sentByUs) return true;
	if (appId === undefined) return false;
	return ownAppIds.length > 0 ? ownAppIds.includes(appId) : !INBOX_APP_IDS.includes(appId);
}
