import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { channelOptions } from '../shared/parameters';

/** The figure groups of the desk as operations. */
export const figureOperations: INodePropertyOptions[] = [
	{ name: 'Experiments', value: 'experiments', action: 'Report on experiments', description: 'Every experiment with its verdict as of now; one item each' },
	{ name: 'Health', value: 'health', action: 'Report on health', description: 'Sent, limited, reviewed and blocked a day, the funnel, response time, edits, calibration, cost, cohorts and revenue, each with its target; the kind of each item says what it is' },
	{ name: 'Limits', value: 'limits', action: 'Report on limits', description: 'What is used and free now of caps and shared counters; one item each' },
	{ name: 'Models', value: 'models', action: 'Report on models', description: 'Drafts and calls of each model and prompt: accepted, edited, replied, cost, time; one item each' },
	{ name: 'Outbox', value: 'outbox', action: 'Report on the outbox', description: 'What is planned, what was sent, and what was not and why' },
	{ name: 'Pipeline', value: 'pipelines', action: 'Report on the pipeline', description: 'Contacts in each stage and how long they stay, moves by rule, what was held back' },
	{ name: 'Readiness for Auto', value: 'readiness', action: 'Report on readiness for auto', description: 'Whether messages may leave without a person: a condition an item, with what was measured and what to do' },
	{ name: 'Send Times', value: 'sendTimes', action: 'Report on send times', description: 'How good each hour of the week is on each channel, with the sends and answers behind it; one item a channel' },
	{ name: 'Weekly Letter', value: 'weeklyLetter', action: 'Write the weekly letter', description: "A client's figures as one mail: subject, plain text and HTML" },
];

const WITH_PERIOD = ['health', 'models', 'outbox', 'pipelines', 'readiness', 'weeklyLetter'];
const show = (operation: readonly string[], more: Record<string, string[]> = {}): INodeProperties['displayOptions'] => ({ show: { resource: ['report'], operation: [...operation], ...more } });

const periodChoices: INodePropertyOptions[] = [
	{ name: 'Last 30 Days', value: 'last30Days', description: 'Today among them, as far as it has come' },
	{ name: 'Last 365 Days', value: 'last365Days', description: 'Today among them, as far as it has come' },
	{ name: 'Last 7 Days', value: 'last7Days', description: 'Today among them, as far as it has come' },
	{ name: 'Last 90 Days', value: 'last90Days', description: 'Today among them, as far as it has come' },
	{ name: 'Last Week', value: 'lastWeek', description: 'The last whole week, Monday to Sunday' },
	{ name: 'Own', value: 'own', description: 'From Since to Until' },
];

export const figureReportFields: INodeProperties[] = [
	{ displayName: 'Period', name: 'period', type: 'options', options: periodChoices, default: 'last30Days', displayOptions: show(WITH_PERIOD), description: "In days of the workspace's time zone (Setting → Set), else UTC" },
	{ displayName: 'Since', name: 'periodSince', type: 'string', default: '', placeholder: 'e.g. 2026-03-01T00:00:00Z', displayOptions: show(WITH_PERIOD, { period: ['own'] }), description: 'Beginning of the period, at most 367 days before its end' },
	{ displayName: 'Until', name: 'periodUntil', type: 'string', default: '', placeholder: 'e.g. 2026-04-01T00:00:00Z', displayOptions: show(WITH_PERIOD, { period: ['own'] }), description: 'End of the period, itself not in it. Empty: now.' },
	{ displayName: 'Channel', name: 'reportChannel', type: 'options', options: [{ name: 'All', value: 'all' }, ...channelOptions], default: 'all', displayOptions: show(['health', 'models', 'outbox', 'readiness', 'sendTimes', 'weeklyLetter']), description: 'Only messages of this channel' },
];
