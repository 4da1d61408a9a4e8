import type { Migration } from './migration';

/** Messages that wait for nothing but their sender, when senders were resumed, and what ends an approval though it is over. */
export const heldSends: Migration = {
	id: 22,
	name: 'held-sends',
	async up({ run, table }) {
		await run(`alter table ${table('outbound')} add column spared bigint`);
		await run(`alter table ${table('outbound')} add column held bigint`);
		await run(`create index outbound_held on ${table('outbound')} (workspace, channel) where held is not null`);
		await run(`create table ${table('sender_resumes')} (workspace text not null, kind text not null, channel text not null, account_id text not null, at bigint not null, primary key (workspace, kind, channel, account_id))`);
		// The last change is the latest it can have been: at worst an approval is asked for twice.
		await run(`alter table ${table('contacts')} add column last_taken_over_at bigint`);
		await run(`update ${table('contacts')} set last_taken_over_at = updated_at where taken_over_until is not null`);
		await run(`alter table ${table('settings')} add column off_at bigint`);
		await run(`update ${table('settings')} set off_at = updated_at where mode = 'off'`);
	},
};
