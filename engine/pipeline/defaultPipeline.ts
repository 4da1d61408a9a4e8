import type { Pipeline } from './stage';

/** What contacts are placed in until the user saves a pipeline of their own. */
export const DEFAULT_PIPELINE: Pipeline = {
	id: 'default',
	name: 'Sales',
	stages: [
		{ id: 'new', name: 'New', type: 'LEAD', order: 1 },
		{ id: 'engaged', name: 'Engaged', type: 'IN_PROGRESS', order: 2 },
		{ id: 'qualified', name: 'Qualified', type: 'IN_PROGRESS', order: 3 },
		{ id: 'won', name: 'Won', type: 'WON', order: 4 },
		{ id: 'lost', name: 'Lost', type: 'LOST', order: 5 },
	],
};
