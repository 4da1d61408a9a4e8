import type { ExecutionRef } from '../executionScope';

export type { ExecutionRef } from '../executionScope';

/** Somebody an item names: by contact id, e-mail address or phone number. */
export interface NamedPerson {
	workspace: string;
	reference: string;
}
/** An execution whose saved data is to be deleted, because somebody in it was erased. */
export interface QueuedExecution {
	workspace: string;
	executionId: string;
	workflowId: string;
	/** ISO-8601. */
	queuedAt: string;
	tries: number;
	/** Why it was not deleted at the last try. */
	error?: string;
}
export interface ExecutionResult {
	executionId: string;
	/** True also when it was gone already. */
	deleted: boolean;
	/** Why not. */
	error?: string;
}
/** Which executions of n8n hold whom, and which are to be deleted. */
export interface Executions {
	/** Notes that an execution's data names these people. Again changes nothing. */
	note(execution: ExecutionRef, people: NamedPerson[]): Promise<void>;
	/** What is to be deleted in one n8n, what was tried longest ago first; `except` is the execution that asks. */
	toDelete(workspace: string, instance: string, options: { limit: number; except?: string }): Promise<QueuedExecution[]>;
	/** Takes what was deleted off the list; what was not is tried again. Returns how many are left. */
	settle(workspace: string, instance: string, results: ExecutionResult[]): Promise<{ left: number }>;
}
