import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { PLAN_POLICY } from '../../engine/experiment/plan';
import { ROLLOUT_POLICY } from '../../engine/training/rollout';

export const rolloutOperations: INodePropertyOptions[] = [
	{ name: 'Compare', value: 'compare', action: 'Compare the candidate', description: 'Hold the candidate against the deployed version, say how many contacts are still missing, and act on it when told to' },
	{ name: 'Deploy', value: 'deploy', action: 'Deploy a candidate', description: 'Give a version that is ready its first share of contacts, beside the deployed one' },
	{ name: 'Leaderboard', value: 'leaderboard', action: 'List versions by performance', description: 'List the versions by performance score, with revenue, cost, approvals and opt-outs' },
	{ name: 'Promote', value: 'promote', action: 'Promote the candidate', description: 'Give the candidate everybody, by a person who was shown the comparison' },
	{ name: 'Roll Back', value: 'rollBack', action: 'Roll a version back', description: 'Take the candidate or the deployed version out; what it stood beside or had replaced serves everybody' },
];

const show = (...operation: string[]): INodeProperties['displayOptions'] => ({ show: { operation } });

export const rolloutProperties: INodeProperties[] = [
	{
		displayName: 'Version',
		name: 'version',
		type: 'string',
		default: "={{ $json.model?.version ?? '' }}",
		placeholder: 'e.g. v2.1.0',
		displayOptions: show('deploy'),
		description: 'The version to deploy. Left empty, the newest one that is ready.',
	},
	{
		displayName: 'Version',
		name: 'version',
		type: 'string',
		default: '',
		placeholder: 'e.g. v2.1.0',
		displayOptions: show('rollBack'),
		description: 'The version to take out. Left empty, the candidate.',
	},
	{
		displayName: 'Metric',
		name: 'metric',
		type: 'options',
		options: [
			{ name: 'Deals', value: 'conversion', description: 'Contacts that won a deal within 90 days' },
			{ name: 'Meetings', value: 'meeting', description: 'Contacts that booked a meeting within 30 days' },
			{ name: 'Performance Score', value: 'performance_score', description: 'Deals count 50 %, meetings 30 %, replies 20 %; known after 90 days' },
			{ name: 'Positive Replies', value: 'positive_reply', description: 'Contacts that answered with interest within 14 days' },
			{ name: 'Replies', value: 'reply', description: 'Contacts that answered at all within 14 days. Angry answers count, too.' },
			{ name: 'Reviewer Approval', value: 'reviewer_approval', description: 'Drafts that were approved without an edit, where every draft is read: the metric for small teams' },
		],
		default: 'positive_reply',
		displayOptions: show('deploy'),
		description: 'What the candidate is compared by until it is promoted or taken out',
	},
	{
		displayName: 'First Share',
		name: 'share',
		type: 'number',
		typeOptions: { minValue: 0.01, maxValue: 0.5, numberPrecision: 2 },
		default: ROLLOUT_POLICY.ramp[0],
		displayOptions: show('deploy'),
		description: 'The share (0–1) of contacts that get the candidate at first. Whoever gets it keeps it while the share grows.',
	},
	{
		displayName: 'Weekly Looks',
		name: 'looks',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 104, numberPrecision: 0 },
		default: PLAN_POLICY.horizon,
		displayOptions: show('deploy'),
		description: 'How many weeks the comparison may take at most. The fewer, the sooner a difference can be proven, and the larger it has to be.',
	},
	{
		displayName: 'Act on It',
		name: 'act',
		type: 'boolean',
		default: true,
		displayOptions: show('compare'),
		description: 'Whether to do what the figures say: give the candidate more contacts, promote it, or take it out. Switched off, it only says so.',
	},
	{
		displayName: 'Token',
		name: 'token',
		type: 'string',
		// Not a secret: it stands for the figures that were shown.
		default: "={{ $json.comparison?.token ?? '' }}",
		placeholder: 'e.g. 4f1c0a9be2d37a58',
		displayOptions: show('promote'),
		description: 'The token of the comparison you were shown. With an old one nothing is promoted: look at the figures again first.',
	},
	{
		displayName: 'Decided By',
		name: 'by',
		type: 'string',
		default: '',
		placeholder: 'e.g. mia@agency.example',
		displayOptions: show('promote', 'rollBack'),
		description: 'Who decides, for the record',
	},
	{
		displayName: 'Reason',
		name: 'reason',
		type: 'string',
		default: '',
		placeholder: 'e.g. It promises discounts',
		displayOptions: show('rollBack'),
		description: 'Why, for the record',
	},
];
