import type { Migration } from './migration';

/** Due jobs in the order in which they are claimed: with a backlog a claim would sort all of it for the few it takes. */
export const claimOrder: Migration = {
	id: 12,
	name: 'claim-order',
	async up({ run, table }) {
		await run(`create index outbound_claim_order on ${table('outbound')} ((case purpose when 'reply' then 0 else 1 end), (coalesce(score, -1)) desc, send_at, workspace, id) where status = 'scheduled'`);
	},
};
