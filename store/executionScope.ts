import { AsyncLocalStorage } from 'node:async_hooks';

/** One execution of a workflow of n8n, whose saved data may hold people. */
export interface ExecutionRef {
	/** The n8n installation: ids of executions are unique within one only. */
	instance: string;
	executionId: string;
	workflowId: string;
}

const current = new AsyncLocalStorage<ExecutionRef>();

/** Runs `work` as part of an execution: every transaction in it notes which people it wrote about, see `noteTraces`. */
export async function withinExecution<R>(execution: ExecutionRef | undefined, work: () => Promise<R>): Promise<R> {
	return execution ? await current.run(execution, work) : await work();
}

/** The execution that is under way here; undefined outside of any, e.g. on the desk or in a trigger. */
export function currentExecution(): ExecutionRef | undefined {
	return current.getStore();
}
