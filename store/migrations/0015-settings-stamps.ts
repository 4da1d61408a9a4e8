import type { Migration } from './migration';

/** Who set the mode and the kill switch, and when, apart from every other setting of a scope. */
export const settingsStamps: Migration = {
	id: 15,
	name: 'settings-stamps',
	async up({ run, table }) {
		for (const column of ['mode_at bigint', 'mode_by text', 'kill_at bigint', 'kill_by text']) await run(`alter table ${table('settings')} add column ${column}`);
		// The last change of the scope is the best that is known of earlier ones.
		await run(`update ${table('settings')} set mode_at = updated_at, mode_by = updated_by where mode is not null`);
		await run(`update ${table('settings')} set kill_at = updated_at, kill_by = updated_by where patch like '%"killSwitch":%'`);
	},
};
