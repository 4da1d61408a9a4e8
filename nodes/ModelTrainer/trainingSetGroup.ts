import type { OperationGroup } from './operationGroup';

/** Check Readiness and Export Training Set. */
export const trainingSetGroup: OperationGroup = {
	operations: [],
	properties: [],
	run: {},
};
