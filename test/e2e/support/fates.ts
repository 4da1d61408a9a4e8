import type { MessageLog } from '../../../sandbox/standins';
import { epochMs, MINUTE } from '../../../engine/time';
import type { StoreConfig } from '../../../store/config';
import { openStore } from '../../../store/openStore';
import type { OutboundRow, Store } from '../../../store/store';

/** What became of jobs, by what the store says and what the stand-in of the channel really got. */
export interface Fates {
	sent: number;
	/** Listed as uncertain, with an open review for a person. */
	uncertain: number;
	/** Uncertain ones that did reach the stand-in: sending them again would have been the second time. */
	uncertainButReceived: number;
	/** Neither sent nor listed as uncertain. */
	silent: string[];
	/** Arrived more than once. */
	twice: string[];
	/** Said to be sent, but never arrived. */
	claimedSent: string[];
	/** Uncertain without a review: nobody would ever look. */
	unlisted: string[];
}

const MOST = 10_000;
/** More than the store allows a send that has begun before it calls it uncertain. */
const LONGEST_SEND_MS = 10 * MINUTE;

/** Ends the leases as the dispatch workflow's sweep will in ten minutes: what still stands at `sending` was cut off. */
export async function sweepAsLater(config: StoreConfig): Promise<void> {
	const later = await openStore(config, { clock: { now: async () => epochMs(Date.now() + LONGEST_SEND_MS) } });
	await later.outbound.expireLeases();
	await later.close();
}

/** Reads what became of the jobs; `received` are the messages at the stand-in, found by correlation id. */
export async function fatesOf(store: Store, workspace: string, ids: readonly string[], received: MessageLog): Promise<Fates> {
	const rows = (await store.outbound.find(workspace, [...ids])).filter((row): row is OutboundRow => row !== undefined);
	const reviews = await store.reviews.list(workspace, { open: true, kinds: ['uncertain_send'], limit: MOST });
	const listed = new Set(reviews.map(({ outboundId }) => outboundId));
	const arrivals = Map.groupBy(received.list(), ({ correlationId }) => correlationId ?? '');
	const arrived = (id: string): number => arrivals.get(id)?.length ?? 0;
	const status = new Map(rows.map((row) => [row.id, row.status]));
	const uncertain = ids.filter((id) => status.get(id) === 'uncertain');
	const sent = ids.filter((id) => status.get(id) === 'sent');
	return {
		sent: sent.length,
		uncertain: uncertain.length,
		uncertainButReceived: uncertain.filter((id) => arrived(id) > 0).length,
		silent: ids.filter((id) => status.get(id) !== 'sent' && status.get(id) !== 'uncertain'),
		twice: ids.filter((id) => arrived(id) > 1),
		claimedSent: sent.filter((id) => arrived(id) === 0),
		unlisted: uncertain.filter((id) => !listed.has(id)),
	};
}
