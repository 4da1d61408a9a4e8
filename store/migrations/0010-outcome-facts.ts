import type { Migration } from './migration';

/** What outcomes are judged by, and senders that are held back because a provider said so. */
export const outcomeFacts: Migration = {
	id: 10,
	name: 'outcome facts',
	async up({ run, table }) {
		for (const column of ['evidence text', 'link text', 'label text', 'sentiment double precision', 'message_id text']) await run(`alter table ${table('outcomes')} add column ${column}`);
		// Reports that came before their message was known as sent: few, and looked for with every send.
		await run(`create index outcomes_unsure on ${table('outcomes')} (workspace, provider_id) where attributed <> 'id' and provider_id is not null`);
		await run(`create index outcomes_answers on ${table('outcomes')} (workspace, message_id) where message_id is not null`);
		await run(`create table ${table('sender_holds')} (workspace text not null, kind text not null, channel text not null, account_id text not null, template text not null,
			until bigint not null, since bigint not null, at bigint not null, code text, sentence text not null, primary key (workspace, kind, channel, account_id, template))`);
	},
};
