import type { Migration } from './migration';

/** What Best Send Time keeps and reads: its choice with the draft, who was written to lately, and what is planned. */
export const sendTimes: Migration = {
	id: 5,
	name: 'send-times',
	async up({ run, table }) {
		await run(`alter table ${table('outbound')} add column schedule text`);
		await run(`create index outbound_sent_channel on ${table('outbound')} (workspace, channel, sent_at) where status = 'sent'`);
		await run(`create index outbound_planned on ${table('outbound')} (workspace, send_at) where status = 'scheduled'`);
	},
};
