import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { OUTCOME_EVENTS } from '../../engine/outcome/outcome';
import type { RecordedOutcome, StoredOutcome } from '../../store/store';
import { ItemInputError } from '../shared/errors';
import { makeItems } from '../shared/makeItems';
import { readNumber, readOptionalText, readOptionalTime, readText } from '../shared/readParameter';
import { toOutcome } from '../shared/toOutcome';

const LARGEST_LIMIT = 10_000;

/** Find: what is on record, the newest first, an outcome an item with the message it came of. */
export async function findOutcomes(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await makeItems(context, async (store) => {
		const workspace = readText(context, 'workspace', 0, 'Workspace');
		const limit = readNumber(context, 'limit', 0, 'Limit');
		if (limit < 1) throw new ItemInputError(`'Limit' must be 1 or more, but is ${limit}`);
		const outboundId = readOptionalText(context, 'draftId', 0);
		const reference = readOptionalText(context, 'contact', 0);
		const threadId = readOptionalText(context, 'filters.threadId', 0);
		const since = readOptionalTime(context, 'filters.since', 0, 'Since');
		const wanted: unknown = context.getNodeParameter('filters.events', 0, []);
		const events = OUTCOME_EVENTS.filter((event) => Array.isArray(wanted) && wanted.includes(event));
		const contactId = reference === undefined ? undefined : ((await store.contacts.find(workspace, [reference]))[0]?.id ?? reference);
		const found = await store.outcomes.list(workspace, {
			...(outboundId === undefined ? {} : { outboundId }),
			...(contactId === undefined || outboundId !== undefined ? {} : { contactId }),
			...(threadId === undefined ? {} : { threadId }),
			...(since === undefined ? {} : { since }),
			...(events.length === 0 ? {} : { events }),
			limit: Math.min(Math.floor(limit), LARGEST_LIMIT),
		});
		const ids = [...new Set(found.flatMap((outcome) => outcome.outboundId ?? []))];
		const rows = await store.outbound.find(workspace, ids);
		const byId = new Map(ids.map((id, place) => [id, rows[place]]));
		return found.map((outcome) => ({ outcome: toOutcome(outcome, resultOf(outcome, byId)), contactId: outcome.contactId }));
	});
}

function resultOf({ event, outboundId, attributed }: StoredOutcome, rows: ReadonlyMap<string, RecordedOutcome['row']>): RecordedOutcome {
	return { event, attributed, recorded: true, settled: false, ...(outboundId === undefined ? {} : { outboundId, row: rows.get(outboundId) }) };
}
