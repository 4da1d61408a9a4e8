import type { Migration } from './migration';

/** What the review desk keeps of a decision, its queue in the order of the deadlines, and who has taken a conversation over since when. */
export const reviewDesk: Migration = {
	id: 8,
	name: 'review-desk',
	async up({ run, table }) {
		const columns = ['channel text', 'assignee text', 'resolution text', 'reason text', 'outcome text', 'shown_text text', 'shown_subject text', 'edited_subject text', 'gate text', 'takeover_at bigint', 'proposal text'];
		for (const column of columns) await run(`alter table ${table('reviews')} add column ${column}`);
		for (const [source, id] of [['outbound', 'outbound_id'], ['messages', 'message_id']]) {
			await run(`update ${table('reviews')} as r set channel = (select s.channel from ${table(source)} as s where s.workspace = r.workspace and s.id = r.${id}) where r.channel is null and r.${id} is not null`);
		}
		await run(`create index reviews_queue on ${table('reviews')} (workspace, due_at, id) where decided_at is null`);
		await run(`create index reviews_pairs on ${table('reviews')} (workspace, decided_at, id) where decision = 'edited' and shown_text is not null`);
		await run(`alter table ${table('contacts')} add column taken_over_at bigint`);
		await run(`update ${table('contacts')} set taken_over_at = updated_at where taken_over_until is not null`);
	},
};
