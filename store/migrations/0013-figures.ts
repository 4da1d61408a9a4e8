import type { Migration } from './migration';

/**
 * Indexes the figures of the desk are read by. All are on tables that grow slowly, or hold few rows: the index of moves
 * holds only messages that were moved to another time.
 */
export const figures: Migration = {
	id: 13,
	name: 'figures',
	async up({ run, table }) {
		await run(`create index figures_contacts on ${table('contacts')} (workspace, created_at)`);
		await run(`create index figures_stages on ${table('contacts')} (workspace, pipeline_id, stage_id, stage_entered_at)`);
		await run(`create index figures_activities on ${table('activities')} (workspace, kind, at)`);
		await run(`create index figures_model_calls on ${table('llm_calls')} (workspace, at)`);
		await run(`create index figures_moved on ${table('outbound_transitions')} (workspace, at) where substr(reason, 1, 9) = 'Moved to '`);
	},
};
