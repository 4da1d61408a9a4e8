import type { IExecuteFunctions } from 'n8n-workflow';
import { ItemInputError } from '../shared/errors';
import { readOptionalText } from '../shared/readParameter';

/** Which message an item is about. */
export interface JobKey {
	workspace: string;
	id: string;
}

/**
 * Reads 'Job ID' and its workspace. Their defaults look at the node 'Send Due', which a workflow need not have: then
 * n8n cannot evaluate the expression, and that must help rather than puzzle.
 */
export function readJobKey(context: IExecuteFunctions, index: number): JobKey {
	const id = evaluated(() => readOptionalText(context, 'jobId', index));
	if (id === undefined) {
		throw new ItemInputError("'Job ID' is empty", "Name the node that claims the messages 'Send Due' (an Autopilot Trigger or Outbox → Claim Due), or point 'Job ID' at the field that holds the ID, e.g. {{ $json.job.id }}.");
	}
	return { id, workspace: evaluated(() => readOptionalText(context, 'jobWorkspace', index)) ?? 'default' };
}

/** The value, or undefined when its expression cannot be evaluated (the node it names is missing or did not run). */
function evaluated(read: () => string | undefined): string | undefined {
	try {
		return read();
	} catch {
		// Whatever n8n says about the expression, the caller's own sentence tells better what to do.
		return undefined;
	}
}

/**
 * Reads 'Try', the number of the try a report is about. Its default looks at the node 'Begin Send'; without that node
 * the number is not known and the report counts for whatever try is under way.
 */
export function readTry(context: IExecuteFunctions, index: number): number | undefined {
	const given = evaluated(() => readOptionalText(context, 'attempt', index));
	if (given === undefined) return undefined;
	const attempt = Number(given);
	if (!Number.isInteger(attempt) || attempt < 1) throw new ItemInputError(`'Try' must be a whole number of at least 1, but is ${JSON.stringify(given.slice(0, 40))}`, 'Empty it when the number is not known.');
	return attempt;
}
