import type { StandIns } from '../standins';

/** What stood in the page's and the Instagram account's inbox before the demo began, for a visitor who starts a sync on the desk. */
export function fillInboxes({ meta }: StandIns): void {
	meta.conversations.seed({ platform: 'messenger', count: 40, namelessEvery: 7 });
	meta.conversations.seed({ platform: 'instagram', count: 20, first: 100 });
}
