import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { AllowanceSchema, type Allowance } from '../../engine/limit/allowance';
import { commitIsolated, executeBatch, settled, type ReadItem, type Settled } from '../shared/batch';
import { ItemInputError } from '../shared/errors';
import { withStore } from '../shared/openNodeStore';
import { readKey, readOptionalText } from '../shared/readParameter';

type Operation = 'commit' | 'release';

interface SettleParameters {
	workspace: string;
	/** Undefined for an allowance that was counted without the store, which has nothing to settle. */
	reservationId?: string;
	allowance?: Allowance;
}

function readSettle(context: IExecuteFunctions, index: number, item: INodeExecutionData): SettleParameters {
	const allowance = readKey(item, 'allowance', AllowanceSchema);
	const reservationId = readOptionalText(context, 'reservationId', index);
	if (reservationId === undefined && !allowance?.degraded) {
		throw new ItemInputError("'Reservation ID' is empty", 'Put Rate Limit with the operation Reserve before this node and take its Allowed output, or point the field at the reservation.');
	}
	return { workspace: readOptionalText(context, 'workspace', index) ?? 'default', reservationId, allowance };
}

const SENTENCES: Readonly<Record<Operation, string>> = {
	commit: 'Committed: the message counts for good.',
	release: 'Released: the message no longer counts.',
};
const NOTHING = 'Nothing to settle: the message was counted without the store.';

async function settleAll(context: IExecuteFunctions, operation: Operation, items: ReadItem<SettleParameters>[]): Promise<Settled<Allowance>[]> {
	const inStore = items.filter(({ params }) => params.reservationId !== undefined);
	const workspaces = Map.groupBy(inStore, ({ params }) => params.workspace);
	const results = new Map<number, Settled<Allowance>>();
	const answer = ({ allowance, reservationId }: SettleParameters, sentence: string): Allowance => ({
		...(allowance ?? { allowed: true, remaining: {}, degraded: false }),
		...(reservationId === undefined ? {} : { reservationId }),
		sentence,
	});
	if (inStore.length > 0) {
		await withStore(context, async (store) => {
			for (const [workspace, members] of workspaces) {
				const settledOnes = await commitIsolated(members, async (batch) => {
					await store.limits[operation](workspace, batch.map(({ params }) => params.reservationId ?? ''));
					return batch.map(({ params }) => answer(params, SENTENCES[operation]));
				});
				members.forEach(({ index }, place) => results.set(index, settledOnes[place]));
			}
		});
	}
	return items.map(({ index, params }) => results.get(index) ?? settled.ok(answer(params, NOTHING)));
}

/** Commit or Release: one store call a workspace. Repeating either changes nothing. */
export async function settleReservations(context: IExecuteFunctions, operation: Operation): Promise<INodeExecutionData[][]> {
	return await executeBatch(context, {
		outputs: 2,
		failedOutput: 1,
		read: (index, item) => readSettle(context, index, item),
		decide: async (items) => await settleAll(context, operation, items),
		write: (allowance) => ({ output: 0, json: { allowance } }),
	});
}
