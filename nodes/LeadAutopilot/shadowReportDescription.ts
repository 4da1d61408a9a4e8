import type { INodeProperties } from 'n8n-workflow';
import { LIVE_RUN } from '../../engine/message/shadowDecision';
import { channelOptions } from '../shared/parameters';

const show = (...operation: string[]): INodeProperties['displayOptions'] => ({ show: { resource: ['report'], operation } });
const BOTH = ['pastConversations', 'shadowMode'];

const answerHours: INodeProperties = {
	displayName: 'Answer Within (Hours)',
	name: 'answerHours',
	type: 'number',
	typeOptions: { minValue: 1 },
	// As SHADOW_POLICY.answerHours; the linter wants a literal here.
	default: 72,
	description: 'How long people have to answer a message; later answers count as none',
};

export const shadowReportFields: INodeProperties[] = [
	{ displayName: 'Run', name: 'run', type: 'string', default: 'replay-1', placeholder: 'e.g. threshold-0.9', displayOptions: show('pastConversations'), description: 'Name of this run. The same name goes on where it stopped; after a change of settings choose a new one and compare the two.' },
	{ displayName: 'Run', name: 'run', type: 'string', default: LIVE_RUN, displayOptions: show('shadowMode'), description: `Name of a run of Past Conversations, or '${LIVE_RUN}' for what was decided in mode shadow` },
	{ displayName: 'Since', name: 'since', type: 'string', default: '', placeholder: 'e.g. 2026-03-01T00:00:00Z', displayOptions: show(...BOTH), description: 'Messages that came from then on. Empty: 30 days before Until.' },
	{ displayName: 'Until', name: 'until', type: 'string', default: '', placeholder: 'e.g. 2026-04-01T00:00:00Z', displayOptions: show(...BOTH), description: 'Messages that came before. Empty: now.' },
	{ displayName: 'Limit', name: 'limit', type: 'number', typeOptions: { minValue: 1 }, default: 50, displayOptions: show('pastConversations'), description: 'Max number of results to return' },
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		displayOptions: show('pastConversations'),
		options: [
			{ displayName: 'Account', name: 'account', type: 'string', default: '', description: 'Only conversations of this channel account (phone number ID, page ID, mailbox)' },
			answerHours,
			{ displayName: 'Channels', name: 'channels', type: 'multiOptions', options: channelOptions, default: [], description: 'Only these. None chosen: all.' },
			{ displayName: 'Not Interested Is Opt-Out', name: 'notInterestedIsOptOut', type: 'boolean', default: true, description: "Whether 'not interested' counts as asking to stop, as set in the Quality Gate of the intake" },
		],
	},
	{
		displayName: 'Options',
		name: 'reportOptions',
		type: 'collection',
		placeholder: 'Add Option',
		default: {},
		displayOptions: show('shadowMode'),
		options: [
			{ displayName: 'Alike From', name: 'alikeFrom', type: 'number', typeOptions: { minValue: 0, maxValue: 1, numberPrecision: 2 }, default: 0.5, description: 'From which share of words in common, in the same order, a draft counts as the answer the person gave' },
			answerHours,
			{ displayName: 'Compare With', name: 'compareWith', type: 'string', default: '', placeholder: 'e.g. replay-1', description: 'Name of an earlier run: says which messages were decided otherwise' },
			{ displayName: 'List Messages', name: 'listMessages', type: 'boolean', default: false, description: 'Whether to add one item a message after the report, with the decision and what people did' },
		],
	},
];
