import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { meansOf } from '../../engine/privacy/auditTrail';
import { ItemInputError } from '../shared/errors';
import { makeItems } from '../shared/makeItems';
import { readNumber, readOptionalTime, readText } from '../shared/readParameter';

/** Most decisions of one page of the store. */
const PAGE = 500;

/** Audit Trail: one item a decision about the person, the newest first. Runs once, for the first item. */
export async function auditTrail(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await makeItems(context, async (store) => {
		const workspace = readText(context, 'workspace', 0, 'Workspace');
		const contactId = readText(context, 'contact', 0, 'Contact');
		const since = readOptionalTime(context, 'auditOptions.since', 0, 'Since');
		const until = readOptionalTime(context, 'auditOptions.until', 0, 'Until');
		const automatedOnly = context.getNodeParameter('auditOptions.automatedOnly', 0, false) === true;
		const returnAll = context.getNodeParameter('returnAll', 0, false) === true;
		const limit = returnAll ? Number.POSITIVE_INFINITY : readNumber(context, 'auditLimit', 0, 'Limit');
		if (limit < 1) throw new ItemInputError(`'Limit' must be 1 or more, but is ${limit}`);
		const found: object[] = [];
		let before: string | undefined;
		do {
			const page = await store.audit.trail(workspace, contactId, { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }), ...(before === undefined ? {} : { before }), limit: PAGE });
			found.push(...page.entries.filter(({ automated }) => automated || !automatedOnly).map((entry) => ({ contactId, decision: { ...entry, means: meansOf(entry) } })));
			before = page.next;
		} while (before !== undefined && found.length < limit);
		return found.slice(0, limit);
	});
}
