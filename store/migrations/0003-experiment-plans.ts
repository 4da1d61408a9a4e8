import type { Migration } from './migration';

/** What an experiment declares before it begins, when it began, the shares it gives now, and the chances of every arm when a contact was given one. */
export const experimentPlans: Migration = {
	id: 3,
	name: 'experiment-plans',
	async up({ run, table }) {
		for (const column of ['method text', 'horizon bigint', 'guardrails text', 'started_at bigint', 'resumed_at bigint', 'shares text', 'shares_at bigint']) await run(`alter table ${table('experiments')} add column ${column}`);
		await run(`alter table ${table('exposures')} add column shares text`);
		await run(`update ${table('experiments')} as o set started_at = (select min(e.exposed_at) from ${table('exposures')} as e where e.workspace = o.workspace and e.experiment_id = o.id)`);
	},
};
