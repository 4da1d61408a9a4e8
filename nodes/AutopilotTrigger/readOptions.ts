import type { ITriggerFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { RUN_KINDS } from '../../engine/runs/run';
import { MINUTE, SECOND } from '../../engine/time';
import { DEFAULTS, type TriggerEvent, type TriggerOptions } from './collectWork';

const EVENTS: readonly TriggerEvent[] = ['conversationReady', 'followUpDue', 'requested', 'sendDue'];

/** @throws NodeOperationError naming the option that does not fit. */
export function readOptions(context: ITriggerFunctions): TriggerOptions {
	const chosen = context.getNodeParameter('event');
	const event = EVENTS.find((one) => one === chosen) ?? 'conversationReady';
	// With undefined as fallback n8n throws for an option nobody added.
	const option = (name: string): unknown => context.getNodeParameter(`options.${name}`, '');
	const number = (name: string, label: string, least: number, fallback: number, unit = 1): number => {
		const value = option(name);
		if (value === undefined || value === '') return fallback;
		const amount = Number(value);
		if (!Number.isFinite(amount) || amount < least) throw new NodeOperationError(context.getNode(), `'${label}' must be a number of at least ${least}`);
		return amount * unit;
	};
	const named = option('workspaces');
	const workspaces = (typeof named === 'string' ? named : '').split(',').map((name) => name.trim()).filter((name) => name !== '');
	const wanted = option('kinds');
	const kinds = RUN_KINDS.filter((kind) => Array.isArray(wanted) && wanted.includes(kind));
	return {
		event,
		...(kinds.length > 0 ? { kinds } : {}),
		...(workspaces.length > 0 ? { workspaces } : {}),
		batchSize: Math.floor(number('batchSize', 'Batch Size', 1, DEFAULTS.batchSize)),
		atOnce: Math.floor(number('atOnce', 'Executions at Once', 1, DEFAULTS.atOnce)),
		leaseMs: number('leaseMinutes', 'Lease (Minutes)', 0.1, DEFAULTS.leaseMs[event], MINUTE),
		pollMs: number('pollSeconds', 'Poll Interval (Seconds)', 0.2, DEFAULTS.pollMs, SECOND),
		quietMs: number('quietSeconds', 'Quiet Seconds', 0, DEFAULTS.quietMs, SECOND),
	};
}
