import type { Migration } from './migration';

/** What shadow mode decided, and the messages of the past that are run through the settings again. */
export const shadow: Migration = {
	id: 7,
	name: 'shadow',
	async up({ run, table }) {
		await run(`create table ${table('shadow_decisions')} (workspace text not null, run text not null, message_id text not null, replay_id text, contact_id text not null,
			channel text not null, account_id text, thread_id text, at bigint not null, seq bigint not null, on_channel bigint not null, outbound_id text, decision text,
			reason text, sentence text, send_at bigint, created_at bigint not null, decided_at bigint, primary key (workspace, run, message_id))`);
		await run(`create unique index shadow_replays on ${table('shadow_decisions')} (workspace, replay_id) where replay_id is not null`);
		await run(`create index shadow_times on ${table('shadow_decisions')} (workspace, run, at)`);
		await run(`create index shadow_contacts on ${table('shadow_decisions')} (workspace, contact_id)`);
		await run(`create index messages_thread_times on ${table('messages')} (workspace, channel, thread_id, timestamp, seq)`);
		await run(`create index outbound_sent_thread on ${table('outbound')} (workspace, channel, thread_id, sent_at) where status = 'sent'`);
	},
};
