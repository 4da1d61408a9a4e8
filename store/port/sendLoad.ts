import type { EpochMs } from '../../engine/time';

/** Messages that count against daily caps: sent today, under way, or planned for a later day. */
export interface SendLoad {
	/** Messages of each workspace by UTC date (YYYY-MM-DD) from today on, in the order of the workspaces. `except` are drafts that do not count. */
	ofWorkspaces(workspaces: string[], except: { workspace: string; id: string }[]): Promise<ReadonlyMap<string, number>[]>;
	/** The moments of each contact's messages over all channels since `since`, in the order of the keys; what is under way or overdue counts now. */
	ofContacts(keys: { workspace: string; contactId: string }[], since: EpochMs, except: { workspace: string; id: string }[]): Promise<EpochMs[][]>;
}
