import type { FunctionsBase } from 'n8n-workflow';
import type { ExecutionRef } from '../../store/store';

type Running = Partial<Pick<FunctionsBase, 'getExecutionId' | 'getInstanceId' | 'getWorkflow'>>;

/** The execution a node's context belongs to; undefined in a trigger or webhook, which start one and do not know its id. */
export function executionOf(context: object): ExecutionRef | undefined {
	const running: Running = context;
	const executionId: unknown = running.getExecutionId?.();
	const instance: unknown = running.getInstanceId?.();
	if (typeof executionId !== 'string' || executionId === '' || typeof instance !== 'string') return undefined;
	return { instance, executionId, workflowId: running.getWorkflow?.().id ?? '' };
}
