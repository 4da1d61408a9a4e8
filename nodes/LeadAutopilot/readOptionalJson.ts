import type { IExecuteFunctions } from 'n8n-workflow';
import { readJson } from '../shared/readParameter';

/** A JSON option: undefined when it was not added or is empty. */
export function readOptionalJson(context: IExecuteFunctions, name: string, index: number, label: string): unknown {
	const value: unknown = context.getNodeParameter(name, index, '');
	return value === '' || value === null || value === undefined ? undefined : readJson(context, name, index, label);
}
